import { startEmbeddedPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import { storedBytes } from "@sluice/server/telemetry/index.ts";
import { describeRun, rounded } from "./bench-report.ts";
import { measureCopyFloor } from "./copy-floor.ts";
import { type HttpLoadResult, sendBodies } from "./http-load.ts";
import { type ReadBack, readBack } from "./read-back.ts";
import { callApi, type ServerProcess, startServerProcess } from "./server-process.ts";
import { bulkJsonBody, lineProtocolBody, METRICS, type Workload } from "./workload.ts";

export type IngestFormat = "line" | "json";

export interface IngestOptions {
  readonly format: IngestFormat;
  readonly devices: number;
  readonly messages: number;
  readonly floorMessages: number;
  readonly messagesPerRequest: number;
  readonly connections: number;
  readonly say: (text: string) => void;
}

const ROUTES = {
  line: { path: "/api/v2/write?precision=ns", contentType: "text/plain", encode: lineProtocolBody },
  json: { path: "/api/readings/bulk", contentType: "application/json", encode: bulkJsonBody },
} as const;
/** Readings lie this far back, so that none is ahead of the clock. */
const START_BEFORE_SECONDS = 24 * 3600;

/** Durable ingest over HTTP against a server of its own, then the floor on the same database, then a full read-back. */
export async function benchIngest(options: IngestOptions): Promise<Record<string, unknown>> {
  const startMicros = (Math.floor(Date.now() / 1000) - START_BEFORE_SECONDS) * 1_000_000;
  const workload: Workload = { devices: options.devices, messages: options.messages, startMicros };
  options.say(`making ${options.messages.toLocaleString("en")} messages`);
  const bodies = makeBodies(workload, options);
  options.say("starting a server");
  const server = await startServerProcess();
  try {
    const { load, cpu } = await runLoad(server, options, bodies);
    await server.stop();
    options.say("reading everything back, and measuring the floor");
    const after = await inspect(server.home, workload, options, load);
    return report(options, load, cpu, after);
  } finally {
    await server.remove();
  }
}

function makeBodies(workload: Workload, { format, messagesPerRequest }: IngestOptions): Buffer[] {
  const bodies: Buffer[] = [];
  for (let from = 0; from < workload.messages; from += messagesPerRequest) {
    bodies.push(ROUTES[format].encode(workload, from, Math.min(from + messagesPerRequest, workload.messages)));
  }
  return bodies;
}

async function runLoad(server: ServerProcess, options: IngestOptions, bodies: readonly Buffer[]) {
  const { path, contentType } = ROUTES[options.format];
  const scopes = ["ingest", "devices:provision"];
  const client = await callApi(server, "POST", "/api/v1/clients", { name: "bench", scopes });
  const target = { url: server.httpUrl + path, token: client.token as string, contentType };
  // The first second of all devices registers them; it is sent before the clock starts.
  const warmUp = Math.ceil(options.devices / options.messagesPerRequest);
  options.say(`registering ${options.devices.toLocaleString("en")} devices`);
  const first = await sendBodies({ ...target, connections: 1 }, bodies.slice(0, warmUp));
  options.say("sending");
  const before = server.cpuSeconds();
  const measured = await sendBodies({ ...target, connections: options.connections }, bodies.slice(warmUp));
  const used = server.cpuSeconds();
  const load: HttpLoadResult = { ...measured, acknowledged: [...first.acknowledged, ...measured.acknowledged] };
  const messages = measured.acknowledged.filter(Boolean).length * options.messagesPerRequest;
  const cpu = { sluice: used.sluice - before.sluice, postgres: used.postgres - before.postgres };
  return { load: { ...load, measuredMessages: messages }, cpu };
}

interface Inspection extends ReadBack {
  readonly bytes: number;
  readonly floorPerSecond: number;
}

async function inspect(
  home: string,
  workload: Workload,
  options: IngestOptions,
  load: HttpLoadResult,
): Promise<Inspection> {
  const postgres = await startEmbeddedPostgres({ home });
  const pool = createPool({
    connectionString: postgres.connectionString,
    name: "bench",
    max: 2,
    statementTimeoutMs: 600_000,
  });
  try {
    const bytes = await storedBytes(pool);
    const isAcknowledged = (message: number) =>
      load.acknowledged[Math.floor(message / options.messagesPerRequest)] === true;
    const found = await readBack({ pool, home }, workload, "generic", isAcknowledged);
    const floorWorkload = { ...workload, messages: Math.min(options.floorMessages, workload.messages) };
    const floorPerSecond = await measureCopyFloor(postgres.connectionString, floorWorkload);
    return { ...found, bytes, floorPerSecond };
  } finally {
    await pool.end();
    await postgres.stop();
  }
}

function report(
  options: IngestOptions,
  load: HttpLoadResult & { measuredMessages: number },
  cpu: { sluice: number; postgres: number },
  after: Inspection,
): Record<string, unknown> {
  const { say: _say, ...config } = options;
  const messagesPerSecond = load.measuredMessages / load.seconds;
  const readings = load.measuredMessages * METRICS.length;
  return {
    ...describeRun({ ...config, tier: "fsync" }),
    messagesPerSecond: rounded(messagesPerSecond, 0),
    readingsPerSecond: rounded(readings / load.seconds, 0),
    floorMessagesPerSecond: rounded(after.floorPerSecond, 0),
    ratio: rounded(messagesPerSecond / after.floorPerSecond),
    ackP50Ms: rounded(load.latencies.percentile(50)),
    ackP99Ms: rounded(load.latencies.percentile(99)),
    cpuSecondsPerMillion: rounded(((cpu.sluice + cpu.postgres) / readings) * 1e6, 3),
    cpuSeconds: { sluice: rounded(cpu.sluice), postgres: rounded(cpu.postgres), elapsed: rounded(load.seconds) },
    bytesPerReading: rounded(after.bytes / (after.stored * METRICS.length), 3),
    stored: after.stored,
    lost: after.lost,
    duplicated: after.duplicated,
    wrong: after.wrong,
    retriedRequests: load.retried,
  };
}
