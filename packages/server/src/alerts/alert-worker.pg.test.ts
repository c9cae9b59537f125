import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../actuation/testing/manual-clock.ts";
import { ALERT_POLL_MS } from "./alert-worker.ts";
import { ATTEND_LIMIT, attendDueAlerts } from "./attend-due-alerts.ts";
import { AlertWorker, acknowledgeAlert, listAlertEvents, readAlertQueue, shelveAlert } from "./index.ts";
import { createTestAlerts, type TestAlerts } from "./testing/test-alerts.ts";

const MINUTE_MS = 60_000;

let test: TestAlerts;
let clock: ManualClock;
let worker: AlertWorker;

beforeEach(async () => {
  test = await createTestAlerts();
  clock = new ManualClock();
  worker = new AlertWorker({ alerts: test.alerts, clock, logger: pino({ level: "silent" }) });
  worker.start();
  await worker.settled();
});
afterEach(async () => {
  await worker.stop();
  await test.stop();
});

const events = async () => (await test.notices()).map(({ event }) => event);

/** Lets time pass in the database and for the worker's poll. */
async function pass(ms: number): Promise<void> {
  await test.passTime(ms);
  clock.advance(ALERT_POLL_MS);
  await worker.settled();
}

it("what is due is counted until somebody has attended to it, and the last round is known", async () => {
  const { organizationId } = test.operator;
  await test.fold(await test.addDevice({ severity: "major", reAlarmAfterMs: 10 * MINUTE_MS }));
  await test.passTime(15 * MINUTE_MS);
  const queue = await readAlertQueue(test.pool, organizationId);
  expect(queue.due).toBe(1);
  expect(Math.floor(queue.oldestDueMs! / MINUTE_MS)).toBe(5);
  await pass(0);
  expect(await readAlertQueue(test.pool, organizationId)).toEqual({ due: 0, oldestDueMs: null });
  const lastRoundAt = new Date(clock.nowMicros() / 1000);
  expect(worker.health()).toEqual({ name: "alerts", isRunning: true, lastRoundAt, lastRoundMs: 0, lastError: null });
});

describe("an alert that nobody acknowledges", () => {
  it("is told again as often as its rule says, until somebody cares", async () => {
    const probe = await test.addDevice({ severity: "major", reAlarmAfterMs: 10 * MINUTE_MS });
    await test.fold(probe);
    await pass(9 * MINUTE_MS);
    expect(await events()).toEqual(["fired"]);
    await pass(MINUTE_MS);
    await pass(10 * MINUTE_MS);
    expect(await events()).toEqual(["fired", "re-alarmed", "re-alarmed"]);
    await acknowledgeAlert(test.alerts, test.operator, (await test.list())[0]!.id);
    await pass(60 * MINUTE_MS);
    expect(await events()).toEqual(["fired", "re-alarmed", "re-alarmed", "acknowledged"]);
  });

  it("is told again once, however many workers there are", async () => {
    const probe = await test.addDevice({ severity: "major", reAlarmAfterMs: 10 * MINUTE_MS });
    await test.fold(probe);
    await test.passTime(10 * MINUTE_MS);
    await Promise.all(Array.from({ length: 6 }, () => attendDueAlerts(test.alerts)));
    expect(await events()).toEqual(["fired", "re-alarmed"]);
  });
});

describe("a shelf", () => {
  it("ends by itself: what still fires says so, and is told again from then on", async () => {
    const probe = await test.addDevice({ severity: "major", reAlarmAfterMs: 10 * MINUTE_MS });
    await test.fold(probe);
    const [{ id } = { id: "" }] = await test.list();
    await shelveAlert(test.alerts, test.operator, id, { forMs: 30 * MINUTE_MS }, "cleaning");
    await pass(29 * MINUTE_MS);
    expect(await events()).toEqual(["fired"]);
    await pass(MINUTE_MS);
    expect(await test.list()).toMatchObject([{ state: "firing", shelved: null }]);
    await pass(10 * MINUTE_MS);
    expect(await events()).toEqual(["fired", "unshelved", "re-alarmed"]);
    const trail = await listAlertEvents(test.pool, test.operator.organizationId, id);
    expect(trail.find(({ what }) => what === "unshelved")).toMatchObject({ who: "system" });
  });

  it("of what is over by then closes it, and tells nobody", async () => {
    const probe = await test.addDevice({ severity: "major" });
    await test.fold(probe);
    await shelveAlert(test.alerts, test.operator, (await test.list())[0]!.id, { forMs: MINUTE_MS }, "cleaning");
    await test.fold({ ...probe, state: "resolved" });
    expect(await test.list()).toMatchObject([{ state: "resolved", open: true }]);
    await pass(MINUTE_MS);
    expect(await test.list()).toMatchObject([{ state: "resolved", open: false }]);
    expect(await events()).toEqual(["fired"]);
  });
});

describe("what nothing watches any more", () => {
  it.each([
    ["rule-deleted", "delete from rule"],
    ["rule-disabled", "update rule set is_enabled = false"],
    ["rule-disabled", "update rule set alert = null"],
    ["device-inactive", "update device set status = 'inactive'"],
  ])("is resolved: %s, by %s", async (reason, statement) => {
    const probe = await test.addDevice({ severity: "major" });
    await test.fold(probe);
    await test.pool.query(statement);
    await pass(0);
    const [alert] = await test.list();
    expect(alert).toMatchObject({ state: "resolved", open: false, resolvedReason: reason });
    const trail = await listAlertEvents(test.pool, test.operator.organizationId, alert!.id);
    expect(trail.at(-1)).toMatchObject({ what: "resolved", who: "system", comment: expect.stringMatching(/^Its /) });
    expect(await events()).toEqual(["fired", "resolved"]);
  });

  it("vanishes if it was pending", async () => {
    const probe = await test.addDevice({ severity: "major" });
    await test.fold({ ...probe, state: "pending" });
    await test.pool.query("delete from rule");
    await pass(0);
    expect(await test.list()).toEqual([]);
  });

  it("is resolved in batches, all of it", async () => {
    const probe = await test.addDevice({ severity: "info" });
    await test.pool.query(
      `insert into alert (id, organization_id, rule_id, device_id, severity, title, message, state, first_episode, episode,
                          occurrences, opened_at, fired_at)
       select gen_random_uuid(), $1, 1000000 + n, $2, 'info', 't', 'm', 'firing', 1, 1, 1,
              date_trunc('milliseconds', now()), now()
         from generate_series(1, $3) n`,
      [test.operator.organizationId, probe.deviceId, ATTEND_LIMIT * 2 + 1],
    );
    await pass(0);
    expect((await test.list()).filter(({ open }) => open)).toEqual([]);
  });
});

describe("the worker", () => {
  it("goes on after an error, and does nothing once it has stopped", async () => {
    const probe = await test.addDevice({ severity: "info" });
    await test.fold(probe);
    await test.pool.query("delete from rule");
    await test.pool.query("alter table alert rename to away");
    worker.nudge();
    await worker.settled();
    await test.pool.query("alter table away rename to alert");
    await worker.stop();
    clock.advance(10 * ALERT_POLL_MS);
    await worker.settled();
    expect(await test.list()).toMatchObject([{ state: "firing" }]);
    worker.start();
    await worker.settled();
    expect(await test.list()).toMatchObject([{ state: "resolved" }]);
  });
});
