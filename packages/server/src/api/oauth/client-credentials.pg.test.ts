import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "../../auth/index.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

const by = () => ({ organizationId: sluice.organizationId, actor: "system" });
const makeClient = (name: string, scopes: Parameters<typeof createClient>[2]["scopes"]) =>
  createClient(sluice.accounts, by(), { name, scopes });
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const askToken = (payload: string | object, headers: Record<string, string> = FORM) =>
  sluice.ask({ method: "POST", url: "/oauth2/token", payload, headers, as: "nobody" });
const basic = (id: string, secret: string) => ({
  ...FORM,
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});
const get = (url: string, token: string) =>
  sluice.ask({ url, headers: { authorization: `Bearer ${token}` }, as: "nobody" });

test("a program gets an access token of no more than it asks for, by either way of saying who it is", async () => {
  const { client, clientSecret } = await makeClient("reader", ["registry:read", "telemetry:read"]);
  const whole = await askToken(form({ grant_type: "client_credentials" }), basic(client.id, clientSecret));
  expect(whole.statusCode).toBe(200);
  expect(whole.headers).toMatchObject({ "cache-control": "no-store", pragma: "no-cache" });
  expect(whole.json()).toEqual({
    access_token: expect.any(String),
    token_type: "Bearer",
    expires_in: 900,
    scope: "registry:read telemetry:read",
  });
  expect((await get("/api/v1/sites", whole.json().access_token)).statusCode).toBe(200);
  const fields = { grant_type: "client_credentials", client_id: client.id, client_secret: clientSecret };
  const part = await askToken({ ...fields, scope: "telemetry:read" }, { "content-type": "application/json" });
  expect(part.json().scope).toBe("telemetry:read");
  expect((await get("/api/v1/sites", part.json().access_token)).statusCode).toBe(403);
});

test("its token is an access token by the published keys, as RFC 9068 writes them", async () => {
  const { client, clientSecret } = await makeClient("verified", ["telemetry:read"]);
  const answer = await askToken(form({ grant_type: "client_credentials" }), basic(client.id, clientSecret));
  const keys = await sluice.ask({ url: "/.well-known/jwks.json", as: "nobody" });
  expect(keys.body).not.toContain('"d"');
  const { payload, protectedHeader } = await jwtVerify(answer.json().access_token, createLocalJWKSet(keys.json()));
  expect(protectedHeader).toMatchObject({ alg: "EdDSA", typ: "at+jwt" });
  expect(payload).toMatchObject({ sub: client.id, client_id: client.id, scope: "telemetry:read", aud: "sluice-api" });
});

test("what is wrong is told as OAuth tells it", async () => {
  const { client, token, clientSecret } = await makeClient("wrong", ["telemetry:read"]);
  const grant = { grant_type: "client_credentials" };
  const own = { ...grant, client_id: client.id, client_secret: clientSecret };
  const cases: [string, number, string, Record<string, string>?][] = [
    [form({ ...own, scope: "registry:write" }), 400, "invalid_scope"],
    [form({ ...own, client_secret: "wrong" }), 401, "invalid_client"],
    [form({ ...own, client_secret: token }), 401, "invalid_client"],
    [form({ ...own, client_id: "00000000-0000-4000-8000-000000000000" }), 401, "invalid_client"],
    [form(grant), 401, "invalid_client"],
    [form(own), 400, "invalid_request", basic(client.id, clientSecret)],
    [form({ ...own, grant_type: "password" }), 400, "unsupported_grant_type"],
    [form({ client_id: client.id }), 400, "invalid_request"],
    [`${form(own)}&grant_type=client_credentials`, 400, "invalid_request"],
    ["{", 400, "invalid_request", { "content-type": "application/json" }],
    ["<x/>", 400, "invalid_request", { "content-type": "application/xml" }],
    [form({ grant_type: "refresh_token" }), 400, "invalid_request"],
    [form({ grant_type: "refresh_token", refresh_token: "slr_x" }), 400, "invalid_grant"],
  ];
  for (const [payload, status, error, headers] of cases) {
    const answer = await askToken(payload, headers);
    expect([answer.statusCode, answer.json().error], payload).toEqual([status, error]);
    expect(answer.headers["cache-control"]).toBe("no-store");
    if (status === 401) expect(answer.headers["www-authenticate"]).toBe('Basic realm="sluice"');
    expect(answer.body).not.toContain(clientSecret);
  }
});

test("a revoked client's access tokens end within a second, and so does what it may no longer do", async () => {
  const { client, clientSecret } = await makeClient("short-lived", ["registry:read", "telemetry:read"]);
  const answer = await askToken(form({ grant_type: "client_credentials" }), basic(client.id, clientSecret));
  const { access_token } = answer.json();
  expect((await get("/api/v1/sites", access_token)).statusCode).toBe(200);
  const url = `/api/v1/clients/${client.id}`;
  await sluice.ask({ method: "PATCH", url, payload: { scopes: ["telemetry:read"] } });
  sluice.advance(1000);
  expect((await get("/api/v1/sites", access_token)).statusCode).toBe(403);
  await sluice.ask({ method: "DELETE", url });
  sluice.advance(1000);
  expect((await get("/api/v1/sites", access_token)).json()).toMatchObject({ status: 401, code: "auth.token_invalid" });
  const again = await askToken(form({ grant_type: "client_credentials" }), basic(client.id, clientSecret));
  expect(again.json().error).toBe("invalid_client");
});

test("people refresh here as they do there, and end their session by either token", async () => {
  await sluice.tokenOf("operator");
  const credentials = { username: "operator@example.org", password: "correct horse battery" };
  const signedIn = await sluice.ask({ method: "POST", url: "/api/auth/login", payload: credentials, as: "nobody" });
  const { refresh_token } = signedIn.json();
  const pair = (await askToken(form({ grant_type: "refresh_token", refresh_token }))).json();
  expect(pair).toMatchObject({ token_type: "Bearer", expires_in: 900 });
  expect((await get("/api/v1/sites", pair.access_token)).statusCode).toBe(200);
  const revoke = (token: string) =>
    sluice.ask({ method: "POST", url: "/oauth2/revoke", payload: form({ token }), headers: FORM, as: "nobody" });
  expect((await revoke("unknown")).statusCode).toBe(200);
  expect((await revoke(pair.access_token)).statusCode).toBe(200);
  const { rows } = await sluice.database.pool.query(
    "select actor, address from audit_event where action = 'session.end' order by id desc limit 1",
  );
  expect(rows).toEqual([{ actor: expect.stringMatching(/^user:/), address: "127.0.0.1" }]);
  sluice.advance(1000);
  expect((await get("/api/v1/sites", pair.access_token)).statusCode).toBe(401);
  const { token } = await makeClient("irrevocable", ["telemetry:read"]);
  expect((await revoke(token)).json().error).toBe("unsupported_token_type");
});

test("the metadata names what there is, under the address by which it was asked for", async () => {
  const headers = { host: "sluice.example.org" };
  const { json } = await sluice.ask({ url: "/.well-known/oauth-authorization-server", headers, as: "nobody" });
  expect(json()).toMatchObject({
    issuer: "http://sluice.example.org",
    token_endpoint: "http://sluice.example.org/oauth2/token",
    grant_types_supported: ["authorization_code", "client_credentials", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
  });
  for (const url of ["/.well-known/jwks.json", "/oauth2/authorize"]) {
    expect((await sluice.app.inject({ url, headers })).statusCode, url).not.toBe(404);
  }
});
