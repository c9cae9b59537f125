import type { Clock } from "../clock.ts";

/** Sends all items as one; answers how many of them were refused, and why. Throws when the whole was. */
export type SendTogether<Item> = (items: readonly Item[]) => Promise<{
  readonly refused: number;
  readonly firstRefusal?: string | undefined;
}>;

export interface GathererOptions<Item> {
  readonly send: SendTogether<Item>;
  readonly clock: Clock;
  /** Items sent together; more go with the next. */
  readonly most: number;
  /** The first item waits so long for company; at 0 it goes at once, and the others gather while it is under way. */
  readonly waitMs: number;
  /** Sent and not answered at once. */
  readonly mostUnderWay: number;
}

interface WaitingItem<Item> {
  readonly item: Item;
  resolve(): void;
  reject(error: unknown): void;
}

/** Gathers what many say into few requests. */
export class Gatherer<Item> {
  private readonly options: GathererOptions<Item>;
  private waiting: WaitingItem<Item>[] = [];
  private underWay = 0;
  private isWaiting = false;

  constructor(options: GathererOptions<Item>) {
    this.options = options;
  }

  /** Resolves once the item was taken. */
  add(item: Item): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push({ item, resolve, reject });
    this.sendSoon();
    return promise;
  }

  private sendSoon(): void {
    const { clock, waitMs, mostUnderWay, most } = this.options;
    if (this.waiting.length >= most) this.sendNow();
    else if (this.waiting.length > 0 && !this.isWaiting && this.underWay < mostUnderWay) {
      this.isWaiting = true;
      clock.after(waitMs, () => {
        this.isWaiting = false;
        this.sendNow();
      });
    }
  }

  private sendNow(): void {
    const { most, mostUnderWay } = this.options;
    while (this.waiting.length > 0 && this.underWay < mostUnderWay) {
      this.underWay += 1;
      void this.sendSome(this.waiting.splice(0, most)).finally(() => {
        this.underWay -= 1;
        this.sendSoon();
      });
    }
  }

  private async sendSome(some: readonly WaitingItem<Item>[]): Promise<void> {
    try {
      const { refused, firstRefusal } = await this.options.send(some.map(({ item }) => item));
      // The answer counts the refused; which ones they were makes no difference to the counters.
      for (const one of some.slice(0, refused)) one.reject(new Error(firstRefusal));
      for (const one of some.slice(refused)) one.resolve();
    } catch (error) {
      for (const one of some) one.reject(error);
    }
  }
}
