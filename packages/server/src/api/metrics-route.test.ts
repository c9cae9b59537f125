import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import type { Accounts, Principal } from "../auth/index.ts";
import { Metrics } from "../platform/metrics.ts";
import { parseExposition } from "../platform/testing/exposition.ts";
import type { MetricsAccess } from "./metrics-route.ts";
import { createDescribedApp } from "./testing/described-app.ts";

const person = { kind: "user", userId: "1", sessionId: "s", organizationId: 1 } as const;
const PRINCIPALS: Readonly<Record<string, Principal>> = {
  admin: { ...person, roles: new Set(["admin"]) },
  operator: { ...person, roles: new Set(["operator", "scientist"]) },
  scraper: { kind: "client", clientId: "1", organizationId: 1, scopes: new Set(["metrics:read"]) },
};
const authenticate = async (token: string) => {
  const principal = PRINCIPALS[token];
  if (principal) return principal;
  throw new SluiceError("unauthenticated", "auth.token_invalid", "No.");
};
const accounts = { authenticator: { authenticate } } as unknown as Accounts;
const status = async () => ({ status: "healthy", db: "connected", workers: "running" }) as const;

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function createApp(metricsAccess: MetricsAccess): Promise<FastifyInstance> {
  app = await createDescribedApp({ accounts, status, metrics: new Metrics(), settings: { metricsAccess } });
  return app;
}

const AWAY = { remoteAddress: "192.0.2.1" };
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

test.each<[MetricsAccess, object, number]>([
  ["loopback", { remoteAddress: "127.0.0.1" }, 200],
  ["loopback", { remoteAddress: "::1" }, 200],
  ["loopback", { remoteAddress: "::ffff:127.0.0.1" }, 200],
  ["loopback", { remoteAddress: "127.0.0.1", headers: { "x-forwarded-for": "192.0.2.1" } }, 401],
  ["loopback", { remoteAddress: "127.0.0.1", headers: { forwarded: "for=192.0.2.1" } }, 401],
  ["loopback", { ...AWAY, headers: { "x-forwarded-for": "127.0.0.1" } }, 401],
  ["loopback", AWAY, 401],
  ["loopback", { ...AWAY, ...bearer("scraper") }, 200],
  ["loopback", { ...AWAY, ...bearer("admin") }, 200],
  ["loopback", { ...AWAY, ...bearer("operator") }, 403],
  ["token", { remoteAddress: "127.0.0.1" }, 401],
  ["token", { remoteAddress: "127.0.0.1", ...bearer("nobody") }, 401],
  ["token", { remoteAddress: "127.0.0.1", ...bearer("scraper") }, 200],
  ["open", AWAY, 200],
  ["off", { remoteAddress: "127.0.0.1", ...bearer("admin") }, 404],
])("with %s, %j is answered %i", async (access, request, expected) => {
  const { inject } = await createApp(access);
  expect((await inject({ url: "/metrics", ...request })).statusCode).toBe(expected);
});

test("requests are counted by the patterns of their routes, whatever was asked for", async () => {
  const { inject } = await createApp("loopback");
  await inject({ url: "/api/status" });
  for (const uid of ["a", "b"]) await inject({ url: `/api/v1/devices/${uid}/latest` });
  for (let tried = 0; tried < 20; tried++) await inject({ url: `/guess/${tried}` });
  const answer = await inject({ url: "/metrics" });
  expect(answer.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(answer.headers["cache-control"]).toBe("no-store");
  const durations = parseExposition(answer.body).get("sluice_http_request_duration_seconds")!;
  const counts = durations.samples.filter(({ name }) => name.endsWith("_count"));
  expect(counts.map(({ labels: { method, route, status }, value }) => [method, route, status, value])).toEqual([
    ["GET", "/api/status", "2xx", 1],
    ["GET", "/api/v1/devices/:uid/latest", "4xx", 2],
    ["GET", "none", "4xx", 20],
  ]);
});
