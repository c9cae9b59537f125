import { type ChildProcess, fork } from "node:child_process";
import { SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import type { FileDescription } from "./described-file.ts";
import type {
  AnswerLimits,
  ColumnKind,
  DuckAnswer,
  DuckColumn,
  DuckFailure,
  DuckRequest,
  DuckSettings,
  DuckTask,
  FileFailure,
} from "./duck-protocol.ts";
import type { FileCheck } from "./file-checksums.ts";

/** Each child takes one core while it answers, and two while it folds quarter-hours. */
export const DUCK_CHILDREN = 2;
const CHILD_MEMORY_MB = 256;
/** The longest that one statement may take: files outlive what reads them by more than this. */
export const MAX_STATEMENT_MS = 30_000;
/** Statements that wait for a child; more are refused. */
const MAX_WAITING = 512;
/** Of one answer: 160 MB. */
const MAX_VALUES = 20_000_000;
/** Of what devices sent besides numbers, in one answer. */
const MAX_CHARACTERS = 32 * 1024 * 1024;
/** A child that had nothing to do for so long ends, and gives its memory back; one that is kept warm stays. */
const MAX_IDLE_MS = 120_000;
const RETRY_MS = 1_000;

export interface DuckPoolOptions {
  readonly clock: Clock;
  readonly children?: number;
  readonly maxStatementMs?: number;
  readonly maxValues?: number;
  readonly maxCharacters?: number;
}

export interface DuckResult {
  readonly columns: readonly DuckColumn[];
  readonly rows: number;
}

export interface RunOptions {
  readonly checks?: readonly FileCheck[];
  /** 1 when absent: the rows of an answer then come as they lie in the files. */
  readonly threads?: number;
  /** It reads much. One child is always left to others. */
  readonly isLong?: boolean;
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/** DuckDB's own words for why a statement failed; whoever knows the files makes a named error of it. */
export class DuckStatementError extends Error {}

/** A block of a file is not as it was written. */
export class DamagedBlockError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

type Answered = DuckResult | { readonly files: readonly (FileDescription | FileFailure)[] };

interface Waiting {
  readonly task: DuckTask;
  readonly isLong: boolean;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: Answered) => void;
  readonly reject: (error: unknown) => void;
}

interface Child {
  readonly process: ChildProcess;
  /** What it does; after it was cancelled, until the child says so. */
  task: Waiting | undefined;
  id: number;
  /** What has come of a large answer. */
  coming: { readonly columns: DuckColumn[]; readonly rows: number } | undefined;
  /** Of the task, or of idleness. */
  cancelLimit: () => void;
}

/**
 * A few children that run DuckDB, started when they are needed and anew when they have died. Each answers one statement at a
 * time; others wait their turn, and long ones never take the last child.
 */
export class DuckPool {
  private readonly options: DuckPoolOptions;
  private readonly children = new Set<Child>();
  private readonly waiting: Waiting[] = [];
  private nextId = 1;
  private isStopped = false;
  private isWarm = false;

  constructor(options: DuckPoolOptions) {
    this.options = options;
  }

  /** Children that are running or being started. */
  get size(): number {
    return this.children.size;
  }

  /** Starts a child before it is needed, and keeps one from now on: DuckDB takes a quarter of a second to start. */
  warm(): void {
    this.isWarm = true;
    if (!this.isStopped && this.children.size === 0) this.rest(this.startChild());
  }

  /**
   * Throws `telemetry.queries_full`, `telemetry.query_too_long`, `telemetry.query_cancelled`, `telemetry.query_too_large`,
   * `query.too_many_points`, DuckStatementError and DamagedBlockError.
   */
  async run(sql: string, { checks = [], threads = 1, isLong = false, signal }: RunOptions = {}): Promise<DuckResult> {
    return (await this.enqueue({ sql, threads, checks, limits: this.limits }, isLong, signal)) as DuckResult;
  }

  /** What the footers of some files tell. */
  async describe(paths: readonly string[]): Promise<readonly (FileDescription | FileFailure)[]> {
    const answer = await this.enqueue({ describe: paths }, false, undefined);
    return (answer as Exclude<Answered, DuckResult>).files;
  }

  private get limits(): AnswerLimits {
    const { maxValues = MAX_VALUES, maxCharacters = MAX_CHARACTERS } = this.options;
    return { maxValues, maxCharacters };
  }

  private enqueue(task: DuckTask, isLong: boolean, signal: AbortSignal | undefined): Promise<Answered> {
    if (this.isStopped) return Promise.reject(stopped());
    if (signal?.aborted) return Promise.reject(reasonOf(signal));
    if (this.waiting.length >= MAX_WAITING) return Promise.reject(full());
    return new Promise((resolve, reject) => {
      const stopListening = () => signal?.removeEventListener("abort", onAbort);
      const waiting: Waiting = {
        task,
        isLong,
        signal,
        resolve: (answer) => {
          stopListening();
          resolve(answer);
        },
        reject: (error) => {
          stopListening();
          reject(error);
        },
      };
      const onAbort = () => this.cancel(waiting);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.waiting.push(waiting);
      this.dispatch();
    });
  }

  /** Ends the children; what waits is refused. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const { reject } of this.waiting.splice(0)) reject(stopped());
    const ended = [...this.children].map(
      ({ process }) =>
        new Promise((resolve) => (hasEnded(process) ? resolve(undefined) : process.once("exit", resolve))),
    );
    for (const child of this.children) {
      child.cancelLimit();
      child.process.kill("SIGKILL");
    }
    await Promise.all(ended);
  }

  private cancel(waiting: Waiting): void {
    waiting.reject(reasonOf(waiting.signal!));
    const at = this.waiting.indexOf(waiting);
    if (at >= 0) this.waiting.splice(at, 1);
    for (const child of this.children) {
      if (child.task === waiting) child.process.send({ cancel: child.id } satisfies DuckRequest, () => {});
    }
  }

  private dispatch(): void {
    for (let next = this.nextWaiting(); next !== undefined; next = this.nextWaiting()) {
      const child = this.idleChild();
      if (child === undefined) return;
      this.waiting.splice(this.waiting.indexOf(next), 1);
      this.give(child, next);
    }
  }

  /** The one that waits the longest of those that may run now. */
  private nextWaiting(): Waiting | undefined {
    const long = [...this.children].filter(({ task }) => task?.isLong).length;
    const mayBeLong = long < Math.max(1, this.maxChildren - 1);
    return this.waiting.find(({ isLong }) => mayBeLong || !isLong);
  }

  private get maxChildren(): number {
    return this.options.children ?? DUCK_CHILDREN;
  }

  private idleChild(): Child | undefined {
    for (const child of this.children) if (child.task === undefined) return child;
    return this.children.size < this.maxChildren ? this.startChild() : undefined;
  }

  private startChild(): Child {
    const settings: DuckSettings = { memoryMegabytes: CHILD_MEMORY_MB };
    const process = fork(new URL("./duck-child.ts", import.meta.url), [JSON.stringify(settings)], {
      // Structured clones: typed arrays cross as bytes.
      serialization: "advanced",
      execArgv: ["--no-warnings"],
    });
    const child: Child = { process, task: undefined, id: 0, coming: undefined, cancelLimit: () => {} };
    this.children.add(child);
    process.on("message", (message: DuckAnswer | { ready: true }) => {
      if ("id" in message && message.id === child.id) this.take(child, message);
    });
    process.once("error", (error) => this.lose(child, error));
    process.once("exit", (code, signal) => this.lose(child, new Error(`it ended with ${signal ?? code}`)));
    return child;
  }

  private give(child: Child, waiting: Waiting): void {
    const limitMs = this.options.maxStatementMs ?? MAX_STATEMENT_MS;
    child.cancelLimit();
    child.task = waiting;
    child.id = this.nextId++;
    child.cancelLimit = this.options.clock.after(limitMs, () => {
      this.finish(child)?.reject(tooLong(limitMs));
      this.end(child);
      this.dispatch();
    });
    const request: DuckRequest = { id: child.id, ...waiting.task };
    // What cannot be sent is told by the end of the process.
    child.process.send(request, () => {});
  }

  private take(child: Child, answer: DuckAnswer): void {
    if ("coming" in answer) {
      child.coming = { columns: answer.coming.map((kind) => newColumn(kind, answer.rows)), rows: answer.rows };
      return;
    }
    if ("values" in answer) {
      setValues(child.coming!.columns[answer.column]!, answer.values, answer.at);
      return;
    }
    const { coming } = child;
    const task = this.finish(child);
    if ("failure" in answer) task?.reject(errorOf(answer.failure, this.limits));
    else task?.resolve("isDone" in answer ? coming! : answer);
    this.rest(child);
    this.dispatch();
  }

  private rest(child: Child): void {
    child.cancelLimit = this.options.clock.after(MAX_IDLE_MS, () => {
      if (this.isWarm && this.children.size === 1) this.rest(child);
      else this.end(child);
    });
  }

  private end(child: Child): void {
    this.children.delete(child);
    child.process.kill("SIGKILL");
  }

  /** Another child takes its place with the next statement. */
  private lose(child: Child, cause: Error): void {
    this.children.delete(child);
    this.finish(child)?.reject(this.isStopped ? stopped() : lost(cause));
    if (!this.isStopped) this.dispatch();
  }

  private finish(child: Child): Waiting | undefined {
    const { task } = child;
    child.cancelLimit();
    child.task = undefined;
    child.coming = undefined;
    return task;
  }
}

function hasEnded(process: ChildProcess): boolean {
  return process.exitCode !== null || process.signalCode !== null;
}

function newColumn(kind: ColumnKind, rows: number): DuckColumn {
  if (kind === "double") return new Float64Array(rows);
  if (kind === "integer") return new Int32Array(rows);
  return kind === "byte" ? new Uint8Array(rows) : [];
}

function setValues(column: DuckColumn, values: DuckColumn, at: number): void {
  if (!ArrayBuffer.isView(column)) {
    for (const text of values as readonly (string | null)[]) (column as (string | null)[]).push(text);
  } else (column as Float64Array).set(values as Float64Array, at);
}

function errorOf({ reason, message, path }: DuckFailure, { maxValues, maxCharacters }: AnswerLimits): Error {
  if (reason === "statement") return new DuckStatementError(message);
  if (reason === "damaged") return new DamagedBlockError(path!, message);
  if (reason === "too-much-text") {
    const text = `What the devices sent besides numbers would be more than ${maxCharacters} characters: shorten the range, or name the metrics.`;
    return new SluiceError("limit", "telemetry.query_too_large", text, { details: { limit: maxCharacters } });
  }
  const text = `The answer would have more than ${maxValues} values: shorten the range, name fewer metrics, or give an interval.`;
  return new SluiceError("invalid", "query.too_many_points", text, { details: { limit: maxValues } });
}

function reasonOf(signal: AbortSignal): unknown {
  if (signal.reason instanceof SluiceError) return signal.reason;
  return new SluiceError("unavailable", "telemetry.query_cancelled", "Nobody waits for the answer any more.");
}

function full(): SluiceError {
  const text = `${MAX_WAITING} queries wait already; ask again in a moment.`;
  return new SluiceError("unavailable", "telemetry.queries_full", text, { retryAfterMs: RETRY_MS });
}

export function tooLong(limitMs: number): SluiceError {
  const text = `The query took longer than ${limitMs / 1000} s: shorten the range, or name fewer devices or metrics.`;
  return new SluiceError("limit", "telemetry.query_too_long", text, { details: { limitMs } });
}

function lost(cause: Error): SluiceError {
  const text = "The process that reads settled readings ended; ask again.";
  return new SluiceError("unavailable", "telemetry.query_lost", text, { cause, retryAfterMs: RETRY_MS });
}

function stopped(): SluiceError {
  return new SluiceError("unavailable", "telemetry.stopped", "The server is being stopped; ask again.");
}
