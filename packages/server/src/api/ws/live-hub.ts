import { parseLiveNotice } from "../../platform/live-notice.ts";
import { type FeedOptions, type LiveSubscriber, OrganizationFeed } from "./organization-feed.ts";

/** A notice may be lost with the process that was to send it: whoever listens is given everything anew this often. */
export const RENEW_MS = 60_000;
/** What changes in an organization is remembered for so long after the last of its listeners has gone. */
export const REMEMBER_MS = 5 * 60_000;

export interface LiveHubOptions extends FeedOptions {
  /** `RENEW_MS` when absent. */
  readonly renewMs?: number;
}

/** The feeds of all organizations to which somebody listens here: one that is slow to read, or fails, keeps no other waiting. */
export class LiveHub {
  private readonly options: LiveHubOptions;
  private readonly feeds = new Map<number, OrganizationFeed>();
  /** Number of the last change that was heard of, in any organization. */
  private number = 0;
  private cancelRenewal: (() => void) | undefined;
  private isStopped = false;

  constructor(options: LiveHubOptions) {
    this.options = options;
  }

  /** The answer ends it. */
  attach(subscriber: LiveSubscriber): () => void {
    const { organizationId } = subscriber;
    // A number of its own: what a client knows is of before, and nobody has listened in between.
    const feed = this.feeds.get(organizationId) ?? new OrganizationFeed(organizationId, this.options, ++this.number);
    this.feeds.set(organizationId, feed);
    feed.attach(subscriber);
    this.renewLater();
    return () => {
      feed.detach(subscriber);
      this.sweep();
    };
  }

  /** Everything that is open, for one who is attached; and what has ended after a change that it knows of. */
  requestSnapshot(subscriber: LiveSubscriber, since?: number): void {
    this.feeds.get(subscriber.organizationId)?.requestSnapshot(subscriber, since);
  }

  /** A payload of the channel for live notices. Costs nothing when nobody listens to it. */
  onNotice(payload: string): void {
    if (payload === "") {
      this.onGap();
      return;
    }
    const notice = parseLiveNotice(payload);
    if (notice !== undefined) this.feeds.get(notice.organizationId)?.note(notice.kind, notice.id, ++this.number);
  }

  /** Notices may have been missed: everybody is given everything anew, and nobody can resume from before. */
  onGap(): void {
    this.number++;
    for (const feed of this.feeds.values()) feed.onGap(this.number);
  }

  /** Resolves once the reads under way have ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelRenewal?.();
    for (const feed of this.feeds.values()) feed.stop();
    await this.settled();
  }

  /** Resolves once no read is under way. */
  async settled(): Promise<void> {
    for (;;) {
      const reading = [...this.feeds.values()].flatMap((feed) => feed.reading ?? []);
      if (reading.length === 0) return;
      await Promise.all(reading);
    }
  }

  private renewLater(): void {
    if (this.isStopped) return;
    this.cancelRenewal ??= this.options.clock.after(this.options.renewMs ?? RENEW_MS, () => {
      this.cancelRenewal = undefined;
      this.sweep();
      if (this.feeds.size === 0) return;
      for (const feed of this.feeds.values()) feed.requestSnapshots();
      this.renewLater();
    });
  }

  /** A feed that nobody has listened to for a while goes. */
  private sweep(): void {
    const beforeMs = this.options.clock.monotonicMs() - REMEMBER_MS;
    for (const [organizationId, feed] of this.feeds) if (feed.isOver(beforeMs)) this.feeds.delete(organizationId);
  }
}
