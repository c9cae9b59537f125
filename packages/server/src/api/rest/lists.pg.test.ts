import { afterAll, beforeAll, expect, test } from "vitest";
import { addActuator } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let pond: number;

beforeAll(async () => {
  sluice = await createTestApp();
  await post("/api/v1/sites", { slug: "lake", name: "Big Lake", timeZone: "UTC", region: "north" });
  const farm = await post("/api/v1/assets", { kind: "farm", name: "Fish farm", site: "lake" });
  pond = (await post("/api/v1/assets", { kind: "pond", name: "North pond", parent: farm.id })).id;
  await post("/api/v1/assets", { kind: "pond", name: "South pond", parent: farm.id });
  await post("/api/v1/profiles", { key: "buoy", name: "Floating Probe" });
  await post("/api/v1/devices", { uid: "zone", profile: "irrigation-zone", asset: pond });
  const alert = { severity: "warning" };
  const definition = { kind: "no-data", metric: "moisture", afterMs: 60_000 };
  await post("/api/v1/rules", { name: "Silent probe", key: "silent", device: "zone", alert, definition });
  const { id, uid } = await addActuator(sluice);
  await post(`/api/v1/actuators/${id}/commands`, { kind: "STOP" });
  const times = { kind: "cron", expression: "0 6 * * *" };
  await post("/api/v1/schedules", { name: "Morning", actuator: id, action: { kind: "STOP" }, times });
  expect(uid).toBe("valve-1");
});
afterAll(() => sluice.close());

async function post(url: string, payload: object) {
  const answer = await sluice.ask({ method: "POST", url, payload });
  expect([200, 201], answer.body).toContain(answer.statusCode);
  return answer.json();
}

test.each([
  ["sites?search=LAKE", "slug", ["lake"]],
  ["sites?region=north", "slug", ["lake"]],
  ["sites?region=south", "slug", []],
  ["assets?search=pond", "name", ["North pond", "South pond"]],
  ["assets?site=lake&kind=farm", "name", ["Fish farm"]],
  ["profiles?search=floating", "key", ["buoy"]],
  ["devices?search=ZON&profile=irrigation-zone&site=lake", "uid", ["zone"]],
  ["rules?search=silent", "key", ["silent"]],
  ["rules?device=zone&kind=no-data", "key", ["silent"]],
  ["rules?enabled=false", "key", []],
  ["schedules?device=valve-1&search=morn", "key", ["morning"]],
  ["schedules?device=zone", "key", []],
  ["commands?device=valve-1&kind=STOP", "kind", ["STOP"]],
  ["commands?kind=RUN", "kind", []],
  ["commands?to=2020-01-01", "kind", []],
  ["commands?state=COMPLETED", "kind", []],
  ["executions?device=valve-1&priority=MANUAL&from=2020-01-01", "action", ["STOP"]],
  ["executions?to=2020-01-01", "action", []],
])("%s lists what it says", async (query, field, expected) => {
  const answer = await sluice.ask({ url: `/api/v1/${query}` });
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.json().map((item: Record<string, unknown>) => item[field])).toEqual(expected);
});

test("the next page is asked for with all that the first was asked with", async () => {
  const { headers } = await sluice.ask({ url: "/api/v1/assets?search=p?nd&limit=1" });
  expect(headers.link).toBeUndefined();
  await post("/api/v1/assets", { kind: "pond", name: "Deep? p?nd" });
  await post("/api/v1/assets", { kind: "pond", name: "Deeper? p?nd" });
  const first = await sluice.ask({ url: "/api/v1/assets?search=p?nd&limit=1" });
  const next = /^<([^>]+)>/.exec(String(first.headers.link))![1]!;
  expect(new URL(next, "http://here").searchParams.get("search")).toBe("p?nd");
  expect((await sluice.ask({ url: next })).json()).toMatchObject([{ name: "Deeper? p?nd" }]);
});

test("assets come as a tree, each with its depth and its devices", async () => {
  const tree = (await sluice.ask({ url: "/api/v1/assets/tree?site=lake" })).json();
  const told = tree.map(({ name, depth, devices }: Record<string, unknown>) => [name, depth, devices]);
  expect(told).toEqual([
    ["Fish farm", 0, 0],
    ["North pond", 1, 1],
    ["South pond", 1, 0],
  ]);
  const below = (await sluice.ask({ url: `/api/v1/assets/tree?root=${pond}` })).json();
  expect(below).toMatchObject([{ name: "North pond", depth: 0 }]);
  expect((await sluice.ask({ url: "/api/v1/assets/tree?root=999999" })).json().code).toBe("asset.unknown");
});

test("another site becomes the one that devices join, and there is always one", async () => {
  const url = "/api/v1/organization";
  const changed = await sluice.ask({ method: "PATCH", url, payload: { defaultSite: "lake" } });
  expect(changed.json()).toMatchObject({ defaultSite: "lake", currency: "EUR" });
  expect((await post("/api/v1/devices", { uid: "joins", profile: "generic" })).site).toBe("lake");
  const unknown = await sluice.ask({ method: "PATCH", url, payload: { defaultSite: "nowhere" } });
  expect(unknown.json().code).toBe("site.unknown");
  expect((await sluice.ask({ url })).json().defaultSite).toBe("lake");
});
