import { randomBytes, randomUUID } from "node:crypto";
import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { solutions as available } from "@sluice/solutions/registry.ts";
import type { FastifyInstance, FastifyPluginAsync, InjectOptions, LightMyRequestResponse } from "fastify";
import { expect } from "vitest";
import {
  type Actuation,
  createActuatorsForDevice,
  createPostgresActuationStore,
  lockRunningDevices,
  NO_FOLLOW_UP,
  RequestBatches,
} from "../../actuation/index.ts";
import type { Alerts } from "../../alerts/index.ts";
import {
  type Accounts,
  createAccounts,
  createUser,
  findMemberAddresses,
  login,
  type Role,
  recordAuditEvent,
  recordAuditEvents,
} from "../../auth/index.ts";
import {
  Backtester,
  createDefaultRules,
  createDefaultSchedules,
  findExecution,
  listExecutions,
  listRules,
  readNeed,
} from "../../automation/index.ts";
import { installOrganization, PostgresDeviceDirectory, type Registry } from "../../devices/index.ts";
import { Energy } from "../../energy/index.ts";
import { createSenders, type Notice, type Notifications } from "../../notifications/index.ts";
import { listRejected, Pipeline } from "../../pipeline/index.ts";
import type { PipelineOptions } from "../../pipeline/pipeline-options.ts";
import { type Clock, systemClock } from "../../platform/clock.ts";
import { createLogger, type Logger } from "../../platform/logger.ts";
import { Metrics } from "../../platform/metrics.ts";
import { connectClient } from "../../platform/postgres.ts";
import { createSealer } from "../../platform/secret.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { createAnswerLine, PdfRenderer, type Reports } from "../../reports/index.ts";
import { adoptSolutions, type Solutions } from "../../solutions/index.ts";
import { createTelemetryReader, type SettledReader } from "../../telemetry/index.ts";
import { createTestFolder } from "../../telemetry/parts/testing/settling-fixture.ts";
import type { HttpSettings } from "../http-settings.ts";
import { createHttpApp, createLiveReaders, LiveStream, type SingleSignOn, type StatusReport } from "../index.ts";
import { createAnswerCheck, operationOf, operationsOf } from "./described-answers.ts";

const PASSWORD = "correct horse battery";

/** The HTTP server over a real database, with everything that stands behind it but sockets. */
export interface TestApp {
  readonly app: FastifyInstance;
  readonly database: TestDatabase;
  readonly accounts: Accounts;
  readonly registry: Registry;
  /** Without a gateway: what is sent at once reaches nobody, and what is queued stays. */
  readonly actuation: Actuation;
  readonly alerts: Alerts;
  /** Webhooks may lead to this machine; there is no mail server and no SMS service. */
  readonly notifications: Notifications;
  /** What alerts have told. */
  readonly notices: readonly Notice[];
  /** Nobody makes what is queued, unless a test starts a worker. */
  readonly reports: Reports;
  readonly solutions: Solutions;
  readonly organizationId: number;
  /** What GraphQL subscriptions hear of; the database's notices reach it where a test passes them on. */
  readonly live: LiveStream;
  /** Moves the time that accounts see. */
  advance(ms: number): void;
  status: StatusReport;
  /** Asks as somebody with these roles; the answer's shape is held against its schema. */
  ask(options: InjectOptions & { readonly as?: Role | "nobody" }): Promise<LightMyRequestResponse>;
  tokenOf(role: Role): Promise<string>;
  /** Stores a message as ingest would, and resolves when it is committed. */
  store(uid: string, timeMs: number, values: Record<string, number>, extras?: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  /** Without limits of rates when absent: tests ask faster than people. */
  readonly settings?: Partial<HttpSettings>;
  readonly logger?: Logger;
  /** Reads what a test settles. */
  readonly partReader?: SettledReader;
  /** When generations are closed. */
  readonly generationLimits?: PipelineOptions["generationLimits"];
  /** A provider to sign on by, for this organization. */
  readonly singleSignOn?: (organizationId: number, clock: Clock) => SingleSignOn;
}

/** What further routes may stand on. */
export interface TestParts {
  readonly accounts: Accounts;
  readonly database: TestDatabase;
  readonly directory: PostgresDeviceDirectory;
  readonly pipeline: Pipeline;
  readonly clock: Clock;
}

type Plugins = readonly FastifyPluginAsync[];

export async function createTestApp(
  further: Plugins | ((parts: TestParts) => Plugins) = [],
  options: TestAppOptions = {},
): Promise<TestApp> {
  const database = await createTestDatabase();
  const { pool } = database;
  let aheadMs = 0;
  const clock: Clock = {
    ...systemClock,
    nowMicros: () => systemClock.nowMicros() + aheadMs * 1000,
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
  };
  const organization = await installOrganization(pool, "Europe/Berlin");
  await adoptSolutions(pool, available);
  const accounts = createAccounts({ pool, clock, randomBytes, sealer: createSealer("secret") });
  const registry: Registry = {
    pool,
    randomBytes,
    clock,
    lockRunningDevices,
    recordChange: recordAuditEvent,
    recordChanges: recordAuditEvents,
    onDeviceRegistered: async (client, device, profile) => {
      const actuators = await createActuatorsForDevice(client, device, profile.actuators);
      await createDefaultRules(client, device, profile.rules, actuators);
      await createDefaultSchedules(client, device, profile.schedules, actuators);
    },
  };
  const directory = new PostgresDeviceDirectory({ pool, clock, connect: () => connectClient(database.url, "listen") });
  await directory.start();
  const pipeline = new Pipeline({
    connectionString: database.url,
    pool,
    clock: systemClock,
    directory,
    rules: new RuleCatalog(),
    onTransitions: () => {},
    onFenced: () => {},
    onCommitError: () => {},
    onStored: (batch) => live.readings.onStored(batch),
    owner: "test",
    ...(options.generationLimits && { generationLimits: options.generationLimits }),
  });
  const telemetry = createTelemetryReader({
    pool,
    partition: 0,
    latestValues: () => undefined,
    partReader: options.partReader,
  });
  const live = new LiveStream({
    readers: createLiveReaders({ pool, listExecutions: (id, filter) => listExecutions(pool, id, filter) }),
    pool,
    directory,
    telemetry,
    latestValues: () => pipeline.latestValues(),
    authenticate: (token) => accounts.authenticator.authenticate(token),
    clock,
    logger: createLogger("silent"),
    streamId: "test",
  });
  const energy = new Energy({ pool, telemetry, clock });
  directory.watch((event) => energy.onRegistryChange(event));
  await pipeline.start();
  const actuation: Actuation = {
    store: createPostgresActuationStore(pool),
    urgentStore: createPostgresActuationStore(pool),
    requests: new RequestBatches(),
    newId: randomUUID,
    sendStopNow: async () => false,
    onQueued: () => {},
    onExecutionDue: () => {},
    readPermissives: async () => [],
    recordChange: recordAuditEvent,
    followUp: NO_FOLLOW_UP,
  };
  const notices: Notice[] = [];
  const alerts: Alerts = {
    pool,
    newId: randomUUID,
    enqueueNotices: async (_client, enqueued) => void notices.push(...enqueued),
    recordChange: recordAuditEvent,
  };
  const senders = createSenders({ allowPrivate: "any", email: undefined, sms: undefined }, clock);
  const notifications: Notifications = {
    pool,
    clock,
    logger: createLogger("silent"),
    sealer: createSealer("secret"),
    randomBytes,
    random: () => 0,
    newId: randomUUID,
    senders,
    allowPrivate: "any",
    isAcknowledged: async () => false,
    recordChange: recordAuditEvent,
  };
  const folder = await createTestFolder();
  const reports: Reports = {
    ...{ pool, telemetry, clock, objects: folder.store, logger: createLogger("silent"), newId: randomUUID },
    renderer: new PdfRenderer(),
    answers: createAnswerLine(),
    sendsMail: true,
    publicUrl: "https://sluice.example.org",
    recordChange: recordAuditEvent,
    findMemberAddresses,
    onRunQueued: () => {},
  };
  const solutions: Solutions = { pool, available, recordChange: recordAuditEvent, afterRuleChanged: async () => {} };
  const automation = { pool, actuation, alerts, newId: randomUUID, latestReadingMicros: async () => undefined };
  const backtester = new Backtester({ connectionString: database.url, clock: systemClock });
  const app = await createHttpApp({
    pool,
    clock,
    logger: options.logger ?? createLogger("silent"),
    metrics: new Metrics(),
    settings: { rateLimits: { user: undefined, address: undefined }, ...options.settings },
    accounts,
    registry,
    directory,
    actuation,
    alerts,
    notifications,
    reports,
    solutions,
    telemetry,
    energy,
    liveEvents: live.events,
    listExecutions: (organizationId, filter) => listExecutions(pool, organizationId, filter),
    findExecution: (organizationId, id) => findExecution(pool, organizationId, id),
    workers: () => [],
    readNeed: (execution) => readNeed(automation, execution),
    scheduling: {
      pool,
      actuation,
      newId: randomUUID,
      nowMicros: async () => clock.nowMicros(),
      onScheduleChanged: () => {},
    },
    listRules: (organizationId, filter) => listRules(pool, organizationId, filter),
    runBacktest: (job, signal) => backtester.run(job, signal),
    ruleEditing: { pool, recordChange: recordAuditEvent, afterRuleChanged: async () => {} },
    listRejectedMessages: (organizationId, page) => listRejected(pool, organizationId, page),
    status: async () => test.status,
    singleSignOn: options.singleSignOn?.(organization.id, clock),
    plugins: typeof further === "function" ? further({ accounts, database, directory, pipeline, clock }) : further,
  });
  await app.ready();
  const operations = operationsOf(app);
  const check = createAnswerCheck();

  const tokens = new Map<Role, Promise<string>>();
  const tokenOf = (role: Role) => {
    const token = tokens.get(role) ?? signIn(role);
    tokens.set(role, token);
    return token;
  };
  const signIn = async (role: Role) => {
    const email = `${role}@example.org`;
    const by = { organizationId: organization.id, actor: "system" };
    await createUser(accounts, by, { email, password: PASSWORD, roles: [role] });
    return (await login(accounts, { username: email, password: PASSWORD, address: "10.0.0.1" })).access_token;
  };

  const test: TestApp = {
    app,
    database,
    alerts,
    notifications,
    notices,
    reports,
    solutions,
    accounts,
    registry,
    actuation,
    organizationId: organization.id,
    live,
    status: { status: "healthy", db: "connected", workers: "running" },
    advance: (ms) => {
      aheadMs += ms;
    },
    tokenOf,
    async ask({ as = "admin", ...options }) {
      const authorization = as === "nobody" ? {} : { authorization: `Bearer ${await tokenOf(as)}` };
      const answer = await app.inject({ ...options, headers: { ...authorization, ...options.headers } });
      const { method = "GET", url } = options;
      const operation = operationOf(operations, method.toUpperCase(), String(url).split("?")[0]!);
      if (operation) expect(check(operation, answer), `${method} ${url} → ${answer.statusCode}`).toEqual([]);
      return answer;
    },
    async store(uid, timeMs, values, extras) {
      const device = (await directory.resolve(organization.id, [uid])).get(uid)!;
      await directory.allocateMetrics(device.profile, Object.keys(values));
      const batch = new MessageBatch(1);
      for (const [key, value] of Object.entries(values)) batch.addValue(device.profile.metricNumbers.get(key)!, value);
      batch.endMessage(device.id, timeMs * 1000, extras && JSON.stringify(extras));
      const { rejected } = await pipeline.offer(batch);
      expect(rejected).toEqual([]);
    },
    async close() {
      await app.close();
      await live.hub.stop();
      await live.readings.stop();
      await pipeline.stop();
      await directory.stop();
      await reports.renderer.stop();
      await folder.remove();
      await database.drop();
    },
  };
  return test;
}
