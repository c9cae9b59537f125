import { randomBytes, randomUUID } from "node:crypto";
import type { RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import {
  type Actuation,
  createActuatorsForDevice,
  createPostgresActuationStore,
  RequestBatches,
  requestStop,
} from "@sluice/server/actuation/index.ts";
import { recordEvidence } from "@sluice/server/actuation/record-evidence.ts";
import { attendDueAlerts } from "@sluice/server/alerts/attend-due-alerts.ts";
import { type Alerts, acknowledgeAlert, shelveAlert } from "@sluice/server/alerts/index.ts";
import { foldTransitions } from "@sluice/server/automation/fold-transitions.ts";
import {
  createFollowUp,
  createRule,
  createSchedule,
  databaseNowMicros,
  RuleIndex,
  type Scheduling,
} from "@sluice/server/automation/index.ts";
import { runExecutions } from "@sluice/server/automation/run-executions.ts";
import { openDueRuns } from "@sluice/server/automation/schedules/open-due-runs.ts";
import {
  createAsset,
  createProfile,
  installOrganization,
  PostgresDeviceDirectory,
  type Registry,
  registerDevice,
} from "@sluice/server/devices/index.ts";
import { ManualClock } from "@sluice/server/ingest/testing/manual-clock.ts";
import { PIPELINE_LIMITS, Pipeline } from "@sluice/server/pipeline/index.ts";
import { systemClock } from "@sluice/server/platform/clock.ts";
import { connectClient, createPool } from "@sluice/server/platform/postgres.ts";
import { createTelemetryReader, newestValid, type TelemetryReader } from "@sluice/server/telemetry/index.ts";
import type { Pool } from "pg";
import { pino } from "pino";
import { OWN_DEVICE, type Story, type StoryRun, type StoryStep } from "./story-script.ts";

const PARTITION = 0;
const PROFILE = "story";
const ENVELOPE = { kind: "pump", maxRunMs: 3_600_000, cooldownMs: 900_000 };

/**
 * The server's side of a story: pipeline, workers and decisions on a real database whose clock, like the process's own, shows the
 * time of the story. Whatever it knows beyond a step is in the database.
 */
export class StoryWorld {
  private readonly pool: Pool;
  private readonly clock = new ManualClock();
  private readonly by: { readonly organizationId: number; readonly actor: string };
  private readonly directory: PostgresDeviceDirectory;
  private readonly rules: RuleIndex;
  private readonly pipeline: Pipeline;
  private readonly telemetry: TelemetryReader;
  private readonly actuation: Actuation;
  private readonly alerts: Alerts;

  private constructor(url: string, pool: Pool, organizationId: number) {
    const { clock } = this;
    const logger = pino({ level: "silent" });
    this.pool = pool;
    this.by = { organizationId, actor: "user:story" };
    // What it listens to is alive by real time.
    this.directory = new PostgresDeviceDirectory({
      pool,
      clock: systemClock,
      connect: () => connectClient(url, "registry"),
    });
    this.rules = new RuleIndex({ pool, clock, logger });
    this.pipeline = new Pipeline({
      connectionString: url,
      pool,
      clock,
      directory: this.directory,
      rules: this.rules,
      isRuleDeleted: (ruleId) => this.rules.isDeleted(ruleId),
      onTransitions: () => {},
      onFenced: () => {},
      onCommitError: (error) => {
        throw error;
      },
      owner: "story",
      limits: { ...PIPELINE_LIMITS, flushMessages: 1 },
    });
    this.telemetry = createTelemetryReader({
      pool,
      partition: PARTITION,
      latestValues: () => this.pipeline.latestValues(),
    });
    this.actuation = {
      store: createPostgresActuationStore(pool),
      urgentStore: createPostgresActuationStore(pool),
      requests: new RequestBatches(),
      newId: randomUUID,
      sendStopNow: async () => false,
      onQueued: () => {},
      onExecutionDue: () => {},
      readPermissives: async () => [],
      recordChange: async () => {},
      followUp: createFollowUp(randomUUID),
    };
    this.alerts = { pool, newId: randomUUID, enqueueNotices: async () => {}, recordChange: async () => {} };
  }

  /** Makes the story's organization: its site, devices, rules and schedules. */
  static async prepare(url: string, story: Story, nowMs: number): Promise<void> {
    const pool = openPool(url);
    try {
      await setDatabaseClock(pool, nowMs);
      const { id } = await installOrganization(pool, story.timeZone);
      const world = new StoryWorld(url, pool, id);
      await world.register(story);
      await world.install(story);
      await pool.query("update rule set defined_at = $1", [new Date(nowMs)]);
    } finally {
      await pool.end();
    }
  }

  /** Goes on with what is in the database. */
  static async open(url: string): Promise<StoryWorld> {
    const pool = openPool(url);
    const { rows } = await pool.query<{ id: number; nowMs: number }>(
      `select (select id from organization) as id, (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"`,
    );
    const { id, nowMs } = rows[0]!;
    const world = new StoryWorld(url, pool, id);
    world.clock.advance(nowMs - world.clock.monotonicMs());
    await world.directory.start();
    await world.rules.refresh();
    await world.pipeline.start();
    await world.settle();
    return world;
  }

  /** Lets the step happen, and everything that follows from it. */
  async take({ nowMs, action }: StoryStep): Promise<void> {
    await setDatabaseClock(this.pool, nowMs);
    this.clock.advance(nowMs - this.clock.monotonicMs());
    await this.settle();
    switch (action.kind) {
      case "say":
        await this.say(action.device, action.timeMs, action.values);
        break;
      case "done":
        await this.reportDone(action.actuator);
        break;
      case "stop":
        await requestStop(this.actuation, this.by, { actuatorId: await this.actuatorId(action.actuator) });
        break;
      case "acknowledge":
        await acknowledgeAlert(this.alerts, this.by, await this.alertId(action.rule));
        break;
      case "shelve":
        await shelveAlert(this.alerts, this.by, await this.alertId(action.rule), { forMs: action.forMs }, "as told");
        break;
      default:
    }
    await this.settle();
  }

  async stop(): Promise<void> {
    await this.pipeline.stop();
    await this.directory.stop();
    this.rules.stop();
    await this.pool.end();
  }

  private async settle(): Promise<void> {
    await this.pipeline.settled();
    const automation = {
      pool: this.pool,
      actuation: this.actuation,
      alerts: this.alerts,
      newId: randomUUID,
      latestReadingMicros: async (deviceId: number, metricNumber: number) =>
        newestValid((await this.telemetry.latest(deviceId))?.values.get(metricNumber))?.timeMicros,
    };
    const scheduling: Scheduling = { ...automation, nowMicros: databaseNowMicros, onScheduleChanged: () => {} };
    for (let hasMore = true; hasMore; ) {
      const folded = await foldTransitions(automation, PARTITION);
      const opened = await openDueRuns(scheduling);
      const decided = await runExecutions(automation);
      const errors = [...opened.errors, ...decided.errors];
      if (errors.length > 0) throw errors[0];
      hasMore = (folded ?? 0) > 0 || decided.hasMore;
    }
    await attendDueAlerts(this.alerts);
  }

  private async say(uid: string, timeMs: number, values: Record<string, number>): Promise<void> {
    const device = (await this.directory.resolve(this.by.organizationId, [uid])).get(uid)!;
    const batch = new MessageBatch(1);
    for (const [key, value] of Object.entries(values)) batch.addValue(device.profile.metricNumbers.get(key)!, value);
    batch.endMessage(device.id, timeMs * 1000);
    const { rejected } = await this.pipeline.offer(batch);
    if (rejected.length > 0) throw new Error(`refused: ${JSON.stringify(rejected)}`);
  }

  /** The run was sent, and its device says that its own timer has ended it. */
  private async reportDone(actuator: string): Promise<void> {
    await this.pool.query(
      "update command set state = 'DISPATCHING', sent_at = clock_timestamp(), payload = '{}' where state = 'QUEUED'",
    );
    const { rows } = await this.pool.query(
      `select c.id, c.fence, c.duration_ms as "ranMs", a.device_id as "deviceId"
         from command c join actuator a on a.id = c.actuator_id
        where a.key = $1 and c.kind = 'RUN' order by c.fence desc limit 1`,
      [actuator],
    );
    const { deviceId, ...run } = rows[0]!;
    const evidence = { ...run, actuator, state: "COMPLETED", reason: "duration" } as const;
    const outcome = await recordEvidence(this.actuation, deviceId, evidence);
    if (outcome !== "recorded") throw new Error(`the end of the run was ${outcome}`);
  }

  private async register(story: Story): Promise<void> {
    const { latitude = null, longitude = null } = story.place ?? {};
    await this.pool.query("update site set latitude = $1, longitude = $2", [latitude, longitude]);
    const registry: Registry = {
      pool: this.pool,
      randomBytes,
      clock: this.clock,
      onDeviceRegistered: async (client, device, { actuators }) => {
        if (device.uid === OWN_DEVICE) await createActuatorsForDevice(client, device, actuators);
      },
      recordChange: async () => {},
      recordChanges: async () => {},
    };
    await createProfile(registry, this.by, {
      key: PROFILE,
      name: PROFILE,
      metrics: story.metrics.map((key) => ({ key })),
      actuators: story.actuators.map((key) => ({ key, ...ENVELOPE })),
      rules: [],
    });
    const asset = await createAsset(registry, this.by, { name: "Story", kind: "zone", site: "default" });
    for (const uid of story.devices)
      await registerDevice(registry, this.by, { uid, profile: PROFILE, asset: asset.id });
    await this.pool.query(
      "insert into device_link (device_id, is_connected, session_epoch) select id, true, 1 from device",
    );
  }

  private async install(story: Story): Promise<void> {
    const editing = { pool: this.pool, recordChange: async () => {}, afterRuleChanged: async () => {} };
    const ids: number[] = [];
    for (const { name, definition, alert, run } of story.rules) {
      const { id } = await createRule(editing, this.by, {
        name,
        device: OWN_DEVICE,
        definition: withGates(definition, ids),
        alert,
        action: run === undefined ? undefined : await this.actionOf(run),
      });
      ids.push(id);
    }
    const scheduling: Scheduling = {
      pool: this.pool,
      actuation: this.actuation,
      newId: randomUUID,
      nowMicros: databaseNowMicros,
      onScheduleChanged: () => {},
    };
    for (const { name, cron, run, skippedTime, repeatedTime, missed } of story.schedules) {
      const { actuator, ...action } = await this.actionOf(run);
      await createSchedule(scheduling, this.by, {
        name,
        actuator,
        action,
        times: { kind: "cron", expression: cron },
        skippedTime,
        repeatedTime,
        missedRuns: missed === undefined ? {} : { policy: missed },
      });
    }
  }

  private async actionOf({ actuator, durationMs }: StoryRun) {
    return { actuator: await this.actuatorId(actuator), kind: "RUN", durationMs } as const;
  }

  private async actuatorId(key: string): Promise<number> {
    const { rows } = await this.pool.query<{ id: number }>("select id from actuator where key = $1", [key]);
    return rows[0]!.id;
  }

  private async alertId(rule: string): Promise<string> {
    const { rows } = await this.pool.query<{ id: string }>(
      "select a.id from alert a join rule r on r.id = a.rule_id where r.name = $1 and a.closed_at is null",
      [rule],
    );
    if (rows[0] === undefined) throw new Error(`no alert of "${rule}" is open`);
    return rows[0].id;
  }
}

/**
 * Gives the database a clock that shows what it is told: a function of our own stands before PostgreSQL's in the search path of
 * every connection that is opened from now on.
 */
export async function installDatabaseClock(pool: Pool): Promise<void> {
  await pool.query(`
    create schema story;
    create table story.clock (at timestamptz not null);
    insert into story.clock values ('epoch');
    create function story.clock_timestamp() returns timestamptz language sql as 'select at from story.clock';
    create function story.now() returns timestamptz language sql as 'select at from story.clock';
    do $$ begin
      execute format('alter database %I set search_path = story, public, pg_catalog', current_database());
    end $$`);
}

async function setDatabaseClock(pool: Pool, nowMs: number): Promise<void> {
  await pool.query("update story.clock set at = $1", [new Date(nowMs)]);
}

function openPool(url: string): Pool {
  return createPool({ connectionString: url, name: "story", max: 6, statementTimeoutMs: 20_000, isPipelined: true });
}

function withGates(definition: RuleDefinition, ids: readonly number[]): RuleDefinition {
  if (definition.gates === undefined) return definition;
  const gates = definition.gates.map((gate) => (gate.kind === "rule" ? { ...gate, rule: ids[gate.rule - 1]! } : gate));
  return { ...definition, gates };
}
