import type { Clock } from "../../platform/clock.ts";
import { LIVE_KINDS, type LiveKind } from "../../platform/live-notice.ts";
import type { Logger } from "../../platform/logger.ts";

/** A thing as the REST interface shows it. */
export type LiveItem = Readonly<Record<string, unknown>> & { readonly id: string };

/** How things of one kind are read. Both answer at most as many as asked for. */
export interface LiveReader {
  /** What is open now, newest first. */
  readonly open: (organizationId: number, limit: number) => Promise<readonly LiveItem[]>;
  /** What is gone is missing. */
  readonly byIds: (organizationId: number, ids: readonly string[]) => Promise<readonly LiveItem[]>;
  /** Whether something that was read has not ended yet. */
  readonly isOpen: (item: LiveItem) => boolean;
}
export type LiveReaders = Readonly<Record<LiveKind, LiveReader>>;

export interface Snapshot {
  readonly items: Readonly<Partial<Record<LiveKind, readonly LiveItem[]>>>;
  /** Kinds of which there is more than a snapshot holds. */
  readonly truncated: readonly LiveKind[];
}

export interface LiveChange {
  readonly kind: LiveKind;
  readonly id: string;
  /** Undefined when the thing is no more. */
  readonly item: LiveItem | undefined;
  /** False once it has ended: nothing of it has to be remembered. */
  readonly isOpen: boolean;
}

export interface LiveSubscriber {
  readonly organizationId: number;
  wantsKind(kind: LiveKind): boolean;
  takeSnapshot(snapshot: Snapshot): void;
  takeChange(change: LiveChange): void;
}

export interface FeedOptions {
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

/** What the next round reads. */
class Pending {
  /** Those who need everything that is open. */
  readonly waiting = new Set<LiveSubscriber>();
  readonly changed = new Map<LiveKind, Set<string>>();

  get isEmpty(): boolean {
    return this.waiting.size === 0 && this.changed.size === 0;
  }
}

/**
 * Reads what has changed in one organization, once for all who listen there, and hands it to them.
 *
 *   idle      → until a notice, a gap or somebody who subscribes
 *   gathering → notices are collected for a few milliseconds
 *   reading   → one query per kind; what comes meanwhile is the next round's
 *
 * One round reads at a time, so that whoever listens never sees an older state after a newer one.
 */
export class OrganizationFeed {
  private readonly organizationId: number;
  private readonly options: FeedOptions;
  private readonly subscribers = new Set<LiveSubscriber>();
  private pending = new Pending();
  private cancelTimer: (() => void) | undefined;
  private round: Promise<void> | undefined;
  private isStopped = false;

  constructor(organizationId: number, options: FeedOptions) {
    this.organizationId = organizationId;
    this.options = options;
  }

  /** The round that reads now; undefined while none does. */
  get reading(): Promise<void> | undefined {
    return this.round;
  }

  /** Nobody listens, and nothing is being read. */
  get isOver(): boolean {
    return this.subscribers.size === 0 && this.round === undefined;
  }

  attach(subscriber: LiveSubscriber): void {
    this.subscribers.add(subscriber);
  }

  detach(subscriber: LiveSubscriber): void {
    this.subscribers.delete(subscriber);
    this.pending.waiting.delete(subscriber);
    if (this.subscribers.size === 0) this.forgetPending();
  }

  requestSnapshot(subscriber: LiveSubscriber): void {
    this.pending.waiting.add(subscriber);
    this.schedule(0);
  }

  requestSnapshots(): void {
    for (const subscriber of this.subscribers) this.pending.waiting.add(subscriber);
    this.schedule(0);
  }

  /** Something has changed; costs nothing when nobody listens to its kind. */
  note(kind: LiveKind, id: string): void {
    if (![...this.subscribers].some((subscriber) => subscriber.wantsKind(kind))) return;
    const ids = this.pending.changed.get(kind) ?? new Set();
    this.pending.changed.set(kind, ids.add(id));
    this.schedule(COALESCE_MS);
  }

  stop(): void {
    this.isStopped = true;
    this.forgetPending();
  }

  private forgetPending(): void {
    this.pending = new Pending();
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  private schedule(delayMs: number): void {
    if (this.isStopped || this.round !== undefined || this.pending.isEmpty) return;
    if (delayMs === 0) this.begin();
    else this.cancelTimer ??= this.options.clock.after(delayMs, () => this.begin());
  }

  private begin(): void {
    const { pending } = this;
    this.forgetPending();
    this.round = this.readOrPutBack(pending).then((isRead) => {
      this.round = undefined;
      this.schedule(isRead ? COALESCE_MS : RETRY_MS);
    });
  }

  /** What could not be read becomes a snapshot for everybody, once the database answers again. */
  private async readOrPutBack(pending: Pending): Promise<boolean> {
    try {
      await this.read(pending);
      return true;
    } catch (error) {
      this.options.logger.warn({ err: error }, "live streams could not be given what has changed");
      for (const subscriber of this.subscribers) this.pending.waiting.add(subscriber);
      return false;
    }
  }

  private async read({ waiting, changed }: Pending): Promise<void> {
    const count = [...changed.values()].reduce((sum, ids) => sum + ids.size, 0);
    const isFlooded = count > MAX_CHANGED;
    const needy = new Set(isFlooded ? this.subscribers : waiting);
    const [snapshot, changes] = await Promise.all([
      needy.size === 0 ? undefined : this.readSnapshot([...needy]),
      isFlooded ? [] : this.readChanges(changed),
    ]);
    for (const subscriber of this.subscribers) {
      if (snapshot !== undefined && needy.has(subscriber)) subscriber.takeSnapshot(snapshot);
      else for (const change of changes) subscriber.takeChange(change);
    }
  }

  private async readSnapshot(needy: readonly LiveSubscriber[]): Promise<Snapshot> {
    const kinds = LIVE_KINDS.filter((kind) => needy.some((subscriber) => subscriber.wantsKind(kind)));
    const lists = await Promise.all(
      kinds.map((kind) => this.options.readers[kind].open(this.organizationId, MAX_SNAPSHOT + 1)),
    );
    return {
      items: Object.fromEntries(kinds.map((kind, index) => [kind, lists[index]!.slice(0, MAX_SNAPSHOT)])),
      truncated: kinds.filter((_, index) => lists[index]!.length > MAX_SNAPSHOT),
    };
  }

  private async readChanges(changed: Pending["changed"]): Promise<LiveChange[]> {
    const { readers } = this.options;
    const kinds = [...changed];
    const read = kinds.map(([kind, ids]) => readers[kind].byIds(this.organizationId, [...ids]));
    const lists = await Promise.all(read);
    return kinds.flatMap(([kind, ids], index) => {
      const items = new Map(lists[index]!.map((item) => [item.id, item]));
      return [...ids].map((id) => {
        const item = items.get(id);
        return { kind, id, item, isOpen: item !== undefined && readers[kind].isOpen(item) };
      });
    });
  }
}
