import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import { createTestPlant, type TestPlant, type Zone } from "../../../actuation/testing/test-plant.ts";
import { createSchedule, type ScheduleDraft } from "../change-schedule.ts";
import { listScheduleRuns } from "../list-schedules.ts";
import { mendOutdatedSchedules, openDueRuns } from "../open-due-runs.ts";
import type { ScheduleView } from "../schedule-view.ts";
import type { Scheduling } from "../scheduling.ts";

/** A plant with one pump in Europe/Berlin, and a clock that says what a test says. */
export interface TestSchedules {
  readonly plant: TestPlant;
  readonly scheduling: Scheduling;
  readonly zone: Zone;
  /** How often a worker would have been nudged. */
  readonly nudges: () => number;
  setTime(instant: string): void;
  /** Every day at 06:00, for 20 s, unless something else is said. */
  add(change?: Partial<ScheduleDraft>): Promise<ScheduleView>;
  /** Opens what is due at a time; answers how many. */
  openAt(instant: string): Promise<number>;
  mendAt(instant: string): Promise<void>;
  /** "2026-11-22T06:00:00 opened on-time", oldest first. */
  runs(schedule: ScheduleView): Promise<string[]>;
  executions(): Promise<TestExecution[]>;
  stop(): Promise<void>;
}

export interface TestExecution {
  readonly id: string;
  readonly type: string;
  readonly action: string;
  readonly priority: string;
  readonly status: string;
  readonly reason: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly requestedBy: string;
  readonly waitLimitAt: Date;
}

export async function createTestSchedules(): Promise<TestSchedules> {
  const plant = await createTestPlant();
  const { pool, actuation, operator } = plant;
  const zone = await plant.addZone();
  let now = Date.parse("2026-11-21T12:00:00Z");
  let nudges = 0;
  const scheduling: Scheduling = {
    pool,
    actuation,
    newId: randomUUID,
    nowMicros: async () => now * 1000,
    onScheduleChanged: () => {
      nudges += 1;
    },
  };
  const setTime = (instant: string): void => {
    now = Date.parse(instant);
  };
  let count = 0;
  return {
    plant,
    scheduling,
    zone,
    nudges: () => nudges,
    setTime,
    add: (change) =>
      createSchedule(scheduling, operator, {
        name: `Morning ${++count}`,
        actuator: zone.pumpId,
        action: { kind: "RUN", durationMs: 20_000 },
        times: { kind: "cron", expression: "0 6 * * *" },
        ...change,
      }),
    openAt: async (instant) => {
      setTime(instant);
      const { opened, errors } = await openDueRuns(scheduling);
      if (errors.length > 0) throw errors[0];
      return opened;
    },
    mendAt: async (instant) => {
      setTime(instant);
      const { errors } = await mendOutdatedSchedules(scheduling);
      if (errors.length > 0) throw errors[0];
    },
    runs: async ({ id }) => {
      const runs = await listScheduleRuns(scheduling, operator.organizationId, id, { limit: 2_000 });
      return runs.reverse().map(({ occurrence, state, reason }) => `${occurrence} ${state} ${reason}`);
    },
    executions: async () => {
      const { rows } = await pool.query<TestExecution>(
        `select id, type, action, priority, status, reason, parameters, requested_by as "requestedBy", wait_limit_at as "waitLimitAt"
           from execution order by created_at, id`,
      );
      return rows;
    },
    stop: () => plant.stop(),
  };
}

/** Dies before the n-th statement, as a killed process does: of what would come after it the database hears nothing either. */
export function dyingBefore(scheduling: Scheduling, statement: number): Scheduling {
  let count = 0;
  return beforeStatements(scheduling, async () => {
    count += 1;
    if (count >= statement) throw new Error("killed");
  });
}

/** Stands still before it locks its first schedule, as a paused process does, until others have done something. */
export function standingStill(scheduling: Scheduling, others: () => void | Promise<void>): Scheduling {
  let hasStood = false;
  return beforeStatements(scheduling, async (text) => {
    if (hasStood || !text.includes("for update of s")) return;
    hasStood = true;
    await others();
  });
}

/** Does something before each statement of its transactions. */
function beforeStatements(scheduling: Scheduling, act: (text: string) => Promise<void>): Scheduling {
  const pool = new Proxy(scheduling.pool, {
    get(target, property) {
      if (property !== "connect") return Reflect.get(target, property, target);
      return async () => {
        const client = await target.connect();
        const query = client.query.bind(client) as (...values: unknown[]) => unknown;
        const release = client.release.bind(client);
        Object.assign(client, {
          query: async (...values: unknown[]) => {
            await act(String(values[0]));
            return query(...values);
          },
          release: (error?: Error | boolean) => {
            Object.assign(client, { query, release });
            release(error);
          },
        } satisfies Partial<Record<keyof PoolClient, unknown>>);
        return client;
      };
    },
  });
  return { ...scheduling, pool };
}
