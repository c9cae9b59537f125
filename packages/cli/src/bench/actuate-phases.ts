import { setTimeout as pause } from "node:timers/promises";
import { findRunningPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import { HttpClient } from "@sluice/simulator/senders/http-client.ts";
import type { Pool } from "pg";
import { eventually } from "../eventually.ts";
import { isAnyRunLive, organizationOfActuators } from "./bench-store.ts";
import {
  askOverRest,
  askUseCase,
  type DecisionLoad,
  type DecisionResult,
  DURATION_MS,
  loadBursts,
  loadDecisions,
} from "./decision-load.ts";
import { DeviceFleet } from "./device-fleet.ts";
import { IngestPressure, type PressureResult } from "./ingest-pressure.ts";
import { Latencies } from "./latencies.ts";
import { callApi, type ServerProcess } from "./server-process.ts";
import { loadStops, type StopResult } from "./stop-load.ts";

export interface ActuateOptions {
  /** Requests for a run, by all requesters together, over REST and again through the use case. */
  readonly requests: number;
  readonly requesters: number;
  readonly stops: number;
  readonly reactions: number;
  readonly say: (text: string) => void;
  readonly interruption: AbortSignal;
}

export interface ActuateRun {
  readonly options: ActuateOptions;
  readonly server: ServerProcess;
  /** Holds the devices' logs. */
  readonly stateDirectory: string;
}

export interface Measured {
  readonly reactions: Latencies;
  /** Not reported: plans and compiled code come into being. */
  readonly warmUp: DecisionResult;
  readonly rest: DecisionResult;
  /** During those, of the server with dispatch and evidence, of its PostgreSQL, and of the requesters; devices come on top. */
  readonly cpuSeconds: { readonly sluice: number; readonly postgres: number; readonly requesters: number };
  /** By one requester on one actuator: what a decision takes when nobody is in its way. */
  readonly alone: DecisionResult;
  /** By all requesters at once, again and again, with a pause between. */
  readonly bursts: DecisionResult;
  readonly useCase: DecisionResult;
  readonly idle: StopResult;
  readonly saturated: StopResult;
  readonly pressure: PressureResult;
  /** Of every device that may have run. */
  readonly uids: readonly string[];
}

export const PUMPS = 10;
const STATEMENT_TIMEOUT_MS = 60_000;
/** As many as the server keeps for deciding. */
const USE_CASE_CONNECTIONS = 6;
const WARM_UP_REQUESTS = 1_000;
/** Longer than a run of the benchmark takes from its decision to its last evidence. */
const BURST_PAUSE_MS = 50;
const DRY_PERCENT = 7;

/** A run is over at once, and the next may follow: so decisions are accepted as often as devices answer. */
const PUMP = { key: "pump", kind: "pump", maxRunMs: 50, cooldownMs: 0 };
const WATER_WHEN_DRY = {
  key: "water-when-dry",
  name: "Water when dry",
  metric: "moisture",
  comparison: "below",
  threshold: 10,
  action: { actuator: "pump", kind: "RUN", durationMs: DURATION_MS },
};

export async function measureActuation(run: ActuateRun): Promise<Measured> {
  const metrics = [{ key: "moisture", unit: "%" }];
  const pump = { key: "bench-pump", name: "Pump", metrics, actuators: [PUMP] };
  const zone = { key: "bench-zone", name: "Zone", metrics, actuators: [{ ...PUMP, cooldownMs: 3_600_000 }] };
  await callApi(run.server, "POST", "/api/v1/profiles", pump);
  await callApi(run.server, "POST", "/api/v1/profiles", { ...zone, rules: [WATER_WHEN_DRY] });
  const { reactions, uids } = await measureReactions(run);
  const pumps = await openFleet(run, "bench-pump", PUMPS);
  try {
    const decisions = await measureDecisions(run, pumps);
    const stops = await measureStops(run, pumps);
    return { reactions, ...decisions, ...stops, uids: [...uids, ...uidsOf(pumps)] };
  } finally {
    await pumps.close();
  }
}

function openFleet(
  { options, server, stateDirectory }: ActuateRun,
  profile: string,
  count: number,
): Promise<DeviceFleet> {
  const { interruption } = options;
  return DeviceFleet.open(server, stateDirectory, { profile, count, moisturePercent: DRY_PERCENT, interruption });
}

function uidsOf({ devices }: DeviceFleet): string[] {
  return devices.map(({ uid }) => uid);
}

/** Each zone says once that it is dry, one after the other: no rule has fired before, and no pump is cooling down. */
async function measureReactions(run: ActuateRun): Promise<{ reactions: Latencies; uids: string[] }> {
  run.options.say("from a low reading to a running pump");
  const zones = await openFleet(run, "bench-zone", run.options.reactions);
  try {
    const reactions = new Latencies();
    for (const { uid } of zones.devices) {
      run.options.interruption.throwIfAborted();
      reactions.add(await zones.reactionMs(uid));
    }
    return { reactions, uids: uidsOf(zones) };
  } finally {
    await zones.close();
  }
}

async function measureDecisions(run: ActuateRun, pumps: DeviceFleet) {
  const { requests, requesters, interruption } = run.options;
  const connectionString = findRunningPostgres(run.server.home)!;
  const settings = { connectionString, name: "bench", max: USE_CASE_CONNECTIONS, isPipelined: true };
  const pool = createPool({ ...settings, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  const actuatorIds = pumps.devices.map(({ actuatorId }) => actuatorId);
  const load = { requesters, requests, actuatorIds, interruption };
  try {
    const overRest = await measureOverRest(run, load);
    await eventually(() => isQuiet(pool), interruption);
    run.options.say(`decisions, ${requesters} at a time, by the use case itself`);
    const useCase = await loadDecisions(load, askUseCase(pool, await organizationOfActuators(pool)));
    await eventually(() => isQuiet(pool), interruption);
    return { ...overRest, useCase };
  } finally {
    await pool.end();
  }
}

async function measureOverRest({ options, server }: ActuateRun, load: DecisionLoad) {
  const { requests, requesters, say } = options;
  const client = new HttpClient(server.httpUrl, requesters);
  const ask = askOverRest(client, server);
  try {
    say("decisions, to warm up");
    const warmUp = await loadDecisions({ ...load, requests: Math.min(requests, WARM_UP_REQUESTS) }, ask);
    say("decisions, one at a time");
    const alone = await loadDecisions({ ...load, requesters: 1, requests: Math.ceil(requests / requesters) }, ask);
    say(`decisions, ${requesters} at a time`);
    const before = cpuOf(server);
    const rest = await loadDecisions(load, ask);
    const after = cpuOf(server);
    const cpuSeconds = {
      sluice: after.sluice - before.sluice,
      postgres: after.postgres - before.postgres,
      requesters: after.requesters - before.requesters,
    };
    say(`decisions, ${requesters} at once, with a pause of ${BURST_PAUSE_MS} ms after each time`);
    const bursts = await loadBursts(load, ask, () => pause(BURST_PAUSE_MS));
    return { warmUp, alone, rest, bursts, cpuSeconds };
  } finally {
    client.close();
  }
}

function cpuOf(server: ServerProcess): Measured["cpuSeconds"] {
  const { user, system } = process.cpuUsage();
  return { ...server.cpuSeconds(), requesters: (user + system) / 1e6 };
}

async function isQuiet(pool: Pool): Promise<boolean> {
  return !(await isAnyRunLive(pool));
}

async function measureStops({ options, server }: ActuateRun, pumps: DeviceFleet) {
  const { stops, say, interruption } = options;
  say("stops, nothing else going on");
  const idle = await loadStops(server, pumps, stops, interruption);
  say("stops, under all the readings that the server takes");
  const sender = new IngestPressure();
  try {
    await sender.start(server);
    const saturated = await loadStops(server, pumps, stops, interruption);
    return { idle, saturated, pressure: await sender.stop() };
  } finally {
    sender.close();
  }
}
