import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

const post = (url: string, payload: object, headers = {}) => sluice.ask({ method: "POST", url, payload, headers });
const patch = (url: string, payload: object) => sluice.ask({ method: "PATCH", url, payload });
const get = (url: string) => sluice.ask({ url });
const remove = (url: string) => sluice.ask({ method: "DELETE", url });

test("registering an irrigation zone gives it a token, a pump and a rule", async () => {
  const answer = await post("/api/v1/devices", { uid: "zone-1", profile: "irrigation-zone" });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers.location).toBe("/api/v1/devices/zone-1");
  const device = answer.json();
  expect(device).toMatchObject({ uid: "zone-1", name: "zone-1", site: "default", asset: null, status: "active" });
  expect(device.token).toMatch(/^sld_/);
  const actuators = (await get("/api/v1/devices/zone-1/actuators")).json();
  expect(actuators).toMatchObject([
    { key: "pump", kind: "pump", status: "IDLE", mode: "auto", hold: null, totalActivations: 0, cooldownUntil: null },
  ]);
  expect(actuators[0].envelope).toMatchObject({ maxRunMs: 30_000, cooldownMs: 900_000 });
  const rules = (await get("/api/v1/rules?device=zone-1")).json();
  expect(rules).toMatchObject([{ device: "zone-1", enabled: true, action: { kind: "RUN", durationMs: 30_000 } }]);
});

test("a token is shown once and never again", async () => {
  const { token } = (await post("/api/v1/devices", { uid: "secretive", profile: "generic" })).json();
  for (const url of ["/api/v1/devices/secretive", "/api/v1/devices?search=secretive"]) {
    const answer = await get(url);
    expect(answer.body).toContain("secretive");
    expect(answer.body).not.toContain(token);
    expect(answer.body).not.toMatch(/token|hash/i);
  }
  const rotated = await post("/api/v1/devices/secretive/token", {});
  expect(rotated.statusCode).toBe(201);
  expect(rotated.json().token).not.toBe(token);
});

test("a post that names JSON and sends nothing is understood", async () => {
  await post("/api/v1/devices", { uid: "bodyless", profile: "generic" });
  const answer = await sluice.ask({
    method: "POST",
    url: "/api/v1/devices/bodyless/token",
    headers: { "content-type": "application/json" },
  });
  expect(answer.statusCode).toBe(201);
});

test("a uid that is taken is a conflict with a code", async () => {
  await post("/api/v1/devices", { uid: "twice", profile: "generic" });
  const again = await post("/api/v1/devices", { uid: "twice", profile: "generic" });
  expect(again.statusCode).toBe(409);
  expect(again.headers["content-type"]).toBe("application/problem+json");
  expect(again.json()).toMatchObject({
    type: "about:blank",
    title: "Conflict",
    status: 409,
    code: "device.uid_taken",
    uid: "twice",
  });
});

test("a device is changed, moved, deactivated and found under a uid that a path must escape", async () => {
  const uid = "Teich Süd:1";
  const path = `/api/v1/devices/${encodeURIComponent(uid)}`;
  expect((await post("/api/v1/devices", { uid, profile: "generic", properties: { depth: 2 } })).statusCode).toBe(201);
  expect((await get(path)).json()).toMatchObject({ uid, properties: { depth: 2 } });
  expect((await patch(path, { name: "South pond" })).json()).toMatchObject({ name: "South pond", status: "active" });
  expect((await remove(path)).statusCode).toBe(204);
  expect((await get(path)).json()).toMatchObject({ status: "inactive" });
});

test("lists page by a link to the next page", async () => {
  for (let number = 1; number <= 5; number++)
    await post("/api/v1/devices", { uid: `page-${number}`, profile: "generic" });
  const seen: string[] = [];
  let url: string | undefined = "/api/v1/devices?search=page-&limit=2";
  for (let pages = 0; url !== undefined; pages++) {
    expect(pages).toBeLessThan(4);
    const answer = await get(url);
    seen.push(...answer.json().map((device: { uid: string }) => device.uid));
    url = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
  }
  expect(seen).toEqual(["page-1", "page-2", "page-3", "page-4", "page-5"]);
  expect((await get("/api/v1/devices?cursor=nonsense!")).json()).toMatchObject({ code: "request.cursor" });
  expect((await get("/api/v1/devices?limit=0")).json()).toMatchObject({ code: "request.invalid" });
  expect((await get("/api/v1/devices?limit=ten")).statusCode).toBe(400);
});

test("sites, assets and what may not be deleted", async () => {
  const site = await post("/api/v1/sites", { name: "North farm", timeZone: "America/Chicago", latitude: 41.9 });
  expect(site.statusCode).toBe(201);
  expect(site.json()).toMatchObject({ slug: "north-farm", isDefault: false, latitude: 41.9, longitude: null });
  const asset = await post("/api/v1/assets", { kind: "zone", name: "Bed 4", site: "north-farm" });
  expect(asset.statusCode).toBe(201);
  const { id } = asset.json();
  await post("/api/v1/devices", { uid: "bed-4", profile: "generic", asset: id });
  expect((await get("/api/v1/devices?site=north-farm")).json()).toMatchObject([{ uid: "bed-4", asset: id }]);
  expect((await remove("/api/v1/sites/north-farm")).json()).toMatchObject({
    code: "site.not_empty",
    devices: 1,
    assets: 1,
  });
  expect((await remove(`/api/v1/assets/${id}`)).json()).toMatchObject({ status: 409, code: "asset.not_empty" });
  expect((await patch("/api/v1/sites/north-farm", { timeZone: "+02:00" })).json()).toMatchObject({
    code: "time_zone.unknown",
  });
  expect((await patch("/api/v1/sites/north-farm", { region: "Coast" })).json()).toMatchObject({ region: "Coast" });
  expect((await patch(`/api/v1/assets/${id}`, { name: "Bed 5" })).json()).toMatchObject({
    name: "Bed 5",
    kind: "zone",
  });
  expect((await get("/api/v1/assets?site=north-farm&kind=zone")).json()).toHaveLength(1);
});

test("profiles with their metrics", async () => {
  const made = await post("/api/v1/profiles", {
    key: "pond",
    name: "Pond",
    metrics: [{ key: "do", unit: "mg/L", minimum: 0, maximum: 20 }],
    actuators: [{ key: "aerator", kind: "aerator", maxRunMs: 60_000, cooldownMs: 0 }],
  });
  expect(made.statusCode).toBe(201);
  expect(made.json()).toMatchObject({
    key: "pond",
    metrics: [{ number: 0, key: "do" }],
    actuators: [{ key: "aerator" }],
  });
  const metric = await sluice.ask({
    method: "PUT",
    url: "/api/v1/profiles/pond/metrics/temp",
    payload: { unit: "°C" },
  });
  expect(metric.json()).toMatchObject({ number: 1, key: "temp", unit: "°C" });
  expect((await get("/api/v1/profiles/pond/metrics")).json()).toHaveLength(2);
  expect((await get("/api/v1/profiles")).json().map(({ key }: { key: string }) => key)).toEqual([
    "generic",
    "irrigation-zone",
    "aquaculture-pond",
    "solar-panel",
    "battery",
    "ev",
    "appliance",
    "grid-meter",
    "water-quality",
    "weather-station",
    "gateway",
    "pond",
  ]);
  expect((await patch("/api/v1/profiles/pond", { readingsPerSecond: 5 })).json()).toMatchObject({
    readingsPerSecond: 5,
  });
  expect((await remove("/api/v1/profiles/pond")).statusCode).toBe(204);
  expect((await get("/api/v1/profiles/pond")).statusCode).toBe(404);
});

test("a profile's actuators carry every limit, and each device of it has them with interlock groups of its own", async () => {
  const limits = {
    minOffMs: 5_000,
    maxStartsPerDay: 10,
    maxRunMsPerDay: 3_600_000,
    linkLossMs: 30_000,
    maxReadingAgeMs: 60_000,
    safeState: "on",
    interlockGroup: "air",
    maxDose: { amount: 5, unit: "kg" },
    permissives: [{ metric: "oxygen", operator: "below", value: 9 }],
  };
  const actuators = [
    { key: "aerator", kind: "aerator", maxRunMs: 60_000, cooldownMs: 0, ...limits },
    { key: "feeder", kind: "feeder", maxRunMs: 60_000, cooldownMs: 1_000 },
  ];
  const rules = [
    {
      key: "too-warm",
      name: "Too warm",
      metric: "temperature",
      comparison: "above",
      threshold: 30,
      action: { actuator: "feeder", kind: "TRIP" },
    },
  ];
  const metrics = [{ key: "oxygen" }, { key: "temperature" }];
  const made = await post("/api/v1/profiles", { key: "fish", name: "Fish", metrics, actuators, rules });
  expect(made.json()).toMatchObject({ actuators, rules });
  expect((await get("/api/v1/profiles/fish")).json().actuators).toEqual(actuators);
  for (const uid of ["pond-a", "pond-b"]) {
    await post("/api/v1/devices", { uid, profile: "fish" });
    const [aerator, feeder] = (await get(`/api/v1/devices/${uid}/actuators`)).json();
    expect(aerator.envelope).toEqual({
      ...limits,
      maxRunMs: 60_000,
      cooldownMs: 0,
      interlockGroup: `${uid}/air`,
    });
    expect(feeder.envelope).toMatchObject({ cooldownMs: 1_000, safeState: "off", interlockGroup: null });
    const [rule] = (await get(`/api/v1/rules?device=${uid}`)).json();
    expect(rule.action).toMatchObject({ kind: "TRIP", cause: "too-warm", actuatorKey: "feeder" });
  }
});

test.each([
  ["a negative pause", { minOffMs: -1 }, "/actuators/0/minOffMs"],
  ["no run at all", { maxRunMs: 0 }, "/actuators/0/maxRunMs"],
  ["a run past a day", { maxRunMs: 86_400_001 }, "/actuators/0/maxRunMs"],
  ["a limit that it does not have", { maxRunTime: 1 }, "maxRunTime"],
  ["a safe state of its own", { safeState: "half" }, "/actuators/0/safeState"],
  ["null for a limit", { maxStartsPerDay: null }, "/actuators/0/maxStartsPerDay"],
])("a profile whose actuator has %s is refused with its place", async (_what, limits, place) => {
  const actuators = [{ key: "pump", kind: "pump", maxRunMs: 1_000, cooldownMs: 0, ...limits }];
  const refused = await post("/api/v1/profiles", { key: "bad", name: "Bad", actuators });
  expect(refused.json()).toMatchObject({
    status: 400,
    code: "request.invalid",
    detail: expect.stringContaining(place),
  });
});

test("a profile with two self-starting actuators in one group is refused", async () => {
  const limits = { kind: "aerator", maxRunMs: 1_000, cooldownMs: 0, safeState: "on", interlockGroup: "air" };
  const actuators = ["a", "b"].map((key) => ({ key, ...limits }));
  const refused = await post("/api/v1/profiles", { key: "bad", name: "Bad", actuators });
  expect(refused.json()).toMatchObject({
    status: 400,
    code: "actuator.interlock_invalid",
    interlockGroup: "air",
    actuators: ["a", "b"],
  });
});

test("one's own organization", async () => {
  expect((await get("/api/v1/organization")).json()).toMatchObject({ slug: "default" });
  expect((await patch("/api/v1/organization", { name: "Green fields" })).json()).toMatchObject({
    name: "Green fields",
  });
});

test("a property that is not offered is refused, so that nobody sets what they should not", async () => {
  const attempts = [
    ["POST", "/api/v1/devices", { uid: "x", profile: "generic", organizationId: 2 }],
    ["POST", "/api/v1/devices", { uid: "x", profile: "generic", token_hash: "0" }],
    ["PATCH", "/api/v1/devices/zone-1", { uid: "other" }],
    ["PATCH", "/api/v1/sites/default", { isDefault: false }],
    ["POST", "/api/v1/clients", { name: "x", scopes: ["ingest"], id: "1" }],
    ["PATCH", "/api/v1/devices/zone-1", { __proto__x: 1 }],
  ] as const;
  for (const [method, url, payload] of attempts) {
    const answer = await sluice.ask({ method, url, payload });
    expect(answer.statusCode, `${method} ${url}`).toBe(400);
    expect(answer.json()).toMatchObject({ code: "request.invalid", in: "body" });
    expect(answer.json().detail).toContain(Object.keys(payload).at(-1)!);
  }
});

test.each([
  ["a number for a text", { uid: 5, profile: "generic" }],
  ["a text for an object", { uid: "x", profile: "generic", properties: "deep" }],
  ["no profile", { uid: "x" }],
  ["an empty uid", { uid: "", profile: "generic" }],
  ["a long uid", { uid: "x".repeat(129), profile: "generic" }],
  ["a uid with a slash", { uid: "a/b", profile: "generic" }],
  ["a uid with a null character", { uid: "a\0b", profile: "generic" }],
  ["a null character deeper down", { uid: "nul", profile: "generic", properties: { note: "a\0b" } }],
  ["a name with a null character", { uid: "nul", profile: "generic", name: "a\0b" }],
  ["no object", []],
])("refuses %s", async (_what, payload) => {
  const answer = await post("/api/v1/devices", payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().code).toMatch(/^(request|device)\./);
});

test.each([
  ["malformed", "{", "request.malformed_json"],
  ["truncated", '{"uid":"x"', "request.malformed_json"],
  ["a forbidden key", '{"__proto__":{"a":1}}', "request.malformed_json"],
])("%s JSON is refused with a code", async (_what, payload, code) => {
  const headers = { "content-type": "application/json" };
  const answer = await sluice.ask({ method: "POST", url: "/api/v1/devices", payload, headers });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code });
});

test("a body past its limit is refused with its status, and one of another type too", async () => {
  const large = await post("/api/v1/devices", {
    uid: "x",
    profile: "generic",
    properties: { note: "x".repeat(2 ** 20) },
  });
  expect(large.json()).toMatchObject({ status: 413, code: "request.too_large" });
  const headers = { "content-type": "application/xml" };
  const xml = await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: "<a/>", headers });
  expect(xml.json()).toMatchObject({ status: 415, code: "request.media_type" });
});

test("every change is in the audit, with who made it", async () => {
  await post("/api/v1/sites", { name: "Audited", timeZone: "UTC" });
  const { rows } = await sluice.database.pool.query(
    "select actor, action, after ->> 'slug' as slug, address from audit_event where action = 'site.create' order by id desc limit 1",
  );
  expect(rows).toEqual([
    { actor: expect.stringMatching(/^user:/), action: "site.create", slug: "audited", address: "127.0.0.1" },
  ]);
});
