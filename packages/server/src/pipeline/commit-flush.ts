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

/** Nobody knows whether the flush is stored, and the pipeline is being stopped. */
export class FlushUnsettledError extends Error {
  constructor(cause: unknown) {
    super("it is not known whether the last flush is stored", { cause });
    this.name = "FlushUnsettledError";
  }
}

/** The messages themselves cannot be stored: the same ones would fail again. */
export class UnstorableError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "UnstorableError";
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
  readonly isRuleDeleted: (ruleId: number) => boolean;
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
  const repacking = target.opens ? undefined : repacker.due();
  let committed = false;
  try {
    await append(context, backend.client, target, repacking, batch.length, slices, evaluation);
    const { command } = await backend.client.query("commit");
    if (command !== "COMMIT") throw new Error("the flush was rolled back");
    committed = true;
  } catch (error) {
    committed = await recover(context, backend, error);
    if (!committed) throw error;
  }
  if (target.opens) repacker.clear();
  if (repacking !== undefined) {
    repacker.settle(repacking);
    generations.repacked();
  }
  repacker.add(seq, slices);
  generations.committed(target.number, target.opens, nowMicros, batch.deviceIds, batch.length);
}

async function append(
  { partition, epoch, seq, generations, latest, rules, isRuleDeleted }: CommitContext,
  client: Queryable,
  target: { readonly number: number; readonly opens: boolean },
  repacking: Repacking | undefined,
  messages: number,
  slices: readonly Slice[],
  { transitions, changes }: Evaluation,
): Promise<void> {
  if (!(await beginFlush(client, partition, epoch))) throw new FlushFencedError();
  if (target.opens) {
    rules.forget(isRuleDeleted);
    await generations.roll(client, seq, latest, rules);
  }
  if (repacking !== undefined) {
    await deleteSlices(client, partition, target.number, repacking.replaced);
    await insertSlices(client, partition, target.number, repacking.seq, repacking.slices);
  }
  // Sent one behind the other: each answer that is waited for costs a turn of the event loop, and those are long while much
  // else is asked of it. All are waited for, so that nothing is sent behind the end of the transaction.
  const [readings, row] = await Promise.allSettled([
    insertReadings(client, partition, target.number, seq, slices, transitions),
    insertFlush(client, { partition, seq, epoch, generation: target.number, messages, changes }),
  ]);
  // The first failure fails whatever comes behind it in the transaction.
  if (readings.status === "rejected") {
    throw isDataError(readings.reason) ? new UnstorableError(readings.reason) : readings.reason;
  }
  if (row.status === "rejected") throw row.reason;
}

async function insertReadings(
  client: Queryable,
  partition: number,
  generation: number,
  seq: number,
  slices: readonly Slice[],
  transitions: Evaluation["transitions"],
): Promise<void> {
  const outcomes = await Promise.allSettled([
    insertSlices(client, partition, generation, seq, slices),
    transitions.length === 0 ? undefined : insertTransitions(client, partition, seq, transitions),
  ]);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** Ends the failed transaction; answers whether it is committed after all. */
async function recover(context: CommitContext, backend: Backend, error: unknown): Promise<boolean> {
  if (backend.broken || !isServerError(error)) {
    const outcome = await context.connection.settle(backend, context, context.isStopped);
    if (outcome === "unknown") throw new FlushUnsettledError(error);
    return outcome === "stored";
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
  if (error instanceof FlushFencedError || error instanceof UnstorableError) return true;
  const code = sqlState(error);
  return code !== undefined && !code.startsWith("57P") && !code.startsWith("08");
}

/** Classes 22 and 23, data exception and integrity violation: the same rows will cause it again. */
function isDataError(error: unknown): boolean {
  const code = sqlState(error);
  return code !== undefined && (code.startsWith("22") || code.startsWith("23"));
}

function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
