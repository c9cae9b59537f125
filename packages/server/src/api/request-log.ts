import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { whenEnded } from "./request-end.ts";

/** What a caller may call a request by: what cannot be mistaken for anything else in a log. */
const SANE_ID = /^[A-Za-z0-9._:-]{1,64}$/;

/** The caller's `X-Request-Id`, if it can be written as it is, else one of ours. */
export function requestIdOf({ headers }: Pick<IncomingMessage, "headers">): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && SANE_ID.test(given) ? given : randomUUID();
}

/**
 * What a log may say of a request. Never its URL: paths and queries hold tokens (`/api/v1/{token}/telemetry`, InfluxDB's `p`).
 */
export function loggedRequest({ method, routeOptions, principal }: FastifyRequest): Record<string, unknown> {
  return {
    method,
    route: routeOptions.url,
    organization: principal?.organizationId,
    caller: principal && (principal.kind === "user" ? `user:${principal.userId}` : `client:${principal.clientId}`),
  };
}

export interface RequestLogSettings {
  readonly logsAccess: boolean;
  /** An answer that took this long is worth a line. */
  readonly slowMs: number;
}

/** A line for each slow request, and for every one if `logsAccess`, each with its id. Those that failed here have theirs already. */
export function logRequests(app: FastifyInstance, { logsAccess, slowMs }: RequestLogSettings): void {
  whenEnded(app, ({ request, reply, durationMs, isWhole, isStream }) => {
    const isSlow = durationMs >= slowMs && !isStream;
    const level = isSlow ? "warn" : logsAccess ? "info" : "debug";
    if (!isLogged(request, level)) return;
    const facts = {
      ...loggedRequest(request),
      status: reply.statusCode,
      durationMs: Math.round(durationMs * 10) / 10,
      address: request.ip,
      ...(isWhole || isStream ? {} : { isCallerGone: true }),
    };
    request.log[level](facts, isSlow ? "a request took long" : "a request was answered");
  });
}

/** Putting the facts together costs more than not writing them. */
function isLogged({ log }: FastifyRequest, level: string): boolean {
  return (log as unknown as { isLevelEnabled?: (level: string) => boolean }).isLevelEnabled?.(level) ?? true;
}
