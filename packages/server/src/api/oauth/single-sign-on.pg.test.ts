import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createUser, OpenIdProvider, openState, sealState } from "../../auth/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { CLIENT_ID, CLIENT_SECRET, TestProvider } from "./testing/test-provider.ts";

const ORIGIN = "http://localhost";
const PASSWORD = "correct horse battery";

let provider: TestProvider;
let sluice: TestApp;
beforeAll(async () => {
  provider = await TestProvider.start(`${ORIGIN}/api/auth/oidc/callback`);
  sluice = await createTestApp([], { singleSignOn: (id, clock) => signOnBy(provider.issuer, id, clock) });
});
afterAll(async () => {
  await sluice.close();
  await provider.stop();
});

function signOnBy(issuer: string, organizationId: number, clock: Clock) {
  const settings = {
    issuer,
    organizationId,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scopes: "openid email profile",
    rolesClaim: "roles",
    defaultRole: undefined,
    allowInsecure: true,
  };
  return { provider: new OpenIdProvider(settings, clock), settings };
}

const get = (url: string, cookie = "") => sluice.app.inject({ url, headers: { cookie } });

async function begin(query = "") {
  const answer = await get(`/api/auth/oidc/login${query}`);
  expect(answer.statusCode, answer.body).toBe(302);
  return { url: answer.headers.location!, cookie: cookieOf(answer.headers["set-cookie"]) };
}

function cookieOf(header: string | string[] | undefined): string {
  return [header ?? []]
    .flat()
    .map((line) => line.split(";")[0]!)
    .join("; ");
}

/** To the provider and back; answers the last redirect, or the refusal. */
async function signOn(person: TestProvider["person"], query = "") {
  provider.person = person;
  const { url, cookie } = await begin(query);
  const back = await provider.signIn(url);
  return get(`${back.pathname}${back.search}`, cookie);
}

async function exchange(answer: Awaited<ReturnType<typeof signOn>>) {
  const code = new URL(answer.headers.location!).searchParams.get("code")!;
  const headers = { cookie: cookieOf(answer.headers["set-cookie"]) };
  return sluice.ask({ method: "POST", url: "/api/auth/oidc/token", payload: { code }, headers, as: "nobody" });
}

const sites = (token: string) =>
  sluice.app.inject({ url: "/api/v1/sites", headers: { authorization: `Bearer ${token}` } });
const rolesOf = async (email: string) => {
  const { rows } = await sluice.database.pool.query(
    "select m.roles from membership m join app_user u on u.id = m.user_id where u.email = $1",
    [email],
  );
  return rows[0]?.roles;
};
const grace = { sub: "g-1", email: "grace@example.org", email_verified: true, name: "Grace", roles: ["scientist"] };

test("a newcomer gets an account with the provider's roles, and tokens by a code that only their browser can use", async () => {
  const answer = await signOn(grace);
  expect(answer.statusCode, answer.body).toBe(302);
  const location = new URL(answer.headers.location!);
  expect([location.origin, location.pathname]).toEqual(["http://localhost", "/"]);
  expect(answer.headers.location).not.toMatch(/ey[A-Za-z0-9]|slr_/);
  const code = location.searchParams.get("code")!;
  const stolen = await sluice.ask({ method: "POST", url: "/api/auth/oidc/token", payload: { code }, as: "nobody" });
  expect(stolen.json()).toMatchObject({ status: 401, code: "auth.sign_on_expired" });
  const pair = await exchange(answer);
  expect(pair.statusCode).toBe(200);
  expect((await sites(pair.json().access_token)).statusCode).toBe(200);
  expect(await rolesOf("grace@example.org")).toEqual(["scientist"]);
  const { rows } = await sluice.database.pool.query(
    "select network from known_address join app_user u on u.id = user_id where u.email = 'grace@example.org'",
  );
  expect(rows).toHaveLength(1);
});

test("whoever comes back is known by subject, with the roles and under the account of before", async () => {
  const answer = await signOn({ ...grace, email: "grace.new@example.org", roles: ["operator"] });
  expect((await exchange(answer)).statusCode).toBe(200);
  expect(await rolesOf("grace@example.org")).toEqual(["operator"]);
  expect(await rolesOf("grace.new@example.org")).toBeUndefined();
});

test("a program's own request goes through the provider, with its own PKCE", async () => {
  const verifier = randomBytes(32).toString("base64url");
  const asked = new URLSearchParams({
    response_type: "code",
    client_id: "sluice-console",
    redirect_uri: `${ORIGIN}/signed-in`,
    state: "of the console",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const page = await get(`/oauth2/authorize?${asked}`);
  expect(page.body).toContain("/api/auth/oidc/login?");
  const location = new URL((await signOn(grace, `?${asked}`)).headers.location!);
  expect(location.searchParams.get("state")).toBe("of the console");
  const payload = {
    grant_type: "authorization_code",
    client_id: "sluice-console",
    redirect_uri: `${ORIGIN}/signed-in`,
    code: location.searchParams.get("code"),
    code_verifier: verifier,
  };
  const pair = await sluice.ask({ method: "POST", url: "/oauth2/token", payload, as: "nobody" });
  expect(pair.statusCode).toBe(200);
  const refused = new URL((await signOn({ sub: "nobody", roles: ["operator"] }, `?${asked}`)).headers.location!);
  expect(refused.href).toMatch(/^http:\/\/localhost\/signed-in\?/);
  expect(Object.fromEntries(refused.searchParams)).toMatchObject({ error: "access_denied", state: "of the console" });
  expect(refused.searchParams.get("error_description")).toContain("no e-mail address");
});

test("an existing account is linked by an address that the provider has verified, and by no other", async () => {
  const by = { organizationId: sluice.organizationId, actor: "system" };
  await createUser(sluice.accounts, by, { email: "ada@example.org", password: PASSWORD, roles: ["admin"] });
  for (const email_verified of [false, undefined, "true"]) {
    const refused = await signOn({ sub: "thief", email: "ada@example.org", email_verified, roles: ["operator"] });
    expect(refused.json()).toMatchObject({ status: 403, code: "auth.sign_on_refused" });
  }
  const answer = await signOn({ sub: "a-1", email: "ADA@example.org", email_verified: true, roles: ["operator"] });
  expect((await exchange(answer)).statusCode).toBe(200);
  expect(await rolesOf("ada@example.org")).toEqual(["admin"]);
  await sluice.database.pool.query("update app_user set is_active = false where email = 'ada@example.org'");
  const off = await signOn({ sub: "a-1", email: "ada@example.org", email_verified: true });
  expect(off.json()).toMatchObject({ code: "auth.sign_on_refused" });
});

test.each([
  ["no role", { email: "x@example.org", email_verified: true }],
  ["a role that is none", { email: "x@example.org", email_verified: true, roles: ["king"] }],
  ["no address", { roles: ["operator"] }],
  ["an address that is not verified", { email: "x@example.org", email_verified: false, roles: ["operator"] }],
])("a newcomer with %s is refused with the reason, and leaves no account", async (_what, claims) => {
  const answer = await signOn({ sub: "x-1", ...claims });
  expect(answer.json()).toMatchObject({ status: 403, code: "auth.sign_on_refused" });
  expect(await rolesOf("x@example.org")).toBeUndefined();
});

test("an answer that belongs to another sign-in is refused: state, nonce, cookie and code", async () => {
  provider.person = grace;
  const first = await begin();
  const second = await begin();
  const back = await provider.signIn(first.url);
  const path = `${back.pathname}${back.search}`;
  const refusal = async (cookie: string, url = path) => {
    const answer = await get(url, cookie);
    return [answer.statusCode, answer.json().code];
  };
  expect(await refusal("")).toEqual([401, "auth.sign_on_expired"]);
  expect(await refusal(second.cookie)).toEqual([401, "auth.sign_on_failed"]);
  expect(await refusal(first.cookie, path.replace(/code=[^&]+/, "code=guessed"))).toEqual([401, "auth.sign_on_failed"]);
  const [name, sealed] = first.cookie.split("=") as [string, string];
  const state = openState<{ pending: object }>(sluice.accounts, "single-sign-on", sealed)!;
  const otherNonce = { ...state, pending: { ...state.pending, nonce: "of another" } };
  const forged = sealState(sluice.accounts, "single-sign-on", otherNonce, 60_000);
  expect(await refusal(`${name}=${forged}`)).toEqual([401, "auth.sign_on_failed"]);
  const otherPurpose = sealState(sluice.accounts, "code-exchange", state, 60_000);
  expect(await refusal(`${name}=${otherPurpose}`)).toEqual([401, "auth.sign_on_expired"]);
});

test("what the provider refuses is told to the person, on a page", async () => {
  const { url, cookie } = await begin();
  const state = new URL(url).searchParams.get("state");
  const query = new URLSearchParams({
    error: "access_denied",
    error_description: "<b>no</b>",
    state: state!,
    iss: provider.issuer,
  });
  const answer = await sluice.app.inject({
    url: `/api/auth/oidc/callback?${query}`,
    headers: { cookie, accept: "text/html" },
  });
  expect(answer.statusCode).toBe(401);
  expect(answer.headers["content-type"]).toContain("text/html");
  expect(answer.body).not.toContain("<b>");
});

test("nobody is sent on to where nothing is registered", async () => {
  const answer = await get("/api/auth/oidc/login?client_id=sluice-console&redirect_uri=https://evil.example/");
  expect([answer.statusCode, answer.headers.location]).toEqual([400, undefined]);
});

test("while the provider is down that is said, and passwords sign in as ever", async () => {
  const gone = await TestProvider.start(ORIGIN);
  await gone.stop();
  const app = await createTestApp([], { singleSignOn: (id, clock) => signOnBy(gone.issuer, id, clock) });
  try {
    const answer = await app.app.inject({ url: "/api/auth/oidc/login" });
    expect(answer.json()).toMatchObject({ status: 503, code: "auth.provider_unavailable" });
    expect(await app.tokenOf("operator")).toBeTruthy();
  } finally {
    await app.close();
  }
});
