import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foldAlerts } from "../../alerts/index.ts";
import { addOrganization } from "../../devices/testing/test-registry.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
const rules = new Map<string, { readonly ruleId: number; readonly deviceId: number }>();
let episode = 0;

beforeAll(async () => {
  sluice = await createTestApp();
  const site = { slug: "lake", name: "Lake", region: "north", timeZone: "Europe/Berlin" };
  await sluice.ask({ method: "POST", url: "/api/v1/sites", payload: site });
  await addProbe("pond-1", "critical", "lake");
  await addProbe("pond-2", "warning", "lake");
  await addProbe("garden", "warning", "default");
});
afterAll(() => sluice.close());

async function addProbe(uid: string, severity: string, site: string): Promise<void> {
  await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid, profile: "generic", site } });
  const { rows } = await sluice.database.pool.query(
    `insert into rule (organization_id, device_id, key, name, definition, alert)
     select organization_id, id, 'low', 'Low', '{"kind":"threshold","metric":"oxygen","operator":"below","value":4}', $2
       from device where uid = $1
     returning id as "ruleId", device_id as "deviceId"`,
    [uid, JSON.stringify({ severity, isLatched: true })],
  );
  rules.set(uid, rows[0]);
}

async function fold(uid: string, state: "pending" | "firing" | "resolved"): Promise<void> {
  if (state === "firing") episode++;
  const transition = { ...rules.get(uid)!, seq: episode, episode, state, readingMicros: 1.79e15, value: 3 };
  await inTransaction(sluice.database.pool, (client) => foldAlerts(client, [transition], sluice.alerts));
}

const get = async (url: string) => (await sluice.ask({ as: "scientist", url })).json();
const post = (url: string, payload?: object, as: "operator" | "scientist" = "operator") =>
  sluice.ask({ as, method: "POST", url, ...(payload === undefined ? {} : { payload }) });
const openOf = async (uid: string) => (await get(`/api/v1/alerts?device=${uid}&open=true`))[0];

describe("the list of alerts", () => {
  beforeAll(async () => {
    for (const uid of rules.keys()) await fold(uid, "firing");
  });

  it.each([
    ["", ["garden", "pond-2", "pond-1"]],
    ["?region=north", ["pond-2", "pond-1"]],
    ["?site=default", ["garden"]],
    ["?severity=critical", ["pond-1"]],
    ["?severity=warning&region=north", ["pond-2"]],
    ["?device=garden", ["garden"]],
    ["?state=resolved", []],
    ["?open=false", []],
    ["?from=2100-01-01", []],
    ["?to=2100-01-01", ["garden", "pond-2", "pond-1"]],
  ])("with %s is %j", async (query, devices) => {
    const alerts = await get(`/api/v1/alerts${query}`);
    expect(alerts.map(({ device }: { device: string }) => device)).toEqual(devices);
  });

  it("pages newest first, and each alert is on one page", async () => {
    const seen: string[] = [];
    let url: string | undefined = "/api/v1/alerts?limit=1";
    while (url !== undefined) {
      const answer = await sluice.ask({ url });
      seen.push(...answer.json().map(({ device }: { device: string }) => device));
      url = /<([^>]+)>/.exec(String(answer.headers.link ?? ""))?.[1];
    }
    expect(seen).toEqual(["garden", "pond-2", "pond-1"]);
  });

  it("refuses a cursor that is none, and a time that is none", async () => {
    const bad = Buffer.from("nonsense").toString("base64url");
    expect(await get(`/api/v1/alerts?cursor=${bad}`)).toMatchObject({ code: "request.cursor" });
    expect(await get("/api/v1/alerts?from=yesterday")).toMatchObject({ code: "query.time" });
  });

  it("holds nothing of another organization", async () => {
    const stranger = await addOrganization(sluice.database.pool, "elsewhere");
    const { rows } = await sluice.database.pool.query(
      `insert into alert (id, organization_id, source, severity, title, message, state, first_episode, episode, occurrences,
                          opened_at, fired_at)
       values (gen_random_uuid(), $1, 'disk', 'info', 't', 'm', 'firing', 1, 1, 1, date_trunc('milliseconds', now()), now())
       returning id`,
      [stranger.organizationId],
    );
    const { id } = rows[0];
    expect((await get("/api/v1/alerts")).map((alert: { id: string }) => alert.id)).not.toContain(id);
    for (const url of [`/api/v1/alerts/${id}`, `/api/v1/alerts/${id}/events`]) {
      expect(await get(url)).toMatchObject({ status: 404, code: "alert.unknown" });
    }
    expect((await post(`/api/v1/alerts/${id}/acknowledge`)).statusCode).toBe(404);
  });

  it("of a region is the water quality path, and holds only what is open", async () => {
    expect((await get("/api/alerts?region=north")).length).toBe(2);
    expect(await get("/api/alerts?region=nowhere")).toEqual([]);
  });
});

describe("an operator", () => {
  it("acknowledges with a comment, and the answer is the alert", async () => {
    const { id } = await openOf("pond-1");
    const answer = await post(`/api/v1/alerts/${id}/acknowledge`, { comment: "on my way" });
    expect(answer.json()).toMatchObject({ id, state: "firing", acknowledged: { by: expect.stringMatching(/^user:/) } });
    expect(await get(`/api/v1/alerts/${id}/events`)).toMatchObject([
      { what: "fired", who: expect.stringMatching(/^rule:/) },
      { what: "acknowledged", comment: "on my way" },
    ]);
    expect((await post(`/api/v1/alerts/${id}/acknowledge`)).json()).toMatchObject({ status: 409 });
  });

  it("acknowledges several at once", async () => {
    const [first, second] = [(await openOf("pond-1")).id, (await openOf("pond-2")).id];
    const answer = await post("/api/v1/alerts/acknowledge", { ids: [first, second] });
    expect(answer.json()).toMatchObject([
      { id: first, acknowledged: false, code: "alert.acknowledged" },
      { id: second, acknowledged: true },
    ]);
  });

  it("shelves until then or for so long, and takes it back", async () => {
    const { id } = await openOf("garden");
    const shelve = (payload: object) => post(`/api/v1/alerts/${id}/shelve`, payload);
    expect((await shelve({ forMs: 3_600_000, reason: "cleaning" })).json()).toMatchObject({
      shelved: { reason: "cleaning" },
    });
    expect((await post(`/api/v1/alerts/${id}/unshelve`)).json()).toMatchObject({ shelved: null });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect((await shelve({ until, reason: "cleaning" })).json()).toMatchObject({ shelved: { until } });
    expect((await shelve({ until, forMs: 1, reason: "both" })).json()).toMatchObject({ code: "alert.shelf_invalid" });
    expect((await shelve({ reason: "neither" })).json()).toMatchObject({ code: "alert.shelf_invalid" });
    expect((await shelve({ forMs: 8 * 86_400_000, reason: "long" })).json()).toMatchObject({ status: 400 });
    expect((await shelve({ forMs: 1_000 })).json()).toMatchObject({ code: "request.invalid" });
  });

  it("clears what is latched, and comments on what is closed", async () => {
    const { id } = await openOf("garden");
    expect((await post(`/api/v1/alerts/${id}/clear`)).json()).toMatchObject({ code: "alert.firing" });
    await fold("garden", "resolved");
    expect((await post(`/api/v1/alerts/${id}/clear`)).json()).toMatchObject({ open: false, state: "resolved" });
    const answer = await post(`/api/v1/alerts/${id}/comments`, { comment: "a leaf on the probe" });
    expect(answer.statusCode).toBe(201);
  });
});

describe("a scientist", () => {
  it("reads and changes nothing", async () => {
    const { id } = await openOf("pond-1");
    for (const verb of ["acknowledge", "clear", "shelve", "unshelve", "comments"]) {
      const payload = verb === "shelve" ? { forMs: 1, reason: "r" } : { comment: "c" };
      expect((await post(`/api/v1/alerts/${id}/${verb}`, payload, "scientist")).statusCode).toBe(403);
    }
    expect((await post("/api/v1/alerts/acknowledge", { ids: [id] }, "scientist")).statusCode).toBe(403);
  });
});
