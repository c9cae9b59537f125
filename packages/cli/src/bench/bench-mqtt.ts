import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { startEmbeddedPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import { storedBytes } from "@sluice/server/telemetry/index.ts";
import { describeRun, rounded } from "./bench-report.ts";
import { type MqttLoadResult, type MqttSender, publishWorkload } from "./mqtt-load.ts";
import { readBack } from "./read-back.ts";
import { callApi, type ServerProcess, startServerProcess } from "./server-process.ts";
import { METRICS, uidOf, type Workload } from "./workload.ts";

export interface MqttOptions {
  readonly devices: number;
  readonly inFlight: number;
  readonly messages: number;
  readonly say: (text: string) => void;
}

const START_BEFORE_SECONDS = 24 * 3600;

/** Durable MQTT ingest at QoS 1, and the same messages through the same broker without a store. */
export async function benchMqtt(options: MqttOptions): Promise<Record<string, unknown>> {
  const startMicros = (Math.floor(Date.now() / 1000) - START_BEFORE_SECONDS) * 1_000_000;
  const workload: Workload = { devices: options.devices, messages: options.messages, startMicros };
  options.say("measuring the bare broker");
  const bare = await runBareBroker(workload, options.inFlight);
  options.say("starting a server");
  const server = await startServerProcess();
  try {
    const senders = await registerSenders(server, options.devices);
    const before = server.cpuSeconds();
    options.say("publishing");
    const load = await publishWorkload(server.mqttPort, workload, senders, options.inFlight);
    const used = server.cpuSeconds();
    const cpu = { sluice: used.sluice - before.sluice, postgres: used.postgres - before.postgres };
    const residentMib = server.residentBytes() / 2 ** 20;
    await server.stop();
    options.say("reading everything back");
    const after = await inspect(server.home, workload, load);
    return report(options, workload, bare, load, cpu, residentMib, after);
  } finally {
    await server.remove();
  }
}

async function runBareBroker(workload: Workload, inFlight: number): Promise<MqttLoadResult> {
  const child: ChildProcess = fork(path.join(import.meta.dirname, "bare-broker.ts"));
  try {
    const [{ port }] = (await once(child, "message")) as [{ port: number }];
    const senders = Array.from({ length: workload.devices }, (_, device) => ({ uid: uidOf(device), token: "none" }));
    return await publishWorkload(port, workload, senders, inFlight);
  } finally {
    child.disconnect();
    await once(child, "exit");
  }
}

async function registerSenders(server: ServerProcess, devices: number): Promise<MqttSender[]> {
  // The default rate class of a device would limit the measurement, and not the system.
  const profile = { key: "bench", name: "Benchmark", readingsPerSecond: 1_000_000, readingsBurst: 1_000_000 };
  await callApi(server, "POST", "/api/v1/profiles", profile);
  const senders: MqttSender[] = [];
  for (let device = 0; device < devices; device++) {
    const uid = uidOf(device);
    const { token } = await callApi(server, "POST", "/api/v1/devices", { uid, profile: "bench" });
    senders.push({ uid, token: token as string });
  }
  return senders;
}

async function inspect(home: string, workload: Workload, load: MqttLoadResult) {
  const postgres = await startEmbeddedPostgres({ home });
  const pool = createPool({
    connectionString: postgres.connectionString,
    name: "bench",
    max: 2,
    statementTimeoutMs: 600_000,
  });
  try {
    const bytes = await storedBytes(pool);
    return {
      bytes,
      ...(await readBack({ pool, home }, workload, "bench", (message) => load.acknowledged[message] === 1)),
    };
  } finally {
    await pool.end();
    await postgres.stop();
  }
}

function report(
  options: MqttOptions,
  workload: Workload,
  bare: MqttLoadResult,
  load: MqttLoadResult,
  cpu: { sluice: number; postgres: number },
  residentMib: number,
  after: Awaited<ReturnType<typeof inspect>>,
): Record<string, unknown> {
  const { say: _say, ...config } = options;
  const perSecond = workload.messages / load.seconds;
  const brokerOnlyPerSecond = workload.messages / bare.seconds;
  const readings = workload.messages * METRICS.length;
  return {
    ...describeRun({ ...config, qos: 1, tier: "fsync" }),
    messagesPerSecond: rounded(perSecond, 0),
    readingsPerSecond: rounded(perSecond * METRICS.length, 0),
    brokerOnlyPerSecond: rounded(brokerOnlyPerSecond, 0),
    ratio: rounded(perSecond / brokerOnlyPerSecond),
    ackP50Ms: rounded(load.latencies.percentile(50)),
    ackP99Ms: rounded(load.latencies.percentile(99)),
    cpuSecondsPerMillion: rounded(((cpu.sluice + cpu.postgres) / readings) * 1e6, 3),
    cpuSeconds: { sluice: rounded(cpu.sluice), postgres: rounded(cpu.postgres), elapsed: rounded(load.seconds) },
    residentMib: rounded(residentMib, 0),
    bytesPerReading: rounded(after.bytes / (after.stored * METRICS.length), 3),
    stored: after.stored,
    lost: after.lost,
    duplicated: after.duplicated,
    wrong: after.wrong,
  };
}
