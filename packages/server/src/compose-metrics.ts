import type { Pool } from "pg";
import { type Actuation, countQueuedExecutions, countRecentCommands } from "./actuation/index.ts";
import { countOpenAlerts } from "./alerts/index.ts";
import type { LiveStream, StatusReport } from "./api/index.ts";
import type { Workers } from "./compose-workers.ts";
import type { Ingest } from "./ingest/index.ts";
import { countDeliveries } from "./notifications/index.ts";
import type { FlushTimes, Pipeline } from "./pipeline/index.ts";
import type { Clock } from "./platform/clock.ts";
import { keptFor } from "./platform/kept-for.ts";
import type { Metrics } from "./platform/metrics.ts";
import { countUnmadeReports } from "./reports/index.ts";
import { readSettlingTroubles } from "./telemetry/index.ts";

/** What the parts count, under the names by which Prometheus asks for it. `docs/guides/monitoring.md` says what to make of it. */

/** Seconds: a decision or a flush takes milliseconds, and tens of them when the machine has much to do. */
const BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5];
/** However often somebody looks, the tables are counted no more often than this. */
export const COUNTED_EVERY_MS = 5_000;

/** How long decisions take, from being asked for to being committed. */
export function timeDecisions(metrics: Metrics, clock: Clock): NonNullable<Actuation["timeDecision"]> {
  const timer = metrics.timer(
    {
      name: "sluice_decision_duration_seconds",
      help: "Time from asking for a decision on an actuator to its commit, by what was decided.",
      labels: ["outcome"],
    },
    BUCKETS_SECONDS,
  );
  return () => {
    const beganMs = clock.monotonicMs();
    return (outcome) => timer.observe({ outcome }, (clock.monotonicMs() - beganMs) / 1000);
  };
}

/** How long flushes take: preparing and committing, which go on at the same time. */
export function timeFlushes(metrics: Metrics): (flush: FlushTimes) => void {
  const time = (name: string, help: string) => metrics.timer({ name, help }, BUCKETS_SECONDS);
  const prepare = time(
    "sluice_pipeline_prepare_duration_seconds",
    "Time in which a flush was sorted, judged by rules and encoded.",
  );
  const commit = time("sluice_pipeline_commit_duration_seconds", "Time of a flush's transaction.");
  return ({ prepareMs, commitMs }) => {
    prepare.observe({}, prepareMs / 1000);
    commit.observe({}, commitMs / 1000);
  };
}

export interface MeasuredParts {
  readonly ingest: Ingest | undefined;
  readonly pipeline: () => Pipeline | undefined;
  readonly workers: () => Workers | undefined;
  readonly live: Pick<LiveStream, "connections">;
  readonly pools: () => ReadonlyMap<string, Pick<Pool, "totalCount" | "idleCount" | "waitingCount">>;
  readonly status: () => Promise<StatusReport>;
  /** For counting in tables. */
  readonly pool: Pool;
  readonly clock: Clock;
}

export function measureServer(metrics: Metrics, parts: MeasuredParts): void {
  metrics.gauge({ name: "sluice_ready", help: "1 while the server takes traffic, else 0." }, async () =>
    (await parts.status()).status === "healthy" ? 1 : 0,
  );
  measureIngest(metrics, parts);
  measurePipeline(metrics, parts);
  measureWorkers(metrics, parts);
  measureTables(metrics, parts);
  metrics.gauge(
    { name: "sluice_live_connections", help: "WebSockets open on the live stream." },
    () => parts.live.connections,
  );
  metrics.gauge(
    { name: "sluice_database_connections", help: "Connections to the database, by pool.", labels: ["pool", "state"] },
    () =>
      [...parts.pools()].flatMap(([pool, { totalCount, idleCount }]) => [
        { labels: { pool, state: "idle" }, value: idleCount },
        { labels: { pool, state: "busy" }, value: totalCount - idleCount },
      ]),
  );
  metrics.gauge(
    { name: "sluice_database_waiting", help: "Who waits for a connection, by pool.", labels: ["pool"] },
    () => [...parts.pools()].map(([pool, { waitingCount }]) => ({ labels: { pool }, value: waitingCount })),
  );
}

function measureIngest(metrics: Metrics, { ingest }: MeasuredParts): void {
  const counters = () => ingest?.counters();
  const counter = (name: string, help: string, read: Parameters<typeof metrics.counter>[1]) =>
    metrics.counter({ name: `sluice_${name}`, help }, read);
  const gauge = (name: string, help: string, read: Parameters<typeof metrics.gauge>[1]) =>
    metrics.gauge({ name: `sluice_${name}`, help }, read);
  counter("ingest_messages_stored_total", "Messages committed.", () => counters()?.stored);
  counter("ingest_messages_refused_total", "Messages refused, or set aside (MQTT).", () => counters()?.refused);
  counter(
    "ingest_rate_limited_total",
    "Requests and MQTT messages put off by a device's rate.",
    () => counters()?.rateLimited,
  );
  counter(
    "ingest_requests_put_off_total",
    "HTTP requests refused with 503 because the pipeline was full.",
    () => counters()?.requestsPutOff,
  );
  counter(
    "ingest_qos0_dropped_total",
    "MQTT messages of QoS 0 dropped because the pipeline was full.",
    () => counters()?.qos0Dropped,
  );
  gauge("mqtt_connections", "MQTT connections open.", () => counters()?.connections);
  counter(
    "mqtt_connections_closed_total",
    "MQTT connections closed for misbehaving.",
    () => counters()?.connectionsClosed,
  );
  counter(
    "mqtt_connections_refused_total",
    "MQTT connections refused at the door.",
    () => counters()?.connectionsRefused,
  );
  gauge("mqtt_held_bytes", "Memory of MQTT messages not acknowledged yet.", () => counters()?.heldBytes);
}

function measurePipeline(metrics: Metrics, { pipeline }: MeasuredParts): void {
  const counters = () => pipeline()?.counters();
  const name = (rest: string) => `sluice_pipeline_${rest}`;
  metrics.counter({ name: name("messages_total"), help: "Messages committed." }, () => counters()?.messages);
  metrics.counter({ name: name("readings_total"), help: "Single values committed." }, () => counters()?.values);
  metrics.counter({ name: name("flushes_total"), help: "Flushes committed." }, () => counters()?.flushes);
  metrics.counter(
    { name: name("flushes_failed_total"), help: "Flushes whose commit failed; their senders were told." },
    () => counters()?.failedFlushes,
  );
  metrics.counter(
    { name: name("rejected_total"), help: "Messages set aside because they can never be stored." },
    () => counters()?.rejected,
  );
  metrics.gauge({ name: name("waiting_messages"), help: "Messages that wait for a flush." }, () => counters()?.waiting);
}

function measureWorkers(metrics: Metrics, { workers, clock }: MeasuredParts): void {
  type Worker = NonNullable<Workers[keyof Workers]>;
  const ofEach = (read: (worker: Worker) => number | undefined) => () =>
    Object.values(workers() ?? {}).flatMap((worker: Worker) => {
      const value = read(worker);
      return value === undefined ? [] : [{ labels: { worker: worker.health().name }, value }];
    });
  const labels = ["worker"];
  metrics.counter(
    { name: "sluice_worker_rounds_total", help: "Rounds that a worker has done.", labels },
    ofEach((worker) => worker.roundCounts().done),
  );
  metrics.counter(
    { name: "sluice_worker_rounds_failed_total", help: "Rounds that ended with an error.", labels },
    ofEach((worker) => worker.roundCounts().failed),
  );
  metrics.gauge(
    { name: "sluice_worker_last_round_seconds", help: "How long the last round took.", labels },
    ofEach((worker) => divided(worker.health().lastRoundMs, 1000)),
  );
  metrics.gauge(
    { name: "sluice_worker_silent_seconds", help: "Time since the end of the last round.", labels },
    ofEach((worker) => {
      const { lastRoundAt } = worker.health();
      return lastRoundAt === null ? undefined : Math.max(0, clock.nowMicros() / 1e6 - lastRoundAt.getTime() / 1000);
    }),
  );
}

function divided(value: number | null, by: number): number | undefined {
  return value === null ? undefined : value / by;
}

function measureTables(metrics: Metrics, { pool, clock }: MeasuredParts): void {
  const alerts = keptFor(clock, COUNTED_EVERY_MS, () => countOpenAlerts(pool));
  metrics.gauge({ name: "sluice_alerts_open", help: "Alerts that are not closed.", labels: ["severity"] }, async () =>
    (await alerts()).map(({ severity, alerts: value }) => ({ labels: { severity }, value })),
  );
  const deliveries = keptFor(clock, COUNTED_EVERY_MS, () => countDeliveries(pool));
  metrics.gauge(
    { name: "sluice_deliveries", help: "Notices on their way, and those given up (dead).", labels: ["state"] },
    async () => (await deliveries()).map(({ state, deliveries: value }) => ({ labels: { state }, value })),
  );
  const executions = keptFor(clock, COUNTED_EVERY_MS, () => countQueuedExecutions(pool));
  metrics.gauge(
    { name: "sluice_executions", help: "Executions that are not decided, and dead letters.", labels: ["status"] },
    async () => (await executions()).map(({ status, executions: value }) => ({ labels: { status }, value })),
  );
  const reports = keptFor(clock, COUNTED_EVERY_MS, () => countUnmadeReports(pool));
  metrics.gauge(
    { name: "sluice_reports", help: "Reports that are not made yet, and those that could not be.", labels: ["state"] },
    async () => (await reports()).map(({ state, reports: value }) => ({ labels: { state }, value })),
  );
  measureSettling(metrics, { pool, clock });
  const commands = keptFor(clock, COUNTED_EVERY_MS, () => countRecentCommands(pool));
  metrics.gauge(
    {
      name: "sluice_commands_recent",
      help: "Commands decided in the last hour, by what has become of them.",
      labels: ["kind", "state"],
    },
    async () => (await commands()).map(({ kind, state, commands: value }) => ({ labels: { kind, state }, value })),
  );
}

function measureSettling(metrics: Metrics, { pool, clock }: Pick<MeasuredParts, "pool" | "clock">): void {
  const settling = keptFor(clock, COUNTED_EVERY_MS, () => readSettlingTroubles(pool));
  metrics.gauge(
    { name: "sluice_settling_backlog", help: "Closed generations of readings that are not settled." },
    async () => (await settling()).unsettled,
  );
  metrics.gauge(
    { name: "sluice_settling_waiting_seconds", help: "How long the oldest of them has waited." },
    async () => (await settling()).waitingSeconds,
  );
  metrics.gauge(
    {
      name: "sluice_settling_troubles",
      help: "Generations that could not be settled, and parts whose files are lost or damaged.",
      labels: ["what"],
    },
    async () => {
      const { generations, parts } = await settling();
      return [
        { labels: { what: "generation" }, value: generations },
        { labels: { what: "part" }, value: parts },
      ];
    },
  );
}
