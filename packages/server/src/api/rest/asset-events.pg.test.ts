import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let pond: number;
beforeAll(async () => {
  sluice = await createTestApp();
  pond = (await post("/api/v1/assets", { kind: "pond", name: "North" })).json().id;
  await post("/api/v1/devices", { uid: "probe", profile: "generic", asset: pond });
});
afterAll(() => sluice.close());

const post = (url: string, payload: object, as: "admin" | "operator" = "admin") =>
  sluice.ask({ method: "POST", url, payload, as });
const write = (draft: object, as?: "operator") =>
  post("/api/v1/asset-events", { asset: pond, at: "2026-03-01T06:00:00Z", ...draft }, as);

test("an operator writes down a feeding of long ago, and corrects it; the audit has both", async () => {
  const draft = { kind: "feeding", at: "2019-06-01T06:30:00+02:00", details: { grams: 500, feed: "pellets" } };
  const answer = await write(draft, "operator");
  expect(answer.statusCode, answer.body).toBe(201);
  const event = answer.json();
  expect(event).toMatchObject({ kind: "feeding", asset: pond, device: null, at: "2019-06-01T04:30:00.000Z" });
  expect(event.createdBy).toMatch(/^user:/);
  const url = `/api/v1/asset-events/${event.id}`;
  const changed = await sluice.ask({ method: "PATCH", url, payload: { details: { grams: 450 } }, as: "operator" });
  expect(changed.json()).toMatchObject({ details: { grams: 450 }, at: "2019-06-01T04:30:00.000Z" });
  expect((await sluice.ask({ method: "DELETE", url, as: "operator" })).statusCode).toBe(204);
  expect((await sluice.ask({ url })).json().code).toBe("asset_event.unknown");
  const trail = (await sluice.ask({ url: `/api/v1/audit?subject=asset-event:${event.id}` })).json();
  expect(trail.map(({ action }: { action: string }) => action)).toEqual([
    "asset-event.delete",
    "asset-event.update",
    "asset-event.create",
  ]);
  expect(trail[0].before.details).toEqual({ grams: 450 });
});

test("a calibration of an instrument is its asset's event, too", async () => {
  const details = { metric: "ph", reference: 7, before: 7.2, after: 7 };
  const answer = await post("/api/v1/asset-events", {
    kind: "calibration",
    device: "probe",
    at: "2026-04-01T00:00:00Z",
    details,
  });
  expect(answer.json()).toMatchObject({ device: "probe", asset: pond });
  for (const url of ["/api/v1/devices/probe/events", `/api/v1/assets/${pond}/events?kind=calibration`]) {
    const events = (await sluice.ask({ url })).json();
    expect(
      events.map(({ id }: { id: number }) => id),
      url,
    ).toEqual([answer.json().id]);
  }
});

test.each([
  [{ kind: "feeding", details: {} }, "asset_event.field_needed"],
  [{ kind: "feeding", details: { grams: 5, pieces: 3 } }, "asset_event.field_unexpected"],
  [{ kind: "harvest" }, "asset_event.field_needed"],
  [{ kind: "note" }, "asset_event.field_needed"],
  [{ kind: "lab-sample", details: {} }, "asset_event.field_needed"],
  [{ kind: "note", note: "later", at: "2999-01-01T00:00:00Z" }, "asset_event.future"],
  [{ kind: "note", note: "nowhere", asset: undefined }, "asset_event.subject_needed"],
  [{ kind: "note", note: "gone", asset: 999_999 }, "asset.unknown"],
  [{ kind: "dance", note: "gone" }, "request.invalid"],
])("%j is refused as %s", async (draft, code) => {
  const answer = await write(draft);
  expect([400, 404]).toContain(answer.statusCode);
  expect(answer.json().code).toBe(code);
});

test("the list is by when it happened, in pages, and of a range", async () => {
  const { id: asset } = (await post("/api/v1/assets", { kind: "pond", name: "Paged" })).json();
  for (const day of ["03", "01", "02", "02"]) {
    await write({ asset, kind: "note", note: day, at: `2026-02-${day}T00:00:00Z` });
  }
  const notes: string[] = [];
  let url: string | undefined = `/api/v1/asset-events?asset=${asset}&limit=1`;
  while (url !== undefined) {
    const page = await sluice.ask({ url });
    notes.push(...page.json().map(({ note }: { note: string }) => note));
    url = /<([^>]+)>/.exec(String(page.headers.link ?? ""))?.[1];
  }
  expect(notes).toEqual(["03", "02", "02", "01"]);
  const range = await sluice.ask({ url: `/api/v1/asset-events?asset=${asset}&from=2026-02-01&to=2026-02-03` });
  expect(range.json()).toHaveLength(3);
  const elsewhere = await sluice.ask({ url: "/api/v1/asset-events?site=elsewhere" });
  expect(elsewhere.json()).toEqual([]);
});

test("an asset with events stays, and says why", async () => {
  const { id: asset } = (await post("/api/v1/assets", { kind: "pond", name: "Kept" })).json();
  await write({ asset, kind: "note", note: "planted" });
  const refused = await sluice.ask({ method: "DELETE", url: `/api/v1/assets/${asset}` });
  expect([refused.statusCode, refused.json().code]).toEqual([409, "asset.has_history"]);
});
