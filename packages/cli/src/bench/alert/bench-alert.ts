import { setTimeout as pause } from "node:timers/promises";
import { findRunningPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import { describeRun, rounded } from "../bench-report.ts";
import { spread } from "../decision-load.ts";
import { IngestPressure, type PressureResult } from "../ingest-pressure.ts";
import { type ServerProcess, startServerProcess } from "../server-process.ts";
import { storedAlerts } from "./alert-bench-store.ts";
import { type BreachResult, breachAtRandom, createTanks } from "./breaches.ts";
import { type AlertCount, countAlerts } from "./count-alerts.ts";
import { mean, measureRuleCost, type RuleCost } from "./rule-cost.ts";

export interface AlertOptions {
  /** That breach their limits. */
  readonly devices: number;
  readonly breaches: number;
  /** Of each measurement of ingest. */
  readonly messages: number;
  readonly say: (text: string) => void;
  readonly interruption: AbortSignal;
}

const STATEMENT_TIMEOUT_MS = 60_000;
/** Breaches of each device while nothing else goes on. */
const ALONE = 2;
/** Of the measurement of what the server takes. */
const FULL_LOAD_MS = 8_000;

/**
 * What rules cost ingest, and how long a breach takes to its alert on the live stream while others send at half of the speed
 * that the server takes; then every alert is read back and counted.
 */
export async function benchAlert(options: AlertOptions): Promise<Record<string, unknown>> {
  const { devices, say } = options;
  say("starting a server");
  const server = await startServerProcess();
  const pool = createPool({
    connectionString: findRunningPostgres(server.home)!,
    name: "bench",
    max: 2,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  try {
    const cost = await measureRuleCost(server, pool, options);
    const tokens = await createTanks(server, devices);
    say(`breaches by ${devices} devices, nothing else going on`);
    const alone = await breachAtRandom(server, tokens, { ...options, breaches: devices * ALONE });
    say("what the server takes without breaches");
    const full = await measureFullLoad(server, options.interruption);
    say(`breaches by ${devices} devices, under half of that`);
    const half = await breachUnderLoad(server, tokens, full.messagesPerSecond / 2, options);
    say("reading every alert back");
    const counted = countAlerts([alone.breachesOf, half.breachesOf], await storedAlerts(pool));
    return report(options, cost, { alone, full, half }, counted);
  } finally {
    await pool.end();
    await server.remove();
  }
}

/** Just before, and by the same sender: whatever else the machine does hits both. */
async function measureFullLoad(server: ServerProcess, interruption: AbortSignal): Promise<PressureResult> {
  const pressure = new IngestPressure();
  try {
    await pressure.start(server);
    await pause(FULL_LOAD_MS, undefined, { signal: interruption });
    return await pressure.stop();
  } finally {
    pressure.close();
  }
}

async function breachUnderLoad(
  server: ServerProcess,
  tokens: ReadonlyMap<string, string>,
  messagesPerSecond: number,
  options: AlertOptions,
): Promise<BreachResult & PressureResult> {
  const pressure = new IngestPressure();
  try {
    await pressure.start(server, messagesPerSecond);
    const breaches = await breachAtRandom(server, tokens, options);
    return { ...breaches, ...(await pressure.stop()) };
  } finally {
    pressure.close();
  }
}

interface Loads {
  readonly alone: BreachResult;
  readonly full: PressureResult;
  readonly half: BreachResult & PressureResult;
}

function report(
  { say: _say, interruption: _interruption, ...config }: AlertOptions,
  cost: RuleCost,
  { alone, full, half }: Loads,
  counted: AlertCount,
): Record<string, unknown> {
  const perSecond = (values: readonly number[]) => values.map((value) => rounded(value, 0));
  return {
    ...describeRun({ ...config, rules: cost.rules, tier: "fsync" }),
    ...latenciesOf(half),
    loadMessagesPerSecond: rounded(half.messagesPerSecond, 0),
    loadOfFull: rounded(half.messagesPerSecond / full.messagesPerSecond, 3),
    alone: latenciesOf(alone),
    ingest: {
      withoutRulesPerSecond: perSecond(cost.without),
      withRulesPerSecond: perSecond(cost.with),
      ratio: rounded(mean(cost.with) / mean(cost.without), 3),
    },
    breaches: counted.breaches,
    stored: counted.stored,
    lost: counted.lost + alone.unseen + half.unseen,
    duplicated: counted.duplicated,
    wrong: counted.open,
  };
}

function latenciesOf({ acknowledged, fired, resolved }: BreachResult): Record<string, unknown> {
  return { acknowledged: spread(acknowledged), fired: spread(fired), resolved: spread(resolved) };
}
