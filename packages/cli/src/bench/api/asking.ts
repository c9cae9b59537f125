import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { Latencies } from "../latencies.ts";

export interface Asked {
  readonly url: string;
  readonly token?: string | undefined;
  /** Sent as JSON by POST; a GET without. */
  readonly body?: unknown;
}

export interface AskingOptions {
  readonly requests: number;
  readonly connections: number;
  /** From one request to the next, whether or not the last one was answered; one after the other when absent. */
  readonly everyMs?: number | undefined;
  readonly interruption: AbortSignal;
}

export interface AskingResult {
  /** Of those answered with 2xx. */
  readonly latencies: Latencies;
  readonly seconds: number;
  /** Status → answers. */
  readonly statuses: ReadonlyMap<number, number>;
  /** The last answer's body. */
  readonly text: string;
}

/** Asks so many times, and waits for every answer. A request that is due while all connections wait is sent late, and timed from when it was due. */
export async function askAll(next: (index: number) => Asked, options: AskingOptions): Promise<AskingResult> {
  const { requests, connections, everyMs, interruption } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies = new Latencies();
  const statuses = new Map<number, number>();
  let text = "";
  let index = 0;
  const begin = performance.now();
  const asker = async () => {
    while (index < requests && !interruption.aborted) {
      const number = index++;
      const dueMs = everyMs === undefined ? performance.now() : begin + number * everyMs;
      const earlyMs = dueMs - performance.now();
      if (earlyMs > 0) await pause(earlyMs);
      const answer = await ask(agent, next(number));
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status < 200 || answer.status > 299) continue;
      latencies.add(performance.now() - dueMs);
      text = answer.text;
    }
  };
  await Promise.all(Array.from({ length: connections }, asker));
  agent.destroy();
  interruption.throwIfAborted();
  return { latencies, seconds: (performance.now() - begin) / 1000, statuses, text };
}

/** All answers were good ones, or the first benchmark of nothing is the fastest. */
export function assertAnswered({ statuses, text }: AskingResult, what: string): void {
  const bad = [...statuses].filter(([status]) => status < 200 || status > 299);
  if (bad.length === 0) return;
  const told = bad.map(([status, count]) => `${count} with ${status}`).join(", ");
  throw new Error(`${what}: requests were answered ${told}; the last good answer was ${text.slice(0, 200)}`);
}

export function ask(agent: Agent, { url, token, body }: Asked): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
    };
    const method = text === undefined ? "GET" : "POST";
    const outgoing = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.on("error", reject);
    outgoing.end(text);
  });
}
