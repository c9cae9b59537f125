/**
 * The composition root: puts the features of one process together, starts them in the order in which they need each other
 * and stops them in the reverse. Whatever crosses features is a function passed in here.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import {
  type Actuation,
  COMMAND_CHANNEL,
  CommandGateway,
  createActuatorsForDevice,
  createPostgresActuationStore,
  RequestBatches,
  readPermissives,
} from "./actuation/index.ts";
import { type Alerts, AlertWorker, createSelfWatch, isAcknowledged } from "./alerts/index.ts";
import { createHttpApp, createLiveReaders, LiveStream, type StatusReport } from "./api/index.ts";
import {
  type Accounts,
  type Administrator,
  bootstrapAdministrator,
  createAccounts,
  prepareAccounts,
  recordAuditEvent,
} from "./auth/index.ts";
import {
  type Automation,
  AutomationWorker,
  Backtester,
  createDefaultRules,
  createFollowUp,
  databaseNowMicros,
  findExecution,
  listExecutions,
  listRules,
  RULE_CHANNEL,
  type RuleEditing,
  RuleIndex,
  readNeed,
  ScheduleWorker,
  type Scheduling,
} from "./automation/index.ts";
import type { Config, Role } from "./config.ts";
import {
  type DeviceDirectory,
  installOrganization,
  PostgresDeviceDirectory,
  type Registry,
  recordAttributes,
  type Sender,
} from "./devices/index.ts";
import { GatewayOwner } from "./gateway-owner.ts";
import { createIngest, type Ingest, type MqttListenOptions } from "./ingest/index.ts";
import {
  createSenders,
  DELIVERY_CHANNEL,
  DeliveryWorker,
  enqueueNotices,
  type Notifications,
} from "./notifications/index.ts";
import { listRejected, Pipeline } from "./pipeline/index.ts";
import { ChannelListener } from "./platform/channel-listener.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import { startEmbeddedPostgres } from "./platform/embedded-postgres.ts";
import { LIVE_CHANNEL } from "./platform/live-notice.ts";
import { createLogger, type Logger } from "./platform/logger.ts";
import { migrate } from "./platform/migrator.ts";
import { connectClient, createPool, inspectDatabase, type PoolOptions } from "./platform/postgres.ts";
import { RateMeter } from "./platform/rate-meter.ts";
import { createSealer, loadSecret, type Sealer } from "./platform/secret.ts";
import { createTelemetryReader, newestValid, type TelemetryReader } from "./telemetry/index.ts";

export interface RunningServer {
  readonly httpUrl: string;
  readonly mqttUrl: string;
  /** Only when this start made the first account; with the password if it was generated, which nobody can read again. */
  readonly administrator: Administrator | undefined;
  /** Of the embedded database; root's lies outside the home. */
  readonly dataDirectory: string | undefined;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Called when the process cannot go on; everything is stopped by then. Ends the process when absent. */
  readonly onFatal?: (error: unknown) => void;
  /** Ends a start that is still under way, such as one that stands by; it then throws `server.stopping`. */
  readonly signal?: AbortSignal;
}

/** Statements of people and workers; those of flushes have limits of their own. */
const STATEMENT_TIMEOUT_MS = 15_000;
const STOP_STATEMENT_TIMEOUT_MS = 2_000;
/** A batch of decisions, one of evidence and a round of the gateway at a time, and what waits for locks apart from them. */
const ACTUATION_CONNECTIONS = 6;
/** STOPs that may wait for locks before one more waits for them. */
const STOP_CONNECTIONS = 8;
/** A process that cannot go on stops what it can within this. */
const FATAL_STOP_MS = 5_000;

export async function startServer(config: Config, options: ServerOptions = {}): Promise<RunningServer> {
  const logger = createLogger(config.logLevel);
  const server = new Server(config, logger, systemClock, options.onFatal ?? (() => process.exit(1)));
  const interrupt = () => server.interrupt();
  options.signal?.addEventListener("abort", interrupt, { once: true });
  try {
    options.signal?.throwIfAborted();
    return await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", interrupt);
  }
}

class Server {
  private readonly stops: (() => Promise<unknown> | unknown)[] = [];
  private readonly standby = new AbortController();
  private stopping: Promise<void> | undefined;
  private isReady = false;
  private readonly config: Config;
  private readonly logger: Logger;
  private readonly clock: Clock;
  private readonly onFatal: (error: unknown) => void;
  private gateway: CommandGateway | undefined;
  private worker: AutomationWorker | undefined;
  private scheduleWorker: ScheduleWorker | undefined;
  private deliveryWorker: DeliveryWorker | undefined;
  private pipeline: Pipeline | undefined;
  private rate: RateMeter | undefined;
  private owner: GatewayOwner | undefined;
  private dataDirectory: string | undefined;

  constructor(config: Config, logger: Logger, clock: Clock, onFatal: (error: unknown) => void) {
    this.config = config;
    this.logger = logger;
    this.clock = clock;
    this.onFatal = onFatal;
  }

  async start(): Promise<RunningServer> {
    const { config, clock, logger } = this;
    assertRoles(config.roles);
    const url = await this.openDatabase();
    const pool = this.pool(url, "main", 12);
    const sealer = createSealer(loadSecret(config.home, config.secret));
    const accounts = createAccounts({ pool, clock, randomBytes, sealer });
    const administrator = await prepareInstallation(accounts, config);

    const directory = new PostgresDeviceDirectory({ pool, clock, connect: () => connectClient(url, "registry") });
    await directory.start();
    this.stops.push(() => directory.stop());

    const telemetry = createTelemetryReader({
      pool: this.pool(url, "telemetry", 6),
      partition: 0,
      latestValues: () => this.pipeline?.latestValues(),
    });
    const actuation = this.createActuation(url, telemetry, directory);
    const rules = new RuleIndex({ pool, logger });
    const live = this.createLiveStream(pool, accounts);
    await this.listen(url, rules, actuation, live);
    const workerPool = this.pool(url, "worker", 6, { isPipelined: true });
    const alerts = createAlerts(workerPool);
    const automation = createAutomation(workerPool, actuation, alerts, telemetry);
    const notifications = this.createNotifications(this.pool(url, "notifications", 4), sealer);
    const scheduling = this.createScheduling(automation);
    if (config.roles.has("worker")) this.startWorkers(automation, scheduling, alerts, notifications);

    const pipeline = this.createPipeline(url, directory, rules);
    const ingest = this.createIngest(accounts, directory, pipeline, pool);
    const { publisher } = ingest;
    const onSuperseded = () => this.owner?.yield();
    const gateway = new CommandGateway({ actuation, publisher, clock, logger, onSuperseded });
    this.gateway = gateway;
    const { signal } = this.standby;
    const onFailed = (error: unknown) => this.fail(error);
    const listeningDeviceIds = () => publisher.listeningDeviceIds();
    const owned = { connectionString: url, rules, pipeline, gateway, listeningDeviceIds };
    this.owner = new GatewayOwner({ ...owned, clock, logger, signal, onFailed });
    const registry = createRegistry(pool, rules);
    const backtester = new Backtester({ connectionString: url, clock });
    const parts = {
      accounts,
      registry,
      actuation,
      alerts: { ...alerts, pool },
      notifications: { ...notifications, pool },
      automation,
      scheduling,
      ruleEditing: createRuleEditing(pool, rules),
      directory,
      telemetry,
      pool,
      ingest,
      live,
      backtester,
    };
    const httpUrl = await this.startHttp(parts);
    // Before the HTTP server in the order of stopping: it waits for its answers.
    this.stops.push(() => backtester.stop());
    const mqttUrl = hasGateway(config.roles) ? await this.startGateway(this.owner, directory, pipeline, ingest) : "";
    this.startSelfWatch({ ...alerts, pool: this.pool(url, "watch", 2) }, new URL(httpUrl).port);
    this.isReady = true;
    logger.info({ http: httpUrl, mqtt: mqttUrl }, "ready");
    return { httpUrl, mqttUrl, administrator, dataDirectory: this.dataDirectory, stop: () => this.stop() };
  }

  /** Stops in the reverse of the order of starting; idempotent. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  /** Ends the waiting of a start. */
  interrupt(): void {
    this.standby.abort(new SluiceError("unavailable", "server.stopping", "The server was told to stop."));
  }

  private async stopAll(): Promise<void> {
    this.isReady = false;
    this.interrupt();
    for (const stop of this.stops.reverse()) {
      try {
        await stop();
      } catch (error) {
        this.logger.error({ err: error }, "a part did not stop cleanly");
      }
    }
  }

  /** Another owns the partition, or the database is gone for good: go, so that whoever supervises starts us anew. */
  private fail(error: unknown): void {
    if (this.stopping !== undefined) return;
    this.logger.fatal({ err: error }, "cannot go on");
    const limit = new Promise((resolve) => this.clock.after(FATAL_STOP_MS, () => resolve(undefined)));
    Promise.race([this.stop(), limit]).finally(() => this.onFatal(error));
  }

  private async openDatabase(): Promise<string> {
    const { home, databaseUrl } = this.config;
    let url = databaseUrl;
    if (url === undefined) {
      const postgres = await startEmbeddedPostgres({
        home,
        onNotice: (message) => this.logger.warn(message),
        onRestart: () => this.logger.error("PostgreSQL ended by itself and is started again"),
        onLost: (error) => this.fail(error),
      });
      this.stops.push(() => postgres.stop());
      url = postgres.connectionString;
      this.dataDirectory = postgres.dataDirectory;
    }
    await this.inspect(url);
    const { applied } = await migrate({ connectionString: url });
    if (applied.length > 0) this.logger.info({ applied }, "schema brought up to date");
    return url;
  }

  /** Refuses a server that is too old, and says what weakens the promise that acknowledged means stored. */
  private async inspect(url: string): Promise<void> {
    const pool = createPool({
      connectionString: url,
      name: "inspect",
      max: 1,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    try {
      const { unsafeSettings } = await inspectDatabase(pool);
      if (unsafeSettings.length > 0) {
        this.logger.error({ unsafeSettings }, "the database may lose what it has committed: turn these settings on");
      }
    } finally {
      await pool.end();
    }
  }

  private pool(connectionString: string, name: string, max: number, more: Partial<PoolOptions> = {}): Pool {
    const pool = createPool({
      connectionString,
      name,
      max,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      ...more,
      onConnectionLost: (error) => this.logger.warn({ err: error, pool: name }, "a connection broke"),
    });
    this.stops.push(() => pool.end());
    return pool;
  }

  private createActuation(url: string, telemetry: TelemetryReader, directory: DeviceDirectory): Actuation {
    return {
      store: createPostgresActuationStore(this.pool(url, "actuation", ACTUATION_CONNECTIONS, { isPipelined: true })),
      urgentStore: createPostgresActuationStore(
        this.pool(url, "stop", STOP_CONNECTIONS, { statementTimeoutMs: STOP_STATEMENT_TIMEOUT_MS, isPipelined: true }),
      ),
      requests: new RequestBatches(),
      newId: randomUUID,
      sendStopNow: async (deviceId, payload) => (await this.gateway?.sendStopNow(deviceId, payload)) ?? false,
      onQueued: (deviceId) => this.gateway?.nudge(deviceId),
      onExecutionDue: () => this.worker?.nudge(),
      readPermissives: (actuator) => readPermissives(actuator, directory, telemetry),
      recordChange: recordAuditEvent,
      followUp: createFollowUp(randomUUID),
    };
  }

  /** Notices of other processes; after a gap in them everything is looked at once. */
  private async listen(url: string, rules: RuleIndex, actuation: Actuation, live: LiveStream): Promise<void> {
    const listener = new ChannelListener({
      connect: () => connectClient(url, "notices"),
      clock: this.clock,
      channels: [COMMAND_CHANNEL, RULE_CHANNEL, DELIVERY_CHANNEL, LIVE_CHANNEL],
      onNotice: (channel, payload) => {
        if (channel === RULE_CHANNEL) rules.onNotice(payload);
        else if (channel === LIVE_CHANNEL) live.hub.onNotice(payload);
        else if (channel === DELIVERY_CHANNEL) this.deliveryWorker?.nudge();
        else this.gateway?.onNotice(payload);
      },
      onGap: () => {
        rules.onNotice("");
        live.hub.onGap();
        actuation.onExecutionDue();
      },
    });
    await listener.start();
    this.stops.push(() => listener.stop());
    await rules.refresh();
  }

  private createLiveStream(pool: Pool, accounts: Accounts): LiveStream {
    return new LiveStream({
      readers: createLiveReaders({ pool, listExecutions: (id, filter) => listExecutions(pool, id, filter) }),
      authenticate: (token) => accounts.authenticator.authenticate(token),
      clock: this.clock,
      logger: this.logger,
    });
  }

  private createScheduling({ pool, actuation, newId }: Automation): Scheduling {
    return {
      pool,
      actuation,
      newId,
      nowMicros: () => databaseNowMicros(pool),
      onScheduleChanged: () => this.scheduleWorker?.nudge(),
    };
  }

  private startWorkers(
    automation: Automation,
    scheduling: Scheduling,
    alerts: Alerts,
    notifications: Notifications,
  ): void {
    const { clock, logger } = this;
    const worker = new AutomationWorker({ automation, clock, logger });
    worker.start();
    this.worker = worker;
    this.stops.push(() => worker.stop());
    const scheduleWorker = new ScheduleWorker({ scheduling, clock, logger });
    scheduleWorker.start();
    this.scheduleWorker = scheduleWorker;
    this.stops.push(() => scheduleWorker.stop());
    const alertWorker = new AlertWorker({ alerts, clock, logger });
    alertWorker.start();
    this.stops.push(() => alertWorker.stop());
    const deliveryWorker = new DeliveryWorker(notifications);
    deliveryWorker.start();
    this.deliveryWorker = deliveryWorker;
    this.stops.push(() => deliveryWorker.stop());
  }

  private createNotifications(pool: Pool, sealer: Sealer): Notifications {
    const { clock, logger } = this;
    const settings = this.config.notifications;
    return {
      pool,
      clock,
      logger,
      sealer,
      randomBytes,
      random: Math.random,
      newId: randomUUID,
      senders: createSenders(settings, clock),
      allowPrivate: settings.allowPrivate,
      isAcknowledged: (alertId) => isAcknowledged(pool, alertId),
      recordChange: recordAuditEvent,
    };
  }

  private startSelfWatch(alerts: Alerts, port: string): void {
    const { clock, logger, config } = this;
    const host = `${hostname()}:${port}`;
    const directory = this.dataDirectory ?? config.home;
    const roles = () => [...config.roles].filter((role) => role !== "gateway" || this.pipeline?.isRunning === true);
    const watch = createSelfWatch({ alerts, clock, logger, host, directory, roles });
    watch.start();
    this.stops.push(() => watch.stop());
  }

  private createPipeline(url: string, directory: PostgresDeviceDirectory, rules: RuleIndex): Pipeline {
    const pipeline = new Pipeline({
      connectionString: url,
      pool: this.pool(url, "pipeline", 4),
      clock: this.clock,
      directory,
      rules,
      onTransitions: () => this.worker?.nudge(),
      onFenced: () => this.fail(new Error("another process has taken the readings over")),
      onCommitError: (error) => this.logger.error({ err: error }, "a flush was not stored; its senders were told"),
      owner: `${process.pid}`,
    });
    rules.watch((ruleIds) => pipeline.rulesChanged(ruleIds));
    this.stops.push(directory.watch((event) => rules.onRegistryChange(event)));
    this.rate = new RateMeter(this.clock, () => pipeline.counters().values);
    return pipeline;
  }

  private createIngest(accounts: Accounts, directory: PostgresDeviceDirectory, pipeline: Pipeline, pool: Pool): Ingest {
    return createIngest({
      directory,
      authenticate: (token) => authenticateSender(token, accounts, directory),
      log: pipeline,
      recordRejected: (rows) => pipeline.recordRejected(rows),
      recordAttributes: (deviceId, attributes) => recordAttributes(pool, deviceId, attributes),
      sessions: {
        onListening: (deviceId) => this.gateway?.onListening(deviceId),
        onGone: (deviceId) => this.gateway?.onGone(deviceId),
        onEvidence: async (deviceId, payload) => this.gateway?.onEvidence(deviceId, payload),
        onHello: async (deviceId, payload) => this.gateway?.onHello(deviceId, payload),
      },
      clock: this.clock,
      logger: this.logger,
    });
  }

  private async startHttp(parts: {
    readonly accounts: Accounts;
    readonly registry: Registry;
    readonly actuation: Actuation;
    readonly alerts: Alerts;
    readonly notifications: Notifications;
    readonly automation: Automation;
    readonly scheduling: Scheduling;
    readonly ruleEditing: RuleEditing;
    readonly directory: PostgresDeviceDirectory;
    readonly telemetry: TelemetryReader;
    readonly pool: Pool;
    readonly ingest: Ingest;
    readonly live: LiveStream;
    readonly backtester: Backtester;
  }): Promise<string> {
    const { config, clock, logger } = this;
    const { pool, ingest, automation, live } = parts;
    const app = await createHttpApp({
      ...parts,
      clock,
      logger,
      status: () => this.status(pool),
      listExecutions: (organizationId, filter) => listExecutions(pool, organizationId, filter),
      findExecution: (organizationId, id) => findExecution(pool, organizationId, id),
      workers: () => (this.worker === undefined ? [] : [this.worker.health()]),
      readNeed: (execution) => readNeed(automation, execution),
      listRules: (organizationId, filter) => listRules(pool, organizationId, filter),
      runBacktest: (job, signal) => parts.backtester.run(job, signal),
      listRejectedMessages: (organizationId, page) => listRejected(pool, organizationId, page),
      plugins: [live.routes, ...(hasGateway(config.roles) ? [ingest.httpRoutes] : [])],
    });
    await app.listen({ host: config.host, port: config.httpPort });
    this.stops.push(() => app.close());
    const { port } = app.server.address() as AddressInfo;
    return urlOf("http", config.host, port);
  }

  /** Gateway and pipeline run once a database: a second process waits here until the first has gone. */
  private async startGateway(
    owner: GatewayOwner,
    directory: PostgresDeviceDirectory,
    pipeline: Pipeline,
    ingest: Ingest,
  ): Promise<string> {
    await owner.start();
    this.pipeline = pipeline;
    this.rate!.start();
    this.stops.push(
      () => this.rate!.stop(),
      () => owner.stop(),
    );
    const { port } = await ingest.mqtt.start(mqttListeners(this.config));
    this.stops.push(() => ingest.mqtt.stop());
    // A changed device may have another token, or none: its session has to prove itself anew.
    this.stops.push(directory.watch((event) => event.kind === "device" && ingest.mqtt.disconnectDevice(event.id)));
    return urlOf("mqtt", this.config.host, port);
  }

  private async status(pool: Pool): Promise<StatusReport> {
    const isConnected = await pool.query("select 1").then(
      () => true,
      () => false,
    );
    const isStoring = this.pipeline?.isRunning ?? !hasGateway(this.config.roles);
    const isRunning = this.isReady && isConnected && isStoring;
    return {
      status: this.stopping !== undefined ? "stopping" : isRunning ? "healthy" : this.isReady ? "degraded" : "starting",
      db: isConnected ? "connected" : "disconnected",
      workers: this.worker === undefined || this.stopping !== undefined ? "stopped" : "running",
      ...(this.pipeline === undefined ? {} : { readingsPerSecond: Math.round(this.rate!.perSecond() * 10) / 10 }),
      pipeline: this.pipeline?.counters(),
    };
  }
}

function createAlerts(pool: Pool): Alerts {
  return { pool, newId: randomUUID, enqueueNotices, recordChange: recordAuditEvent };
}

function createAutomation(pool: Pool, actuation: Actuation, alerts: Alerts, telemetry: TelemetryReader): Automation {
  return {
    pool,
    actuation,
    alerts,
    newId: randomUUID,
    latestReadingMicros: async (deviceId, metricNumber) =>
      newestValid((await telemetry.latest(deviceId))?.values.get(metricNumber))?.timeMicros,
  };
}

function hasGateway(roles: ReadonlySet<Role>): boolean {
  return roles.has("gateway");
}

function assertRoles(roles: ReadonlySet<Role>): void {
  if (roles.has("gateway") === roles.has("pipeline")) return;
  throw new SluiceError(
    "invalid",
    "config.roles",
    "The roles gateway and pipeline run in one process: name both in SLUICE_ROLES, or neither.",
  );
}

async function prepareInstallation(accounts: Accounts, { administrator }: Config): Promise<Administrator | undefined> {
  const systemTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { id: organizationId } = await installOrganization(accounts.pool, systemTimeZone);
  await prepareAccounts(accounts);
  return bootstrapAdministrator(accounts, { organizationId, ...administrator });
}

function createRuleEditing(pool: Pool, rules: RuleIndex): RuleEditing {
  return { pool, recordChange: recordAuditEvent, afterRuleChanged: (deviceId) => rules.refresh(deviceId) };
}

/** Registering a device brings what its profile declares, in one transaction. */
function createRegistry(pool: Pool, rules: RuleIndex): Registry {
  return {
    pool,
    randomBytes,
    onDeviceRegistered: async (client, device, profile) => {
      const actuatorIds = await createActuatorsForDevice(client, device, profile.actuators);
      await createDefaultRules(client, device, profile.rules, actuatorIds);
    },
    afterDeviceRegistered: (deviceId) => rules.refresh(deviceId),
    recordChange: recordAuditEvent,
  };
}

/** Devices come with tokens of their own, programs with those of API clients; people do not send readings. */
async function authenticateSender(
  token: string,
  accounts: Accounts,
  directory: PostgresDeviceDirectory,
): Promise<Sender | undefined> {
  if (!token.startsWith("slc_")) {
    const device = await directory.deviceByToken(token);
    return device === undefined ? undefined : { kind: "device", device };
  }
  const principal = await accounts.authenticator.authenticate(token).catch((error) => {
    if (error instanceof SluiceError && error.kind === "unauthenticated") return undefined;
    throw error;
  });
  return principal?.kind === "client" ? principal : undefined;
}

function mqttListeners({ host, mqttPort, mqtts }: Config): MqttListenOptions {
  if (mqtts === undefined) return { host, port: mqttPort };
  const { port, certificateFile, keyFile } = mqtts;
  return { host, port: mqttPort, tls: { port, cert: readFileSync(certificateFile), key: readFileSync(keyFile) } };
}

function urlOf(scheme: string, host: string, port: number): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `${scheme}://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}
