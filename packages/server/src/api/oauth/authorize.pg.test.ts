import { createHash, randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { confirmSecondFactor, createUser, enrolSecondFactor } from "../../auth/index.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const PASSWORD = "correct horse battery";
const REDIRECT = "http://127.0.0.1:53123/back";

let sluice: TestApp;
let applicationId: string;
beforeAll(async () => {
  sluice = await createTestApp();
  await sluice.tokenOf("operator");
  const payload = { name: "Field tool", redirectUris: ["http://127.0.0.1/back"] };
  applicationId = (await sluice.ask({ method: "POST", url: "/api/v1/applications", payload })).json().id;
});
afterAll(() => sluice.close());

let verifier: string;
beforeEach(() => {
  verifier = randomBytes(32).toString("base64url");
});

const request = (change: Record<string, string> = {}) =>
  new URLSearchParams({
    response_type: "code",
    client_id: applicationId,
    redirect_uri: REDIRECT,
    state: "xyz",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...change,
  }).toString();

const FORM = { "content-type": "application/x-www-form-urlencoded" };

async function openPage(change: Record<string, string> = {}, cookie = "") {
  const url = `/oauth2/authorize?${request(change)}`;
  const answer = await sluice.app.inject({ url, headers: { accept: "text/html", cookie } });
  const form = /name="form" value="([^"]+)"/.exec(answer.body)?.[1] ?? "";
  return { answer, form, cookie: String(answer.headers["set-cookie"]).split(";")[0]! };
}

const submit = (fields: Record<string, string>, cookie: string) =>
  sluice.app.inject({
    method: "POST",
    url: "/oauth2/authorize",
    payload: new URLSearchParams(fields).toString(),
    headers: { ...FORM, accept: "text/html", cookie },
  });

const credentials = { username: "operator@example.org", password: PASSWORD };

async function signIn(change: Record<string, string> = {}) {
  const { form, cookie } = await openPage(change);
  const answer = await submit({ form, ...credentials }, cookie);
  expect(answer.statusCode, answer.body).toBe(303);
  return new URL(answer.headers.location!);
}

const redeem = (code: string, change: Record<string, string> = {}) =>
  sluice.ask({
    method: "POST",
    url: "/oauth2/token",
    payload: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: applicationId,
      redirect_uri: REDIRECT,
      code_verifier: verifier,
      code,
      ...change,
    }).toString(),
    headers: { ...FORM, "user-agent": "A long story. ".repeat(100) },
    as: "nobody",
  });

const statusWith = async (token: string) =>
  (await sluice.app.inject({ url: "/api/v1/sites", headers: { authorization: `Bearer ${token}` } })).statusCode;

test("a person signs in on the page, and the program gets their tokens for the code", async () => {
  const { answer } = await openPage();
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toContain("Sign in to Field tool");
  expect(answer.headers["content-security-policy"]).toContain("form-action 'self' http://127.0.0.1:53123");
  expect(answer.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(answer.headers["set-cookie"]).toMatch(/; HttpOnly; SameSite=Lax$/);
  const location = await signIn();
  expect(location.href).toMatch(/^http:\/\/127\.0\.0\.1:53123\/back\?code=slz_/);
  expect(location.searchParams.get("state")).toBe("xyz");
  expect(location.searchParams.get("iss")).toBe("http://localhost");
  const answered = await redeem(location.searchParams.get("code")!);
  expect(answered.statusCode).toBe(200);
  expect(answered.headers["cache-control"]).toBe("no-store");
  expect(await statusWith(answered.json().access_token)).toBe(200);
  const { rows } = await sluice.database.pool.query(
    "select max(length(after ->> 'userAgent'))::int as longest from audit_event where action = 'session.begin'",
  );
  expect(rows).toEqual([{ longest: 400 }]);
});

test("the console is known without being registered, under the address of the server alone", async () => {
  const console = { client_id: "sluice-console", redirect_uri: "http://localhost/signed-in" };
  const location = await signIn(console);
  expect((await redeem(location.searchParams.get("code")!, console)).statusCode).toBe(200);
  const { answer } = await openPage({ ...console, redirect_uri: "http://localhost.evil.example/signed-in" });
  expect(answer.statusCode).toBe(400);
  expect(answer.headers.location).toBeUndefined();
  const { answer: otherPort } = await openPage({ ...console, redirect_uri: "http://localhost:9999/signed-in" });
  expect(otherPort.statusCode).toBe(400);
});

test("an organization's application acts in that organization alone, and changes nothing of a person's account", async () => {
  const { pool } = sluice.database;
  const by = { organizationId: sluice.organizationId, actor: "system" };
  const { id } = await createUser(sluice.accounts, by, {
    email: "two@example.org",
    password: PASSWORD,
    roles: ["admin"],
  });
  const { rows } = await pool.query("insert into organization (slug, name) values ('second', 'Second') returning id");
  await pool.query("insert into membership (user_id, organization_id, roles) values ($1, $2, '{admin}')", [
    id,
    rows[0].id,
  ]);
  const { form, cookie } = await openPage();
  const { headers } = await submit({ form, username: "two@example.org", password: PASSWORD }, cookie);
  const code = new URL(headers.location!).searchParams.get("code")!;
  const { access_token } = (await redeem(code)).json();
  const asApplication = (method: "GET" | "POST" | "PATCH" | "DELETE", url: string, payload?: object) =>
    sluice.ask({
      method,
      url,
      as: "nobody",
      headers: { authorization: `Bearer ${access_token}` },
      ...(payload && { payload }),
    });
  expect((await asApplication("GET", "/api/v1/me/sessions")).json()).toMatchObject([{ application: "Field tool" }]);
  const refused = await Promise.all([
    asApplication("POST", "/api/auth/switch", { organization: rows[0].id }),
    asApplication("PATCH", "/api/v1/me", { name: "Somebody else" }),
    asApplication("DELETE", "/api/v1/me/sessions"),
  ]);
  expect(refused.map((answer) => answer.json().code)).toEqual(Array(3).fill("auth.through_application"));
  expect((await asApplication("GET", "/api/v1/users")).statusCode).toBe(200);
});

test("a code that comes a second time ends the session that was made of it", async () => {
  const code = (await signIn()).searchParams.get("code")!;
  const { access_token, refresh_token } = (await redeem(code)).json();
  expect(await statusWith(access_token)).toBe(200);
  expect((await redeem(code)).json().error).toBe("invalid_grant");
  sluice.advance(1000);
  expect(await statusWith(access_token)).toBe(401);
  const refreshed = await sluice.app.inject({ method: "POST", url: "/api/auth/refresh", payload: { refresh_token } });
  expect(refreshed.statusCode).toBe(401);
});

test("a code is good for its program, its address and its verifier alone, for a minute, and not by its hash", async () => {
  const code = (await signIn()).searchParams.get("code")!;
  const wrong: Record<string, string>[] = [
    { code_verifier: randomBytes(32).toString("base64url") },
    { redirect_uri: "http://127.0.0.1:53124/back" },
    { client_id: "sluice-console" },
    { code: createHash("sha256").update(code).digest("base64url") },
  ];
  for (const change of wrong) {
    const answer = await redeem(code, change);
    expect([answer.statusCode, answer.json().error], JSON.stringify(change)).toEqual([400, "invalid_grant"]);
  }
  sluice.advance(59_000);
  expect((await redeem(code)).statusCode).toBe(200);
  const late = (await signIn()).searchParams.get("code")!;
  sluice.advance(60_000);
  expect((await redeem(late)).json().error).toBe("invalid_grant");
});

test("of ten requests with one code at once one gets tokens, which end at once", async () => {
  const code = (await signIn()).searchParams.get("code")!;
  const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(code)));
  const [winner, ...others] = answers.filter(({ statusCode }) => statusCode === 200);
  expect(others).toEqual([]);
  sluice.advance(1000);
  expect(await statusWith(winner!.json().access_token)).toBe(401);
});

test("nobody is sent on to where nothing is registered, and what else is wrong is told to the program", async () => {
  const unknown: Record<string, string>[] = [
    { redirect_uri: "https://evil.example/" },
    { client_id: "00000000-0000-4000-8000-000000000000" },
    { client_id: "' or 1=1 --" },
  ];
  for (const change of unknown) {
    const { answer } = await openPage(change);
    expect(answer.statusCode, JSON.stringify(change)).toBe(400);
    expect(answer.headers.location).toBeUndefined();
  }
  const cases: [Record<string, string>, string][] = [
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ code_challenge: "" }, "invalid_request"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ prompt: "none" }, "login_required"],
  ];
  for (const [change, error] of cases) {
    const { answer } = await openPage(change);
    const location = new URL(answer.headers.location!);
    expect(location.origin).toBe("http://127.0.0.1:53123");
    expect(Object.fromEntries(location.searchParams)).toMatchObject({ error, state: "xyz" });
  }
});

test("a form of another browser, or an old one, signs nobody in", async () => {
  const { form, cookie } = await openPage();
  const others = (await openPage()).cookie;
  expect(others).not.toBe(cookie);
  for (const given of ["", others, "sluice_sign_in="]) {
    const answer = await submit({ form, ...credentials }, given);
    expect([answer.statusCode, answer.headers.location]).toEqual([403, undefined]);
  }
  const forged = Buffer.from(form, "base64url");
  forged[forged.length - 1]! ^= 1;
  expect((await submit({ form: forged.toString("base64url"), ...credentials }, cookie)).statusCode).toBe(403);
  sluice.advance(600_000);
  expect((await submit({ form, ...credentials }, cookie)).statusCode).toBe(403);
});

test("two pages open in one browser both work", async () => {
  const first = await openPage();
  const second = await openPage({}, first.cookie);
  expect(second.cookie).toBe(first.cookie);
  expect((await submit({ form: first.form, ...credentials }, first.cookie)).statusCode).toBe(303);
});

test("a wrong password is asked for again, with the name kept and nothing of it run as a page", async () => {
  const { form, cookie } = await openPage();
  const answer = await submit({ form, username: '"><script>', password: "wrong" }, cookie);
  expect(answer.statusCode).toBe(401);
  expect(answer.body).toContain("The name or the password is wrong.");
  expect(answer.body).not.toContain("<script>");
  expect(answer.headers["www-authenticate"]).toBeUndefined();
});

test("a second factor is asked for on a page of its own", async () => {
  const { accounts, organizationId } = sluice;
  const actor = { organizationId, actor: "system" };
  const email = "careful@example.org";
  const { id: userId } = await createUser(accounts, actor, { email, password: PASSWORD, roles: ["operator"] });
  const { secret } = await enrolSecondFactor(accounts, actor, { userId, password: PASSWORD });
  const timestamp = accounts.clock.nowMicros() / 1000;
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });
  const [recoveryCode] = await confirmSecondFactor(accounts, actor, { userId, code });
  const { form, cookie } = await openPage();
  const asked = await submit({ form, username: email, password: PASSWORD }, cookie);
  expect([asked.statusCode, asked.headers.location]).toEqual([200, undefined]);
  const next = /name="form" value="([^"]+)"/.exec(asked.body)![1]!;
  expect(asked.body).not.toContain('name="password"');
  expect((await submit({ form: next, code: "000000" }, cookie)).statusCode).toBe(401);
  const right = await submit({ form: next, code: recoveryCode! }, cookie);
  expect([right.statusCode, right.headers.location]).toEqual([303, expect.stringContaining("code=slz_")]);
});

test("who is of another organization than the application is refused", async () => {
  const { pool } = sluice.database;
  const { rows } = await pool.query("insert into organization (slug, name) values ('other', 'Other') returning id");
  await pool.query(
    "insert into application (organization_id, name, redirect_uris) values ($1, 'Other tool', array[$2])",
    [rows[0].id, REDIRECT],
  );
  const other = (await pool.query("select id from application where name = 'Other tool'")).rows[0].id;
  const { form, cookie } = await openPage({ client_id: other });
  expect((await submit({ form, ...credentials }, cookie)).statusCode).toBe(403);
  const revoked = await sluice.ask({ method: "DELETE", url: `/api/v1/applications/${other}` });
  expect(revoked.statusCode).toBe(404);
});

test("a revoked application signs nobody in, and the sessions begun through it end", async () => {
  const payload = { name: "Gone tool", redirectUris: ["http://127.0.0.1/back"] };
  const { id } = (await sluice.ask({ method: "POST", url: "/api/v1/applications", payload })).json();
  const open = (await signIn({ client_id: id })).searchParams.get("code")!;
  const code = (await signIn({ client_id: id })).searchParams.get("code")!;
  const { access_token } = (await redeem(code, { client_id: id })).json();
  expect(await statusWith(access_token)).toBe(200);
  expect((await sluice.ask({ method: "DELETE", url: `/api/v1/applications/${id}` })).statusCode).toBe(204);
  sluice.advance(1000);
  expect(await statusWith(access_token)).toBe(401);
  expect((await redeem(open, { client_id: id })).json().error).toBe("invalid_grant");
  expect((await openPage({ client_id: id })).answer.statusCode).toBe(400);
  const listed = await sluice.ask({ url: "/api/v1/applications" });
  expect(listed.json().map(({ name }: { name: string }) => name)).toEqual(["Field tool"]);
});

test("without a provider there is no single sign-on", async () => {
  expect((await sluice.ask({ url: "/api/auth/oidc", as: "nobody" })).json()).toEqual({ enabled: false });
  const answer = await sluice.app.inject({ url: "/api/auth/oidc/login" });
  expect(answer.json()).toMatchObject({ status: 404, code: "auth.sign_on_off" });
  expect((await openPage()).answer.body).not.toContain("oidc");
});
