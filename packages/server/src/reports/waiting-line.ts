import type { SluiceError } from "@sluice/core/errors.ts";

/** So much at once; so many wait for their turn, in the order in which they came; further ones are refused. */
export class WaitingLine {
  private readonly atOnce: number;
  private readonly maxWaiting: number;
  private readonly refusal: () => SluiceError;
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  constructor(atOnce: number, maxWaiting: number, refusal: () => SluiceError) {
    this.atOnce = atOnce;
    this.maxWaiting = maxWaiting;
    this.refusal = refusal;
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  /** Throws the refusal, and the signal's reason when it is aborted before the turn has come. */
  async inTurn<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    await this.takeTurn(signal);
    try {
      return await work();
    } finally {
      this.passTurnOn();
    }
  }

  private async takeTurn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.busy < this.atOnce) {
      this.busy++;
      return;
    }
    if (this.waiting.length >= this.maxWaiting) throw this.refusal();
    const turn = Promise.withResolvers<void>();
    const leave = () => {
      this.waiting.splice(this.waiting.indexOf(take), 1);
      turn.reject(signal.reason);
    };
    const take = () => {
      signal.removeEventListener("abort", leave);
      turn.resolve();
    };
    this.waiting.push(take);
    signal.addEventListener("abort", leave, { once: true });
    await turn.promise;
  }

  private passTurnOn(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.busy--;
    else next();
  }
}
