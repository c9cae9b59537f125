import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { placeOf } from "../platform/address-place.ts";
import type { Clock } from "../platform/clock.ts";
import { TokenBuckets } from "../platform/token-buckets.ts";

/** A token bucket: `perSecond` tokens flow in, up to `burst`. A request takes its route's `cost` of them. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** Undefined: no limit. API clients have limits of their own, with their tokens. */
export interface RateLimits {
  /** Of each person, over all sessions. */
  readonly user: RateLimit | undefined;
  /** Of each address (of an IPv6 network /64), over what anyone may ask. */
  readonly address: RateLimit | undefined;
}

export const RATE_LIMITS: RateLimits = {
  user: { perSecond: 50, burst: 200 },
  address: { perSecond: 20, burst: 100 },
};

/** Callers remembered at once; past it those are forgotten that may ask as much as ever. */
const MAX_CALLERS = 100_000;

export type Caller = "user" | "client" | "address";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Tokens that a request takes from its caller's bucket, 1 when absent. 0: never limited, and never made to wait. */
    cost?: number;
    /** Whether this body stops something. Then it costs nothing; the limit waits until the body is read. */
    isStop?: (body: unknown) => boolean;
  }
}

/** Reading, for such a route's body, is all that a caller over the limit costs: it is read, but not checked. */
export const MAX_STOPPING_BODY_BYTES = 16 * 1024;

export interface RateLimiterOptions {
  readonly clock: Clock;
  readonly limits?: RateLimits | undefined;
  readonly onLimited?: ((caller: Caller) => void) | undefined;
}

/** Whether a request whose body has been read is a STOP: reading it once is enough. */
const stops = new WeakMap<FastifyRequest, boolean>();

/** True of what is neither limited nor made to wait: STOP, files from memory, and whoever asks how the server is. */
export function isUrgent(request: FastifyRequest): boolean {
  const { cost, isStop } = request.routeOptions.config;
  if (cost === 0 || isStop === undefined) return cost === 0;
  const isOne = stops.get(request) ?? isStop(request.body);
  stops.set(request, isOne);
  return isOne;
}

/** A body that may be a STOP is read before the limit is looked at; one that is longer is none, and is not read for it. */
function mayStop({ routeOptions, headers }: FastifyRequest): boolean {
  const { isStop } = routeOptions.config;
  return isStop !== undefined && !(Number(headers["content-length"]) > MAX_STOPPING_BODY_BYTES);
}

/**
 * Holds callers to their rates: 429 with `Retry-After`, and on every answer `RateLimit` and `RateLimit-Policy`
 * (draft-ietf-httpapi-ratelimit-headers-10). Goes after what finds out who asks.
 */
export function limitRates(app: FastifyInstance, options: RateLimiterOptions): void {
  const limiter = new RateLimiter(options);
  app.addHook("onRequest", async (request, reply) => {
    if (!mayStop(request)) limiter.take(request, reply);
  });
  app.addHook("preValidation", async (request, reply) => {
    if (mayStop(request)) limiter.take(request, reply);
  });
}

class RateLimiter {
  private readonly options: RateLimiterOptions;
  private readonly limits: RateLimits;
  private readonly buckets = new TokenBuckets<string>(MAX_CALLERS);

  constructor(options: RateLimiterOptions) {
    this.options = options;
    this.limits = options.limits ?? RATE_LIMITS;
  }

  take(request: FastifyRequest, reply: FastifyReply): void {
    const { cost = 1, access } = request.routeOptions.config;
    // What authenticates its own callers limits them itself.
    if (access === "own" || isUrgent(request)) return;
    const { caller, owner, limit } = this.callerOf(request);
    if (limit === undefined) return;
    const { perSecond, burst } = limit;
    const nowMs = this.options.clock.monotonicMs();
    const waitMs = this.buckets.take(owner, cost, perSecond, burst, nowMs);
    const left = this.buckets.available(owner, perSecond, burst, nowMs);
    reply.header("ratelimit-policy", `"${caller}";q=${burst};w=${Math.ceil(burst / perSecond)}`);
    reply.header("ratelimit", `"${caller}";r=${left};t=${Math.ceil((burst - left) / perSecond)}`);
    if (waitMs === 0) return;
    this.options.onLimited?.(caller);
    throw new SluiceError("limit", "request.rate_limited", "You ask more than is allowed; go more slowly.", {
      retryable: true,
      retryAfterMs: waitMs,
      details: { limitPerSecond: perSecond, limitBurst: burst },
    });
  }

  private callerOf({ principal, ip }: FastifyRequest) {
    switch (principal?.kind) {
      case "user":
        return { caller: "user", owner: `user:${principal.userId}`, limit: this.limits.user } as const;
      case "client":
        return { caller: "client", owner: `client:${principal.clientId}`, limit: principal.limits } as const;
      case undefined:
        return { caller: "address", owner: placeOf(ip), limit: this.limits.address } as const;
    }
  }
}
