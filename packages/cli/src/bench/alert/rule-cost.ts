import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "pg";
import { sendBodies } from "../http-load.ts";
import { callApi, type ServerProcess } from "../server-process.ts";
import { lineProtocolBody, type Workload } from "../workload.ts";
import { addIdleRules, removeIdleRules } from "./alert-bench-store.ts";

export interface RuleCostOptions {
  /** Of each measurement. */
  readonly messages: number;
  readonly say: (text: string) => void;
  readonly interruption: AbortSignal;
}

export interface RuleCost {
  readonly rules: number;
  /** Messages a second, measurement by measurement. */
  readonly without: readonly number[];
  readonly with: readonly number[];
}

const DEVICES = 10_000;
const MESSAGES_PER_REQUEST = 5_000;
const CONNECTIONS = 4;
/** Rounds of one measurement without rules and one with them: what the machine does besides hits both. */
const ROUNDS = 3;
/** Changed rules are read, and what they remember comes into being. */
const SETTLE_MS = 2_000;
const WARM_UP_MESSAGES = 5 * DEVICES;
const START_BEFORE_SECONDS = 24 * 3600;

/** What ingest takes without and with a rule on each of its devices, in turns. Every message is newer than those before it. */
export async function measureRuleCost(server: ServerProcess, pool: Pool, options: RuleCostOptions): Promise<RuleCost> {
  const scopes = ["ingest", "devices:provision"];
  const { token } = await callApi<{ token: string }>(server, "POST", "/api/v1/clients", { name: "rule-cost", scopes });
  const beginMicros = (Math.floor(Date.now() / 1000) - START_BEFORE_SECONDS) * 1_000_000;
  let sent = 0;
  const send = (messages: number) => {
    const startMicros = beginMicros + (sent / DEVICES) * 1_000_000;
    sent += messages;
    return sendAll(server, token, { devices: DEVICES, messages, startMicros });
  };
  const measure = async (what: string) => {
    options.say(`ingest ${what}`);
    await pause(SETTLE_MS, undefined, { signal: options.interruption });
    await send(WARM_UP_MESSAGES);
    return send(options.messages);
  };
  await measure("to register devices and warm up");
  const cost = { rules: 0, without: [] as number[], with: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    cost.without.push(await measure("without rules"));
    cost.rules = await addIdleRules(pool);
    cost.with.push(await measure(`with ${cost.rules.toLocaleString("en")} rules`));
    await removeIdleRules(pool);
  }
  return cost;
}

/** Messages a second. */
async function sendAll(server: ServerProcess, token: string, workload: Workload): Promise<number> {
  const bodies: Buffer[] = [];
  for (let from = 0; from < workload.messages; from += MESSAGES_PER_REQUEST) {
    bodies.push(lineProtocolBody(workload, from, Math.min(from + MESSAGES_PER_REQUEST, workload.messages)));
  }
  const url = `${server.httpUrl}/api/v2/write?precision=ns`;
  const load = { url, token, contentType: "text/plain", connections: CONNECTIONS };
  const { seconds } = await sendBodies(load, bodies);
  return workload.messages / seconds;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
