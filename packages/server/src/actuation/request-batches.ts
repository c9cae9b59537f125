import { SluiceError } from "@sluice/core/errors.ts";
import { isConnectionFailure } from "../platform/postgres.ts";

/** Requests that one transaction decides; the next takes the rest. */
export const MAX_BATCH = 64;

/** Batches that may find a subject locked before its lock is waited for: whoever has it has usually done by the next. */
export const MAX_TRIES = 3;

/** Transactions at the same time for what is decided apart; each has a connection that others want as well. */
export const MAX_APART = 2;

/** Requests that wait; one more is sent away, to come again. */
export const MAX_WAITING = 4_096;
const COME_AGAIN_MS = 1_000;

/** An answer or an error; "apart": only alone; undefined: somebody else has locked its subject. */
export type BatchAnswer<Answer> = (() => Answer) | "apart" | undefined;

/** How a batch is decided; each answers its requests in their order, with an answer or an error. */
export interface Decide<Request, Answer> {
  /** In one transaction. Rejects when all of it has failed. */
  together(requests: readonly Request[]): Promise<readonly BatchAnswer<Answer>[]>;
  /** What was left of one subject, whose lock is waited for. */
  alone(requests: readonly Request[]): Promise<readonly (() => Answer)[]>;
}

/**
 * What is asked while a transaction decides is decided together, in the next, whatever it is about: a crowd waits for one
 * commit instead of one each. The subject of a request is the actuator, or the device, whose rows its transaction locks.
 *
 *   idle    → a request: decide it at once
 *   working → requests gather; when the transaction has ended, all of them are the next batch
 *
 * A subject that somebody else has locked is waited for apart, with everything that is asked of it meanwhile; requests about
 * others go on. So is what has failed together, unless it was the connection: then everybody waits for the next.
 */
export class RequestBatches<Request, Answer> {
  private waiting: Waiting<Request, Answer>[] = [];
  /** Subjects whose locks are waited for. */
  private readonly apart = new Set<number>();
  /** Those of them whose turn has not come. */
  private readonly queue: (() => Promise<void>)[] = [];
  private apartCount = 0;
  /** Requests that have no answer yet. */
  private count = 0;
  private isWorking = false;
  private readonly onFailed: (error: unknown) => void;

  /** `onFailed` is told why a batch could not be decided together. */
  constructor(onFailed: (error: unknown) => void = () => {}) {
    this.onFailed = onFailed;
  }

  /** Rejects with `actuator.busy` when MAX_WAITING others wait. */
  async ask(subjectId: number, request: Request, decide: Decide<Request, Answer>): Promise<Answer> {
    if (this.count >= MAX_WAITING) throw tooMany();
    this.count++;
    try {
      return await this.placed(subjectId, request, decide);
    } finally {
      this.count--;
    }
  }

  private placed(subjectId: number, request: Request, decide: Decide<Request, Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ tries: 0, subjectId, request, resolve, reject });
      void this.work(decide);
    });
  }

  private async work(decide: Decide<Request, Answer>): Promise<void> {
    if (this.isWorking) return;
    this.isWorking = true;
    for (let batch = this.take(); batch.length > 0; batch = this.take()) await this.decideTogether(batch, decide);
    this.isWorking = false;
  }

  private take(): Waiting<Request, Answer>[] {
    const ready = this.waiting.filter(({ subjectId }) => !this.apart.has(subjectId)).slice(0, MAX_BATCH);
    const taken = new Set(ready);
    this.waiting = this.waiting.filter((waiting) => !taken.has(waiting));
    return ready;
  }

  private async decideTogether(
    batch: readonly Waiting<Request, Answer>[],
    decide: Decide<Request, Answer>,
  ): Promise<void> {
    const requests = batch.map(({ request }) => request);
    let answers: readonly BatchAnswer<Answer>[];
    try {
      answers = await decide.together(requests);
    } catch (error) {
      this.onFailed(error);
      answers = this.afterFailure(batch, error);
    }
    const left: Waiting<Request, Answer>[] = [];
    for (const [index, waiting] of batch.entries()) {
      const answer = answers[index];
      if (typeof answer === "function") settle(waiting, answer);
      else {
        waiting.tries += answer === "apart" ? MAX_TRIES : 1;
        left.push(waiting);
      }
    }
    this.leave(left, decide);
  }

  /** Alone, without a connection, each would wait for one in vain: they come with the next batch, or are told. */
  private afterFailure(batch: readonly Waiting<Request, Answer>[], error: unknown): BatchAnswer<Answer>[] {
    if (!isConnectionFailure(error)) return batch.map(() => "apart");
    return batch.map(({ tries }) => (tries + 1 < MAX_TRIES ? undefined : thrown(error)));
  }

  /** What is asked about one subject stays together and in order: when some of it has been left often enough, all of it goes. */
  private leave(left: readonly Waiting<Request, Answer>[], decide: Decide<Request, Answer>): void {
    const apart = new Set(left.filter(({ tries }) => tries >= MAX_TRIES).map(({ subjectId }) => subjectId));
    this.waiting.unshift(...left.filter(({ subjectId }) => !apart.has(subjectId)));
    for (const subjectId of apart) {
      const own = left.filter((waiting) => waiting.subjectId === subjectId);
      this.apart.add(subjectId);
      this.queue.push(() => this.decideAlone(subjectId, own, decide));
    }
    this.workApart();
  }

  private workApart(): void {
    while (this.apartCount < MAX_APART) {
      const next = this.queue.shift();
      if (next === undefined) return;
      this.apartCount++;
      void next().finally(() => {
        this.apartCount--;
        this.workApart();
      });
    }
  }

  private async decideAlone(
    subjectId: number,
    batch: readonly Waiting<Request, Answer>[],
    decide: Decide<Request, Answer>,
  ): Promise<void> {
    const fail = (error: unknown) => batch.map(() => thrown(error));
    const answers = await decide.alone(batch.map(({ request }) => request)).catch(fail);
    this.apart.delete(subjectId);
    for (const [index, waiting] of batch.entries()) settle(waiting, answers[index]!);
    void this.work(decide);
  }
}

interface Waiting<Request, Answer> {
  /** Batches that it was left by. */
  tries: number;
  readonly subjectId: number;
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

function settle<Answer>({ resolve, reject }: Waiting<unknown, Answer>, answer: () => Answer): void {
  try {
    resolve(answer());
  } catch (error) {
    reject(error);
  }
}

function thrown(error: unknown): () => never {
  return () => {
    throw error;
  };
}

function tooMany(): SluiceError {
  const message = "Too many requests wait to be decided: ask again in a moment.";
  return new SluiceError("unavailable", "actuator.busy", message, { retryAfterMs: COME_AGAIN_MS });
}
