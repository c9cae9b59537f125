import { randomUUID } from "node:crypto";
import { isSluiceError } from "@sluice/core/errors.ts";
import {
  type Actuation,
  createPostgresActuationStore,
  NO_FOLLOW_UP,
  RequestBatches,
  requestRun,
} from "@sluice/server/actuation/index.ts";
import type { HttpClient } from "@sluice/simulator/senders/http-client.ts";
import type { Pool } from "pg";
import { rounded } from "./bench-report.ts";
import { Latencies } from "./latencies.ts";
import type { ServerProcess } from "./server-process.ts";

/** How one request for a run was answered. "busy": nobody decided, because another held the actuator for too long. */
export type RunAnswer = { readonly commandId: string } | "refused" | "busy";

/** Asks for the shortest run of one actuator. */
export type AskRun = (actuatorId: number) => Promise<RunAnswer>;

export interface DecisionLoad {
  readonly requesters: number;
  readonly requests: number;
  readonly actuatorIds: readonly number[];
  readonly interruption: AbortSignal;
}

export interface DecisionResult {
  readonly seconds: number;
  readonly requests: number;
  readonly accepted: Latencies;
  readonly refused: Latencies;
  readonly busy: number;
  readonly commandIds: readonly string[];
}

/** Of every run here: it is over as soon as it began. */
export const DURATION_MS = 1;

/** Each requester asks for runs of one actuator, the next as soon as the last was answered, and is told what was decided. */
export async function loadDecisions(load: DecisionLoad, ask: AskRun): Promise<DecisionResult> {
  const tally = new DecisionTally(load, ask);
  let left = load.requests;
  const requester = async (_: unknown, index: number) => {
    while (left-- > 0) await tally.ask(index);
  };
  return tally.time(() => Promise.all(Array.from({ length: load.requesters }, requester)));
}

/** All requesters ask at once, and again after `pause`, in which what was started runs and is recorded. Pauses take no time. */
export async function loadBursts(load: DecisionLoad, ask: AskRun, pause: () => Promise<void>): Promise<DecisionResult> {
  const tally = new DecisionTally(load, ask);
  const requesters = Array.from({ length: load.requesters }, (_, index) => index);
  for (let asked = 0; asked < load.requests; asked += load.requesters) {
    await tally.time(() => Promise.all(requesters.map((index) => tally.ask(index))));
    await pause();
  }
  return tally.result();
}

class DecisionTally {
  private readonly load: DecisionLoad;
  private readonly askRun: AskRun;
  private readonly accepted = new Latencies();
  private readonly refused = new Latencies();
  private readonly commandIds: string[] = [];
  private requests = 0;
  private busy = 0;
  private seconds = 0;

  constructor(load: DecisionLoad, askRun: AskRun) {
    this.load = load;
    this.askRun = askRun;
  }

  async ask(requester: number): Promise<void> {
    const { actuatorIds, interruption } = this.load;
    interruption.throwIfAborted();
    this.requests++;
    const sentAt = performance.now();
    const answer = await this.askRun(actuatorIds[requester % actuatorIds.length]!);
    const ms = performance.now() - sentAt;
    if (answer === "busy") this.busy++;
    else if (answer === "refused") this.refused.add(ms);
    else {
      this.accepted.add(ms);
      this.commandIds.push(answer.commandId);
    }
  }

  async time(work: () => Promise<unknown>): Promise<DecisionResult> {
    const begin = performance.now();
    await work();
    this.seconds += (performance.now() - begin) / 1000;
    return this.result();
  }

  result(): DecisionResult {
    const { seconds, requests, accepted, refused, busy, commandIds } = this;
    return { seconds, requests, accepted, refused, busy, commandIds };
  }
}

export function decisionReport(result: DecisionResult): Record<string, unknown> {
  const { seconds, requests, accepted, refused, busy } = result;
  return {
    decisionsPerSecond: rounded((requests - busy) / seconds, 0),
    accepted: spread(accepted),
    refused: spread(refused),
    busy,
  };
}

/** Count and percentiles of latencies, in milliseconds. */
export function spread(latencies: Latencies): Record<string, unknown> {
  const [p50Ms, p99Ms, maxMs] = [50, 99, 100].map((percent) => rounded(latencies.percentile(percent)));
  return { count: latencies.size, p50Ms, p99Ms, maxMs };
}

/** Over HTTP, as a console or a program does. */
export function askOverRest(client: HttpClient, server: ServerProcess): AskRun {
  const body = JSON.stringify({ kind: "RUN", durationMs: DURATION_MS, waitMs: 0 });
  return async (actuatorId) => {
    const { status, text } = await client.postJson(
      `/api/v1/actuators/${actuatorId}/commands`,
      server.accessToken,
      body,
    );
    if (status === 201) return { commandId: (JSON.parse(text) as { id: string }).id };
    if (status === 409) return "refused";
    if (status === 503) return "busy";
    throw new Error(`a RUN was answered with ${status}: ${text}`);
  };
}

/** The use case itself in this process, on the server's database; the server's gateway hears of what is queued by NOTIFY. */
export function askUseCase(pool: Pool, organizationId: number): AskRun {
  const store = createPostgresActuationStore(pool);
  const actuation: Actuation = {
    store,
    urgentStore: store,
    requests: new RequestBatches(),
    newId: randomUUID,
    sendStopNow: async () => false,
    onQueued: () => {},
    onExecutionDue: () => {},
    readPermissives: async () => [],
    recordChange: async () => {},
    followUp: NO_FOLLOW_UP,
  };
  const by = { organizationId, actor: "bench" };
  return async (actuatorId) => {
    try {
      const { command } = await requestRun(actuation, by, { actuatorId, durationMs: DURATION_MS, waitMs: 0 });
      return { commandId: command!.id };
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      if (error.kind === "conflict") return "refused";
      if (error.code === "actuator.busy") return "busy";
      throw error;
    }
  };
}
