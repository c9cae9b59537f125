import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSchedule, type ScheduleDraft, updateSchedule } from "./change-schedule.ts";
import { createTestSchedules, type TestSchedules } from "./testing/test-schedules.ts";

let test: TestSchedules;

beforeAll(async () => {
  test = await createTestSchedules();
});
afterAll(() => test.stop());

describe("a schedule is refused", () => {
  it.each<[string, Partial<ScheduleDraft>]>([
    ["schedule.actuator_unknown", { actuator: 4711 }],
    ["schedule.action", { action: { kind: "RUN", durationMs: 30_001 } }],
    ["schedule.action", { action: { kind: "DOSE", amount: 1, unit: "l" } }],
    ["schedule.cron_impossible", { times: { kind: "cron", expression: "30 2 31 2 *" } }],
    ["schedule.time_zone", { timeZone: "Europe/Atlantis" }],
    ["schedule.place_unknown", { times: { kind: "sun", event: "sunset", offsetMs: 0 } }],
    ["schedule.never", { until: "2020-01-01T00:00:00Z" }],
    ["schedule.never", { times: { kind: "cron", expression: "0 0 * 2 MON#5" } }],
    ["schedule.key_needed", { name: "…" }],
  ])("with %s: %j", async (code, change) => {
    await expect(test.add(change)).rejects.toMatchObject({ code });
  });

  it("with the key of another", async () => {
    await test.add({ key: "morning" });
    await expect(test.add({ key: "morning" })).rejects.toMatchObject({ code: "schedule.key_taken", kind: "conflict" });
  });

  it("on an actuator of another organization, also by the database itself", async () => {
    const { pool } = test.plant;
    const { rows } = await pool.query("insert into organization (slug, name) values ('other', 'Other') returning id");
    const stranger = { organizationId: rows[0].id, actor: "user:stranger" };
    const times = { kind: "cron", expression: "0 6 * * *" } as const;
    const draft = { name: "Mine", actuator: test.zone.pumpId, action: { kind: "STOP" }, times } as const;
    await expect(createSchedule(test.scheduling, stranger, draft)).rejects.toMatchObject({
      code: "schedule.actuator_unknown",
    });
    const schedule = await test.add();
    await expect(updateSchedule(test.scheduling, stranger, schedule.id, { name: "Mine" })).rejects.toMatchObject({
      code: "schedule.unknown",
    });
    const moved = pool.query("update schedule set organization_id = $1 where id = $2", [
      stranger.organizationId,
      schedule.id,
    ]);
    await expect(moved).rejects.toMatchObject({ code: "23503" });
  });

  it("when a change would end it, and stays as it was", async () => {
    const schedule = await test.add();
    const change = { times: { kind: "cron", expression: "0 0 31 2 *" } } as const;
    const { scheduling, plant } = test;
    await expect(updateSchedule(scheduling, plant.operator, schedule.id, change)).rejects.toMatchObject({
      code: "schedule.cron_impossible",
    });
    expect(await updateSchedule(scheduling, plant.operator, schedule.id, {})).toEqual(schedule);
  });
});

describe("a change", () => {
  it("leaves what it does not name, and is on record with before and after", async () => {
    const schedule = await test.add({ until: "2027-01-01T00:00:00Z", missedRuns: { policy: "run-all" } });
    const { scheduling, plant } = test;
    const changed = await updateSchedule(scheduling, plant.operator, schedule.id, {
      until: null,
      missedRuns: { maxMissed: 3 },
      latestStartMs: 60_000,
    });
    expect(changed).toEqual({
      ...schedule,
      until: null,
      missedRuns: { ...schedule.missedRuns, maxMissed: 3 },
      latestStartMs: 60_000,
    });
    expect(plant.changes.at(-1)).toMatchObject({
      action: "schedule.update",
      subject: `schedule:${schedule.id}`,
      before: { until: "2027-01-01T00:00:00Z" },
      after: { until: null },
      actor: "user:operator",
    });
  });
});
