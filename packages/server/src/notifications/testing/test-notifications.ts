import { randomBytes, randomUUID } from "node:crypto";
import { recordAuditEvent } from "../../auth/index.ts";
import { installOrganization } from "../../devices/index.ts";
import { ManualClock } from "../../ingest/testing/manual-clock.ts";
import { createLogger } from "../../platform/logger.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { createSealer } from "../../platform/secret.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import type { Channel, ChannelConfiguration } from "../channel.ts";
import { DeliveryWorker } from "../delivery-worker.ts";
import { enqueueNotices } from "../enqueue-notices.ts";
import { type ChannelDraft, createChannel } from "../manage-channels.ts";
import { createRoute, type RouteDraft } from "../manage-routes.ts";
import type { Notice } from "../notice.ts";
import type { Notifications, Requester } from "../notifications.ts";
import type { Route } from "../route.ts";
import { createSenders, type SenderSettings } from "../senders/create-senders.ts";
import type { Network } from "../senders/dialler.ts";

/** What seals the secrets of channels. */
export const TEST_SECRET = "a secret of a test";

/** Notifications over a real database, with time that a test moves. */
export interface TestNotifications {
  readonly database: TestDatabase;
  readonly clock: ManualClock;
  readonly notifications: Notifications;
  readonly by: Requester;
  readonly siteId: number;
  /** Alerts that somebody has acknowledged. */
  readonly acknowledged: Set<string>;
  /** A started worker; stopped with the rest. */
  startWorker(): DeliveryWorker;
  addChannel(
    configuration: ChannelConfiguration,
    draft?: Partial<ChannelDraft>,
  ): Promise<{ channel: Channel; secret: string }>;
  addRoute(channels: readonly number[], draft?: RouteDraft): Promise<Route>;
  /** In a transaction of its own, at the time of the clock. */
  enqueue(...notices: readonly Notice[]): Promise<void>;
  notice(fields?: Partial<Notice>): Notice;
  /** Moves on in steps, and lets the worker do what is due after each. */
  pass(worker: DeliveryWorker, ms: number, stepMs?: number): Promise<void>;
  /** How many deliveries are in which state. */
  states(): Promise<Record<string, number>>;
  rows<T extends object>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Another organization, with nothing in it. */
  stranger(): Promise<Requester>;
  close(): Promise<void>;
}

export async function createTestNotifications(
  settings: Partial<SenderSettings> & { readonly network?: Network } = {},
): Promise<TestNotifications> {
  const database = await createTestDatabase();
  const { pool } = database;
  const clock = new ManualClock();
  const { id: organizationId } = await installOrganization(pool, "Europe/Berlin");
  const allowPrivate = settings.allowPrivate ?? "any";
  const acknowledged = new Set<string>();
  const notifications: Notifications = {
    pool,
    clock,
    logger: createLogger("silent"),
    sealer: createSealer(TEST_SECRET),
    randomBytes,
    random: () => 0,
    newId: randomUUID,
    allowPrivate,
    senders: createSenders({ email: undefined, sms: undefined, ...settings, allowPrivate }, clock, settings.network),
    isAcknowledged: async (alertId) => acknowledged.has(alertId),
    recordChange: recordAuditEvent,
  };
  const by: Requester = { organizationId, actor: "system" };
  const workers: DeliveryWorker[] = [];
  const rows = async <T extends object>(sql: string, values?: unknown[]) => (await pool.query<T>(sql, values)).rows;
  const [site] = await rows<{ id: number }>("select id from site where is_default");
  let names = 0;

  return {
    database,
    clock,
    notifications,
    by,
    siteId: site!.id,
    acknowledged,
    startWorker() {
      const worker = new DeliveryWorker(notifications);
      workers.push(worker);
      worker.start();
      return worker;
    },
    async addChannel(configuration, draft = {}) {
      const { channel, secret = "" } = await createChannel(notifications, by, {
        name: `Channel ${++names}`,
        configuration,
        ...draft,
      });
      return { channel, secret };
    },
    addRoute: (channels, draft = {}) => createRoute(notifications, by, { name: "Everybody", channels, ...draft }),
    enqueue: (...notices) =>
      inTransaction(pool, (client) => enqueueNotices(client, notices, { nowMicros: clock.nowMicros() })),
    notice: (fields = {}) => ({
      id: randomUUID(),
      organizationId,
      alertId: randomUUID(),
      event: "fired",
      severity: "major",
      siteId: site!.id,
      ruleId: 7,
      deviceId: 9,
      title: "Oxygen is low in pond 3",
      message: "3.1 mg/l",
      occurredAtMicros: clock.nowMicros(),
      data: { value: 3.0625, metric: "oxygen" },
      ...fields,
    }),
    async pass(worker, ms, stepMs = 1_000) {
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(Math.min(stepMs, ms - passed));
        await worker.settled();
        // All of them share the clock: a message that another is sending must not find that an hour has passed.
        for (const each of workers) await each.settled();
      }
    },
    async states() {
      const counts = await rows<{ state: string; count: number }>(
        "select state, count(*) from delivery group by state order by state",
      );
      return Object.fromEntries(counts.map(({ state, count }) => [state, count]));
    },
    rows,
    async stranger() {
      const [organization] = await rows<{ id: number }>(
        "insert into organization (slug, name) values ('strangers', 'Strangers') returning id",
      );
      return { organizationId: organization!.id, actor: "system" };
    },
    async close() {
      for (const worker of workers) await worker.stop();
      await database.drop();
    },
  };
}
