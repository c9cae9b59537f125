import { randomUUID } from "node:crypto";
import { SluiceError } from "@sluice/core/errors.ts";
import { errors, type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../platform/clock.ts";
import { SIGNING_ALGORITHM, type SigningKeys } from "./signing-keys.ts";

export const ACCESS_TOKEN_LIFETIME_S = 15 * 60;
/** Clocks of two processes differ by less; a token that begins later than this from now is not ours. */
const CLOCK_LEEWAY_S = 5;

const ISSUER = "sluice";
const AUDIENCE = "sluice-api";
/** RFC 9068: a token of another purpose is never taken for an access token. */
const TYPE = "at+jwt";

/** What an access token says. What its owner may do is looked up, so that a changed role counts at once. */
export type AccessClaims = UserClaims | ClientClaims;

export interface UserClaims {
  readonly userId: string;
  readonly organizationId: number;
  /** The family of refresh tokens it was signed for: ending that ends this. */
  readonly sessionId: string;
}

export interface ClientClaims {
  readonly clientId: string;
  readonly organizationId: number;
  /** What was asked for, which may be less than the client has. */
  readonly scopes: readonly string[];
}

export async function signAccessToken(keys: SigningKeys, clock: Clock, claims: AccessClaims): Promise<string> {
  const key = await keys.current();
  const now = Math.floor(clock.nowMicros() / 1_000_000);
  return new SignJWT({ org: claims.organizationId, ...ownClaims(claims) })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: key.id, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_LIFETIME_S)
    .sign(key.privateKey);
}

function ownClaims(claims: AccessClaims): JWTPayload {
  if ("sessionId" in claims) return { sub: claims.userId, sid: claims.sessionId };
  return { sub: claims.clientId, client_id: claims.clientId, scope: claims.scopes.join(" ") };
}

/** Throws `auth.token_expired` or `auth.token_invalid`. The algorithm is ours, whatever the token's header says. */
export async function verifyAccessToken(keys: SigningKeys, clock: Clock, token: string): Promise<AccessClaims> {
  try {
    const now = clock.nowMicros() / 1000;
    const { payload } = await jwtVerify(token, async ({ kid }) => requireKey(keys, kid), {
      algorithms: [SIGNING_ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ["sub", "org", "exp", "iat"],
      clockTolerance: CLOCK_LEEWAY_S,
      currentDate: new Date(now),
    });
    if (payload.exp! * 1000 <= now) throw new errors.JWTExpired("expired", payload, "exp");
    if (payload.iat! * 1000 > now + CLOCK_LEEWAY_S * 1000) throw invalidToken();
    return claimsIn(payload);
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) {
      throw new SluiceError("unauthenticated", "auth.token_expired", "The access token has expired.", { cause });
    }
    if (cause instanceof errors.JOSEError || cause instanceof TypeError) throw invalidToken(cause);
    throw cause;
  }
}

function claimsIn({ sub, org, sid, client_id, scope }: JWTPayload): AccessClaims {
  const organizationId = org as number;
  if (typeof sid === "string") return { userId: sub!, organizationId, sessionId: sid };
  if (client_id !== sub || typeof scope !== "string") throw invalidToken();
  return { clientId: sub!, organizationId, scopes: scope.split(" ") };
}

async function requireKey(keys: SigningKeys, id: string | undefined) {
  const key = id === undefined ? undefined : await keys.verificationKey(id);
  if (key) return key;
  throw new errors.JWKSNoMatchingKey();
}

export function invalidToken(cause?: unknown): SluiceError {
  return new SluiceError("unauthenticated", "auth.token_invalid", "The token is not valid.", { cause });
}
