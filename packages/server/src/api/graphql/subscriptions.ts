import { SluiceError } from "@sluice/core/errors.ts";

/** Open streams of events of one organization, in this process. */
export const MAX_PER_ORGANIZATION = 200;

/** One stream of events, from before anything is read for it until nothing more comes. */
export class Subscription {
  private readonly stops: (() => void)[] = [];
  private readonly onEnd: () => void;

  constructor(onEnd: () => void) {
    this.onEnd = onEnd;
  }

  /** Is done when it is stopped; what ends by itself needs no stopping. */
  onStop(stop: () => void): void {
    this.stops.push(stop);
  }

  stop(): void {
    for (const stop of this.stops) stop();
    this.end();
  }

  /** It counts no longer. */
  end(): void {
    this.onEnd();
  }
}

/** The streams of events that are open. */
export class Subscriptions {
  private readonly open = new Map<number, Set<Subscription>>();
  private readonly maxPerOrganization: number;

  constructor(maxPerOrganization = MAX_PER_ORGANIZATION) {
    this.maxPerOrganization = maxPerOrganization;
  }

  /** Throws `stream.too_many` when the organization has as many as it may. */
  begin(organizationId: number): Subscription {
    const subscriptions = this.open.get(organizationId) ?? new Set();
    if (subscriptions.size >= this.maxPerOrganization) throw tooMany(this.maxPerOrganization);
    const subscription = new Subscription(() => {
      subscriptions.delete(subscription);
      if (subscriptions.size === 0) this.open.delete(organizationId);
    });
    this.open.set(organizationId, subscriptions.add(subscription));
    return subscription;
  }

  get count(): number {
    return [...this.open.values()].reduce((sum, subscriptions) => sum + subscriptions.size, 0);
  }

  /** The server stops: whoever listens connects to the next one. */
  stop(): void {
    for (const subscriptions of [...this.open.values()])
      for (const subscription of [...subscriptions]) subscription.stop();
  }
}

function tooMany(limit: number): SluiceError {
  const message = `Your organization has ${limit} subscriptions open here, which are all it may: end some.`;
  return new SluiceError("limit", "stream.too_many", message, { retryable: true, details: { limit } });
}
