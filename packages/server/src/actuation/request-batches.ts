/** Requests that one transaction decides; the next takes the rest. */
export const MAX_BATCH = 64;

/** Batches that may find a subject locked before its lock is waited for: whoever has it has usually done by the next. */
export const MAX_TRIES = 3;

/** How a batch is decided; each answers its requests in their order, with an answer or an error. */
export interface Decide<Request, Answer> {
  /** In one transaction. Undefined: left, since somebody else has locked its subject. Rejects when all of it has failed. */
  together(requests: readonly Request[]): Promise<readonly ((() => Answer) | undefined)[]>;
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
 * others go on.
 */
export class RequestBatches<Request, Answer> {
  private waiting: Waiting<Request, Answer>[] = [];
  /** Subjects whose locks are waited for. */
  private readonly apart = new Set<number>();
  private isWorking = false;

  ask(subjectId: number, request: Request, decide: Decide<Request, Answer>): Promise<Answer> {
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
    const answers = await decide.together(requests).catch(() => undefined);
    const left = batch.filter((_waiting, index) => answers?.[index] === undefined);
    for (const waiting of left) waiting.tries += answers === undefined ? MAX_TRIES : 1;
    this.leave(left, decide);
    for (const [index, waiting] of batch.entries()) settle(waiting, answers?.[index]);
  }

  /** What is asked about one subject stays together and in order: when some of it has been left often enough, all of it goes. */
  private leave(left: readonly Waiting<Request, Answer>[], decide: Decide<Request, Answer>): void {
    const apart = new Set(left.filter(({ tries }) => tries >= MAX_TRIES).map(({ subjectId }) => subjectId));
    this.waiting.unshift(...left.filter(({ subjectId }) => !apart.has(subjectId)));
    for (const subjectId of apart) {
      const own = left.filter((waiting) => waiting.subjectId === subjectId);
      void this.decideAlone(subjectId, own, decide);
    }
  }

  private async decideAlone(
    subjectId: number,
    batch: readonly Waiting<Request, Answer>[],
    decide: Decide<Request, Answer>,
  ): Promise<void> {
    this.apart.add(subjectId);
    const fail = (error: unknown) => batch.map(() => thrown(error));
    const answers = await decide.alone(batch.map(({ request }) => request)).catch(fail);
    this.apart.delete(subjectId);
    for (const [index, waiting] of batch.entries()) settle(waiting, answers[index]);
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

/** Without an answer it waits on. */
function settle<Answer>({ resolve, reject }: Waiting<unknown, Answer>, answer: (() => Answer) | undefined): void {
  if (answer === undefined) return;
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
