import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import path from "node:path";
import { describeRun, rounded } from "../bench-report.ts";
import { callApi, type ServerProcess, startServerProcess } from "../server-process.ts";
import { SteadyFleet } from "./steady-fleet.ts";
import type { FromSubscribers, ToSubscribers, WatchOrder, WatchResult } from "./watch-order.ts";

export interface LiveOptions {
  readonly devices: number;
  readonly subscribers: number;
  readonly devicesEach: number;
  readonly seconds: number;
  readonly say: (text: string) => void;
  readonly interruption: AbortSignal;
}

/** Memory settles, and code is compiled. */
const WARM_UP_SECONDS = 10;
const MAX_STALLED_DEVICES = 1_000;
const SAMPLE_MS = 500;
const MIB = 1024 * 1024;

/**
 * Every device says a reading a second; subscribers of the live stream watch some of them each, and one more watches a
 * thousand and never reads. Measured from the request that brings a reading to the message that shows it; at the end the last
 * reading of every device must be with everybody who watches it.
 */
export async function benchLive(options: LiveOptions): Promise<Record<string, unknown>> {
  const { devices, subscribers, say } = options;
  say("starting a server");
  // On a busy machine every request takes long, and each would be a line.
  const server = await startServerProcess({ env: { SLUICE_LOG_LEVEL: "error" } });
  const host = fork(path.join(import.meta.dirname, "subscribers-host.ts"));
  const fleet = new SteadyFleet(server.httpUrl, await tokenFor(server, ["ingest", "devices:provision"]), devices);
  try {
    say(`registering ${devices.toLocaleString("en")} devices`);
    await fleet.begin();
    say(`connecting ${subscribers.toLocaleString("en")} subscribers`);
    tell(host, await watchOrder(server, options));
    await told(host, "watching");
    return await measure(server, host, fleet, options);
  } finally {
    fleet.close();
    if (host.connected) host.disconnect();
    await server.remove();
  }
}

async function measure(
  server: ServerProcess,
  host: ChildProcess,
  fleet: SteadyFleet,
  options: LiveOptions,
): Promise<Record<string, unknown>> {
  const { seconds, say, interruption } = options;
  say(`warming up for ${WARM_UP_SECONDS} s`);
  await fleet.run(WARM_UP_SECONDS, interruption);
  tell(host, { kind: "measure" });
  say(`measuring for ${seconds} s`);
  const memory = sampleMemory(server);
  const before = server.cpuSeconds();
  const readingsPerSecond = await fleet.run(seconds, interruption);
  const after = server.cpuSeconds();
  const resident = memory.stop();
  tell(host, { kind: "finish", last: fleet.last });
  const result = (await told(host, "result")) as WatchResult;
  return report(options, { fleet, readingsPerSecond, resident, result, cpu: after.sluice - before.sluice });
}

interface Measured {
  readonly fleet: SteadyFleet;
  readonly readingsPerSecond: number;
  readonly resident: Resident;
  readonly result: WatchResult;
  /** Seconds of Sluice's own. */
  readonly cpu: number;
}

function report(
  { say: _say, interruption: _interruption, ...config }: LiveOptions,
  { fleet, readingsPerSecond, resident, result, cpu }: Measured,
): Record<string, unknown> {
  const { p50, p99, longest, changes, frames, lost, wrong, dropped, stalled } = result;
  const { acknowledged } = fleet;
  return {
    ...describeRun({ ...config, tier: "fsync" }),
    delivered: { p50: rounded(p50), p99: rounded(p99), longest: rounded(longest) },
    acknowledged: { p50: rounded(acknowledged.percentile(50)), p99: rounded(acknowledged.percentile(99)) },
    readingsPerSecond: rounded(readingsPerSecond, 0),
    changes,
    framesPerSecond: rounded(frames / config.seconds, 0),
    cpuCores: rounded(cpu / config.seconds),
    residentMib: resident,
    stalled,
    dropped,
    lost: lost + dropped,
    wrong,
    loadAverage: loadavg().map((load) => rounded(load)),
  };
}

async function watchOrder(server: ServerProcess, options: LiveOptions): Promise<WatchOrder> {
  const { devices, subscribers, devicesEach } = options;
  return {
    kind: "watch",
    httpUrl: server.httpUrl,
    token: await tokenFor(server, ["telemetry:read"]),
    subscribers,
    devicesEach: Math.min(devicesEach, devices),
    devices,
    stalledDevices: Math.min(devices, MAX_STALLED_DEVICES),
  };
}

async function tokenFor(server: ServerProcess, scopes: readonly string[]): Promise<string> {
  const client = { name: `bench-${scopes[0]}`, scopes };
  return (await callApi<{ token: string }>(server, "POST", "/api/v1/clients", client)).token;
}

interface Resident {
  readonly start: number;
  /** After each quarter of the time: flat, or growing. */
  readonly quarters: readonly number[];
  readonly most: number;
}

function sampleMemory(server: ServerProcess): { stop(): Resident } {
  const mib = () => Math.round(server.residentBytes() / MIB);
  const samples = [mib()];
  const timer = setInterval(() => samples.push(mib()), SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      samples.push(mib());
      const last = samples.length - 1;
      const quarters = [1, 2, 3, 4].map((quarter) => samples[Math.round((last * quarter) / 4)]!);
      return { start: samples[0]!, quarters, most: Math.max(...samples) };
    },
  };
}

function tell(host: ChildProcess, message: ToSubscribers): void {
  host.send(message);
}

async function told(host: ChildProcess, kind: FromSubscribers["kind"]): Promise<FromSubscribers> {
  const ended = once(host, "exit").then(([code]) => {
    throw new Error(`the process of the subscribers ended with ${code}`);
  });
  const [message] = (await Promise.race([once(host, "message"), ended])) as [FromSubscribers];
  if (message.kind !== kind) throw new Error(`the subscribers say "${message.kind}" instead of "${kind}"`);
  return message;
}
