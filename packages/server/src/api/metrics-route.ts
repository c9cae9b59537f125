import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Authenticator } from "../auth/index.ts";
import type { Metrics } from "../platform/metrics.ts";
import { assertMay, bearerToken } from "./access.ts";

export const METRICS_ACCESS = ["loopback", "token", "open", "off"] as const;

/**
 * Who may read `/metrics`:
 *
 *   "loopback"  whoever asks from this machine itself, and whoever has the permission `metrics:read`
 *   "token"     whoever has that permission
 *   "open"      anyone
 *   "off"       nobody: there is no such page
 */
export type MetricsAccess = (typeof METRICS_ACCESS)[number];

export interface MetricsRouteDependencies {
  readonly metrics: Metrics;
  readonly authenticator: Pick<Authenticator, "authenticate">;
  readonly access: MetricsAccess;
}

export function metricsRoute(app: FastifyInstance, { metrics, authenticator, access }: MetricsRouteDependencies): void {
  if (access === "off") return;
  app.get(
    "/metrics",
    {
      config: { access: "own" },
      onRequest: async (request) => {
        if (access === "open" || (access === "loopback" && isFromThisMachine(request))) return;
        request.principal = await authenticator.authenticate(bearerToken(request));
        assertMay(request.principal, "metrics:read");
      },
    },
    async (_request, reply) => {
      reply.header("cache-control", "no-store").type(metrics.contentType);
      return metrics.text();
    },
  );
}

/** A proxy on this machine speaks for others, whether or not it is trusted to say for whom. */
function isFromThisMachine({ raw, headers }: FastifyRequest): boolean {
  const isForwarded = ["x-forwarded-for", "forwarded", "x-real-ip", "via"].some((name) => headers[name] !== undefined);
  const address = raw.socket.remoteAddress ?? "";
  return !isForwarded && (address === "::1" || /^(::ffff:)?127\./.test(address));
}
