import type { Clock } from "../../platform/clock.ts";
import { LIVE_KINDS, type LiveKind, parseLiveNotice } from "../../platform/live-notice.ts";
import type { Logger } from "../../platform/logger.ts";

/** A thing as the REST interface shows it. */
export type LiveItem = Readonly<Record<string, unknown>> & { readonly id: string };

/** How things of one kind are read. Both answer at most as many as asked for. */
export interface LiveReader {
  /** What is open now, newest first. */
  readonly open: (organizationId: number, limit: number) => Promise<readonly LiveItem[]>;
  /** What is gone is missing. */
  readonly byIds: (organizationId: number, ids: readonly string[]) => Promise<readonly LiveItem[]>;
}
export type LiveReaders = Readonly<Record<LiveKind, LiveReader>>;

export interface Snapshot {
  readonly items: Readonly<Partial<Record<LiveKind, readonly LiveItem[]>>>;
  /** Kinds of which there is more than a snapshot holds. */
  readonly truncated: readonly LiveKind[];
}

export interface LiveSubscriber {
  readonly organizationId: number;
  wantsKind(kind: LiveKind): boolean;
  takeSnapshot(snapshot: Snapshot): void;
  /** `item` is undefined when the thing is no more. */
  takeChange(kind: LiveKind, id: string, item: LiveItem | undefined): void;
}

export interface LiveHubOptions {
  readonly readers: LiveReaders;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Notices that come within this are read together. */
export const COALESCE_MS = 2;
/** A database that is away is asked again after this. */
export const RETRY_MS = 500;
/** Things of a kind in one snapshot. */
export const MAX_SNAPSHOT = 1_000;
/** More changed things of an organization than this are read as a snapshot. */
export const MAX_CHANGED = 2_000;

interface Pending {
  /** Those who need everything that is open. */
  readonly waiting: Set<LiveSubscriber>;
  readonly changed: Map<LiveKind, Set<string>>;
}

/**
 * Reads what has changed, once for all who listen, and hands it to them.
 *
 *   idle      → until a notice, a gap or somebody who subscribes
 *   gathering → notices are collected for a few milliseconds
 *   reading   → one query per organization and kind; what comes meanwhile is the next round's
 *
 * An organization is read by one round at a time, so that whoever listens never sees an older state after a newer one.
 */
export class LiveHub {
  private readonly options: LiveHubOptions;
  private readonly subscribers = new Map<number, Set<LiveSubscriber>>();
  private pending = new Map<number, Pending>();
  private cancelTimer: (() => void) | undefined;
  private reading: Promise<void> | undefined;
  private isStopped = false;

  constructor(options: LiveHubOptions) {
    this.options = options;
  }

  /** The answer ends it. */
  attach(subscriber: LiveSubscriber): () => void {
    const { organizationId } = subscriber;
    const others = this.subscribers.get(organizationId) ?? new Set();
    this.subscribers.set(organizationId, others.add(subscriber));
    return () => {
      others.delete(subscriber);
      this.pending.get(organizationId)?.waiting.delete(subscriber);
      if (others.size === 0 && this.subscribers.get(organizationId) === others) this.subscribers.delete(organizationId);
    };
  }

  requestSnapshot(subscriber: LiveSubscriber): void {
    this.pendingOf(subscriber.organizationId).waiting.add(subscriber);
    this.schedule(0);
  }

  /** A payload of the channel for live notices. Costs nothing when nobody listens to it. */
  onNotice(payload: string): void {
    const notice = parseLiveNotice(payload);
    if (notice === undefined || !this.isWanted(notice.organizationId, notice.kind)) return;
    const { changed } = this.pendingOf(notice.organizationId);
    const ids = changed.get(notice.kind) ?? new Set();
    changed.set(notice.kind, ids.add(notice.id));
    this.schedule(COALESCE_MS);
  }

  /** Notices may have been missed: everybody is given everything anew. */
  onGap(): void {
    for (const [organizationId, subscribers] of this.subscribers) {
      for (const subscriber of subscribers) this.pendingOf(organizationId).waiting.add(subscriber);
    }
    this.schedule(0);
  }

  /** Resolves once the read under way has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelTimer?.();
    await this.settled();
  }

  /** Resolves once no read is under way. */
  async settled(): Promise<void> {
    while (this.reading !== undefined) await this.reading;
  }

  private isWanted(organizationId: number, kind: LiveKind): boolean {
    for (const subscriber of this.subscribers.get(organizationId) ?? []) if (subscriber.wantsKind(kind)) return true;
    return false;
  }

  private pendingOf(organizationId: number): Pending {
    const known = this.pending.get(organizationId);
    if (known !== undefined) return known;
    const pending: Pending = { waiting: new Set(), changed: new Map() };
    this.pending.set(organizationId, pending);
    return pending;
  }

  private schedule(delayMs: number): void {
    if (this.isStopped || this.reading !== undefined || this.pending.size === 0) return;
    if (delayMs === 0) this.begin();
    else this.cancelTimer ??= this.options.clock.after(delayMs, () => this.begin());
  }

  private begin(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (this.isStopped || this.reading !== undefined) return;
    const round = this.pending;
    this.pending = new Map();
    this.reading = this.read(round).then((isRead) => {
      this.reading = undefined;
      this.schedule(isRead ? COALESCE_MS : RETRY_MS);
    });
  }

  private async read(round: ReadonlyMap<number, Pending>): Promise<boolean> {
    const outcomes = await Promise.all([...round].map(([id, pending]) => this.readOrPutBack(id, pending)));
    return outcomes.every((isRead) => isRead);
  }

  /** What could not be read becomes a snapshot for everybody concerned, once the database answers again. */
  private async readOrPutBack(organizationId: number, pending: Pending): Promise<boolean> {
    try {
      await this.readOne(organizationId, pending);
      return true;
    } catch (error) {
      this.options.logger.warn({ err: error }, "live streams could not be given what has changed");
      const { waiting } = this.pendingOf(organizationId);
      for (const subscriber of this.subscribers.get(organizationId) ?? []) waiting.add(subscriber);
      return false;
    }
  }

  private async readOne(organizationId: number, { waiting, changed }: Pending): Promise<void> {
    const listening = () => this.subscribers.get(organizationId) ?? new Set<LiveSubscriber>();
    const count = [...changed.values()].reduce((sum, ids) => sum + ids.size, 0);
    const isFlooded = count > MAX_CHANGED;
    const needy = new Set(isFlooded ? listening() : waiting);
    const [snapshot, changes] = await Promise.all([
      needy.size === 0 ? undefined : this.readSnapshot(organizationId, [...needy]),
      isFlooded ? [] : this.readChanges(organizationId, changed),
    ]);
    for (const subscriber of listening()) {
      if (snapshot !== undefined && needy.has(subscriber)) subscriber.takeSnapshot(snapshot);
      else for (const { kind, id, item } of changes) subscriber.takeChange(kind, id, item);
    }
  }

  private async readSnapshot(organizationId: number, needy: readonly LiveSubscriber[]): Promise<Snapshot> {
    const kinds = LIVE_KINDS.filter((kind) => needy.some((subscriber) => subscriber.wantsKind(kind)));
    const lists = await Promise.all(
      kinds.map((kind) => this.options.readers[kind].open(organizationId, MAX_SNAPSHOT + 1)),
    );
    return {
      items: Object.fromEntries(kinds.map((kind, index) => [kind, lists[index]!.slice(0, MAX_SNAPSHOT)])),
      truncated: kinds.filter((_, index) => lists[index]!.length > MAX_SNAPSHOT),
    };
  }

  private async readChanges(organizationId: number, changed: Pending["changed"]) {
    const kinds = [...changed];
    const read = kinds.map(([kind, ids]) => this.options.readers[kind].byIds(organizationId, [...ids]));
    const lists = await Promise.all(read);
    return kinds.flatMap(([kind, ids], index) => {
      const items = new Map(lists[index]!.map((item) => [item.id, item]));
      return [...ids].map((id) => ({ kind, id, item: items.get(id) }));
    });
  }
}
