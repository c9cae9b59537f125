import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scryptSync } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SluiceError } from "@sluice/core/errors.ts";

/**
 * Encrypts what must be of no use to whoever has it without the secret: signing keys and credentials of others in the database,
 * what a browser keeps for us while somebody signs in.
 *
 * A sealed value is `version (1 byte) · salt (16) · tag (16) · ciphertext`, AES-256-GCM (NIST SP 800-38D) with a key and a
 * nonce of its own, derived from the secret and the salt (HKDF, RFC 5869). Random nonces under one key would be safe for
 * 2^32 values, and everybody may have one sealed by opening the page to sign in; two of 2^48 salts are equal once in 2^33 worlds.
 */
export interface Sealer {
  seal(plain: Uint8Array): Buffer;
  /** Throws `secret.wrong` when the value was sealed with another secret, or changed. */
  unseal(sealed: Uint8Array): Buffer;
}

const VERSION = 2;
/** `version · nonce (12) · tag (16) · ciphertext` under the stretched secret itself: read, not written. */
const VERSION_WITH_ONE_KEY = 1;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const SECRET_BYTES = 32;
/** Stretching makes up for a secret that a person chose; the salt only separates this use from others. */
const KEY_SALT = "sluice/sealer/1";
const DERIVED_FOR = "sluice/sealer/2";

export function createSealer(secret: string): Sealer {
  const secretKey = scryptSync(secret, KEY_SALT, KEY_BYTES);
  return {
    seal(plain) {
      const salt = randomBytes(SALT_BYTES);
      const { key, nonce } = derive(secretKey, salt);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), salt, cipher.getAuthTag(), body]);
    },
    unseal(sealed) {
      const isOfOneKey = sealed[0] === VERSION_WITH_ONE_KEY;
      const saltEnd = 1 + (isOfOneKey ? NONCE_BYTES : SALT_BYTES);
      const tagEnd = saltEnd + TAG_BYTES;
      if (sealed.length < tagEnd || (sealed[0] !== VERSION && !isOfOneKey)) throw wrongSecret();
      const salt = sealed.subarray(1, saltEnd);
      const { key, nonce } = isOfOneKey ? { key: secretKey, nonce: salt } : derive(secretKey, salt);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce);
      decipher.setAuthTag(sealed.subarray(saltEnd, tagEnd));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]);
      } catch (cause) {
        throw wrongSecret(cause);
      }
    },
  };
}

function derive(secretKey: Uint8Array, salt: Uint8Array) {
  const bytes = Buffer.from(hkdfSync("sha256", secretKey, salt, DERIVED_FOR, KEY_BYTES + NONCE_BYTES));
  return { key: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) };
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
