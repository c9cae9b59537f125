import { hashSecretToken } from "../platform/secret-token.ts";
import type { CredentialKind } from "./credential-store.ts";

/**
 * A credential as processes name it among themselves: its kind and its hash, and nothing that opens anything. The kind belongs
 * to it: a certificate is public, and must never be taken for the text of a token.
 */
export type CredentialKey = string;

export interface CredentialName {
  readonly kind: CredentialKind;
  readonly hash: Buffer;
}

const PREFIX: Readonly<Record<CredentialKind, string>> = { token: "t", certificate: "c" };

export function tokenKey(token: string): CredentialKey {
  return keyOf("token", hashSecretToken(token));
}

/** Of the SHA-256 of a certificate's DER. */
export function certificateKey(fingerprint: Buffer): CredentialKey {
  return keyOf("certificate", fingerprint);
}

export function nameOfKey(key: CredentialKey): CredentialName {
  return {
    kind: key.startsWith(PREFIX.certificate) ? "certificate" : "token",
    hash: Buffer.from(key.slice(1), "base64url"),
  };
}

export function keyOfName({ kind, hash }: CredentialName): CredentialKey {
  return keyOf(kind, hash);
}

function keyOf(kind: CredentialKind, hash: Buffer): CredentialKey {
  return PREFIX[kind] + hash.toString("base64url");
}
