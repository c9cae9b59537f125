import { type ErrorKind, isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { precisionOf } from "@sluice/protocol/line-protocol/timestamp.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { authenticateFirst, bodyOf, type HttpIngestDeps, senderOfRequest, text } from "./http-ingest.ts";
import { described } from "./route-schema.ts";
import type { Taken } from "./take-readings.ts";

/** What InfluxDB 2 calls the kinds of error, and the statuses it answers them with. */
const INFLUX_ERRORS: Readonly<Record<ErrorKind, { readonly code: string; readonly status: number }>> = {
  invalid: { code: "invalid", status: 400 },
  unauthenticated: { code: "unauthorized", status: 401 },
  forbidden: { code: "forbidden", status: 403 },
  "not-found": { code: "not found", status: 404 },
  conflict: { code: "conflict", status: 409 },
  limit: { code: "request too large", status: 413 },
  unavailable: { code: "unavailable", status: 503 },
  internal: { code: "internal error", status: 500 },
};
const TOO_MANY_REQUESTS = { code: "too many requests", status: 429 };

/** The version that clients are told; they ask for it to know that the dialect is that of InfluxDB 1.8. */
const INFLUX_VERSION = "1.8.10";

/** Influx line protocol, and as much of InfluxDB around it as Telegraf and the client libraries ask for. */
export function influxRoutes(scope: FastifyInstance, deps: HttpIngestDeps): void {
  authenticateFirst(scope, deps);
  answerAsInflux(scope);

  for (const path of ["/api/v2/write", "/write"]) {
    const schema = described("Influx line protocol, all precisions, gzip");
    scope.post(path, { schema }, async (request, reply) => {
      const precision = precisionOf(text((request.query as { precision?: unknown }).precision));
      if (precision === undefined) {
        throw new SluiceError("invalid", "line.precision", "The precision is one of ns, us, ms, s, m and h.");
      }
      const taken = await deps.readings.lines(senderOfRequest(request), bodyOf(request), precision);
      if (taken.refused === 0) return reply.code(204).send();
      return reply.code(400).send(partialWrite(taken));
    });
  }

  scope.route({
    method: ["GET", "POST"],
    url: "/query",
    schema: described("InfluxDB's create-database call, which needs nothing here"),
    handler: async (request) => queryAnswer(queryOf(request)),
  });
}

/** What clients ask before they have a token. */
export function influxPings(scope: FastifyInstance): void {
  scope.get("/ping", { schema: described("InfluxDB's ping") }, async (_request, reply) =>
    reply.code(204).header("x-influxdb-version", INFLUX_VERSION).send(),
  );
  scope.get("/health", { schema: described("InfluxDB's health") }, async () => ({
    name: "sluice",
    message: "ready for writes",
    status: "pass",
    version: INFLUX_VERSION,
  }));
}

/** InfluxDB 2's answer, with the `error` by which InfluxDB 1's clients know a partial write, and each line. */
function partialWrite({ stored, refused, items }: Taken): object {
  const first = items[0]!;
  const what = stored === 0 ? "unable to store any line" : `partial write: ${stored} lines stored`;
  const message = `${what}, dropped=${refused}: line ${first.item}: ${first.error.message}`;
  return {
    code: "invalid",
    message,
    error: message,
    line: first.item,
    stored,
    rejected: refused,
    errors: items.map(({ item, error }) => ({
      ...error.details,
      line: item,
      code: error.code,
      message: error.message,
    })),
  };
}

function answerAsInflux(scope: FastifyInstance): void {
  scope.setErrorHandler((error, request, reply) => {
    const isOurs = isSluiceError(error);
    if (!isOurs) request.log.error({ err: error }, "a write failed");
    const known = isOurs ? error : new SluiceError("internal", "internal", "Something went wrong here.");
    const { code, status } =
      known.kind === "limit" && known.retryAfterMs !== undefined ? TOO_MANY_REQUESTS : INFLUX_ERRORS[known.kind];
    if (known.retryAfterMs !== undefined) reply.header("retry-after", Math.ceil(known.retryAfterMs / 1000));
    if (status === 401) reply.header("www-authenticate", 'Bearer realm="sluice"');
    return reply.code(status).send({ ...known.details, code, message: known.message, error: known.message });
  });
}

function queryOf(request: FastifyRequest): string {
  const inQuery = text((request.query as { q?: unknown }).q);
  return inQuery ?? new URLSearchParams(bodyOf(request).toString("utf8")).get("q") ?? "";
}

function queryAnswer(query: string): object {
  if (/^\s*create\s+database\b/i.test(query)) return { results: [{ statement_id: 0 }] };
  if (/^\s*show\s+databases\b/i.test(query)) {
    return { results: [{ statement_id: 0, series: [{ name: "databases", columns: ["name"], values: [["sluice"]] }] }] };
  }
  throw new SluiceError("invalid", "influx.query", "Only CREATE DATABASE and SHOW DATABASES are answered here.");
}
