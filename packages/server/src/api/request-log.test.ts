import type { FastifyInstance, InjectOptions } from "fastify";
import { afterEach, expect, test } from "vitest";
import type { Accounts, Principal } from "../auth/index.ts";
import { createLogger } from "../platform/logger.ts";
import { createDescribedApp } from "./testing/described-app.ts";

const SECRET = "s3cr3t-Mark";
const principal: Principal = {
  kind: "user",
  userId: "7",
  sessionId: "s",
  organizationId: 3,
  roles: new Set(["admin"]),
};
const accounts = { authenticator: { authenticate: async () => principal, knows: () => true } } as unknown as Accounts;

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

interface Line extends Record<string, unknown> {
  readonly level: string;
  readonly msg: string;
}

async function createApp(level: string, logsAccess = false, slowMs = Number.POSITIVE_INFINITY) {
  const lines: string[] = [];
  const logger = createLogger(level, { write: (line) => lines.push(line) });
  const status = async () => ({ status: "healthy", db: "connected", workers: "running" }) as const;
  const rateLimits = { user: undefined, address: undefined };
  app = await createDescribedApp({ accounts, logger, status, settings: { logsAccess, slowMs, rateLimits } });
  const { inject } = app;
  return { inject, lines, logged: () => lines.map((line) => JSON.parse(line) as Line), app };
}

test("a request is logged by its route, with who asked and how it ended, under its id", async () => {
  const { inject, logged } = await createApp("info", true);
  const answer = await inject({
    url: `/api/v1/devices/pump-1/telemetry?from=${SECRET}`,
    headers: { authorization: "Bearer x", "x-request-id": "trace-42" },
  });
  expect(answer.headers["x-request-id"]).toBe("trace-42");
  expect(logged()).toEqual([
    expect.objectContaining({
      level: "info",
      msg: "a request was answered",
      requestId: "trace-42",
      method: "GET",
      route: "/api/v1/devices/:uid/telemetry",
      status: 400,
      caller: "user:7",
      organization: 3,
      durationMs: expect.any(Number),
    }),
  ]);
});

test.each([
  ["", "is empty"],
  ["x".repeat(65), "is long"],
  ['1","level":"fatal', "would be read as something else"],
  ["1\u0085forged", "is not plain"],
])("an id that %j is replaced by one of ours", async (id) => {
  const { inject } = await createApp("silent");
  const answer = await inject({ url: "/healthz", headers: { "x-request-id": id } });
  expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("only what failed or was slow is told unless every request is to be", async () => {
  const { inject, logged } = await createApp("info");
  await inject({ url: "/healthz" });
  await inject({ url: "/nothing-here" });
  expect(logged()).toEqual([]);
});

test("a slow answer is a warning", async () => {
  const { inject, logged } = await createApp("info", false, 0);
  await inject({ url: "/healthz" });
  expect(logged()).toMatchObject([{ level: "warn", msg: "a request took long", route: "/healthz", status: 200 }]);
});

/** A request with a secret wherever one may be. */
function withSecrets(method: string, url: string): InjectOptions {
  const path = url.replaceAll(/:(\w+)/g, (_, name) => (name === "token" ? SECRET : "1"));
  const secrets = { password: SECRET, token: SECRET, refresh_token: SECRET, client_secret: SECRET, code: SECRET };
  const hasBody = ["POST", "PUT", "PATCH"].includes(method);
  return {
    method: method as "GET",
    url: `${path.replace("*", "x")}?p=${SECRET}&token=${SECRET}&code=${SECRET}`,
    headers: {
      authorization: `Bearer ${SECRET}`,
      cookie: `session=${SECRET}`,
      "x-api-key": SECRET,
      ...(hasBody ? { "content-type": "application/json" } : {}),
    },
    ...(hasBody ? { payload: JSON.stringify(secrets) } : {}),
  };
}

test("no secret of any request reaches the log, at any level and however the request ends", async () => {
  const { inject, lines, app } = await createApp("trace", true);
  const routes = app.routeAccess.filter(({ url }) => url !== "/api/v1/stream");
  expect(routes.length).toBeGreaterThan(100);
  for (const { method, url } of routes) await inject(withSecrets(method, url));
  await inject(withSecrets("GET", `/nothing/${SECRET}`));
  expect(lines.length).toBeGreaterThan(routes.length);
  expect(lines.filter((line) => line.includes(SECRET))).toEqual([]);
  // Failures are among them, or this would prove little.
  expect(lines.some((line) => line.includes('"request failed"'))).toBe(true);
});
