import type { FastifyPluginAsync } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, createUser, login } from "../auth/index.ts";
import { createTestApp, type TestApp } from "./testing/test-app.ts";

const ingest: FastifyPluginAsync = async (scope) => {
  scope.post("/api/readings/bulk", async () => ({ taken: true }));
};

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp([ingest]);
});
afterAll(() => sluice.close());

const PUBLIC = [
  "/",
  "/status-page/style.css",
  "/status-page/page.js",
  "/status-page/views.js",
  "/status-page/dom.js",
  "/status-page/session.js",
  "/status-page/words.js",
  "/status-page/icon.svg",
  "/api/docs",
  "/api/docs/",
  "/api/docs/reference.js",
  "/api/docs/scalar.js",
  "/api/openapi.json",
  "/api/status",
  "/api/auth/login",
  "/api/auth/refresh",
  "/api/auth/logout",
];

test("what is open to everyone is this list, and nothing of the API itself", () => {
  const open = new Set(sluice.app.routeAccess.filter(({ access }) => access === "public").map(({ url }) => url));
  expect([...open].sort()).toEqual([...PUBLIC].sort());
});

test("every other route asks who is there before it looks at anything else", async () => {
  const closed = sluice.app.routeAccess.filter(({ access }) => access !== "public" && access !== "own");
  expect(closed.length).toBeGreaterThan(60);
  for (const { method, url } of closed) {
    const path = url.replaceAll(/:\w+/g, "1");
    const answer = await sluice.app.inject({
      method: method as "GET",
      url: path,
      payload: method === "GET" ? undefined : "{",
    });
    expect(answer.statusCode, `${method} ${url}`).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="sluice"');
    if (method !== "HEAD") expect(answer.json()).toMatchObject({ code: "auth.token_missing" });
  }
});

test("what takes readings in authenticates its own callers", async () => {
  const answer = await sluice.app.inject({ method: "POST", url: "/api/readings/bulk", payload: {} });
  expect(answer.json()).toEqual({ taken: true });
});

/** By the last part of the path. */
const PAYLOADS: Readonly<Record<string, object>> = { commands: { kind: "STOP" }, trip: { cause: "dry_run" } };

test.each([
  ["operator", "GET", "/api/v1/devices", 200],
  ["scientist", "GET", "/api/v1/devices", 200],
  ["operator", "POST", "/api/v1/devices", 403],
  ["scientist", "DELETE", "/api/v1/sites/default", 403],
  ["operator", "GET", "/api/v1/clients", 403],
  ["operator", "GET", "/api/v1/rejected-messages", 403],
  ["scientist", "POST", "/api/v1/actuators/1/commands", 403],
  ["operator", "POST", "/api/v1/actuators/1/commands", 404],
  ["scientist", "GET", "/api/v1/actuators", 200],
  ["scientist", "GET", "/api/v1/trips", 200],
  ["scientist", "GET", "/api/v1/actuators/1", 404],
  ["scientist", "GET", "/api/v1/actuators/1/why-not", 404],
  ["scientist", "PATCH", "/api/v1/actuators/1", 403],
  ["scientist", "POST", "/api/v1/actuators/1/trip", 403],
  ["scientist", "POST", "/api/v1/actuators/1/trip/reset", 403],
  ["scientist", "POST", "/api/v1/sites/nowhere/stop", 403],
  ["scientist", "POST", "/api/v1/sites/nowhere/release", 403],
  ["operator", "POST", "/api/v1/actuators/1/trip", 404],
  ["operator", "POST", "/api/v1/actuators/1/trip/reset", 404],
  ["operator", "POST", "/api/v1/sites/nowhere/stop", 404],
  ["operator", "POST", "/api/v1/sites/nowhere/release", 404],
  ["operator", "PATCH", "/api/v1/actuators/1", 404],
  ["admin", "GET", "/api/v1/clients", 200],
] as const)("the %s's %s %s is a %i", async (as, method, url, status) => {
  const payload = PAYLOADS[url.split("/").at(-1)!] ?? {};
  const hasBody = method === "POST" || method === "PATCH";
  const answer = await sluice.ask({ as, method, url, ...(hasBody ? { payload } : {}) });
  expect(answer.statusCode).toBe(status);
  if (status === 403) expect(answer.json()).toMatchObject({ code: "auth.forbidden" });
});

test.each([
  ["no scheme", "TOKEN"],
  ["another scheme", "Basic TOKEN"],
  ["two tokens", "Bearer TOKEN TOKEN"],
  ["nothing after it", "Bearer "],
])("a header with %s is no token", async (_what, pattern) => {
  const authorization = pattern.replaceAll("TOKEN", await sluice.tokenOf("admin"));
  const answer = await sluice.app.inject({ url: "/api/v1/devices", headers: { authorization } });
  expect(answer.json()).toMatchObject({ status: 401, code: "auth.token_missing" });
});

test.each([
  ["a foreign token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."],
  ["a device's token", "sld_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
  ["an unknown client's token", "slc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
])("%s is refused, and told to be invalid", async (_what, token) => {
  const answer = await sluice.app.inject({ url: "/api/v1/devices", headers: { authorization: `Bearer ${token}` } });
  expect(answer.statusCode).toBe(401);
  expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
});

test("an expired token is a 401 that says so", async () => {
  const email = "late@example.org";
  const password = "correct horse battery";
  const by = { organizationId: sluice.organizationId, actor: "system" };
  await createUser(sluice.accounts, by, { email, password, roles: ["admin"] });
  const { access_token } = await login(sluice.accounts, { username: email, password, address: "10.0.0.1" });
  const late = await createTestApp();
  const headers = { authorization: `Bearer ${access_token}` };
  sluice.advance(16 * 60_000);
  expect((await sluice.app.inject({ url: "/api/v1/devices", headers })).json()).toMatchObject({
    code: "auth.token_expired",
  });
  sluice.advance(-16 * 60_000);
  expect((await sluice.app.inject({ url: "/api/v1/devices", headers })).statusCode).toBe(200);
  expect((await late.app.inject({ url: "/api/v1/devices", headers })).json()).toMatchObject({
    code: "auth.token_invalid",
  });
  await late.close();
});

test("a program may do what its scopes say and nothing else", async () => {
  const by = { organizationId: sluice.organizationId, actor: "system" };
  const make = async (name: string, scope: "ingest" | "devices:provision") =>
    (await createClient(sluice.accounts, by, { name, scopes: [scope] })).token;
  const register = (token: string, uid: string) =>
    sluice.app.inject({
      method: "POST",
      url: "/api/v1/devices",
      headers: { authorization: `Bearer ${token}` },
      payload: { uid, profile: "generic" },
    });
  const provisioner = await make("Provisioner", "devices:provision");
  expect((await register(provisioner, "by-program")).statusCode).toBe(201);
  expect((await register(await make("Sender", "ingest"), "by-sender")).statusCode).toBe(403);
  const headers = { authorization: `Bearer ${provisioner}` };
  expect((await sluice.app.inject({ url: "/api/v1/devices", headers })).statusCode).toBe(403);
});

test("things of another organization are not there, whoever asks", async () => {
  const { rows } = await sluice.database.pool.query(
    "insert into organization (slug, name) values ('other', 'Other') returning id",
  );
  const email = "stranger@example.org";
  const password = "correct horse battery";
  const by = { organizationId: rows[0].id, actor: "system" };
  await createUser(sluice.accounts, by, { email, password, roles: ["admin"] });
  const { access_token } = await login(sluice.accounts, { username: email, password, address: "10.0.0.1" });
  const headers = { authorization: `Bearer ${access_token}` };
  const made = await sluice.ask({
    method: "POST",
    url: "/api/v1/devices",
    payload: { uid: "ours", profile: "irrigation-zone" },
  });
  expect(made.statusCode).toBe(201);
  const asset = (
    await sluice.ask({ method: "POST", url: "/api/v1/assets", payload: { kind: "zone", name: "Ours" } })
  ).json();
  const client = (
    await sluice.ask({ method: "POST", url: "/api/v1/clients", payload: { name: "Ours", scopes: ["ingest"] } })
  ).json();
  const [pump] = (await sluice.ask({ url: "/api/v1/devices/ours/actuators" })).json();
  const stop = (
    await sluice.ask({ method: "POST", url: `/api/v1/actuators/${pump.id}/commands`, payload: { kind: "STOP" } })
  ).json();
  await sluice.ask({ method: "POST", url: `/api/v1/actuators/${pump.id}/trip`, payload: { cause: "dry_run" } });
  const defaultSite = (await sluice.ask({ url: "/api/v1/sites/default" })).json();
  const attempts = [
    ["GET", "/api/v1/devices/ours"],
    ["PATCH", "/api/v1/devices/ours"],
    ["DELETE", "/api/v1/devices/ours"],
    ["POST", "/api/v1/devices/ours/token"],
    ["GET", "/api/v1/devices/ours/latest"],
    ["GET", "/api/v1/devices/ours/telemetry"],
    ["GET", "/api/v1/devices/ours/actuators"],
    ["GET", "/api/v1/rules?device=ours"],
    ["GET", "/api/sensors/latest?sensor_id=ours"],
    ["GET", "/api/readings?device_id=ours"],
    ["GET", "/api/v1/sites/default"],
    ["DELETE", "/api/v1/sites/default"],
    ["GET", "/api/v1/profiles/generic"],
    ["GET", `/api/v1/assets/${asset.id}`],
    ["DELETE", `/api/v1/assets/${asset.id}`],
    ["DELETE", `/api/v1/clients/${client.id}`],
    ["POST", `/api/v1/actuators/${pump.id}/commands`],
    ["GET", `/api/v1/commands/${stop.id}`],
    ["GET", `/api/v1/commands/${stop.id}/events`],
    ["GET", `/api/v1/executions/${stop.execution}`],
    ["GET", `/api/v1/executions/${stop.execution}/events`],
    ["GET", `/api/v1/executions/${stop.execution}/why-not`],
    ["GET", `/api/v1/automation/executions/${stop.execution}/events`],
    ["GET", `/api/v1/actuators/${pump.id}`],
    ["GET", `/api/v1/actuators/${pump.id}/why-not`],
    ["PATCH", `/api/v1/actuators/${pump.id}`],
    ["POST", `/api/v1/actuators/${pump.id}/trip`],
    ["POST", `/api/v1/actuators/${pump.id}/trip/reset`],
    ["POST", "/api/v1/sites/default/stop"],
    ["POST", `/api/v1/sites/${defaultSite.id}/stop`],
    ["POST", "/api/v1/sites/default/release"],
  ] as const;
  for (const [method, url] of attempts) {
    const payload = PAYLOADS[url.split("/").at(-1)!] ?? {};
    const answer = await sluice.app.inject({ method, url, headers, ...(method === "GET" ? {} : { payload }) });
    expect(answer.statusCode, `${method} ${url}`).toBe(404);
  }
  const lists = [
    "devices",
    "sites",
    "assets",
    "profiles",
    "rules",
    "actuators",
    "trips",
    "commands",
    "executions",
    "clients",
    "rejected-messages",
  ];
  for (const list of lists) {
    const inList = (await sluice.app.inject({ url: `/api/v1/${list}`, headers })).json();
    expect(inList, list).toEqual([]);
  }
});
