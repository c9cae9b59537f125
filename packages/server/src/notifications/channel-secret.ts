import type { Sealer } from "../platform/secret.ts";
import type { RandomBytes } from "../platform/secret-token.ts";

/** What signs the messages of a webhook: while one secret replaces another, both do. */
interface SigningSecrets {
  readonly current: string;
  readonly previous?: { readonly secret: string; readonly untilMs: number };
}

/** A receiver has this long to learn a new secret. */
export const ROTATION_OVERLAP_MS = 24 * 3_600_000;
/** Standard Webhooks: between 24 and 64 random bytes. */
const SECRET_BYTES = 32;

export function newSigningSecret(randomBytes: RandomBytes): string {
  return `whsec_${Buffer.from(randomBytes(SECRET_BYTES)).toString("base64")}`;
}

export function sealSecret(sealer: Sealer, secret: string): Buffer {
  return seal(sealer, { current: secret });
}

/** The replaced secret goes on signing beside the new one for `ROTATION_OVERLAP_MS`; one before it ends now. */
export function rotateSealed(sealer: Sealer, sealed: Buffer, next: string, nowMs: number): Buffer {
  const { current } = unseal(sealer, sealed);
  return seal(sealer, { current: next, previous: { secret: current, untilMs: nowMs + ROTATION_OVERLAP_MS } });
}

/** Those that sign now, the newest first. Throws `secret.wrong`. */
export function openSecrets(sealer: Sealer, sealed: Buffer | null, nowMs: number): string[] {
  if (sealed === null) return [];
  const { current, previous } = unseal(sealer, sealed);
  return previous !== undefined && nowMs < previous.untilMs ? [current, previous.secret] : [current];
}

function seal(sealer: Sealer, secrets: SigningSecrets): Buffer {
  return sealer.seal(Buffer.from(JSON.stringify(secrets)));
}

function unseal(sealer: Sealer, sealed: Buffer): SigningSecrets {
  return JSON.parse(sealer.unseal(sealed).toString());
}
