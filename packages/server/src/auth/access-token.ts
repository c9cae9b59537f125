import { SluiceError } from "@sluice/core/errors.ts";
import { errors, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../platform/clock.ts";
import { SIGNING_ALGORITHM, type SigningKeys } from "./signing-keys.ts";

export const ACCESS_TOKEN_LIFETIME_S = 15 * 60;

const ISSUER = "sluice";
const AUDIENCE = "sluice-api";
/** RFC 9068: a token of another purpose is never taken for an access token. */
const TYPE = "at+jwt";

/** What an access token says. What its owner may do is looked up, so that a changed role counts at once. */
export interface AccessClaims {
  readonly userId: string;
  readonly organizationId: number;
  /** The family of refresh tokens it was signed for: ending that ends this. */
  readonly sessionId: string;
}

export async function signAccessToken(keys: SigningKeys, clock: Clock, claims: AccessClaims): Promise<string> {
  const key = await keys.current();
  const now = Math.floor(clock.nowMicros() / 1_000_000);
  return new SignJWT({ org: claims.organizationId, sid: claims.sessionId })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: key.id, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(claims.userId)
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_LIFETIME_S)
    .sign(key.privateKey);
}

/** Throws `auth.token_expired` or `auth.token_invalid`. The algorithm is ours, whatever the token's header says. */
export async function verifyAccessToken(keys: SigningKeys, clock: Clock, token: string): Promise<AccessClaims> {
  try {
    const { payload } = await jwtVerify(token, async ({ kid }) => requireKey(keys, kid), {
      algorithms: [SIGNING_ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ["sub", "org", "sid", "exp"],
      currentDate: new Date(clock.nowMicros() / 1000),
    });
    return {
      userId: payload.sub!,
      organizationId: payload.org as number,
      sessionId: payload.sid as string,
    };
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) {
      throw new SluiceError("unauthenticated", "auth.token_expired", "The access token has expired.", { cause });
    }
    if (cause instanceof errors.JOSEError || cause instanceof TypeError) throw invalidToken(cause);
    throw cause;
  }
}

async function requireKey(keys: SigningKeys, id: string | undefined) {
  const key = id === undefined ? undefined : await keys.verificationKey(id);
  if (key) return key;
  throw new errors.JWKSNoMatchingKey();
}

export function invalidToken(cause?: unknown): SluiceError {
  return new SluiceError("unauthenticated", "auth.token_invalid", "The token is not valid.", { cause });
}
