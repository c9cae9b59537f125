import { randomUUID } from "node:crypto";
import type { RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import type { PoolClient } from "pg";
import { createTestPlant, type TestPlant, type Zone } from "../../actuation/testing/test-plant.ts";
import type { Notice } from "../../notifications/index.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { type Automation, createDefaultRules, createFollowUp, type RuleDeclaration } from "../index.ts";

export interface WateredZone extends Zone {
  readonly ruleId: number;
}

/** A plant whose zones have the rule "below 10 % moisture: pump for 30 s", and a hand that writes what the pipeline would. */
export interface TestAutomation {
  readonly plant: TestPlant;
  readonly automation: Automation;
  /** What alerts have told, also in transactions that were rolled back. */
  readonly notices: readonly Notice[];
  /** Device → time of its newest reading, as the telemetry store would tell it. */
  readonly latestMicros: Map<number, number>;
  /** `listens`: its device has a session. */
  addZone(listens?: boolean): Promise<WateredZone>;
  /** Gives the zone's rule another definition, an hour ago. */
  define(zone: WateredZone, definition: RuleDefinition): Promise<void>;
  /** One more rule for the zone's pump, watching another device. */
  addProbe(zone: WateredZone): Promise<{ readonly deviceId: number; readonly ruleId: number }>;
  /** Commits transitions as one flush, like the pipeline. */
  flush(...transitions: readonly Transition[]): Promise<void>;
  stop(): Promise<void>;
}

export interface Transition {
  readonly ruleId: number;
  readonly deviceId: number;
  readonly episode: number;
  readonly state?: "pending" | "firing" | "resolved";
}

export const WATER_WHEN_DRY: RuleDeclaration = {
  key: "water-when-dry",
  name: "Water when dry",
  metric: "moisture",
  comparison: "below",
  threshold: 10,
  action: { actuator: "pump", kind: "RUN", durationMs: 30_000 },
};

export async function createTestAutomation(onExecutionDue?: () => void): Promise<TestAutomation> {
  const followUp = createFollowUp(randomUUID);
  const plant = await createTestPlant({ followUp, ...(onExecutionDue === undefined ? {} : { onExecutionDue }) });
  const { pool } = plant;
  await plant.gateway.start();
  await pool.query("insert into partition_owner (partition, epoch, owner) values (0, 1, 'test')");
  const latestMicros = new Map<number, number>();
  const notices: Notice[] = [];
  const automation: Automation = {
    pool,
    actuation: plant.actuation,
    alerts: { newId: randomUUID, enqueueNotices: async (_client, enqueued) => void notices.push(...enqueued) },
    newId: randomUUID,
    latestReadingMicros: async (deviceId) => latestMicros.get(deviceId),
  };
  const giveRule = async (deviceId: number, pumpId: number): Promise<number> => {
    const device = { id: deviceId, organizationId: plant.operator.organizationId };
    await inTransaction(pool, (client: PoolClient) =>
      createDefaultRules(client, device, [WATER_WHEN_DRY], new Map([["pump", pumpId]])),
    );
    return (await pool.query("select id from rule where device_id = $1", [deviceId])).rows[0].id;
  };
  let seq = 0;
  return {
    plant,
    automation,
    notices,
    latestMicros,
    addZone: async (listens = true) => {
      const zone = await plant.addZone();
      if (listens) await plant.connect(zone);
      return { ...zone, ruleId: await giveRule(zone.deviceId, zone.pumpId) };
    },
    define: async ({ ruleId }, definition) => {
      await pool.query("update rule set definition = $2 where id = $1", [ruleId, definition]);
      await pool.query("update rule set defined_at = defined_at - interval '1 hour' where id = $1", [ruleId]);
    },
    addProbe: async ({ pumpId }) => {
      const { deviceId } = await plant.addZone();
      return { deviceId, ruleId: await giveRule(deviceId, pumpId) };
    },
    flush: async (...transitions) => {
      seq += 1;
      await pool.query(
        `insert into rule_transition (partition, seq, ordinal, rule_id, device_id, episode, state, reading_micros, value)
         select 0, $1, t.ordinality - 1, t.rule_id, t.device_id, t.episode, t.state, $6, 5
           from unnest($2::int[], $3::int[], $4::int8[], $5::text[]) with ordinality
                as t (rule_id, device_id, episode, state)`,
        [
          seq,
          transitions.map(({ ruleId }) => ruleId),
          transitions.map(({ deviceId }) => deviceId),
          transitions.map(({ episode }) => episode),
          transitions.map(({ state }) => state ?? "firing"),
          Date.now() * 1000,
        ],
      );
    },
    stop: () => plant.stop(),
  };
}
