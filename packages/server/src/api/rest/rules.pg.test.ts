import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let test: TestApp;
let devices = 0;
/** A device of a zone of its own with the irrigation profile, and its pump. */
let zone: { readonly uid: string; readonly asset: number; readonly pump: number };

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

beforeEach(async () => {
  zone = await addZone();
});

async function addZone(): Promise<typeof zone> {
  const asset = (await post("/api/v1/assets", { kind: "zone", name: "Zone", site: await siteSlug() })).json().id;
  const uid = await addDevice(asset);
  const actuators = (await test.ask({ url: `/api/v1/devices/${uid}/actuators` })).json();
  return { uid, asset, pump: actuators[0].id };
}

async function addDevice(asset: number, profile = "irrigation-zone"): Promise<string> {
  const uid = `zone-${++devices}`;
  const answer = await post("/api/v1/devices", { uid, name: uid, profile, asset });
  expect(answer.statusCode, answer.body).toBe(201);
  return uid;
}

async function siteSlug(): Promise<string> {
  return (await test.ask({ url: "/api/v1/sites" })).json()[0].slug;
}

const post = (url: string, payload: object) => test.ask({ method: "POST", url, payload });
const patch = (id: number, payload: object) => test.ask({ method: "PATCH", url: `/api/v1/rules/${id}`, payload });
const makeRule = (rule: object) => post("/api/v1/rules", { name: "A rule", device: zone.uid, ...rule });

const DRY = { kind: "threshold", metric: "moisture", operator: "below", value: 10 };

async function makeDry(rule: object = {}): Promise<number> {
  const answer = await makeRule({ definition: DRY, ...rule });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json().id;
}

async function refusal(rule: object): Promise<{ code: string; detail: string; status: number }> {
  return (await makeRule(rule)).json();
}

describe("a rule", () => {
  it("is made with its condition, action and alert, is read back, and is judged", async () => {
    const answer = await makeRule({
      name: "Water when dry",
      key: "dry",
      definition: { ...DRY, hysteresis: 2, forMs: 300_000, gates: [] },
      action: { kind: "RUN", actuator: zone.pump, durationMs: 10_000 },
      alert: { severity: "warning", message: "{device} is dry" },
      priority: "EMERGENCY",
    });
    expect(answer.statusCode, answer.body).toBe(201);
    const rule = answer.json();
    expect(answer.headers.location).toBe(`/api/v1/rules/${rule.id}`);
    expect(rule).toMatchObject({
      key: "dry",
      kind: "threshold",
      device: zone.uid,
      asset: null,
      definition: {
        kind: "threshold",
        metric: "moisture",
        operator: "below",
        value: 10,
        hysteresis: 2,
        forMs: 300_000,
      },
      action: { kind: "RUN", durationMs: 10_000, actuator: zone.pump },
      alert: { severity: "warning", message: "{device} is dry" },
      priority: "EMERGENCY",
      enabled: true,
      standing: null,
    });
    expect((await test.ask({ url: `/api/v1/rules/${rule.id}` })).json()).toEqual(rule);
    const listed = (await test.ask({ url: `/api/v1/rules?device=${zone.uid}` })).json();
    expect(listed.map(({ id }: { id: number }) => id)).toContain(rule.id);
  });

  it("is over the devices of an asset, and at home on the one that it names", async () => {
    const other = await addDevice(zone.asset);
    const definition = {
      kind: "all",
      conditions: [DRY, { ...DRY, metric: { device: other, metric: "moisture" } }],
    };
    const answer = await makeRule({ device: undefined, asset: zone.asset, definition });
    expect(answer.json()).toMatchObject({ device: other, asset: zone.asset, kind: "all" });
  });

  it("is changed, disabled and deleted, each with its trace in the audit", async () => {
    const id = await makeDry({ alert: { severity: "info" } });
    const changed = await patch(id, { name: "Drier", definition: { ...DRY, value: 5 }, alert: null, enabled: false });
    expect(changed.json()).toMatchObject({ name: "Drier", definition: { value: 5 }, alert: null, enabled: false });
    const { rows } = await test.database.pool.query("select revision from rule where id = $1", [id]);
    expect(rows[0].revision).toBe(2);
    expect((await test.ask({ method: "DELETE", url: `/api/v1/rules/${id}` })).statusCode).toBe(204);
    expect((await test.ask({ url: `/api/v1/rules/${id}` })).json().code).toBe("rule.unknown");
    const { rows: audit } = await test.database.pool.query(
      "select action from audit_event where subject = $1 order by id",
      [`rule:${id}`],
    );
    expect(audit.map(({ action }) => action)).toEqual(["rule.create", "rule.update", "rule.delete"]);
  });

  it("keeps its revision when anything but its definition is changed", async () => {
    const id = await makeDry();
    await patch(id, { name: "Another name", enabled: false });
    const { rows } = await test.database.pool.query("select revision from rule where id = $1", [id]);
    expect(rows[0].revision).toBe(1);
  });

  it("is an administrator's to change, and everybody's to read", async () => {
    const id = await makeDry();
    const url = `/api/v1/rules/${id}`;
    expect((await test.ask({ as: "operator", url })).statusCode).toBe(200);
    for (const method of ["PATCH", "DELETE"] as const) {
      expect((await test.ask({ as: "operator", method, url, payload: {} })).statusCode).toBe(403);
    }
  });
});

describe("a rule is refused, with the reason,", () => {
  it("on a metric that nobody sends, with the nearest one that there is", async () => {
    const { status, code, detail } = await refusal({ definition: { ...DRY, metric: "moistrue" } });
    expect({ status, code }).toEqual({ status: 400, code: "rule.metric_unknown" });
    expect(detail).toContain('Did you mean "moisture"?');
  });

  it("whose definition is not right, with the path", async () => {
    const definition = { kind: "all", conditions: [DRY, { ...DRY, value: "ten" }] };
    expect(await refusal({ definition })).toMatchObject({
      code: "rule.definition_invalid",
      detail: "definition.conditions[1].value must be a finite number.",
    });
  });

  it("that would act on an actuator of another organization, or on none", async () => {
    const { rows } = await test.database.pool.query(
      `with o as (insert into organization (slug, name) values ('other-' || $1, 'Other') returning id),
            s as (insert into site (organization_id, slug, name, time_zone) select id, 's', 'S', 'UTC' from o returning *),
            p as (insert into device_profile (organization_id, key, name) select id, 'p', 'P' from o returning *)
       select o.id as organization, s.id as site, p.id as profile from o, s, p`,
      [String(devices)],
    );
    const { organization, site, profile } = rows[0];
    const { rows: foreign } = await test.database.pool.query(
      `with d as (insert into device (organization_id, uid, profile_id, site_id, name) values ($1, 'd', $2, $3, 'D') returning id)
       insert into actuator (organization_id, device_id, key, kind, max_run_ms, cooldown_ms)
       select $1, id, 'pump', 'pump', 1000, 0 from d returning id`,
      [organization, profile, site],
    );
    for (const actuator of [foreign[0].id, 2_000_000_000]) {
      const refused = await refusal({ definition: DRY, action: { kind: "RUN", actuator, durationMs: 500 } });
      expect(refused).toMatchObject({ status: 400, code: "rule.actuator_unknown" });
    }
  });

  it("whose action the actuator's limits would refuse every time", async () => {
    const long = { kind: "RUN", actuator: zone.pump, durationMs: 86_400_000 };
    expect(await refusal({ definition: DRY, action: long })).toMatchObject({ code: "rule.action_impossible" });
    const dose = { kind: "DOSE", actuator: zone.pump, amount: 1, unit: "ml" };
    expect(await refusal({ definition: DRY, action: dose })).toMatchObject({ code: "rule.action_impossible" });
  });

  it("whose gates would form a circle", async () => {
    const first = await makeDry({ key: "first" });
    const gate = (rule: number) => ({ ...DRY, gates: [{ kind: "rule", rule, is: "not-firing" }] });
    const second = await makeDry({ key: "second", definition: gate(first) });
    const third = await makeDry({ key: "third", definition: gate(second) });
    const refused = (await patch(first, { definition: gate(third) })).json();
    expect(refused).toMatchObject({ code: "rule.gate_cycle", rules: [first, third, second, first] });
    expect((await patch(first, { definition: gate(first) })).json()).toMatchObject({ code: "rule.gate_cycle" });
    const inUse = await test.ask({ method: "DELETE", url: `/api/v1/rules/${first}` });
    expect(inUse.json()).toMatchObject({ status: 409, code: "rule.in_use", rules: [second] });
  });

  it("that reads or goes by what is elsewhere", async () => {
    const here = zone;
    const there = await addZone();
    const definition = { ...DRY, metric: { device: there.uid, metric: "moisture" } };
    expect(await refusal({ definition })).toMatchObject({ code: "rule.device_elsewhere" });
    zone = there;
    const rule = await makeDry();
    zone = here;
    const gated = { ...DRY, gates: [{ kind: "rule", rule, is: "firing" }] };
    expect(await refusal({ definition: gated })).toMatchObject({ code: "rule.gate_unknown" });
  });

  it("that goes by daylight at a site without a place", async () => {
    const definition = { ...DRY, gates: [{ kind: "daylight", is: "day" }] };
    expect(await refusal({ definition })).toMatchObject({ code: "rule.place_unknown" });
    await test.database.pool.query("update site set latitude = 52.5, longitude = 13.4");
    await makeDry({ key: "by-day", definition });
    await test.database.pool.query("update site set latitude = null, longitude = null");
  });

  it("with an alert that is none, a key that is taken, or no place of its own", async () => {
    expect(await refusal({ definition: DRY, alert: { severity: "warning", message: "{nonsense}" } })).toMatchObject({
      code: "alert.template_invalid",
    });
    await makeDry({ key: "taken" });
    expect(await refusal({ definition: DRY, key: "taken" })).toMatchObject({ status: 409, code: "rule.key_taken" });
    expect(await refusal({ definition: DRY, asset: zone.asset })).toMatchObject({ code: "rule.place_needed" });
    expect(await refusal({ definition: DRY, device: undefined })).toMatchObject({ code: "rule.place_needed" });
  });

  it("as the hundred and first of its device", async () => {
    await test.database.pool.query(
      `insert into rule (organization_id, device_id, key, name, definition)
       select organization_id, id, 'filler-' || n, 'Filler', $2 from device, generate_series(1, 100) n where uid = $1`,
      [zone.uid, JSON.stringify(DRY)],
    );
    expect(await refusal({ definition: DRY })).toMatchObject({ status: 409, code: "rule.too_many", limit: 100 });
  });
});
