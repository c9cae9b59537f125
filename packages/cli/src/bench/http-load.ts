import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { Latencies } from "./latencies.ts";

export interface HttpLoad {
  readonly url: string;
  readonly token: string;
  readonly contentType: string;
  readonly connections: number;
  /** From one body to the next at least; as fast as they are taken when absent. */
  readonly everyMs?: number | undefined;
  /** When the first body is due, by `performance.now()`: what is late catches up. The call's own beginning when absent. */
  readonly dueMs?: number | undefined;
}

export interface HttpLoadResult {
  readonly seconds: number;
  readonly latencies: Latencies;
  /** Which of the bodies were acknowledged. */
  readonly acknowledged: readonly boolean[];
  /** Requests that were told to come again. */
  readonly retried: number;
}

/** A body is sent again at most so often; then it counts as not acknowledged. */
const MAX_ATTEMPTS = 20;

/** Sends every body once, some at a time, and waits for every answer. */
export async function sendBodies(load: HttpLoad, bodies: readonly Buffer[]): Promise<HttpLoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const latencies = new Latencies();
  const acknowledged = new Array<boolean>(bodies.length).fill(false);
  let next = 0;
  let retried = 0;
  const begin = performance.now();
  const sender = async () => {
    while (next < bodies.length) {
      const index = next++;
      if (load.everyMs !== undefined)
        await pause(Math.max(0, (load.dueMs ?? begin) + index * load.everyMs - performance.now()));
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const sentAt = performance.now();
        const { status, text } = await post(load, agent, bodies[index]!);
        if (status >= 200 && status < 300) {
          latencies.add(performance.now() - sentAt);
          acknowledged[index] = true;
          break;
        }
        if (status !== 503 && status !== 429) throw new Error(`the server answered ${status}: ${text.slice(0, 500)}`);
        retried++;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  await Promise.all(Array.from({ length: load.connections }, sender));
  const seconds = (performance.now() - begin) / 1000;
  agent.destroy();
  return { seconds, latencies, acknowledged, retried };
}

function post(load: HttpLoad, agent: Agent, body: Buffer): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${load.token}`,
      "content-type": load.contentType,
      "content-length": body.length,
    };
    const outgoing = request(load.url, { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
