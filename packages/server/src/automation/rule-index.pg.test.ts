import { INITIAL_RULE_STATE } from "@sluice/core/rules/rule.ts";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ManualClock } from "../actuation/testing/manual-clock.ts";
import { inTransaction } from "../platform/postgres.ts";
import { createDefaultRules, listRules, RuleIndex } from "./index.ts";
import { REFRESH_RETRY_MS } from "./rule-index.ts";
import { createTestAutomation, type TestAutomation, WATER_WHEN_DRY } from "./testing/test-automation.ts";

let test: TestAutomation;
let index: RuleIndex;
const clock = new ManualClock();

beforeAll(async () => {
  test = await createTestAutomation();
  index = new RuleIndex({ pool: test.plant.pool, clock, logger: pino({ level: "silent" }) });
});
afterAll(() => test.stop());

describe("the rule index", () => {
  it("has a new device's rules once it was refreshed, and none for a device that has none", async () => {
    const zone = await test.addZone();
    const bare = await test.plant.addZone();
    await index.refresh(zone.deviceId);
    const [rule] = index.rulesOf(zone.deviceId).plain;
    expect(rule).toMatchObject({ id: zone.ruleId, inputs: [{ deviceId: zone.deviceId, metricNumber: 0 }] });
    expect(rule!.evaluateValue!(INITIAL_RULE_STATE, 0, 9.9)).toMatchObject({ phase: "firing", episode: 1 });
    expect(index.rulesOf(bare.deviceId)).toEqual({ plain: [], groups: [] });
    expect(index.rulesOf(bare.deviceId)).toBe(index.rulesOf(-1));
  });

  it("gives the same array until something changed, and forgets rules that were switched off", async () => {
    const zone = await test.addZone();
    await index.refresh();
    const before = index.rulesOf(zone.deviceId);
    await index.refresh(zone.deviceId + 1_000);
    expect(index.rulesOf(zone.deviceId)).toBe(before);
    await test.plant.pool.query("update rule set is_enabled = false where id = $1", [zone.ruleId]);
    await index.refresh(zone.deviceId);
    expect(index.rulesOf(zone.deviceId).plain).toEqual([]);
  });

  it("has every change in force when its refresh resolves, however many overlap", async () => {
    const zones = await Promise.all(Array.from({ length: 8 }, () => test.addZone(false)));
    await Promise.all(
      zones.map(({ deviceId }) =>
        index.refresh(deviceId).then(() => expect(index.rulesOf(deviceId).plain).toHaveLength(1)),
      ),
    );
  });

  it("leaves out a rule that cannot be compiled, and keeps the others", async () => {
    const broken = await test.addZone();
    const whole = await test.addZone();
    await test.plant.pool.query(`update rule set definition = definition || '{"value":"ten"}' where id = $1`, [
      broken.ruleId,
    ]);
    await index.refresh();
    expect(index.rulesOf(broken.deviceId).plain).toEqual([]);
    expect(index.rulesOf(whole.deviceId).plain).toHaveLength(1);
  });

  it("asks again after a read that failed", async () => {
    const zone = await test.addZone();
    await test.plant.pool.query("alter table rule rename to rule_away");
    await expect(index.refresh(zone.deviceId)).rejects.toMatchObject({ code: "42P01" });
    await test.plant.pool.query("alter table rule_away rename to rule");
    await index.refresh(-1);
    expect(index.rulesOf(zone.deviceId).plain).toHaveLength(1);
  });
});

it("knows which rules are gone for good, and which are only switched off", async () => {
  const [kept, deleted] = [await test.addZone(), await test.addZone()];
  const watching = new RuleIndex({ pool: test.plant.pool, clock, logger: pino({ level: "silent" }) });
  expect(watching.isDeleted(kept.ruleId)).toBe(false);
  await watching.refresh();
  await test.plant.pool.query("update rule set is_enabled = false where id = $1", [kept.ruleId]);
  await test.plant.pool.query("delete from rule where id = $1", [deleted.ruleId]);
  await watching.refresh(kept.deviceId);
  expect(watching.isDeleted(deleted.ruleId)).toBe(false);
  await watching.refresh(deleted.deviceId);
  expect([kept, deleted].map(({ ruleId }) => watching.isDeleted(ruleId))).toEqual([false, true]);
});

describe("a notice whose read fails", () => {
  it("is read again by itself, until the database answers", async () => {
    const zone = await test.addZone();
    const watching = new RuleIndex({ pool: test.plant.pool, clock, logger: pino({ level: "silent" }) });
    await watching.refresh();
    const told: number[][] = [];
    const isTold = new Promise<void>((resolve) => {
      watching.watch((ruleIds) => {
        told.push([...ruleIds]);
        resolve();
      });
    });
    await test.plant.pool.query("alter table rule rename to rule_away");
    await expect(watching.refresh(zone.deviceId)).rejects.toMatchObject({ code: "42P01" });
    await test.plant.pool.query("alter table rule_away rename to rule");
    await test.plant.pool.query("update rule set is_enabled = false where id = $1", [zone.ruleId]);
    clock.advance(REFRESH_RETRY_MS);
    await isTold;
    expect(told).toEqual([[zone.ruleId]]);
    expect(watching.find(zone.ruleId)).toBeUndefined();
    await watching.stop();
  });
});

describe("rules that depend on more than their row", () => {
  const DRY = { kind: "threshold", metric: "moisture", operator: "below", value: 10 };

  async function define(ruleId: number, definition: object): Promise<void> {
    await test.plant.pool.query("update rule set definition = $2 where id = $1", [ruleId, JSON.stringify(definition)]);
  }

  it("are found at each device that they read, and told by number when they change", async () => {
    const home = await test.addZone();
    const other = await test.plant.addZone();
    await define(home.ruleId, {
      kind: "any",
      conditions: [DRY, { ...DRY, metric: { device: other.uid, metric: "moisture" } }],
    });
    const watching = new RuleIndex({ pool: test.plant.pool, clock, logger: pino({ level: "silent" }) });
    const told: number[][] = [];
    watching.watch((ruleIds) => told.push([...ruleIds]));
    await watching.refresh();
    for (const deviceId of [home.deviceId, other.deviceId]) {
      expect(watching.rulesOf(deviceId).groups).toMatchObject([
        { isShared: true, group: { rules: [{ id: home.ruleId }] } },
      ]);
    }
    await define(home.ruleId, { ...DRY, forMs: 1000 });
    await watching.refresh(home.deviceId);
    expect(watching.rulesOf(other.deviceId).groups).toEqual([]);
    expect(watching.find(home.ruleId)).toMatchObject({ revision: 3 });
    expect([...watching.timedRuleIds()]).toContain(home.ruleId);
    expect(told.at(-1)).toEqual([home.ruleId]);
  });

  it("go when their device goes out of service, and come back with it", async () => {
    const zone = await test.addZone();
    await index.refresh();
    const settle = () => index.refresh(-1);
    await test.plant.pool.query("update device set status = 'inactive' where id = $1", [zone.deviceId]);
    index.onRegistryChange({ kind: "device", id: zone.deviceId });
    await settle();
    expect(index.find(zone.ruleId)).toBeUndefined();
    await test.plant.pool.query("update device set status = 'active' where id = $1", [zone.deviceId]);
    index.onRegistryChange({ kind: "device", id: zone.deviceId });
    await settle();
    expect(index.find(zone.ruleId)).toBeDefined();
  });

  it("begin when their profile has learnt the metric that they wait for", async () => {
    const zone = await test.addZone();
    await define(zone.ruleId, { ...DRY, metric: "brightness" });
    await index.refresh();
    expect(index.find(zone.ruleId)).toBeUndefined();
    const { rows } = await test.plant.pool.query(
      `insert into profile_metric (profile_id, number, key)
       select profile_id, 99, 'brightness' from device where id = $1 returning profile_id`,
      [zone.deviceId],
    );
    index.onRegistryChange({ kind: "profile", id: rows[0].profile_id });
    await index.refresh(-1);
    expect(index.find(zone.ruleId)).toMatchObject({ inputs: [{ metricNumber: 99 }] });
  });

  it("are told to be read again when their site is somewhere else", async () => {
    const listener = await test.plant.pool.connect();
    await listener.query("listen sluice_rule");
    const heard = new Promise<string | undefined>((resolve) => {
      listener.on("notification", ({ payload }) => resolve(payload));
    });
    await test.plant.pool.query("update site set latitude = 1, longitude = 2");
    expect(await heard).toBe("");
    listener.release(true);
  });
});

describe("default rules", () => {
  it("are told to other processes when the device is committed", async () => {
    const listener = await test.plant.pool.connect();
    await listener.query("listen sluice_rule");
    const heard = new Promise<string | undefined>((resolve) => {
      listener.on("notification", ({ payload }) => resolve(payload));
    });
    const { deviceId } = await test.addZone();
    expect(await heard).toBe(String(deviceId));
    listener.release(true);
  });

  it("need the actuator that they act on", async () => {
    const zone = await test.plant.addZone();
    const device = { id: zone.deviceId, organizationId: test.plant.operator.organizationId };
    const creating = inTransaction(test.plant.pool, (client) =>
      createDefaultRules(client, device, [WATER_WHEN_DRY], new Map()),
    );
    await expect(creating).rejects.toMatchObject({ code: "rule.actuator_unknown" });
  });

  it("cannot act on another organization's actuator, whatever the code believes", async () => {
    const { pumpId } = await test.plant.addZone();
    const other = await test.plant.pool.query(
      "insert into organization (slug, name) values ('other', 'Other') returning id",
    );
    const site = await test.plant.pool.query(
      "insert into site (organization_id, slug, name, time_zone) values ($1, 's', 'S', 'UTC') returning id",
      [other.rows[0].id],
    );
    const profile = await test.plant.pool.query(
      "insert into device_profile (organization_id, key, name) values ($1, 'p', 'P') returning id",
      [other.rows[0].id],
    );
    const device = await test.plant.pool.query(
      "insert into device (organization_id, uid, profile_id, site_id, name) values ($1, 'd', $2, $3, 'D') returning id",
      [other.rows[0].id, profile.rows[0].id, site.rows[0].id],
    );
    const foreign = { id: device.rows[0].id, organizationId: other.rows[0].id };
    const creating = inTransaction(test.plant.pool, (client) =>
      createDefaultRules(client, foreign, [WATER_WHEN_DRY], new Map([["pump", pumpId]])),
    );
    await expect(creating).rejects.toMatchObject({ code: "23503" });
  });

  it("can be read, with what was last folded of them", async () => {
    const zone = await test.addZone();
    const rules = await listRules(test.plant.pool, test.plant.operator.organizationId, { device: zone.uid, limit: 5 });
    expect(rules).toMatchObject([
      {
        id: zone.ruleId,
        key: "water-when-dry",
        kind: "threshold",
        definition: { metric: "moisture", operator: "below", value: 10, hysteresis: 0 },
        action: { kind: "RUN", durationMs: 30_000, actuator: zone.pumpId, actuatorKey: "pump" },
        enabled: true,
        standing: null,
      },
    ]);
  });
});
