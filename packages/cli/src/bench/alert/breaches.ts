import { setTimeout as pause } from "node:timers/promises";
import { seededRandom } from "@sluice/simulator/random.ts";
import { HttpClient } from "@sluice/simulator/senders/http-client.ts";
import { Latencies } from "../latencies.ts";
import { callApi, type ServerProcess } from "../server-process.ts";
import { AlertStream } from "./alert-stream.ts";

export interface BreachOptions {
  readonly devices: number;
  readonly breaches: number;
  readonly interruption: AbortSignal;
}

export interface BreachResult {
  /** From the reading's request to its answer: it is stored, with the transition. */
  readonly acknowledged: Latencies;
  /** From the reading's request to the alert on the stream. */
  readonly fired: Latencies;
  readonly resolved: Latencies;
  /** Uid → how often it breached. */
  readonly breachesOf: ReadonlyMap<string, number>;
  /** Breaches whose alert was not seen on the stream. */
  readonly unseen: number;
}

export const PROFILE = "bench-tank";
const LIMIT = 100;
const HIGH = 150;
const LOW = 50;
/** Between a device's steps at most. */
const MAX_PAUSE_MS = 2_000;
/** An alert that is not on the stream by then is counted as unseen. */
const UNSEEN_AFTER_MS = 10_000;
const SEED = 20_261_121;

export async function createTanks(server: ServerProcess, devices: number): Promise<Map<string, string>> {
  const rule = {
    key: "overflow",
    name: "Overflow",
    metric: "level",
    comparison: "above",
    threshold: LIMIT,
    alert: { severity: "critical", message: "{device}: {metric} is {value}" },
  };
  const profile = { key: PROFILE, name: "Tank", metrics: [{ key: "level", unit: "cm" }], rules: [rule] };
  await callApi(server, "POST", "/api/v1/profiles", profile);
  const tokens = new Map<string, string>();
  for (let number = 0; number < devices; number++) {
    const uid = `tank-${number}`;
    const { token } = await callApi<{ token: string }>(server, "POST", "/api/v1/devices", { uid, profile: PROFILE });
    tokens.set(uid, token);
  }
  return tokens;
}

/** Each device breaches its limit after a random pause, waits for its alert, comes back, and waits for its end. */
export async function breachAtRandom(
  server: ServerProcess,
  tokens: ReadonlyMap<string, string>,
  { breaches, interruption }: BreachOptions,
): Promise<BreachResult> {
  const lost = new AbortController();
  const stream = await AlertStream.open(server, (error) => lost.abort(error));
  const client = new HttpClient(server.httpUrl, tokens.size);
  const random = seededRandom(SEED);
  const acknowledged = new Latencies();
  const fired = new Latencies();
  const resolved = new Latencies();
  const breachesOf = new Map<string, number>();
  let left = breaches;
  let unseen = 0;
  const step = async (uid: string, level: number, state: "firing" | "resolved", latencies: Latencies) => {
    await pause(random() * MAX_PAUSE_MS);
    interruption.throwIfAborted();
    lost.signal.throwIfAborted();
    const seen = stream.seen(uid, state);
    const sentAt = performance.now();
    const { status, text } = await client.postJson("/api/readings", tokens.get(uid)!, reading(uid, level));
    acknowledged.add(performance.now() - sentAt);
    if (status >= 300) throw new Error(`a reading was answered with ${status}: ${text}`);
    const seenAt = await Promise.race([seen, pause(UNSEEN_AFTER_MS, undefined, { ref: false })]);
    if (seenAt === undefined) unseen++;
    else latencies.add(seenAt - sentAt);
  };
  const device = async (uid: string) => {
    while (left-- > 0) {
      breachesOf.set(uid, (breachesOf.get(uid) ?? 0) + 1);
      await step(uid, HIGH, "firing", fired);
      await step(uid, LOW, "resolved", resolved);
    }
  };
  try {
    await Promise.all([...tokens.keys()].map(device));
  } finally {
    stream.close();
    client.close();
  }
  return { acknowledged, fired, resolved, breachesOf, unseen };
}

function reading(uid: string, level: number): string {
  return JSON.stringify({ device_id: uid, ts_utc: new Date().toISOString(), payload: { level } });
}
