/**
 * The composition root: puts the features of one process together, starts them in the order in which they need each other
 * and stops them in the reverse. Whatever crosses features is a function passed in here, or in the `compose-*.ts` beside it.
 */
import { hostname } from "node:os";
import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import { type Actuation, COMMAND_CHANNEL, CommandGateway, countNewDead } from "./actuation/index.ts";
import { type Alerts, createSelfWatch, LostAlerts } from "./alerts/index.ts";
import type { LiveStream, StatusReport } from "./api/index.ts";
import type { Administrator } from "./auth/index.ts";
import { Backtester, RULE_CHANNEL, RuleIndex } from "./automation/index.ts";
import { composeAccounts } from "./compose-accounts.ts";
import { composeActuation } from "./compose-actuation.ts";
import {
  composeAlerts,
  composeAutomation,
  composeNotifications,
  composeRuleEditing,
  composeScheduling,
  composeSolutions,
} from "./compose-automation.ts";
import { type OnStop, openDatabase, Pools } from "./compose-database.ts";
import { composeLiveStream, startHttp, urlOf } from "./compose-http.ts";
import { composeIngest, mqttListeners, watchCredentials } from "./compose-ingest.ts";
import { measureServer, timeDecisions, timeFlushes } from "./compose-metrics.ts";
import { composeRegistry, prepareInstallation } from "./compose-registry.ts";
import { composeReports } from "./compose-reports.ts";
import { startWorkers, type Workers } from "./compose-workers.ts";
import type { Config, Role } from "./config.ts";
import { PostgresDeviceDirectory } from "./devices/index.ts";
import { Energy } from "./energy/index.ts";
import { GatewayOwner } from "./gateway-owner.ts";
import type { Ingest } from "./ingest/index.ts";
import { countNewDeadDeliveries, DELIVERY_CHANNEL } from "./notifications/index.ts";
import { countNewRejected, Pipeline } from "./pipeline/index.ts";
import { ChannelListener } from "./platform/channel-listener.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import { keptFor } from "./platform/kept-for.ts";
import { LIVE_CHANNEL } from "./platform/live-notice.ts";
import { createLogger, type Logger } from "./platform/logger.ts";
import { Metrics } from "./platform/metrics.ts";
import { openObjectStore } from "./platform/object-store/open-object-store.ts";
import { connectClient } from "./platform/postgres.ts";
import { RateMeter } from "./platform/rate-meter.ts";
import { createSealer, loadSecret } from "./platform/secret.ts";
import { createPartReader, createTelemetryReader, NO_TROUBLES, readSettlingTroubles } from "./telemetry/index.ts";

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

/** A process that cannot go on stops what it can within this. */
const FATAL_STOP_MS = 5_000;
/** How often the database is asked whether it is there. */
const LOOKED_EVERY_MS = 1_000;

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

/** To whoever brings a database of their own. */
const SAY_WHERE =
  "set SLUICE_OBJECT_STORE to where files belong: file:/a/folder that every process sees and every backup takes, or s3://…";

class Server {
  private readonly stops: Parameters<OnStop>[0][] = [];
  private readonly standby = new AbortController();
  private stopping: Promise<void> | undefined;
  private isReady = false;
  private readonly config: Config;
  private readonly logger: Logger;
  private readonly clock: Clock;
  private readonly metrics = new Metrics();
  private readonly onFatal: (error: unknown) => void;
  private gateway: CommandGateway | undefined;
  private workers: Workers | undefined;
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
    const { config, clock, logger, onStop } = this;
    assertRoles(config.roles);
    const { url, dataDirectory } = await openDatabase(config, logger, onStop, (error) => this.fail(error));
    this.dataDirectory = dataDirectory;
    const objects = await openObjectStore(config.objectStore, clock);
    const pools = new Pools(url, logger, onStop);
    const pool = pools.open("main", 12);
    const sealer = createSealer(loadSecret(config.home, config.secret));
    const publicUrl = config.publicUrl ?? urlOf("http", config.host, config.httpPort);
    const urgentPool = pools.open("tokens", 3);
    const accounts = composeAccounts({ pool, urgentPool, sealer, clock, logger, publicUrl }, config);
    const administrator = await prepareInstallation(accounts, config);

    const directory = new PostgresDeviceDirectory({ pool, clock, connect: () => connectClient(url, "registry") });
    await directory.start();
    onStop(() => directory.stop());
    const latestValues = () => this.pipeline?.latestValues();
    const partReader = createPartReader(objects, clock);
    onStop(() => partReader.stop());
    if (config.roles.has("api") || config.roles.has("worker")) partReader.warm();
    const telemetry = createTelemetryReader({
      pool: pools.open("telemetry", 6),
      partition: 0,
      latestValues,
      partReader,
      clock,
    });

    const gatewayOf = () => this.gateway;
    const onExecutionDue = () => this.workers?.automation.nudge();
    const timeDecision = timeDecisions(this.metrics, clock);
    const actuationParts = { pools, logger, telemetry, directory, gateway: gatewayOf, onExecutionDue, timeDecision };
    const actuation = composeActuation(actuationParts);
    const rules = new RuleIndex({ pool, clock, logger });
    onStop(() => rules.stop());
    const liveValues = () => (this.pipeline?.isRunning === true ? latestValues() : undefined);
    const live = composeLiveStream({
      pool,
      accounts,
      directory,
      telemetry,
      latestValues: liveValues,
      clock,
      logger,
    });
    await this.listen(url, rules, live);

    const workerPool = pools.open("worker", 6, { isPipelined: true });
    const alerts = composeAlerts(workerPool);
    const lostAlerts = new LostAlerts(clock);
    const automation = composeAutomation(workerPool, actuation, alerts, telemetry);
    const scheduling = composeScheduling(automation, () => this.workers?.schedules.nudge());
    const told = { pool: pools.open("notifications", 4), settings: config.notifications, sealer, clock, logger };
    const notifications = composeNotifications(told);
    const reports = composeReports(
      {
        ...{ pool: workerPool, telemetry, objects, clock, logger, publicUrl },
        sendsMail: config.notifications.email !== undefined,
        onRunQueued: () => this.workers?.reports.nudge(),
      },
      onStop,
    );
    if (config.roles.has("worker")) {
      const settling = { connectionString: url, objectStore: config.objectStore };
      if (!config.settlesReadings) logger.warn({ mend: SAY_WHERE }, "readings stay in the database, and do not settle");
      const work = {
        accounts,
        automation,
        scheduling,
        alerts,
        notifications,
        lostAlerts,
        reports,
        settling: config.settlesReadings ? settling : undefined,
        pool: workerPool,
        clock,
        logger,
      };
      this.workers = startWorkers(work, onStop);
    }

    const pipeline = this.createPipeline(url, pools, directory, rules, live);
    const ingest = composeIngest({ accounts, directory, pipeline, pool, clock, logger, gateway: gatewayOf });
    const owner = this.createOwner(url, rules, pipeline, actuation, ingest);

    const energy = new Energy({ pool, telemetry, clock });
    onStop(directory.watch((event) => energy.onRegistryChange(event)));
    const backtester = new Backtester({ connectionString: url, objectStore: config.objectStore, clock });
    const ruleEditing = composeRuleEditing(pool, rules);
    const isDatabaseThere = lookOut(pools.open("status", 1, { statementTimeoutMs: LOOKED_EVERY_MS }), clock);
    const parts = {
      accounts,
      registry: composeRegistry(pool, rules, clock),
      actuation,
      alerts: { ...alerts, pool },
      notifications: { ...notifications, pool },
      reports: { ...reports, pool },
      automation,
      scheduling,
      ruleEditing,
      solutions: composeSolutions(ruleEditing),
      directory,
      telemetry,
      energy,
      pool,
      live,
      backtester,
      clock,
      logger,
      ingest: hasGateway(config.roles) ? ingest : undefined,
      workers: this.workers,
      metrics: this.metrics,
      status: () => this.status(isDatabaseThere),
    };
    measureServer(this.metrics, {
      ...parts,
      pool: pools.open("metrics", 1),
      pools: () => pools.opened(),
      pipeline: () => this.pipeline,
      workers: () => this.workers,
    });
    const httpUrl = await startHttp(parts, config, onStop);
    // Before the HTTP server in the order of stopping: it waits for its answers.
    onStop(() => backtester.stop());
    const mqttUrl = hasGateway(config.roles) ? await this.startGateway(owner, directory, pipeline, ingest) : "";
    this.startSelfWatch({ ...alerts, pool: pools.open("watch", 2) }, lostAlerts, new URL(httpUrl).port);
    this.isReady = true;
    logger.info({ http: httpUrl, mqtt: mqttUrl }, "ready");
    return { httpUrl, mqttUrl, administrator, dataDirectory, stop: () => this.stop() };
  }

  private readonly onStop: OnStop = (stop) => {
    this.stops.push(stop);
  };

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
    const wasReady = this.isReady;
    this.isReady = false;
    this.interrupt();
    if (wasReady) await this.drain();
    for (const stop of this.stops.reverse()) {
      try {
        await stop();
      } catch (error) {
        this.logger.error({ err: error }, "a part did not stop cleanly");
      }
    }
  }

  /** `/readyz` says 503 by now: whoever spreads the traffic is given the time to see it. */
  private async drain(): Promise<void> {
    const { drainMs } = this.config.http;
    if (drainMs > 0) await new Promise<void>((resolve) => this.clock.after(drainMs, () => resolve()));
  }

  /** Another owns the partition, or the database is gone for good: go, so that whoever supervises starts us anew. */
  private fail(error: unknown): void {
    if (this.stopping !== undefined) return;
    this.logger.fatal({ err: error }, "cannot go on");
    const limit = new Promise((resolve) => this.clock.after(FATAL_STOP_MS, () => resolve(undefined)));
    Promise.race([this.stop(), limit]).finally(() => this.onFatal(error));
  }

  /** Notices of other processes; after a gap in them everything is looked at once. */
  private async listen(url: string, rules: RuleIndex, live: LiveStream): Promise<void> {
    const listener = new ChannelListener({
      connect: () => connectClient(url, "notices"),
      clock: this.clock,
      channels: [COMMAND_CHANNEL, RULE_CHANNEL, DELIVERY_CHANNEL, LIVE_CHANNEL],
      onNotice: (channel, payload) => {
        if (channel === RULE_CHANNEL) rules.onNotice(payload);
        else if (channel === LIVE_CHANNEL) live.hub.onNotice(payload);
        else if (channel === DELIVERY_CHANNEL) this.workers?.deliveries.nudge();
        else this.gateway?.onNotice(payload);
      },
      onGap: () => {
        rules.onNotice("");
        live.hub.onGap();
        this.workers?.automation.nudge();
      },
    });
    await listener.start();
    this.onStop(() => listener.stop());
    await rules.refresh();
  }

  private createPipeline(
    url: string,
    pools: Pools,
    directory: PostgresDeviceDirectory,
    rules: RuleIndex,
    live: LiveStream,
  ): Pipeline {
    const pipeline = new Pipeline({
      connectionString: url,
      pool: pools.open("pipeline", 4),
      clock: this.clock,
      directory,
      rules,
      isRuleDeleted: (ruleId) => rules.isDeleted(ruleId),
      onTransitions: () => this.workers?.automation.nudge(),
      onStored: live.readings.onStored,
      onFenced: () => this.fail(new Error("another process has taken the readings over")),
      onCommitError: (error) => this.logger.error({ err: error }, "a flush was not stored; its senders were told"),
      onFlush: timeFlushes(this.metrics),
      owner: `${process.pid}`,
      ...(this.config.settlesReadings ? {} : { maxUnsettled: Number.POSITIVE_INFINITY }),
    });
    rules.watch((ruleIds) => pipeline.rulesChanged(ruleIds));
    this.onStop(directory.watch((event) => rules.onRegistryChange(event)));
    this.rate = new RateMeter(this.clock, () => pipeline.counters().values);
    return pipeline;
  }

  private createOwner(
    connectionString: string,
    rules: RuleIndex,
    pipeline: Pipeline,
    actuation: Actuation,
    { publisher }: Ingest,
  ): GatewayOwner {
    const { clock, logger, standby } = this;
    const onSuperseded = () => this.owner?.yield();
    this.gateway = new CommandGateway({ actuation, publisher, clock, logger, onSuperseded });
    this.owner = new GatewayOwner({
      connectionString,
      rules,
      pipeline,
      gateway: this.gateway,
      listeningDeviceIds: () => publisher.listeningDeviceIds(),
      clock,
      logger,
      signal: standby.signal,
      onFailed: (error) => this.fail(error),
    });
    return this.owner;
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
    this.onStop(() => this.rate!.stop());
    this.onStop(() => owner.stop());
    const { port } = await ingest.mqtt.start(mqttListeners(this.config));
    this.onStop(() => ingest.mqtt.stop());
    this.onStop(watchCredentials(directory, ingest));
    return urlOf("mqtt", this.config.host, port);
  }

  private startSelfWatch(alerts: Alerts, lostAlerts: LostAlerts, port: string): void {
    const { clock, logger, config } = this;
    const { pool } = alerts;
    const watch = createSelfWatch({
      alerts,
      clock,
      logger,
      host: `${hostname()}:${port}`,
      directory: this.dataDirectory ?? config.home,
      roles: () => [...config.roles].filter((role) => role !== "gateway" || this.pipeline?.isRunning === true),
      counts: {
        deadExecutions: () => countNewDead(pool),
        deadDeliveries: () => countNewDeadDeliveries(pool),
        rejectedMessages: () => countNewRejected(pool),
        lostAlerts: () => lostAlerts.count(),
        settling: config.settlesReadings ? () => readSettlingTroubles(pool) : async () => NO_TROUBLES,
      },
    });
    watch.start();
    this.onStop(() => watch.stop());
  }

  private async status(isDatabaseThere: () => Promise<boolean>): Promise<StatusReport> {
    const isConnected = await isDatabaseThere();
    const isStoring = this.pipeline?.isRunning ?? !hasGateway(this.config.roles);
    const isRunning = this.isReady && isConnected && isStoring;
    return {
      status: this.stopping !== undefined ? "stopping" : isRunning ? "healthy" : this.isReady ? "degraded" : "starting",
      db: isConnected ? "connected" : "disconnected",
      workers: this.workers === undefined || this.stopping !== undefined ? "stopped" : "running",
      ...(this.pipeline === undefined ? {} : { readingsPerSecond: Math.round(this.rate!.perSecond() * 10) / 10 }),
      pipeline: this.pipeline?.counters(),
    };
  }
}

/** Whoever asks how we are, and however often, the database is asked once. */
function lookOut(pool: Pool, clock: Clock): () => Promise<boolean> {
  return keptFor(clock, LOOKED_EVERY_MS, () =>
    pool.query("select 1").then(
      () => true,
      () => false,
    ),
  );
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
