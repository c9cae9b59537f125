import { randomUUID } from "node:crypto";
import { type CommandState, mayFollow } from "@sluice/core/commands/command.ts";
import { reserve } from "@sluice/core/safety/windows.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inTransaction, sqlStateOf } from "../platform/postgres.ts";
import { lockCommand, moveCommand } from "./command-store.ts";
import { fromMicros } from "./sql-time.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

/** What holds in the database alone: here nobody takes the lock, and nobody asks `decide`. */
let plant: TestPlant;

beforeAll(async () => {
  plant = await createTestPlant();
});
afterAll(() => plant.stop());

const STATES: readonly CommandState[] = [
  "QUEUED",
  "DISPATCHING",
  "ACCEPTED",
  "RUNNING",
  "UNKNOWN",
  "COMPLETED",
  "ABORTED",
  "INTERRUPTED",
  "REJECTED",
  "NOT_EXECUTED",
  "EXPIRED",
  "CANCELLED",
  "UNKNOWN_CLOSED",
];

async function insertExecution(zone: Zone): Promise<string> {
  const id = randomUUID();
  await plant.pool.query(
    `insert into execution (id, organization_id, actuator_id, type, action, priority, requested_by)
     values ($1, $2, $3, 'MANUAL', 'RUN', 'MANUAL', 'test')`,
    [id, plant.operator.organizationId, zone.pumpId],
  );
  return id;
}

async function insertUnasked(zone: Zone, executionId: string, fence: number): Promise<string> {
  const decidedMicros = Date.now() * 1000 + fence;
  const id = randomUUID();
  const { deadlineMicros, runEndMicros, lockEndMicros } = reserve(decidedMicros, 1_000, 900_000);
  await plant.pool.query(
    `insert into command (id, organization_id, actuator_id, execution_id, kind, fence, duration_ms, max_run_ms, cooldown_ms,
                          decided_at, deadline_at, run_window, lock_window)
     values ($1, $2, $3, $4, 'RUN', $5, 1000, 30000, 900000, ${fromMicros("$6")}, ${fromMicros("$7")},
             tstzrange(${fromMicros("$6")}, ${fromMicros("$8")}), tstzrange(${fromMicros("$6")}, ${fromMicros("$9")}))`,
    [
      id,
      plant.operator.organizationId,
      zone.pumpId,
      executionId,
      fence,
      decidedMicros,
      deadlineMicros,
      runEndMicros,
      lockEndMicros,
    ],
  );
  return id;
}

async function race(zone: Zone): Promise<(string | undefined)[]> {
  const executionId = await insertExecution(zone);
  const inserts = Array.from({ length: 40 }, (_, index) => insertUnasked(zone, executionId, index + 1));
  const answers = await Promise.allSettled(inserts);
  return answers.flatMap((answer) => (answer.status === "rejected" ? [sqlStateOf(answer.reason)] : []));
}

/** Exclusion, uniqueness, and the deadlock that racing exclusion checks may end in. */
const REFUSALS = ["23P01", "23505", "40P01"];

describe("without any lock", () => {
  it("40 racing inserts leave one command", async () => {
    const refused = await race(await plant.addZone());
    expect(refused).toHaveLength(39);
    for (const state of refused) expect(REFUSALS).toContain(state);
  });

  it("each of the three constraints is enough, and without all of them the pump would start 40 times", async () => {
    const other = await createTestPlant();
    const own = plant;
    plant = other;
    try {
      const drops = [
        "drop index command_one_live",
        "alter table command drop constraint command_one_run_at_a_time",
        "alter table command drop constraint command_cooldown",
      ];
      const left: number[] = [];
      for (const drop of drops) {
        await other.pool.query(drop);
        left.push(40 - (await race(await other.addZone())).length);
      }
      expect(left).toEqual([1, 1, 40]);
    } finally {
      plant = own;
      await other.stop();
    }
  });
});

describe("a command in the database", () => {
  it("moves along the arrows of the core, and along no other", async () => {
    const { rows } = await plant.pool.query<{ before: CommandState; after: CommandState; may: boolean }>(
      `select b.state as before, a.state as after, command_may_follow(b.state, a.state) as may
         from unnest($1::text[]) as b (state), unnest($1::text[]) as a (state)`,
      [STATES],
    );
    expect(rows).toHaveLength(STATES.length ** 2);
    for (const { before, after, may } of rows)
      expect(`${before} → ${after} ${may}`).toBe(`${before} → ${after} ${mayFollow(before, after)}`);
  });

  it.each([
    ["goes back", "state = 'QUEUED'"],
    ["changes its duration", "duration_ms = 2"],
    ["changes its fence", "fence = fence + 1"],
    ["moves its deadline", "deadline_at = deadline_at + interval '1 hour'"],
    ["is sent in other bytes", `payload = '{"other":true}'`],
    ["forgets its bytes", "payload = null"],
    ["reserves more than it did", "lock_window = tstzrange(lower(lock_window), upper(lock_window) + interval '1 s')"],
  ])("never %s", async (_what, assignment) => {
    const zone = await plant.addZone();
    const { id } = await startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1 });
    await plant.pool.query(`update command set state = 'DISPATCHING', payload = '{}' where id = $1`, [id]);
    const change = plant.pool.query(`update command set ${assignment} where id = $1`, [id]);
    await expect(change).rejects.toMatchObject({ code: "23000" });
  });

  it("cannot run longer than its maximum, nor without one", async () => {
    const zone = await plant.addZone();
    const executionId = await insertExecution(zone);
    const insert = (durationMs: number, maxRunMs: number | null) =>
      plant.pool.query(
        `insert into command (id, organization_id, actuator_id, execution_id, kind, fence, duration_ms, max_run_ms, decided_at,
                              deadline_at)
         values ($1, $2, $3, $4, 'RUN', 1, $5, $6, now(), now())`,
        [randomUUID(), plant.operator.organizationId, zone.pumpId, executionId, durationMs, maxRunMs],
      );
    for (const [durationMs, maxRunMs] of [
      [30_001, 30_000],
      [0, 30_000],
      [1, null],
    ] as const) {
      await expect(insert(durationMs, maxRunMs)).rejects.toMatchObject({ code: "23514" });
    }
  });

  it("is refunded by an end that is proven, and by nothing else", async () => {
    const zone = await plant.addZone();
    const { id } = await startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1_000 });
    await plant.pool.query(`update command set state = 'DISPATCHING', payload = '{}' where id = $1`, [id]);
    const windows = async () =>
      (
        await plant.pool.query(`select run_window::text as run, lock_window::text as lock from command where id = $1`, [
          id,
        ])
      ).rows[0];
    const before = await windows();
    await inTransaction(plant.pool, async (client) => {
      await lockCommand(client, id);
      await moveCommand(client, id, { state: "UNKNOWN" }, "none");
    });
    expect(await windows()).toEqual(before);
    await inTransaction(plant.pool, (client) => moveCommand(client, id, { state: "NOT_EXECUTED" }, "whole"));
    expect(await windows()).toEqual({ run: "empty", lock: "empty" });
  });
});

describe("the trail of a command", () => {
  it("is only ever added to", async () => {
    const zone = await plant.addZone();
    await startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1 });
    for (const statement of [
      "update command_event set who = 'nobody'",
      "delete from command_event",
      "truncate command_event",
    ]) {
      await expect(plant.pool.query(statement)).rejects.toMatchObject({ code: "23000" });
    }
  });
});
