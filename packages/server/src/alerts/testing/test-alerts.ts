import { randomBytes, randomUUID } from "node:crypto";
import type { AlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import type { Pool, PoolClient } from "pg";
import { createAsset, installOrganization, registerDevice } from "../../devices/index.ts";
import type { Notice } from "../../notifications/index.ts";
import { systemClock } from "../../platform/clock.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import {
  type Alerts,
  type AlertTransition,
  type AlertView,
  foldAlerts,
  listAlertEvents,
  listAlerts,
} from "../index.ts";

/** A device with a rule "oxygen below 4". */
export interface WatchedDevice {
  readonly deviceId: number;
  readonly uid: string;
  readonly ruleId: number;
}

/** Alerts over a real database, with a hand that folds what the pipeline would have committed. */
export interface TestAlerts {
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly alerts: Alerts;
  readonly operator: { readonly organizationId: number; readonly actor: string };
  /** What was enqueued in transactions that committed. */
  notices(): Promise<Notice[]>;
  /** What went to the audit. */
  readonly changes: string[];
  addDevice(policy: AlertPolicy | null, place?: { readonly asset?: number }): Promise<WatchedDevice>;
  addPond(name: string): Promise<number>;
  /** Folds transitions as one flush, in a transaction of their own. */
  fold(...transitions: readonly Transition[]): Promise<void>;
  /** Newest first. */
  list(): Promise<AlertView[]>;
  trailOf(id: string): Promise<string[]>;
  /** Makes the database believe that this much time has passed since everything in it. */
  passTime(ms: number): Promise<void>;
  stop(): Promise<void>;
}

export type Transition = Pick<AlertTransition, "ruleId" | "deviceId"> & Partial<AlertTransition>;

export const READING_MICROS = 1_790_000_000_000_000;

export async function createTestAlerts(): Promise<TestAlerts> {
  const database = await createTestDatabase();
  await database.pool.query("create table test_notice (at bigserial, body jsonb)");
  const { id } = await installOrganization(database.pool, "Europe/Berlin");
  return testAlertsOf(database, id);
}

/** Those of one organization; stopping them drops the database of all. */
export function testAlertsOf(database: TestDatabase, organizationId: number): TestAlerts {
  const { pool } = database;
  const operator = { organizationId, actor: "user:ada" };
  const changes: string[] = [];
  const alerts: Alerts = {
    pool,
    newId: randomUUID,
    enqueueNotices: async (client, notices) => {
      await client.query("insert into test_notice (body) select jsonb_array_elements($1::jsonb)", [
        JSON.stringify(notices),
      ]);
    },
    recordChange: async (_client, by, { action }) => void changes.push(`${by.actor} ${action}`),
  };
  const nothing = async () => {};
  const changesNothing = { recordChange: nothing, recordChanges: nothing };
  const registry = { pool, randomBytes, clock: systemClock, ...changesNothing, onDeviceRegistered: async () => {} };
  let seq = 0;
  let devices = 0;
  return {
    database,
    pool,
    alerts,
    operator,
    changes,
    notices: async () => (await pool.query("select body from test_notice order by at")).rows.map(({ body }) => body),
    addDevice: async (policy, place = {}) => {
      const uid = `pond-probe-${++devices}`;
      const draft = { uid, profile: "generic", name: `Probe ${devices}`, ...place };
      const { device } = await registerDevice(registry, operator, draft);
      return { deviceId: device.id, uid, ruleId: await insertRule(pool, organizationId, device.id, policy) };
    },
    addPond: async (name) => (await createAsset(registry, operator, { kind: "pond", name })).id,
    fold: (...transitions) => {
      seq++;
      return inTransaction(pool, (client) =>
        foldAlerts(
          client,
          transitions.map((transition) => completed(transition, seq)),
          alerts,
        ),
      );
    },
    list: () => listAlerts(pool, organizationId, { limit: 1_000 }),
    trailOf: async (id) => (await listAlertEvents(pool, organizationId, id)).map(({ what }) => what),
    passTime: (ms) => inTransaction(pool, (client) => shiftIntoThePast(client, ms)),
    stop: () => database.drop(),
  };
}

export function completed(transition: Transition, seq: number): AlertTransition {
  return { seq, episode: 1, state: "firing", readingMicros: READING_MICROS, value: 3.5, ...transition };
}

async function insertRule(
  pool: Pool,
  organizationId: number,
  deviceId: number,
  policy: AlertPolicy | null,
): Promise<number> {
  const definition = { kind: "threshold", metric: "oxygen", operator: "below", value: 4, hysteresis: 0 };
  const { rows } = await pool.query<{ id: number }>(
    `insert into rule (organization_id, device_id, key, name, definition, alert)
     values ($1, $2, 'low-oxygen', 'Low oxygen', $3, $4) returning id`,
    [organizationId, deviceId, JSON.stringify(definition), policy && JSON.stringify(policy)],
  );
  return rows[0]!.id;
}

async function shiftIntoThePast(client: PoolClient, ms: number): Promise<void> {
  await client.query("set local session_replication_role = replica");
  const columns = ["opened", "fired", "acknowledged", "resolved", "cleared", "closed", "re_alarm"].map(
    (c) => `${c}_at`,
  );
  const shifted = [...columns, "shelved_until"].map((column) => `${column} = ${column} - $1::float8 * interval '1 ms'`);
  await client.query(`update alert set ${shifted.join(", ")}`, [ms]);
}
