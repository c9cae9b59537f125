import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDescribedApp } from "../testing/described-app.ts";
import type { StatusReport } from "./status.ts";

let report: StatusReport;
let app: FastifyInstance;
beforeAll(async () => {
  const rateLimits = { user: undefined, address: { perSecond: 0.001, burst: 1 } };
  app = await createDescribedApp({ status: async () => report, settings: { rateLimits } });
});
afterAll(() => app.close());

test.each([
  ["healthy", 200],
  ["starting", 503],
  ["degraded", 503],
  ["stopping", 503],
] as const)("a server that is %s answers %i to whoever sends traffic, and lives", async (status, expected) => {
  report = { status, db: "connected", workers: "running" };
  const ready = await app.inject({ url: "/readyz" });
  expect([ready.statusCode, ready.json()]).toEqual([expected, { status }]);
  expect((await app.inject({ url: "/api/status" })).statusCode).toBe(expected);
  const live = await app.inject({ url: "/healthz" });
  expect([live.statusCode, live.json()]).toEqual([200, { status: "live" }]);
});

test("whoever asks how it is may ask as often as they like", async () => {
  report = { status: "healthy", db: "connected", workers: "running" };
  for (const url of ["/readyz", "/healthz", "/api/status", "/readyz"]) {
    expect((await app.inject({ url })).statusCode, url).toBe(200);
  }
  expect((await app.inject({ url: "/api/openapi.json" })).statusCode).toBe(200);
  expect((await app.inject({ url: "/api/openapi.json" })).statusCode).toBe(429);
});
