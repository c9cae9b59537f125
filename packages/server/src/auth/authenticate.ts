import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import type { Clock } from "../platform/clock.ts";
import { hashSecretToken } from "../platform/secret-token.ts";
import { type ClientClaims, invalidToken, type UserClaims, verifyAccessToken } from "./access-token.ts";
import { type ClientAccess, findClientAccess, findClientByCredential } from "./client-store.ts";
import type { Principal } from "./principal.ts";
import { findSessionAccess } from "./session-store.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** How long an answer is believed: a revoked token, an ended session or a changed role counts within a second. */
export const BELIEVED_MS = 900;
/** A token that still comes by then is asked for anew beside the requests that bring it, so that hardly one waits for the answer. */
export const RENEWED_AFTER_MS = 500;
/** Tokens in use at once; past it the one that was checked longest ago is checked again when it comes. */
const MAX_CACHED = 10_000;
/** Ours are far shorter; more is not worth a hash. */
const MAX_TOKEN_LENGTH = 4096;

export interface AuthenticatorOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly signingKeys: SigningKeys;
}

interface Answer {
  readonly principal: Promise<Principal>;
  readonly askedMs: number;
  isRenewing: boolean;
}

/** Turns a bearer token into who bears it. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #answers = new Map<string, Answer>();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /**
   * Takes an access token or an API client's token. Throws `auth.token_invalid`, `auth.token_expired` or
   * `auth.session_ended` (kind "unauthenticated"). Costs two queries a token and second, however many requests bring it.
   */
  authenticate(token: string): Promise<Principal> {
    if (token.length > MAX_TOKEN_LENGTH) return Promise.reject(invalidToken());
    const hash = hashSecretToken(token);
    const key = hash.toString("base64url");
    const askedMs = this.#options.clock.monotonicMs();
    const known = this.#answers.get(key);
    if (known && askedMs - known.askedMs < BELIEVED_MS) {
      if (askedMs - known.askedMs >= RENEWED_AFTER_MS) this.#renew(key, known, token, hash, askedMs);
      return known.principal;
    }
    const principal = this.#find(token, hash);
    this.#remember(key, { principal, askedMs, isRenewing: false });
    return principal;
  }

  /** Once an answer. A refusal counts at once; what else goes wrong is left to the look-up that somebody waits for. */
  #renew(key: string, known: Answer, token: string, hash: Buffer, askedMs: number): void {
    if (known.isRenewing) return;
    known.isRenewing = true;
    const principal = this.#find(token, hash);
    const isStillKnown = () => this.#answers.get(key) === known;
    principal.then(
      () => isStillKnown() && this.#remember(key, { principal, askedMs, isRenewing: false }),
      (error) => {
        if (isStillKnown() && isSluiceError(error) && error.kind === "unauthenticated") this.#answers.delete(key);
      },
    );
  }

  #find(token: string, hash: Buffer): Promise<Principal> {
    return token.startsWith("slc_") ? this.#findClient(hash) : this.#findBearer(token);
  }

  /** Whether the token was good when it came last, as far as that is remembered. */
  knows(token: string): boolean {
    return token.length <= MAX_TOKEN_LENGTH && this.#answers.has(hashSecretToken(token).toString("base64url"));
  }

  /** A refusal is not kept: an outage that ends, or a token that becomes valid, is seen at once. */
  #remember(key: string, answer: Answer): void {
    this.#answers.delete(key);
    if (this.#answers.size >= MAX_CACHED) {
      const [oldest] = this.#answers.keys();
      if (oldest !== undefined) this.#answers.delete(oldest);
    }
    this.#answers.set(key, answer);
    answer.principal.catch(() => {
      if (this.#answers.get(key) === answer) this.#answers.delete(key);
    });
  }

  async #findClient(tokenHash: Buffer): Promise<Principal> {
    const client = await findClientByCredential(this.#options.pool, "token", tokenHash, this.#now());
    if (!client) throw invalidToken();
    return programOf(client);
  }

  async #findBearer(token: string): Promise<Principal> {
    const claims = await verifyAccessToken(this.#options.signingKeys, this.#options.clock, token);
    return "clientId" in claims ? this.#findClientOf(claims) : this.#findUser(claims);
  }

  /** What the client may no longer do, its tokens open no more. */
  async #findClientOf(claims: ClientClaims): Promise<Principal> {
    const client = await findClientAccess(this.#options.pool, claims.clientId, this.#now());
    if (client?.organizationId !== claims.organizationId) throw invalidToken();
    return programOf({ ...client, scopes: client.scopes.filter((scope) => claims.scopes.includes(scope)) });
  }

  async #findUser(claims: UserClaims): Promise<Principal> {
    const access = await findSessionAccess(this.#options.pool, claims, this.#now());
    if (!access)
      throw new SluiceError("unauthenticated", "auth.session_ended", "The session has ended: sign in again.");
    return {
      kind: "user",
      userId: claims.userId,
      sessionId: claims.sessionId,
      organizationId: claims.organizationId,
      roles: new Set(access.roles),
      ...(access.applicationId === null ? {} : { applicationId: access.applicationId }),
    };
  }

  #now(): Date {
    return new Date(this.#options.clock.nowMicros() / 1000);
  }
}

function programOf({ id, organizationId, scopes, limits, entity }: ClientAccess): Principal {
  return {
    kind: "client",
    clientId: id,
    organizationId,
    scopes: new Set(scopes),
    ...(limits === null ? {} : { limits }),
    ...(entity === null ? {} : { entity }),
  };
}
