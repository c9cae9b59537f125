import { Secret, TOTP } from "otpauth";
import { hashSecretToken, type RandomBytes } from "../../platform/secret-token.ts";

/** RFC 4226, section 4: at least 128 bits, 160 recommended. */
const SECRET_BYTES = 20;
const PERIOD_S = 30;
const DIGITS = 6;
/** RFC 6238, section 5.2: one step back for the way to us; one ahead for a phone whose clock is. */
const WINDOW = 1;

export const RECOVERY_CODES = 10;
/** 80 bits: guessing one is hopeless, so a plain hash protects it at rest. */
const RECOVERY_BYTES = 10;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

export function newTotpSecret(randomBytes: RandomBytes): Buffer {
  return Buffer.from(randomBytes(SECRET_BYTES));
}

export interface TotpEnrolment {
  /** In base 32, to be typed where no camera is. */
  readonly secret: string;
  /** `otpauth://totp/…`, for a QR code. */
  readonly uri: string;
}

export function enrolmentOf(secret: Buffer, email: string): TotpEnrolment {
  const totp = totpOf(secret, email);
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/** The time step whose code it is; undefined when it is none of now, or of a step that was used. */
export function stepOfCode(secret: Buffer, code: string, timestamp: number, lastStep: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const totp = totpOf(secret);
  const delta = totp.validate({ token: code, timestamp, window: WINDOW });
  if (delta === null) return undefined;
  const step = totp.counter({ timestamp }) + delta;
  return step > lastStep ? step : undefined;
}

/** "abcd-efgh-jklm-nopq": in groups, because people type them. */
export function newRecoveryCodes(randomBytes: RandomBytes): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters = base32(randomBytes(RECOVERY_BYTES));
    return letters.match(/.{4}/g)!.join("-");
  });
}

/** Undefined when it has not the form of one. */
export function hashRecoveryCode(code: string): Buffer | undefined {
  const letters = code.toLowerCase().replaceAll(/[\s-]/g, "");
  return /^[a-z2-7]{16}$/.test(letters) ? hashSecretToken(letters) : undefined;
}

function totpOf(secret: Buffer, label = "account"): TOTP {
  const bytes = Uint8Array.from(secret);
  return new TOTP({
    issuer: "Sluice",
    label,
    algorithm: "SHA1",
    digits: DIGITS,
    period: PERIOD_S,
    secret: new Secret({ buffer: bytes.buffer }),
  });
}

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits
    .match(/.{5}/g)!
    .map((five) => BASE32[Number.parseInt(five, 2)]!)
    .join("");
}
