/** Requests that one transaction decides; the next takes the rest. */
export const MAX_BATCH = 64;

/**
 * What asks for one actuator while it is being decided on is decided together, in the next transaction: a crowd waits for one
 * lock and one commit instead of one each. Requests for different actuators do not wait for one another here.
 *
 *   idle    → a request: decide it at once
 *   working → requests gather; when the transaction has ended, all of them are the next batch
 */
export class RequestBatches<Request, Answer> {
  private readonly waiting = new Map<number, Waiting<Request, Answer>[]>();

  /** `decide` answers each request of its batch, in their order, with an answer or an error. */
  ask(
    actuatorId: number,
    request: Request,
    decide: (requests: readonly Request[]) => Promise<readonly (() => Answer)[]>,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting.get(actuatorId);
      const waiting = { request, resolve, reject };
      if (queue !== undefined) queue.push(waiting);
      else {
        this.waiting.set(actuatorId, [waiting]);
        void this.work(actuatorId, decide);
      }
    });
  }

  private async work(
    actuatorId: number,
    decide: (requests: readonly Request[]) => Promise<readonly (() => Answer)[]>,
  ): Promise<void> {
    const queue = this.waiting.get(actuatorId)!;
    while (queue.length > 0) {
      const batch = queue.splice(0, MAX_BATCH);
      const answers = await decide(batch.map(({ request }) => request)).catch((error) =>
        batch.map(() => thrown(error)),
      );
      batch.forEach(({ resolve, reject }, index) => {
        try {
          resolve(answers[index]!());
        } catch (error) {
          reject(error);
        }
      });
    }
    this.waiting.delete(actuatorId);
  }
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

function thrown(error: unknown): () => never {
  return () => {
    throw error;
  };
}
