import { hash } from "node:crypto";

/** Cryptographically strong random bytes; only `main.ts` and tests choose where they come from. */
export type RandomBytes = (size: number) => Uint8Array;

/** What a token opens, readable from its first letters, so that a leaked one is recognised by people and scanners. */
export type SecretTokenPrefix = "sld_" | "slc_" | "slr_" | "slx_" | "slz_" | "sla_";

/** 256 bits: guessing one needs no rate limit, and a plain hash (no salt, no stretching) protects it at rest. */
const SECRET_BYTES = 32;

/** Shown once to whom it belongs; only its hash is stored. */
export function newSecretToken(prefix: SecretTokenPrefix, randomBytes: RandomBytes): string {
  return prefix + Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
}

/** SHA-256 of the token as it is stored and looked up: an index look-up on it leaks no prefix of the secret by its timing. */
export function hashSecretToken(token: string): Buffer {
  return hash("sha256", token, "buffer");
}
