import { parseLiveNotice } from "../../platform/live-notice.ts";
import { type FeedOptions, type LiveSubscriber, OrganizationFeed } from "./organization-feed.ts";

/** A notice may be lost with the process that was to send it: whoever listens is given everything anew this often. */
export const RENEW_MS = 60_000;

export interface LiveHubOptions extends FeedOptions {
  /** `RENEW_MS` when absent. */
  readonly renewMs?: number;
}

/** The feeds of all organizations to which somebody listens here: one that is slow to read, or fails, keeps no other waiting. */
export class LiveHub {
  private readonly options: LiveHubOptions;
  private readonly feeds = new Map<number, OrganizationFeed>();
  private cancelRenewal: (() => void) | undefined;
  private isStopped = false;

  constructor(options: LiveHubOptions) {
    this.options = options;
  }

  /** The answer ends it. */
  attach(subscriber: LiveSubscriber): () => void {
    const { organizationId } = subscriber;
    const feed = this.feeds.get(organizationId) ?? new OrganizationFeed(organizationId, this.options);
    this.feeds.set(organizationId, feed);
    feed.attach(subscriber);
    this.renewLater();
    return () => {
      feed.detach(subscriber);
      this.sweep();
    };
  }

  /** Everything that is open, for one who is attached. */
  requestSnapshot(subscriber: LiveSubscriber): void {
    this.feeds.get(subscriber.organizationId)?.requestSnapshot(subscriber);
  }

  /** A payload of the channel for live notices. Costs nothing when nobody listens to it. */
  onNotice(payload: string): void {
    if (payload === "") {
      this.onGap();
      return;
    }
    const notice = parseLiveNotice(payload);
    if (notice !== undefined) this.feeds.get(notice.organizationId)?.note(notice.kind, notice.id);
  }

  /** Notices may have been missed: everybody is given everything anew. */
  onGap(): void {
    for (const feed of this.feeds.values()) feed.requestSnapshots();
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
      this.onGap();
      this.renewLater();
    });
  }

  /** A feed that still reads although nobody listens any more goes with the next sweep. */
  private sweep(): void {
    for (const [organizationId, feed] of this.feeds) if (feed.isOver) this.feeds.delete(organizationId);
  }
}
