import type { PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acknowledgeAlert, clearAlert, foldAlerts, shelveAlert } from "./index.ts";
import {
  completed,
  createTestAlerts,
  READING_MICROS,
  type TestAlerts,
  type Transition,
} from "./testing/test-alerts.ts";

let test: TestAlerts;

beforeEach(async () => {
  test = await createTestAlerts();
});
afterEach(() => test.stop());

const events = async () => (await test.notices()).map(({ event }) => event);

describe("an episode", () => {
  it("that fires and resolves is one alert with its trail and two notices", async () => {
    const probe = await test.addDevice({
      severity: "major",
      message: "{device}: {metric} is {value}, below {threshold}",
    });
    await test.fold({ ...probe, episode: 1 });
    expect(await test.list()).toMatchObject([
      {
        state: "firing",
        open: true,
        severity: "major",
        title: "Low oxygen: Probe 1",
        message: "pond-probe-1: oxygen is 3.5, below 4",
        rule: { id: probe.ruleId, name: "Low oxygen" },
        device: probe.uid,
        source: null,
        site: "default",
        occurrences: 1,
        value: 3.5,
        readingAt: new Date(READING_MICROS / 1000),
      },
    ]);
    await test.fold({ ...probe, episode: 1, state: "resolved", value: 5 });
    const [alert] = await test.list();
    expect(alert).toMatchObject({ state: "resolved", open: false, resolvedReason: "condition" });
    expect(await test.trailOf(alert!.id)).toEqual(["fired", "resolved"]);
    expect(await test.notices()).toMatchObject([
      { event: "fired", alertId: alert!.id, severity: "major", deviceId: probe.deviceId, ruleId: probe.ruleId },
      { event: "resolved", alertId: alert!.id },
    ]);
  });

  it("of 1,000 transitions in one fold is as many alerts as episodes, of which one is open", async () => {
    const probe = await test.addDevice({ severity: "info" });
    const transitions = Array.from({ length: 1_000 }, (_, index): Transition => {
      const state = index % 2 === 0 ? "firing" : "resolved";
      return { ...probe, episode: Math.floor(index / 2) + 1, state };
    });
    await test.fold(...transitions, { ...probe, episode: 501 });
    const alerts = await test.list();
    expect(alerts.length).toBe(501);
    expect(alerts.filter(({ open }) => open)).toMatchObject([{ episode: 501 }]);
    expect((await events()).length).toBe(1_001);
  });

  it("that is pending is seen and told to nobody, and vanishes when it lapses", async () => {
    const probe = await test.addDevice({ severity: "warning" });
    await test.fold({ ...probe, episode: 1, state: "pending" });
    expect(await test.list()).toMatchObject([{ state: "pending", open: true, occurrences: 0, firedAt: null }]);
    await test.fold({ ...probe, episode: 1, state: "resolved" });
    expect(await test.list()).toEqual([]);
    expect(await events()).toEqual([]);
  });

  it("that was pending fires as the same alert, with what the rule says then", async () => {
    const probe = await test.addDevice({ severity: "warning" });
    await test.fold({ ...probe, episode: 1, state: "pending" });
    const [pending] = await test.list();
    await test.pool.query("update rule set alert = $2 where id = $1", [probe.ruleId, { severity: "critical" }]);
    await test.fold({ ...probe, episode: 1, value: 2 });
    expect(await test.list()).toMatchObject([{ id: pending!.id, state: "firing", severity: "critical", value: 2 }]);
  });

  it("of a rule without an alert, a disabled rule or a device out of service opens none", async () => {
    const silent = await test.addDevice(null);
    const disabled = await test.addDevice({ severity: "info" });
    const inactive = await test.addDevice({ severity: "info" });
    await test.pool.query("update rule set is_enabled = false where id = $1", [disabled.ruleId]);
    await test.pool.query("update device set status = 'inactive' where id = $1", [inactive.deviceId]);
    await test.fold(silent, disabled, inactive, { ruleId: 999_999, deviceId: silent.deviceId });
    expect(await test.list()).toEqual([]);
  });

  it("whose rule cannot be read alerts nobody and holds no other up", async () => {
    const broken = await test.addDevice(null);
    const sound = await test.addDevice({ severity: "info" });
    await test.pool.query("update rule set alert = $2 where id = $1", [broken.ruleId, { severity: "purple" }]);
    await test.fold(broken, sound);
    expect(await test.list()).toMatchObject([{ device: sound.uid }]);
  });

  it("is told whatever its names are made of", async () => {
    const probe = await test.addDevice({ severity: "info", message: "{deviceName} {rule}" });
    await test.pool.query("update device set name = $1", ["🐟".repeat(200)]);
    await test.pool.query("update rule set name = $1", [`a${"🐟".repeat(199)}`]);
    await test.fold(probe);
    const [alert] = await test.list();
    expect([...alert!.title].length).toBe(300);
    expect(alert!.message).toBe(`${"🐟".repeat(200)} a${"🐟".repeat(199)}`);
  });

  it("whose rule is gone still ends", async () => {
    const probe = await test.addDevice({ severity: "info" });
    await test.fold(probe);
    await test.pool.query("delete from rule where id = $1", [probe.ruleId]);
    await test.fold({ ...probe, state: "resolved" });
    expect(await test.list()).toMatchObject([{ open: false, rule: { id: probe.ruleId, name: null } }]);
  });
});

describe("a latched alert", () => {
  it("counts up when its rule fires again, and is told each time", async () => {
    const probe = await test.addDevice({ severity: "info", isLatched: true });
    await test.fold({ ...probe, episode: 1 }, { ...probe, episode: 1, state: "resolved" });
    await test.fold({ ...probe, episode: 2, value: 1 });
    expect(await test.list()).toMatchObject([{ state: "firing", latched: true, occurrences: 2, value: 1 }]);
    await test.fold({ ...probe, episode: 2, state: "resolved" });
    const [alert] = await test.list();
    expect(alert).toMatchObject({ state: "resolved", open: true });
    await clearAlert(test.alerts, test.operator, alert!.id);
    expect(await test.list()).toMatchObject([{ open: false, cleared: { by: "user:ada" } }]);
    await test.fold({ ...probe, episode: 3 });
    expect((await test.list()).length).toBe(2);
    expect(await events()).toEqual(["fired", "resolved", "fired", "resolved", "cleared", "fired"]);
  });
});

describe("an alert that was acknowledged", () => {
  it("has to be acknowledged anew when it fires again on its shelf", async () => {
    const probe = await test.addDevice({ severity: "info" });
    await test.fold({ ...probe, episode: 1 });
    const [alert] = await test.list();
    await shelveAlert(test.alerts, test.operator, alert!.id, { forMs: 60_000 }, "cleaning");
    await acknowledgeAlert(test.alerts, test.operator, alert!.id);
    await test.fold({ ...probe, episode: 1, state: "resolved" }, { ...probe, episode: 2 });
    expect(await test.list()).toMatchObject([{ state: "firing", acknowledged: null, occurrences: 2 }]);
    expect(await events()).toEqual(["fired"]);
  });
});

describe("alerts of a group", () => {
  const policy = { severity: "info", group: "aeration" } as const;
  const firstOuts = async () => (await test.list()).filter(({ firstOut }) => firstOut).map(({ device }) => device);

  it("that fire together at a pond mark the one whose reading came first", async () => {
    const pond = await test.addPond("North");
    const [late, first, last] = [
      await test.addDevice(policy, { asset: pond }),
      await test.addDevice(policy, { asset: pond }),
      await test.addDevice(policy, { asset: pond }),
    ];
    await test.fold({ ...late, readingMicros: READING_MICROS + 2 }, { ...first, readingMicros: READING_MICROS + 1 });
    await test.fold({ ...last, readingMicros: READING_MICROS });
    expect(await firstOuts()).toEqual([first.uid]);
  });

  it("have another first-out only when the group was quiet, and one for each pond", async () => {
    const north = await test.addDevice(policy, { asset: await test.addPond("North") });
    const south = await test.addDevice(policy, { asset: await test.addPond("South") });
    const loose = await test.addDevice(policy);
    await test.fold(north, south, loose);
    expect((await firstOuts()).sort()).toEqual([north.uid, south.uid, loose.uid].sort());
    const other = await test.addDevice(policy);
    await test.fold(other);
    await test.fold({ ...loose, state: "resolved" }, { ...other, state: "resolved" }, { ...other, episode: 2 });
    const ofOther = (await test.list()).filter(({ device }) => device === other.uid);
    expect(ofOther.map(({ episode, firstOut }) => [episode, firstOut])).toEqual([
      [2, true],
      [1, false],
    ]);
  });
});

describe("a fold that dies", () => {
  it("between any two of its statements has changed nothing, and the next does it all", async () => {
    const probe = await test.addDevice({ severity: "info", isLatched: true, group: "aeration" });
    const other = await test.addDevice({ severity: "info", group: "aeration" });
    await test.fold({ ...probe, episode: 1 }, { ...other, episode: 1, state: "pending" });
    const before = await everything();
    const transitions = [
      { ...probe, episode: 1, state: "resolved" as const },
      { ...probe, episode: 2 },
      { ...other, episode: 1, state: "resolved" as const },
      { ...other, episode: 2 },
    ];
    let statements = 0;
    while (await diesAfter(statements, transitions)) {
      expect(await everything()).toEqual(before);
      statements++;
    }
    // Contexts, open alerts, groups, lapsed, saved, trail, notices, live.
    expect(statements).toBe(8);
    expect(await test.list()).toMatchObject([
      { device: other.uid, episode: 2 },
      { device: probe.uid, occurrences: 2 },
    ]);
    expect(await events()).toEqual(["fired", "resolved", "fired", "fired"]);
  });

  async function everything(): Promise<unknown> {
    const tables = ["alert", "alert_event", "test_notice"];
    const rows = tables.map(async (table) => (await test.pool.query(`select * from ${table} order by 1`)).rows);
    return Promise.all(rows);
  }

  /** Cuts the connection instead of sending one more statement; answers whether it came to that. */
  async function diesAfter(limit: number, transitions: readonly Transition[]): Promise<boolean> {
    const client = await test.pool.connect();
    let sent = 0;
    const mortal = new Proxy(client, {
      get: (target, key) => {
        if (key !== "query") return Reflect.get(target, key);
        return (...parameters: Parameters<PoolClient["query"]>) => {
          if (sent++ >= limit) throw new Error("killed");
          return target.query(...parameters);
        };
      },
    });
    try {
      await client.query("begin");
      const complete = transitions.map((transition) => completed(transition, 2));
      await foldAlerts(mortal, complete, test.alerts);
      await client.query("commit");
      client.release();
      return false;
    } catch (error) {
      client.release(true);
      expect(error).toMatchObject({ message: "killed" });
      return true;
    }
  }
});
