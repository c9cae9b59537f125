import { afterAll, beforeAll, expect, test } from "vitest";
import { createUser } from "../../auth/index.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const EMAIL = "ada@example.org";
const PASSWORD = "correct horse battery";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
  const by = { organizationId: sluice.organizationId, actor: "system" };
  await createUser(sluice.accounts, by, { email: EMAIL, password: PASSWORD, roles: ["operator"] });
});
afterAll(() => sluice.close());

const post = (url: string, payload: object, token?: string) =>
  sluice.app.inject({ method: "POST", url, payload, headers: token ? { authorization: `Bearer ${token}` } : {} });
const signIn = (password = PASSWORD) => post("/api/auth/login", { username: EMAIL, password });
const statusWith = async (token: string) =>
  (await sluice.app.inject({ url: "/api/v1/devices", headers: { authorization: `Bearer ${token}` } })).statusCode;

test("signing in, staying signed in, and signing out", async () => {
  const first = await signIn();
  expect(first.statusCode).toBe(200);
  expect(first.json()).toEqual({
    access_token: expect.any(String),
    refresh_token: expect.stringMatching(/^slr_/),
    token_type: "Bearer",
    expires_in: 900,
  });
  const second = await post("/api/auth/refresh", { refresh_token: first.json().refresh_token });
  expect(second.statusCode).toBe(200);
  const { access_token, refresh_token } = second.json();
  expect(await statusWith(access_token)).toBe(200);
  expect((await post("/api/auth/logout", { refresh_token })).statusCode).toBe(204);
  sluice.advance(1000);
  expect(await statusWith(access_token)).toBe(401);
  expect((await post("/api/auth/refresh", { refresh_token })).json()).toMatchObject({
    status: 401,
    code: "auth.refresh_invalid",
  });
});

test("a wrong password is a 401, and too many of them are told when to come back", async () => {
  expect((await signIn("wrong")).json()).toMatchObject({ status: 401, code: "auth.bad_credentials" });
  for (let count = 0; count < 4; count++) await signIn("wrong");
  const refused = await signIn();
  expect(refused.statusCode).toBe(429);
  expect(refused.headers["retry-after"]).toBe("30");
  sluice.advance(30_000);
  expect((await signIn()).statusCode).toBe(200);
});

test.each([
  [{}],
  [{ username: EMAIL }],
  [{ username: EMAIL, password: "" }],
  [{ username: 5, password: PASSWORD }],
  [{ username: `${EMAIL}\0`, password: PASSWORD }],
])("%o is no sign-in", async (payload) => {
  expect((await post("/api/auth/login", payload)).statusCode).toBe(400);
});

test("a person changes their password, and the sessions before it end", async () => {
  const { access_token } = (await signIn()).json();
  const change = { current_password: PASSWORD, new_password: "another long password" };
  const changed = await post("/api/auth/password", change, access_token);
  expect(changed.statusCode).toBe(200);
  sluice.advance(1000);
  expect(await statusWith(access_token)).toBe(401);
  expect(await statusWith(changed.json().access_token)).toBe(200);
  expect((await post("/api/auth/password", change, changed.json().access_token)).json()).toMatchObject({
    status: 403,
    code: "auth.bad_credentials",
  });
});

test("an API client is made with a token that is shown once, listed without it, and revoked", async () => {
  const made = await sluice.ask({
    method: "POST",
    url: "/api/v1/clients",
    payload: { name: "Telegraf", scopes: ["ingest", "devices:provision"] },
  });
  expect(made.statusCode).toBe(201);
  const { id, token } = made.json();
  expect(token).toMatch(/^slc_/);
  const listed = await sluice.ask({ url: "/api/v1/clients" });
  expect(listed.json()).toMatchObject([
    { id, name: "Telegraf", scopes: ["ingest", "devices:provision"], revokedAt: null },
  ]);
  expect(listed.body).not.toContain(token);
  expect(
    (await sluice.ask({ method: "POST", url: "/api/v1/clients", payload: { name: "Telegraf", scopes: ["ingest"] } }))
      .statusCode,
  ).toBe(409);
  expect((await sluice.ask({ method: "DELETE", url: `/api/v1/clients/${id}` })).statusCode).toBe(204);
  expect((await sluice.ask({ method: "DELETE", url: `/api/v1/clients/${id}` })).statusCode).toBe(404);
  expect((await sluice.ask({ method: "DELETE", url: "/api/v1/clients/1" })).statusCode).toBe(400);
});

test.each([[[]], [["everything"]], ["ingest"]])("an API client cannot have the scopes %j", async (scopes) => {
  const answer = await sluice.ask({ method: "POST", url: "/api/v1/clients", payload: { name: "x", scopes } });
  expect(answer.statusCode).toBe(400);
});
