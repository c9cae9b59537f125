import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const PASSWORD = "correct horse battery";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

type Method = "GET" | "POST" | "PATCH" | "DELETE";
const ask = (method: Method, url: string, payload?: object, headers: Record<string, string> = {}) =>
  sluice.ask({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
/** As whoever has the token; the answer is held against its schema. */
const askWith = (token: string, method: Method, url: string, payload?: object) =>
  sluice.ask({
    as: "nobody",
    method,
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(payload === undefined ? {} : { payload }),
  });
const open = (url: string, payload: object) => sluice.ask({ as: "nobody", method: "POST", url, payload });
const signIn = (username: string, password = PASSWORD) => open("/api/auth/login", { username, password });
const tokenOf = async (username: string) => (await signIn(username)).json().access_token as string;

async function addUser(name: string, roles: readonly string[] = ["operator"]): Promise<string> {
  const answer = await ask("POST", "/api/v1/users", { email: `${name}@example.org`, password: PASSWORD, roles });
  expect(answer.statusCode).toBe(201);
  return answer.json().id;
}

test("an administrator makes, finds, changes and removes people", async () => {
  const made = await ask("POST", "/api/v1/users", { email: "crud@example.org", username: "crud", roles: ["operator"] });
  expect(made.statusCode).toBe(201);
  const { id, generatedPassword } = made.json();
  expect(made.headers.location).toBe(`/api/v1/users/${id}`);
  expect((await signIn("crud", generatedPassword)).statusCode).toBe(200);
  const read = await ask("GET", `/api/v1/users/${id}`);
  expect(read.json()).toMatchObject({
    email: "crud@example.org",
    username: "crud",
    isActive: true,
    roles: ["operator"],
  });
  expect(read.body).not.toMatch(/password|argon2/i);
  const changed = await ask("PATCH", `/api/v1/users/${id}`, { name: "Crud", roles: ["scientist"] });
  expect(changed.json()).toMatchObject({ name: "Crud", roles: ["scientist"] });
  const stale = await ask("PATCH", `/api/v1/users/${id}`, { name: "X" }, { "if-match": String(read.headers.etag) });
  expect(stale.json()).toMatchObject({ status: 412, code: "request.stale" });
  const fresh = await ask("PATCH", `/api/v1/users/${id}`, { name: "Y" }, { "if-match": String(changed.headers.etag) });
  expect(fresh.statusCode).toBe(200);
  const listed = await ask("GET", "/api/v1/users?limit=1");
  expect(listed.json()).toHaveLength(1);
  expect(listed.headers.link).toContain('rel="next"');
  expect((await ask("DELETE", `/api/v1/users/${id}`)).statusCode).toBe(204);
  expect((await ask("GET", `/api/v1/users/${id}`)).json()).toMatchObject({ status: 404, code: "user.unknown" });
});

test.each([
  [{ email: "nonsense", roles: ["operator"] }, 400, "user.email_invalid"],
  [{ email: "x@example.org", roles: [] }, 400, "request.invalid"],
  [{ email: "x@example.org", roles: ["owner"] }, 400, "request.invalid"],
  [{ email: "x@example.org", roles: ["admin"], isActive: true }, 400, "request.invalid"],
  [{ email: "x@example.org", roles: ["admin"], organizationId: 1 }, 400, "request.invalid"],
  [{ email: "x@example.org", roles: ["operator"], password: "x@example.org" }, 400, "auth.password_guessable"],
])("%o is no person: %i %s", async (payload, status, code) => {
  expect((await ask("POST", "/api/v1/users", payload)).json()).toMatchObject({ status, code });
});

test("an address or a user name is one person's", async () => {
  await addUser("taken");
  await ask("PATCH", "/api/v1/me", { username: "Boss" });
  const again = { email: "Taken@example.org", roles: ["operator"] };
  expect((await ask("POST", "/api/v1/users", again)).json()).toMatchObject({ status: 409, code: "user.email_taken" });
  const name = { email: "boss2@example.org", username: "boss", roles: ["operator"] };
  expect((await ask("POST", "/api/v1/users", name)).json()).toMatchObject({ status: 409, code: "user.username_taken" });
  expect(
    (await askWith(await tokenOf("taken@example.org"), "PATCH", "/api/v1/me", { username: "BOSS" })).json(),
  ).toMatchObject({
    status: 409,
    code: "user.username_taken",
  });
});

test("the last administrator cannot demote or remove themselves", async () => {
  const { id } = (await ask("GET", "/api/v1/me")).json();
  for (const answer of [
    await ask("PATCH", `/api/v1/users/${id}`, { roles: ["operator"] }),
    await ask("PATCH", `/api/v1/users/${id}`, { isActive: false }),
    await ask("DELETE", `/api/v1/users/${id}`),
  ]) {
    expect(answer.json()).toMatchObject({ status: 409, code: "organization.last_administrator" });
  }
});

test("a person sees and changes their own profile and preferences, and nothing else of themselves", async () => {
  await addUser("me");
  const token = await tokenOf("me@example.org");
  const before = (await askWith(token, "GET", "/api/v1/me")).json();
  expect(before).toMatchObject({
    email: "me@example.org",
    roles: ["operator"],
    secondFactor: null,
    memberships: [{ organization: { id: sluice.organizationId, slug: "default" }, roles: ["operator"] }],
    preferences: {
      language: "en",
      unitSystem: "metric",
      timeZone: null,
      notifications: { showSeverities: expect.arrayContaining(["critical"]) },
    },
  });
  const preferences = {
    language: "de-at",
    unitSystem: "us",
    units: { temperature: "Cel" },
    timeZone: "Europe/Vienna",
    hourCycle: "h23",
    notifications: { showSeverities: ["critical", "warning"] },
  };
  const changed = await askWith(token, "PATCH", "/api/v1/me", { name: "Me", preferences });
  expect(changed.json()).toMatchObject({ name: "Me", preferences: { ...preferences, language: "de-AT" } });
  const kept = await askWith(token, "PATCH", "/api/v1/me", { preferences: { numberFormat: "1.234,5" } });
  expect(kept.json().preferences).toMatchObject({ unitSystem: "us", numberFormat: "1.234,5" });
  for (const wrong of [
    { roles: ["admin"] },
    { isActive: false },
    { email: "other@example.org" },
    { preferences: { units: { temperature: "bar" } } },
    { preferences: { units: { mood: "Cel" } } },
    { preferences: { timeZone: "Mars/Olympus" } },
    { preferences: { language: "not a language" } },
    { preferences: { notifications: { showSeverities: ["loud"] } } },
  ]) {
    expect((await askWith(token, "PATCH", "/api/v1/me", wrong)).statusCode, JSON.stringify(wrong)).toBe(400);
  }
  expect((await askWith(token, "GET", "/api/v1/me")).json().roles).toEqual(["operator"]);
});

test("without a mail service a new address cannot be confirmed, and it is said", async () => {
  const answer = await ask("POST", "/api/v1/me/email", { email: "new@example.org", password: PASSWORD });
  expect(answer.json()).toMatchObject({ status: 503, code: "mail.unavailable" });
});

test("a person lists their sessions, ends one and all others; an administrator ends them all", async () => {
  const id = await addUser("sessions");
  const token = await tokenOf("sessions@example.org");
  await tokenOf("sessions@example.org");
  const third = await tokenOf("sessions@example.org");
  const sessions = (await askWith(token, "GET", "/api/v1/me/sessions")).json();
  expect(sessions).toHaveLength(3);
  expect(sessions.filter(({ isCurrent }: { isCurrent: boolean }) => isCurrent)).toHaveLength(1);
  expect(sessions[0]).toMatchObject({ address: "127.0.0.1", userAgent: "lightMyRequest" });
  const other = sessions.find(({ isCurrent }: { isCurrent: boolean }) => !isCurrent).id;
  expect((await askWith(token, "DELETE", `/api/v1/me/sessions/${other}`)).statusCode).toBe(204);
  expect((await askWith(token, "DELETE", `/api/v1/me/sessions/${other}`)).statusCode).toBe(404);
  expect((await askWith(token, "DELETE", "/api/v1/me/sessions")).statusCode).toBe(204);
  sluice.advance(1000);
  expect((await askWith(third, "GET", "/api/v1/me")).json()).toMatchObject({ status: 401, code: "auth.session_ended" });
  expect((await ask("DELETE", `/api/v1/users/${id}/sessions`)).statusCode).toBe(204);
  sluice.advance(1000);
  expect((await askWith(token, "GET", "/api/v1/me")).statusCode).toBe(401);
});

test("a second factor from its setting up to its loss", async () => {
  const id = await addUser("two");
  const token = await tokenOf("two@example.org");
  const enrolled = await askWith(token, "POST", "/api/v1/me/second-factor", { password: PASSWORD });
  expect(enrolled.statusCode).toBe(201);
  const totp = new TOTP({ secret: Secret.fromBase32(enrolled.json().secret) });
  const code = () => totp.generate({ timestamp: sluice.accounts.clock.nowMicros() / 1000 });
  const confirmed = await askWith(token, "POST", "/api/v1/me/second-factor/confirm", { code: code() });
  const { recoveryCodes } = confirmed.json();
  expect(recoveryCodes).toHaveLength(10);
  const asked = await signIn("two@example.org");
  expect(asked.json()).toMatchObject({
    status: 401,
    code: "auth.second_factor_required",
    challenge: expect.any(String),
    expires_in: 300,
  });
  sluice.advance(30_000);
  const { challenge } = asked.json();
  const wrong = await open("/api/auth/login/second-factor", { challenge, code: "000000" });
  expect(wrong.json()).toMatchObject({ status: 401, code: "auth.second_factor_wrong" });
  const entered = await open("/api/auth/login/second-factor", { challenge, code: code() });
  expect(entered.statusCode).toBe(200);
  expect((await askWith(token, "GET", "/api/v1/me")).json().secondFactor).toMatchObject({ recoveryCodes: 10 });
  sluice.advance(30_000);
  const renewed = await askWith(token, "POST", "/api/v1/me/second-factor/recovery-codes", { code: code() });
  expect(renewed.json().recoveryCodes).not.toContain(recoveryCodes[0]);
  expect((await ask("DELETE", `/api/v1/users/${id}/second-factor`)).statusCode).toBe(204);
  expect((await ask("DELETE", `/api/v1/users/${id}/second-factor`)).statusCode).toBe(404);
  expect((await signIn("two@example.org")).statusCode).toBe(200);
});

test("an invitation's link makes an account with the invited roles where registration is closed", async () => {
  const email = "invited@example.org";
  const password = "a horse that is correct";
  expect((await open("/api/auth/register", { username: "invited", email, password })).json()).toMatchObject({
    status: 403,
    code: "auth.registration_closed",
  });
  const invited = await ask("POST", "/api/v1/invitations", { email, roles: ["scientist"] });
  expect(invited.statusCode).toBe(201);
  const listed = await ask("GET", "/api/v1/invitations");
  expect(listed.json()).toMatchObject([{ id: invited.json().id, email, roles: ["scientist"] }]);
  expect(listed.body).not.toContain("sla_");
  const invitation = invited.json().link.split("=")[1];
  const registered = await open("/api/auth/register", { username: "invited", email, password, invitation });
  expect(registered.statusCode).toBe(201);
  expect(registered.json()).toEqual({ status: "success", user_id: expect.any(String) });
  const token = (await signIn("Invited", password)).json().access_token;
  expect((await askWith(token, "GET", "/api/v1/me")).json().roles).toEqual(["scientist"]);
  expect((await ask("GET", "/api/v1/invitations")).json()).toEqual([]);
  const revoked = await ask("POST", "/api/v1/invitations", { email: "late@example.org", roles: ["operator"] });
  expect((await ask("DELETE", `/api/v1/invitations/${revoked.json().id}`)).statusCode).toBe(204);
});

test("somebody with an account joins by an invitation's link without a session, and one who is switched off can", async () => {
  await addUser("guest");
  const id = await addUser("off");
  expect((await ask("PATCH", `/api/v1/users/${id}`, { isActive: false })).statusCode).toBe(200);
  const founder = { email: "host@example.org", password: PASSWORD, roles: ["admin"] };
  await ask("POST", "/api/v1/users", founder);
  const organization = (
    await askWith(await tokenOf("host@example.org"), "POST", "/api/v1/organizations", { name: "Host" })
  ).json().id;
  const switched = { organization };
  const host = (await askWith(await tokenOf("host@example.org"), "POST", "/api/auth/switch", switched)).json();
  for (const email of ["guest@example.org", "off@example.org"]) {
    const draft = { email, roles: ["operator"] };
    const { link } = (await askWith(host.access_token, "POST", "/api/v1/invitations", draft)).json();
    const request = { invitation: link.split("=")[1], username: email, password: PASSWORD };
    const wrong = await open("/api/auth/join", { ...request, password: "wrong" });
    expect(wrong.json()).toMatchObject({ status: 401, code: "auth.bad_credentials" });
    expect((await open("/api/auth/join", request)).json()).toEqual({ organizationId: organization });
  }
  expect((await askWith(await tokenOf("off@example.org"), "GET", "/api/v1/me")).json()).toMatchObject({
    organizationId: organization,
  });
});

test("a person sees which single sign-ons open their account", async () => {
  const id = await addUser("single");
  await sluice.database.pool.query(
    `insert into external_identity (issuer, subject, user_id, is_managed, last_used_at)
     values ('https://sso.example.org', 's-1', $1, false, now())`,
    [id],
  );
  const token = await tokenOf("single@example.org");
  const [identity] = (await askWith(token, "GET", "/api/v1/me/identities")).json();
  expect(identity).toMatchObject({ issuer: "https://sso.example.org", subject: "s-1" });
  expect((await askWith(token, "DELETE", `/api/v1/me/identities/${identity.id}`)).statusCode).toBe(204);
  expect((await askWith(token, "DELETE", `/api/v1/me/identities/${identity.id}`)).json()).toMatchObject({
    status: 404,
    code: "identity.unknown",
  });
});

test("an administrator makes another organization, goes there and back, and sees only what is there", async () => {
  await addUser("founder", ["admin"]);
  const token = await tokenOf("founder@example.org");
  const draft = { name: "Second Farm", timeZone: "Europe/Berlin" };
  const made = await askWith(token, "POST", "/api/v1/organizations", draft);
  expect(made.json()).toMatchObject({ slug: "second-farm", name: "Second Farm" });
  expect((await askWith(token, "POST", "/api/v1/organizations", draft)).json()).toMatchObject({
    status: 409,
    code: "organization.slug_taken",
  });
  const pair = await askWith(token, "POST", "/api/auth/switch", { organization: made.json().id });
  const there = pair.json().access_token;
  expect((await askWith(there, "GET", "/api/v1/organization")).json()).toMatchObject({ slug: "second-farm" });
  expect((await askWith(there, "GET", "/api/v1/sites")).json()).toMatchObject([
    { slug: "default", timeZone: "Europe/Berlin" },
  ]);
  expect((await askWith(there, "GET", "/api/v1/users")).json()).toHaveLength(1);
  expect((await askWith(there, "GET", "/api/v1/organizations")).json()).toHaveLength(2);
  const back = await askWith(there, "POST", "/api/auth/switch", { organization: sluice.organizationId });
  expect(back.statusCode).toBe(200);
  const stranger = await sluice.tokenOf("operator");
  expect((await askWith(stranger, "POST", "/api/auth/switch", { organization: made.json().id })).statusCode).toBe(404);
});

test("a forgotten password is answered alike for everybody", async () => {
  const answers = await Promise.all(
    ["admin@example.org", "nobody@example.org"].map((username) => open("/api/auth/forgot-password", { username })),
  );
  expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual([
    [202, ""],
    [202, ""],
  ]);
  const reset = { token: "sla_nonsense", new_password: "another long password" };
  expect((await open("/api/auth/reset-password", reset)).json()).toMatchObject({
    status: 400,
    code: "auth.link_invalid",
  });
  expect((await open("/api/auth/confirm-email", { token: "sla_nonsense" })).json()).toMatchObject({
    status: 400,
    code: "auth.link_invalid",
  });
});

test("what a program's token opens is not a person's own", async () => {
  const made = await ask("POST", "/api/v1/clients", { name: "Program", scopes: ["registry:read"] });
  for (const url of ["/api/v1/me", "/api/v1/me/sessions", "/api/v1/organizations", "/api/v1/users"]) {
    expect((await askWith(made.json().token, "GET", url)).statusCode).toBe(403);
  }
});
