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
  "/status-page/theme.css",
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
  "/healthz",
  "/readyz",
  "/account/",
  "/account/page.js",
  "/account/style.css",
  "/api/auth/join",
  "/api/auth/login",
  "/api/auth/login/second-factor",
  "/api/auth/register",
  "/api/auth/confirm-email",
  "/api/auth/forgot-password",
  "/api/auth/reset-password",
  "/api/auth/refresh",
  "/api/auth/logout",
  "/api/auth/oidc",
  "/api/auth/oidc/login",
  "/api/auth/oidc/callback",
  "/api/auth/oidc/token",
  "/oauth2/authorize",
  "/oauth2/token",
  "/oauth2/revoke",
  "/.well-known/oauth-authorization-server",
  "/.well-known/jwks.json",
  // By a code that an administrator has made.
  "/api/v1/devices/claim",
];

test("what is open to everyone is this list, and nothing of the API itself", () => {
  const open = new Set(sluice.app.routeAccess.filter(({ access }) => access === "public").map(({ url }) => url));
  expect([...open].sort()).toEqual([...PUBLIC].sort());
});

test("what takes readings in authenticates its own callers", async () => {
  const answer = await sluice.app.inject({ method: "POST", url: "/api/readings/bulk", payload: {} });
  expect(answer.json()).toEqual({ taken: true });
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
