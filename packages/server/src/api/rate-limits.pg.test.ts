import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "../auth/index.ts";
import { addActuator, type TestActuator } from "./testing/test-actuators.ts";
import { createTestApp, type TestApp } from "./testing/test-app.ts";

const BURST = 40;
/** So slow that no test ever sees a token flow in by itself. */
const PER_SECOND = 0.01;
const ADDRESS_BURST = 3;
const limits = { user: { perSecond: PER_SECOND, burst: BURST }, address: { perSecond: 1, burst: ADDRESS_BURST } };

let sluice: TestApp;
let valve: TestActuator;
/** The slug of the one site there is. */
let site: string;
beforeAll(async () => {
  sluice = await createTestApp([], { settings: { rateLimits: limits, trustedProxies: ["10.9.0.0/16"] } });
  valve = await addActuator(sluice);
  site = (await sluice.database.pool.query<{ slug: string }>("select slug from site")).rows[0]!.slug;
});
afterAll(() => sluice.close());

const sites = { url: "/api/v1/sites" };
const command = (payload: object) =>
  sluice.ask({ method: "POST", url: `/api/v1/actuators/${valve.id}/commands`, payload });

async function exhaust(as: "admin" | "operator" | "scientist") {
  for (let asked = 0; asked <= BURST; asked++) {
    const answer = await sluice.ask({ as, ...sites });
    if (answer.statusCode === 429) return answer;
  }
  throw new Error("nothing was limited");
}

test("a person over their rate is told when to come again, and others are not held up", async () => {
  const answer = await exhaust("scientist");
  expect(answer.json()).toMatchObject({ status: 429, code: "request.rate_limited", limitBurst: BURST });
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(60);
  expect(answer.headers["ratelimit-policy"]).toBe(`"user";q=${BURST};w=${BURST / PER_SECOND}`);
  expect(answer.headers.ratelimit).toMatch(/^"user";r=0;t=\d+$/);
  expect((await sluice.ask({ as: "operator", ...sites })).statusCode).not.toBe(429);
  sluice.advance(1_000 / PER_SECOND);
  expect((await sluice.ask({ as: "scientist", ...sites })).statusCode).not.toBe(429);
  expect((await sluice.ask({ as: "scientist", ...sites })).statusCode).toBe(429);
});

test("a new session is the same person", async () => {
  await exhaust("scientist");
  const credentials = { username: "scientist@example.org", password: "correct horse battery" };
  const { access_token: token } = (
    await sluice.app.inject({ method: "POST", url: "/api/auth/login", payload: credentials, remoteAddress: "10.3.3.3" })
  ).json();
  const answer = await sluice.app.inject({ ...sites, headers: { authorization: `Bearer ${token}` } });
  expect(answer.statusCode).toBe(429);
});

test("whoever is over their rate can still stop", async () => {
  await exhaust("admin");
  expect((await command({ kind: "RUN", durationMs: 1_000 })).statusCode).toBe(429);
  expect((await command({ kind: "SET", release: true })).statusCode).toBe(429);
  expect((await command({ kind: "STOP" })).statusCode).toBe(201);
  const change = (payload: object) =>
    sluice.ask({ method: "PATCH", url: `/api/v1/actuators/${valve.id}`, payload, headers: { "if-match": "*" } });
  expect((await change({ mode: "locked-out" })).statusCode).toBe(200);
  expect((await change({ mode: "auto" })).statusCode).toBe(429);
  const trip = { method: "POST", url: `/api/v1/actuators/${valve.id}/trip`, payload: { cause: "leak" } } as const;
  expect((await sluice.ask(trip)).statusCode).toBe(201);
  const stop = { method: "POST", url: `/api/v1/sites/${site}/stop`, payload: {} } as const;
  expect((await sluice.ask(stop)).statusCode).toBe(200);
  expect((await sluice.ask({ as: "nobody", url: "/api/status" })).statusCode).toBe(200);
});

test("whoever is over their rate can still stop by GraphQL, and is not read for more", async () => {
  await exhaust("admin");
  const graph = (query: string) => sluice.ask({ method: "POST", url: "/graphql", payload: { query } });
  const send = (name: string, kind: string) =>
    `${name}: sendCommand(input: { actuator: "${valve.id}", kind: ${kind}, durationMs: null }) { executionId }`;
  const stopped = await graph(`mutation { ${send("first", "STOP")} ${send("second", "STOP")} }`);
  expect(stopped.json().data).toMatchObject({ first: { executionId: expect.any(String) }, second: {} });
  expect((await graph(`mutation { ${send("first", "STOP")} ${send("second", "RUN")} }`)).statusCode).toBe(429);
  expect((await graph(`{ me { id } } #${"x".repeat(150_000)}`)).statusCode).toBe(429);
});

test("what is no STOP, and no command at all, is limited like everything else", async () => {
  await exhaust("admin");
  expect((await command({ kind: "stop" })).statusCode).toBe(429);
  expect((await command([{ kind: "STOP" }])).statusCode).toBe(429);
  expect((await command({ kind: "STOP", reason: "x".repeat(20_000) })).statusCode).toBe(429);
});

test("expensive things cost more", async () => {
  const left = async (url: string) => {
    const { headers } = await sluice.ask({ as: "operator", url });
    return Number(/r=(\d+)/.exec(String(headers.ratelimit))?.[1]);
  };
  const before = await left("/api/v1/sites");
  expect(await left(`/api/v1/devices/${valve.uid}/telemetry?from=2026-01-01T00:00:00Z`)).toBe(before - 3);
});

test("a program has the limits that it was given, and none without", async () => {
  const by = { organizationId: sluice.organizationId, actor: "system" };
  const { token } = await createClient(sluice.accounts, by, { name: "p", scopes: ["registry:read"] });
  const headers = { authorization: `Bearer ${token}` };
  for (let asked = 0; asked < 3 * BURST; asked++) {
    const answer = await sluice.app.inject({ url: "/api/v1/sites", headers });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.ratelimit).toBeUndefined();
  }
});

test("a program's own limits hold", async () => {
  const by = { organizationId: sluice.organizationId, actor: "system" };
  const own = { perSecond: 1, burst: 2 };
  const { token } = await createClient(sluice.accounts, by, { name: "q", scopes: ["registry:read"], limits: own });
  const headers = { authorization: `Bearer ${token}` };
  const atOnce = await Promise.all(times(10, () => sluice.app.inject({ ...sites, headers })));
  expect(atOnce[0]!.headers["ratelimit-policy"]).toBe('"client";q=2;w=2');
  expect(new Set(atOnce.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 429]));
});

test("an address that sends token after token that opens nothing is told to wait; known ones pass, and so does STOP", async () => {
  const by = { organizationId: sluice.organizationId, actor: "system" };
  const { token } = await createClient(sluice.accounts, by, { name: "known", scopes: ["registry:read"] });
  const { token: fresh } = await createClient(sluice.accounts, by, { name: "new", scopes: ["registry:read"] });
  const ask = async (bearer: string, remoteAddress = "192.0.2.7") =>
    (await sluice.app.inject({ ...sites, remoteAddress, headers: { authorization: `Bearer ${bearer}` } })).statusCode;
  expect(await ask(token)).toBe(200);
  const wrong: number[] = [];
  for (let tried = 0; tried < ADDRESS_BURST + 2; tried++) wrong.push(await ask(`slc_${tried}`));
  expect(wrong).toEqual([...times(ADDRESS_BURST, () => 401), 429, 429]);
  expect([await ask(token), await ask(fresh), await ask(fresh, "192.0.2.8")]).toEqual([200, 429, 200]);
  const stop = await sluice.app.inject({
    method: "POST",
    url: `/api/v1/actuators/${valve.id}/commands`,
    payload: { kind: "STOP" },
    remoteAddress: "192.0.2.7",
    headers: { authorization: `Bearer ${fresh}` },
  });
  expect(stop.statusCode).toBe(403);
});

const signIn = (remoteAddress: string, forwardedFor?: string) =>
  sluice.app.inject({
    method: "POST",
    url: "/api/auth/refresh",
    payload: { refresh_token: "nobody's" },
    remoteAddress,
    headers: forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor },
  });

async function isLimited(...from: readonly (readonly [string, string?])[]): Promise<boolean> {
  const statuses: number[] = [];
  for (const [address, forwardedFor] of from) statuses.push((await signIn(address, forwardedFor)).statusCode);
  return statuses.includes(429);
}
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

test("an address has its rate, and does not get another one by saying that it is somebody else", async () => {
  expect(await isLimited(...times(ADDRESS_BURST, () => ["192.0.2.1"] as const))).toBe(false);
  expect(await isLimited(...times(2, (index) => ["192.0.2.1", `198.51.100.${index}`] as const))).toBe(true);
  expect(await isLimited(["192.0.2.2"])).toBe(false);
});

test("an IPv6 network is one place", async () => {
  expect(await isLimited(...times(ADDRESS_BURST + 1, (index) => [`2001:db8:1:2::${index + 1}`] as const))).toBe(true);
  expect(await isLimited(["2001:db8:1:3::1"])).toBe(false);
});

test("behind a proxy that is trusted each caller is one, and what they add themselves counts for nothing", async () => {
  expect(await isLimited(...times(3 * ADDRESS_BURST, (index) => ["10.9.0.1", `203.0.113.${index}`] as const))).toBe(
    false,
  );
  expect(
    await isLimited(...times(3 * ADDRESS_BURST, (index) => ["10.9.0.1", `203.0.114.${index}, 203.0.115.1`] as const)),
  ).toBe(true);
});
