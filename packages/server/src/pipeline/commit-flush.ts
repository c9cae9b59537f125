import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import {
  deleteSlices,
  insertSlices,
  type LatestValues,
  type Queryable,
  type Repacker,
  type Repacking,
  type Slice,
} from "../telemetry/index.ts";
import type { Evaluation } from "./evaluate-rules.ts";
import type { Backend, FlushConnection } from "./flush-connection.ts";
import { beginFlush, insertFlush, insertTransitions } from "./flush-store.ts";
import type { GenerationKeeper } from "./generation-keeper.ts";
import type { RuleStates } from "./rule-states.ts";

/** Another owner holds the partition. */
export class FlushFencedError extends Error {
  constructor() {
    super("another process has taken this partition over");
    this.name = "FlushFencedError";
  }
}

export interface CommitContext {
  readonly connection: FlushConnection;
  readonly partition: number;
  readonly epoch: number;
  readonly seq: number;
  readonly nowMicros: number;
  readonly generations: GenerationKeeper;
  /** As of the flush before. */
  readonly latest: LatestValues;
  readonly rules: RuleStates;
  readonly repacker: Repacker;
  readonly isStopped: () => boolean;
}

/**
 * One flush, one transaction, appends only. Resolves when it is committed and rejects when it is certain that it is not,
 * also when the reply to COMMIT was lost.
 */
export async function commitFlush(
  context: CommitContext,
  batch: MessageBatch,
  slices: readonly Slice[],
  evaluation: Evaluation,
): Promise<void> {
  const { generations, repacker, seq, nowMicros } = context;
  const backend = await context.connection.open();
  const target = generations.next(nowMicros);
  const repackings = target.opens ? [] : repacker.due();
  let committed = false;
  try {
    await append(context, backend.client, target, repackings, batch.length, slices, evaluation);
    const { command } = await backend.client.query("commit");
    if (command !== "COMMIT") throw new Error("the flush was rolled back");
    committed = true;
  } catch (error) {
    committed = await recover(context, backend, error);
    if (!committed) throw error;
  }
  if (target.opens) repacker.clear();
  for (const repacking of repackings) repacker.settle(repacking);
  generations.repacked(repackings.length);
  repacker.add(seq, slices);
  generations.committed(target.number, target.opens, nowMicros, batch.deviceIds, batch.length);
}

async function append(
  { partition, epoch, seq, generations, latest, rules }: CommitContext,
  client: Queryable,
  target: { readonly number: number; readonly opens: boolean },
  repackings: readonly Repacking[],
  messages: number,
  slices: readonly Slice[],
  { transitions, changes }: Evaluation,
): Promise<void> {
  if (!(await beginFlush(client, partition, epoch))) throw new FlushFencedError();
  if (target.opens) await generations.roll(client, seq, latest, rules);
  for (const repacking of repackings) {
    await deleteSlices(client, partition, target.number, repacking.replaced);
    await insertSlices(client, partition, target.number, repacking.seq, repacking.slices);
  }
  await insertSlices(client, partition, target.number, seq, slices);
  if (transitions.length > 0) await insertTransitions(client, partition, seq, transitions);
  await insertFlush(client, { partition, seq, epoch, generation: target.number, messages, changes });
}

/** Ends the failed transaction; answers whether it is committed after all. */
async function recover(context: CommitContext, backend: Backend, error: unknown): Promise<boolean> {
  if (backend.broken || !isServerError(error)) {
    return context.connection.settle(backend, context.partition, context.seq, context.isStopped);
  }
  try {
    await backend.client.query("rollback");
  } catch {
    context.connection.abandon(backend);
  }
  return false;
}

/** The server itself said no: an answer, not a lost connection. Classes 57 and 08 say that the connection ends. */
function isServerError(error: unknown): boolean {
  if (error instanceof FlushFencedError) return true;
  const code = sqlState(error);
  return code !== undefined && !code.startsWith("57P") && !code.startsWith("08");
}

/** True for an error that the same messages will cause again: bad data (classes 22 and 23), or one of our own checks. */
export function isPoison(error: unknown): boolean {
  const code = sqlState(error);
  if (code !== undefined) return code.startsWith("22") || code.startsWith("23");
  return error instanceof RangeError || error instanceof TypeError;
}

function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
