import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SluiceError } from "@sluice/core/errors.ts";

/**
 * Encrypts what lies in the database and must be of no use to whoever steals it alone: signing keys, credentials of others.
 *
 * A sealed value is `version (1 byte) · nonce (12) · tag (16) · ciphertext`, AES-256-GCM (NIST SP 800-38D). Nonces are
 * random: safe for 2^32 values under one secret, and we seal a handful.
 */
export interface Sealer {
  seal(plain: Uint8Array): Buffer;
  /** Throws `secret.wrong` when the value was sealed with another secret, or changed. */
  unseal(sealed: Uint8Array): Buffer;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const SECRET_BYTES = 32;
/** Stretching makes up for a secret that a person chose; the salt only separates this use from others. */
const KEY_SALT = "sluice/sealer/1";

export function createSealer(secret: string): Sealer {
  const key = scryptSync(secret, KEY_SALT, KEY_BYTES);
  return {
    seal(plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]);
    },
    unseal(sealed) {
      const nonceEnd = 1 + NONCE_BYTES;
      const tagEnd = nonceEnd + TAG_BYTES;
      if (sealed.length < tagEnd || sealed[0] !== VERSION) throw wrongSecret();
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, nonceEnd));
      decipher.setAuthTag(sealed.subarray(nonceEnd, tagEnd));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]);
      } catch (cause) {
        throw wrongSecret(cause);
      }
    },
  };
}

/** The secret of this installation: the configured one, else the one in `<home>/secret`, generated when first needed. */
export function loadSecret(home: string, configured: string | undefined): string {
  if (configured !== undefined) return configured;
  const file = path.join(home, "secret");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (statSync(file, { throwIfNoEntry: false }) === undefined)
    createOnce(file, randomBytes(SECRET_BYTES).toString("base64url"));
  // A copy restored by hand may have become readable for everyone.
  chmodSync(file, 0o600);
  const secret = readFileSync(file, "utf8").trim();
  if (secret !== "") return secret;
  throw new SluiceError(
    "unavailable",
    "secret.empty",
    `${file} is empty. Restore it from a backup: what was sealed with it cannot be read without it. On an installation that holds nothing yet, delete it.`,
    { retryable: false },
  );
}

/** Whole or not at all, and never over another's: of two processes that start at once, one wins and both read its secret. */
function createOnce(file: string, secret: string): void {
  const own = `${file}.${process.pid}.unfinished`;
  writeFileSync(own, `${secret}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function wrongSecret(cause?: unknown): SluiceError {
  return new SluiceError(
    "unavailable",
    "secret.wrong",
    "A value in the database was sealed with another secret. Set SLUICE_SECRET, or restore the file `secret` in SLUICE_HOME, as it was when the value was stored.",
    { cause, retryable: false },
  );
}
