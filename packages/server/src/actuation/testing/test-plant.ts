import { randomBytes, randomUUID } from "node:crypto";
import type { PermissiveReading } from "@sluice/core/safety/permissives.ts";
import type { Pool } from "pg";
import { pino } from "pino";
import { installOrganization, registerDevice } from "../../devices/index.ts";
import { systemClock } from "../../platform/clock.ts";
import type { MqttPublisher } from "../../platform/mqtt-publisher.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import {
  type Actuation,
  type Actuator,
  type Change,
  type Command,
  CommandGateway,
  createActuatorsForDevice,
  createPostgresActuationStore,
  type FollowUp,
  NO_FOLLOW_UP,
  RequestBatches,
  type Requester,
  type RunOrder,
  requestRun,
} from "../index.ts";
import { ManualClock } from "./manual-clock.ts";

/** A device with one pump: 30 s at most, then 15 minutes of cooldown. */
export interface Zone {
  readonly deviceId: number;
  readonly uid: string;
  readonly pumpId: number;
}

export interface TestPlant {
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly operator: Requester;
  readonly actuation: Actuation;
  readonly link: TestLink;
  readonly gateway: CommandGateway;
  readonly clock: ManualClock;
  /** What went to the audit. */
  readonly changes: (Change & Pick<Requester, "actor" | "address">)[];
  addZone(uid?: string): Promise<Zone>;
  /** The device listens, and says a hello that tells nothing. */
  connect(zone: Pick<Zone, "deviceId">): Promise<void>;
  /** What the gateway sees when it looks at the database's clock has jumped by so much. */
  jumpClock(ms: number): void;
  /** Makes the database believe that this much time has passed since everything in it, or everything of one zone. */
  passTime(ms: number, zone?: Zone): Promise<void>;
  stop(): Promise<void>;
}

export interface TestPlantOptions {
  readonly permissiveReadings?: (actuator: Actuator) => readonly (PermissiveReading | undefined)[];
  readonly followUp?: FollowUp;
  readonly onExecutionDue?: () => void;
  readonly onZone?: (zone: Zone, organizationId: number) => Promise<void>;
}

export async function createTestPlant(options: TestPlantOptions = {}): Promise<TestPlant> {
  const database = await createTestDatabase();
  const { pool } = database;
  const organization = await installOrganization(pool, "Europe/Berlin");
  const operator = { organizationId: organization.id, actor: "user:operator" };
  const link = new TestLink();
  const clock = new PlantClock();
  const changes: TestPlant["changes"] = [];
  let jumpedMs = 0;
  const urgentStore = createPostgresActuationStore(pool);
  const actuation: Actuation = {
    store: createPostgresActuationStore(pool),
    urgentStore: {
      ...urgentStore,
      readClock: async () => (await urgentStore.readClock()) + (jumpedMs + clock.passedMs) * 1000,
    },
    requests: new RequestBatches(),
    newId: randomUUID,
    sendStopNow: (deviceId, payload) => gateway.sendStopNow(deviceId, payload),
    onQueued: (deviceId) => gateway.nudge(deviceId),
    onExecutionDue: options.onExecutionDue ?? (() => {}),
    readPermissives: async (actuator) => options.permissiveReadings?.(actuator) ?? [],
    recordChange: async (_client, by, change) => {
      changes.push({ ...change, actor: by.actor, address: by.address });
    },
    followUp: options.followUp ?? NO_FOLLOW_UP,
  };
  const gateway = new CommandGateway({ actuation, publisher: link, clock, logger: pino({ level: "silent" }) });
  let zones = 0;
  return {
    database,
    pool,
    operator,
    actuation,
    link,
    gateway,
    clock,
    changes,
    addZone: async (uid = `zone-${++zones}`) => {
      const zone = await registerZone(pool, operator.organizationId, uid);
      await options.onZone?.(zone, operator.organizationId);
      return zone;
    },
    connect: async ({ deviceId }) => {
      link.listen(deviceId);
      gateway.onListening(deviceId);
      await gateway.onHello(deviceId, "{}");
      await gateway.settled();
    },
    passTime: (ms, zone) => shiftIntoThePast(pool, ms, zone),
    jumpClock: (ms) => {
      jumpedMs += ms;
    },
    stop: async () => {
      await gateway.stop();
      await database.drop();
    },
  };
}

async function registerZone(pool: Pool, organizationId: number, uid: string): Promise<Zone> {
  let pumpId = 0;
  let deviceId = 0;
  const registry = {
    pool,
    randomBytes,
    clock: systemClock,
    recordChange: async () => {},
    recordChanges: async () => {},
    onDeviceRegistered: async (
      client: Parameters<typeof createActuatorsForDevice>[0],
      device: { id: number; uid: string; organizationId: number },
    ) => {
      const pump = { key: "pump", kind: "pump", maxRunMs: 30_000, cooldownMs: 900_000 };
      deviceId = device.id;
      pumpId = (await createActuatorsForDevice(client, device, [pump])).get("pump")!;
    },
  };
  await registerDevice(registry, { organizationId, actor: "system" }, { uid, profile: "irrigation-zone" });
  return { deviceId, uid, pumpId };
}

/** Oldest first, so that no reservation is moved onto another on the way. */
async function shiftIntoThePast(pool: Pool, ms: number, zone: Zone | undefined): Promise<void> {
  const client = await pool.connect();
  const ago = "$1::float8 * interval '1 millisecond'";
  const { pumpId, deviceId } = zone ?? { pumpId: null, deviceId: null };
  const ofPump = "($2::int is null or actuator_id = $2)";
  const ofDevice = "($2::int is null or device_id = $2)";
  try {
    await client.query("begin");
    await client.query("set local session_replication_role = replica");
    const { rows } = await client.query<{ id: string }>(
      "select id from command where $1::int is null or actuator_id = $1 order by decided_at",
      [pumpId],
    );
    for (const { id } of rows) await client.query(SHIFT_COMMAND, [id, ms]);
    await client.query(
      `update execution set wait_until = wait_until - ${ago}, reading_needed_after = reading_needed_after - ${ago},
              passed_over_at = passed_over_at - ${ago}
        where ${ofPump}`,
      [ms, pumpId],
    );
    if (zone === undefined) await client.query(`update site_stop set stopped_at = stopped_at - ${ago}`, [ms]);
    await client.query(`update device_link set sampled_at = sampled_at - ${ago} where ${ofDevice}`, [ms, deviceId]);
    await client.query(`update rule_standing set reading_micros = reading_micros - $1::int8 * 1000 where ${ofDevice}`, [
      ms,
      deviceId,
    ]);
    await client.query("commit");
  } finally {
    client.release();
  }
}

const SHIFT_COMMAND = `
  update command set
    decided_at = decided_at - $2 * interval '1 millisecond', deadline_at = deadline_at - $2 * interval '1 millisecond',
    sent_at = sent_at - $2 * interval '1 millisecond', ended_at = ended_at - $2 * interval '1 millisecond',
    run_window = case when isempty(run_window) then run_window else
      tstzrange(lower(run_window) - $2 * interval '1 millisecond', upper(run_window) - $2 * interval '1 millisecond') end,
    lock_window = case when isempty(lock_window) then lock_window else
      tstzrange(lower(lock_window) - $2 * interval '1 millisecond', upper(lock_window) - $2 * interval '1 millisecond') end
  where id = $1`;

/**
 * Its timers go off when a test says so. What it measures is how long things take, as PostgreSQL's clock does: the gateway
 * compares the two, and on a slow machine one that stood still would look as if the other had jumped.
 */
class PlantClock extends ManualClock {
  private readonly beganMs = super.monotonicMs();

  /** What tests have let pass. */
  get passedMs(): number {
    return super.monotonicMs() - this.beganMs;
  }

  override monotonicMs(): number {
    return this.passedMs + performance.now();
  }
}

/** For a request that is expected to start at once. */
export async function startRun(actuation: Actuation, by: Requester, order: RunOrder): Promise<Command> {
  const { command } = await requestRun(actuation, by, order);
  if (command === undefined) throw new Error("the run waits");
  return command;
}

export interface Sent {
  readonly deviceId: number;
  readonly channel: "command" | "config";
  readonly payload: string;
}

/** Sessions without sockets: it keeps what was published, and says who listens. */
export class TestLink implements MqttPublisher {
  readonly sent: Sent[] = [];
  /** Called before a message is on the "socket"; may wait, or throw as a socket does. */
  beforePublish: (sent: Sent) => Promise<void> = async () => {};
  private readonly listening = new Set<number>();

  listen(deviceId: number): void {
    this.listening.add(deviceId);
  }

  leave(deviceId: number): void {
    this.listening.delete(deviceId);
  }

  isListening(deviceId: number): boolean {
    return this.listening.has(deviceId);
  }

  listeningDeviceIds(): readonly number[] {
    return [...this.listening];
  }

  async publish(deviceId: number, channel: "command" | "config", payload: string): Promise<boolean> {
    if (!this.listening.has(deviceId)) return false;
    const message = { deviceId, channel, payload };
    await this.beforePublish(message);
    this.sent.push(message);
    return true;
  }

  commands(): Record<string, unknown>[] {
    return this.sent.filter(({ channel }) => channel === "command").map(({ payload }) => JSON.parse(payload));
  }
}
