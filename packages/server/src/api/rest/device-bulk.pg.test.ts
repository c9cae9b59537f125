import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

const get = async (url: string) => (await sluice.ask({ url })).json();
const bulk = (payload: object, query = "") =>
  sluice.ask({ method: "POST", url: `/api/v1/devices/bulk${query}`, payload });
const bulkCsv = (payload: string, query = "", headers = {}) =>
  sluice.ask({
    method: "POST",
    url: `/api/v1/devices/bulk${query}`,
    payload,
    headers: { "content-type": "text/csv; charset=utf-8", ...headers },
  });

test("good ones are stored with all that their profiles bring; each bad one is told of in its place", async () => {
  const answer = await bulk([
    { uid: "zone-a", profile: "irrigation-zone", properties: { depth: 3 } },
    { uid: "bad/uid", profile: "generic" },
    { uid: "plain", profile: "generic", name: "Plain one", status: "inactive" },
    { uid: "lost", profile: "nothing" },
    { uid: "zone-a", profile: "generic" },
    { uid: "nowhere", profile: "generic", site: "nowhere" },
    { uid: "unnamed", profile: "generic", name: "" },
    { uid: "poison", profile: "generic", properties: { text: "a\0b" } },
    { uid: "no-profile" },
  ]);
  expect(answer.statusCode).toBe(207);
  const { items, ...counts } = answer.json();
  expect(counts).toEqual({ created: 2, updated: 0, skipped: 0, failed: 7 });
  expect(items.map(({ code }: { code?: string }) => code ?? null)).toEqual([
    null,
    "device.uid_invalid",
    null,
    "profile.unknown",
    "device.uid_doubled",
    "site.unknown",
    "device.name_invalid",
    "device.properties_invalid",
    "device.profile_missing",
  ]);
  expect(items[0]).toMatchObject({ index: 0, uid: "zone-a", status: "created", token: expect.stringMatching(/^sld_/) });
  expect(await get("/api/v1/devices/zone-a/actuators")).toMatchObject([{ key: "pump" }]);
  expect(await get("/api/v1/rules?device=zone-a")).toHaveLength(1);
  expect(await get("/api/v1/devices/plain")).toMatchObject({ name: "Plain one", status: "inactive" });
  const { rows } = await sluice.database.pool.query(
    "select action, after from audit_event where action in ('device.register', 'device.bulk') order by id",
  );
  expect(rows.map(({ action }) => action)).toEqual(["device.register", "device.register", "device.bulk"]);
  expect(rows[2].after).toEqual({ ...counts, onExisting: "fail" });
  expect(JSON.stringify(rows)).not.toContain(items[0].token);
});

test("a device that there is fails, is skipped or is changed, as is asked; again is no change", async () => {
  await sluice.ask({ method: "POST", url: "/api/v1/sites", payload: { name: "North", timeZone: "UTC" } });
  await bulk([{ uid: "known", profile: "generic", properties: { a: 1, b: 1 } }]);
  const change = [{ uid: "known", name: "Renamed", site: "north", properties: { b: 2 } }];
  expect((await bulk(change)).json()).toMatchObject({ failed: 1, items: [{ code: "device.uid_taken" }] });
  expect((await bulk(change, "?onExisting=skip")).json()).toMatchObject({ skipped: 1, items: [{ status: "skipped" }] });
  const updated = await bulk(change, "?onExisting=update");
  expect([updated.statusCode, updated.json()]).toMatchObject([200, { updated: 1, items: [{ status: "updated" }] }]);
  const after = await get("/api/v1/devices/known");
  expect(after).toMatchObject({ name: "Renamed", site: "north", properties: { a: 1, b: 2 } });
  expect((await bulk(change, "?onExisting=update")).json()).toMatchObject({ skipped: 1 });
  const other = await bulk([{ uid: "known", profile: "irrigation-zone" }], "?onExisting=update");
  expect(other.json().items).toMatchObject([{ code: "device.profile_fixed" }]);
});

test("two thousand in one request", async () => {
  const devices = Array.from({ length: 2_000 }, (_, n) => ({ uid: `many-${n}`, profile: "generic" }));
  const answer = await bulk(devices);
  expect([answer.statusCode, answer.json().created]).toEqual([200, 2_000]);
  const tokens = new Set(answer.json().items.map(({ token }: { token: string }) => token));
  expect(tokens.size).toBe(2_000);
  expect((await bulk(devices, "?onExisting=skip")).json()).toMatchObject({ created: 0, skipped: 2_000 });
});

test("what has another shape is refused whole, and CSV nowhere else", async () => {
  for (const payload of [{ uid: "x" }, [{ uid: "x", token: "mine" }], [{ uid: "x", organizationId: 7 }], [{}]]) {
    expect((await bulk(payload)).statusCode).toBe(400);
  }
  const csv = { payload: "uid\nx\n", headers: { "content-type": "text/csv" } };
  expect((await sluice.ask({ method: "POST", url: "/api/v1/devices", ...csv })).statusCode).toBe(415);
  const asOperator = { method: "POST", url: "/api/v1/devices/bulk", as: "operator", payload: [] } as const;
  expect((await sluice.ask(asOperator)).statusCode).toBe(403);
});

test("CSV is read by its header, and answered as CSV to whom wants it", async () => {
  const csv = [
    "\ufeffuid,name,profile,properties.depth,properties.label,properties.on,properties",
    'c-1,"Pump, left",generic,3.5,007,true,"{""x"":[1]}"',
    "c-2,'=cmd,generic,,'-5 below,,",
    "",
  ].join("\r\n");
  const answer = await bulkCsv(csv, "", { accept: "text/csv" });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers["content-type"]).toMatch(/^text\/csv/);
  expect(answer.body.split("\r\n")).toEqual([
    "uid,status,token,code,message",
    expect.stringMatching(/^c-1,created,sld_[\w-]+,,$/),
    expect.stringMatching(/^c-2,created,sld_[\w-]+,,$/),
    "",
  ]);
  expect(await get("/api/v1/devices/c-1")).toMatchObject({
    name: "Pump, left",
    properties: { depth: 3.5, label: "007", on: true, x: [1] },
  });
  expect(await get("/api/v1/devices/c-2")).toMatchObject({ name: "=cmd", properties: { label: "-5 below" } });
});

test.each([
  ["", "csv.header_missing"],
  ["name\nx", "csv.header_invalid"],
  ["uid,uid\nx,y", "csv.header_invalid"],
  ["uid,token\nx,y", "csv.header_invalid"],
  ['uid\n"x', "csv.malformed"],
  ["uid,name\nx", "csv.malformed"],
  ["uid,asset\nx,first", "csv.cell_invalid"],
  ["uid,properties\nx,[]", "csv.cell_invalid"],
])("the CSV %j is refused with %s", async (csv, code) => {
  const answer = await bulkCsv(csv);
  expect([answer.statusCode, answer.json().code]).toEqual([400, code]);
});

test("an export is taken back as it is, holds no secrets, and no formulas for spreadsheets", async () => {
  const odd = { text: "12", formula: "=1+1", negative: -5, quoted: 'a"b,\n', empty: "", nothing: null, list: [1, "a"] };
  const created = await bulk([{ uid: "-odd", name: "@home", profile: "generic", properties: odd }]);
  const token = created.json().items[0].token;
  const file = await sluice.ask({ url: "/api/v1/devices/export", headers: { accept: "text/csv" } });
  expect(file.statusCode).toBe(200);
  expect(file.body).not.toContain(token);
  expect(file.body).not.toMatch(/(^|,|\n)"?(-odd|[=+@])/);
  const before = await get("/api/v1/devices/export");
  expect(before.length).toBeGreaterThan(2_000);
  expect(before.find(({ uid }: { uid: string }) => uid === "-odd")).toMatchObject({ name: "@home", properties: odd });
  const again = await bulkCsv(file.body, "?onExisting=update");
  expect(again.json()).toMatchObject({ created: 0, updated: 0, failed: 0, skipped: before.length });
  expect(await get("/api/v1/devices/export")).toEqual(before);
});
