import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let channels: number[];
beforeAll(async () => {
  sluice = await createTestApp();
  channels = [];
  for (const name of ["Day", "Night"]) {
    const payload = { name, kind: "webhook", configuration: { url: "https://hooks.example/" } };
    channels.push((await sluice.ask({ method: "POST", url: "/api/v1/channels", payload })).json().id);
  }
});
afterAll(() => sluice.close());

const URL = "/api/v1/notification-routes";
const make = (payload: object) => sluice.ask({ method: "POST", url: URL, payload });
const change = (id: number, payload: object) => sluice.ask({ method: "PATCH", url: `${URL}/${id}`, payload });

test("a route is made with its usual values, changed, listed in order and deleted", async () => {
  const made = await make({ name: "Everybody", channels: [channels[0]] });
  expect(made.statusCode).toBe(201);
  const route = made.json();
  expect(route).toMatchObject({
    position: 1,
    isEnabled: true,
    match: {
      minSeverity: "warning",
      sites: null,
      rules: null,
      events: ["fired", "resolved", "re-alarmed", "unshelved"],
    },
    escalation: [],
    continues: false,
    quietHours: null,
    groupBy: "site",
    groupWindowMs: 0,
    templates: {},
  });
  const full = {
    match: { minSeverity: "critical" },
    escalation: [{ afterMinutes: 15, channels: [channels[1]] }],
    quietHours: { timeZone: "Europe/Berlin", from: "22:00", to: "06:00", breakThrough: ["critical"], action: "hold" },
    groupBy: "rule",
    groupWindowMs: 60_000,
    templates: { sms: { body: "{title} {data.value:1}" } },
    continues: true,
  };
  const changed = (await change(route.id, full)).json();
  expect(changed).toMatchObject({ ...full, match: { ...route.match, minSeverity: "critical" } });
  expect((await change(route.id, { quietHours: null })).json()).toEqual({ ...changed, quietHours: null });
  const before = (await make({ name: "First", channels: [channels[1]], position: 1 })).json();
  const listed = (await sluice.ask({ as: "scientist", url: URL })).json();
  expect(listed.map(({ id, position }: { id: number; position: number }) => [id, position])).toEqual([
    [before.id, 1],
    [route.id, 2],
  ]);
  const paged = await sluice.ask({ url: `${URL}?limit=1` });
  const next = /<(.*)>; rel="next"/.exec(String(paged.headers.link))![1]!;
  expect((await sluice.ask({ url: next })).json()).toEqual([listed[1]]);
  expect((await sluice.ask({ method: "DELETE", url: `${URL}/${route.id}` })).statusCode).toBe(204);
  expect((await sluice.ask({ url: `${URL}/${route.id}` })).json()).toMatchObject({
    status: 404,
    code: "route.unknown",
  });
});

test("what is wrong with a route is told with its place", async () => {
  const refused = async (payload: object) =>
    (await make({ name: "Wrong", channels: [channels[0]], ...payload })).json();
  const again = [{ afterMinutes: 5, channels: [channels[0]] }];
  expect(await refused({ escalation: again })).toMatchObject({
    status: 400,
    code: "route.escalation_cycle",
    channel: channels[0],
  });
  expect(await refused({ templates: { email: { subject: "{titel}" } } })).toMatchObject({
    status: 400,
    code: "route.template_invalid",
    template: "email.subject",
    detail: expect.stringContaining("{titel}"),
  });
  expect(await refused({ channels: [9_999] })).toMatchObject({ status: 404, code: "channel.unknown", channel: 9_999 });
  expect(await refused({ match: { minSeverity: "loud" } })).toMatchObject({ status: 400, code: "request.invalid" });
});

test("every change is in the audit; operators make none", async () => {
  const { id } = (await make({ name: "Audited", channels: [channels[0]] })).json();
  await change(id, { isEnabled: false });
  await sluice.ask({ method: "DELETE", url: `${URL}/${id}` });
  const { rows } = await sluice.database.pool.query("select action from audit_event where subject = $1 order by id", [
    `route:${id}`,
  ]);
  expect(rows.map(({ action }) => action)).toEqual(["route.create", "route.update", "route.delete"]);
  const payload = { name: "Mine", channels };
  expect((await sluice.ask({ as: "operator", method: "POST", url: URL, payload })).statusCode).toBe(403);
});
