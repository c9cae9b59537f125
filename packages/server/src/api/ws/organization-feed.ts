import type { Clock } from "../../platform/clock.ts";
import { LIVE_KINDS, type LiveKind } from "../../platform/live-notice.ts";
import type { Logger } from "../../platform/logger.ts";
import { ChangeRing, type RememberedChange } from "./change-ring.ts";

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

/** How a snapshot follows upon what a subscriber knows. */
export interface Resumption {
  /** Everything up to this change is in the snapshot or in `missed`. */
  readonly number: number;
  /** What has changed since the subscriber was there and is not in the snapshot, as it is now. */
  readonly missed: readonly LiveChange[];
  /** Whether `missed` is all of that; undefined for a subscriber who did not say since when. */
  readonly isComplete: boolean | undefined;
}

export interface LiveSubscriber {
  readonly organizationId: number;
  wantsKind(kind: LiveKind): boolean;
  takeSnapshot(snapshot: Snapshot, resumption: Resumption): void;
  takeChange(change: LiveChange): void;
  /** Everything up to the change of this number has been handed over. */
  endRound(number: number): void;
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
  /** Those who need everything that is open → the last change that they know of. */
  readonly waiting = new Map<LiveSubscriber, number | undefined>();
  readonly changed = new Map<LiveKind, Set<string>>();

  get isEmpty(): boolean {
    return this.waiting.size === 0 && this.changed.size === 0;
  }
}

type Missed = ReadonlyMap<LiveSubscriber, readonly RememberedChange[]>;

/**
 * Reads what has changed in one organization, once for all who listen there, and hands it to them.
 *
 *   idle      → until a notice, a gap or somebody who subscribes
 *   gathering → notices are collected for a few milliseconds
 *   reading   → one query per kind; what comes meanwhile is the next round's
 *
 * One round reads at a time, so that whoever listens never sees an older state after a newer one. Which things have changed is
 * remembered, numbered, for those who come back.
 */
export class OrganizationFeed {
  private readonly organizationId: number;
  private readonly options: FeedOptions;
  private readonly subscribers = new Set<LiveSubscriber>();
  private readonly ring: ChangeRing;
  /** Of the last change that was heard of. */
  private number: number;
  /** Of the last change that has been handed to everybody. */
  private handedOver: number;
  private leftAtMs = 0;
  private pending = new Pending();
  private cancelTimer: (() => void) | undefined;
  private round: Promise<void> | undefined;
  private isStopped = false;

  constructor(organizationId: number, options: FeedOptions, number: number) {
    this.organizationId = organizationId;
    this.options = options;
    this.ring = new ChangeRing(number);
    this.number = number;
    this.handedOver = number;
  }

  /** The round that reads now; undefined while none does. */
  get reading(): Promise<void> | undefined {
    return this.round;
  }

  /** Nobody has listened since then, and nothing is being read. */
  isOver(sinceMs: number): boolean {
    return this.subscribers.size === 0 && this.round === undefined && this.leftAtMs <= sinceMs;
  }

  attach(subscriber: LiveSubscriber): void {
    this.subscribers.add(subscriber);
  }

  detach(subscriber: LiveSubscriber): void {
    this.subscribers.delete(subscriber);
    this.pending.waiting.delete(subscriber);
    if (this.subscribers.size > 0) return;
    this.leftAtMs = this.options.clock.monotonicMs();
    this.forgetPending();
  }

  requestSnapshot(subscriber: LiveSubscriber, since?: number): void {
    this.pending.waiting.set(subscriber, since);
    this.schedule(0);
  }

  requestSnapshots(): void {
    this.needSnapshots(undefined);
    this.schedule(0);
  }

  /** Something has changed; it is read when somebody listens to its kind. */
  note(kind: LiveKind, id: string, number: number): void {
    this.number = number;
    this.ring.add({ kind, id }, number);
    if (!this.isWanted(kind)) return;
    const ids = this.pending.changed.get(kind) ?? new Set();
    this.pending.changed.set(kind, ids.add(id));
    this.schedule(COALESCE_MS);
  }

  /** Changes up to this number may have been missed. */
  onGap(number: number): void {
    this.number = number;
    this.ring.forget(number);
    this.requestSnapshots();
  }

  stop(): void {
    this.isStopped = true;
    this.forgetPending();
  }

  private isWanted(kind: LiveKind): boolean {
    for (const subscriber of this.subscribers) if (subscriber.wantsKind(kind)) return true;
    return false;
  }

  /** Who waits already goes on waiting for what it asked for. */
  private needSnapshots(since: number | undefined): void {
    const { waiting } = this.pending;
    for (const subscriber of this.subscribers) if (!waiting.has(subscriber)) waiting.set(subscriber, since);
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

  /** What could not be read becomes a snapshot for everybody, with what they missed, once the database answers again. */
  private async readOrPutBack(pending: Pending): Promise<boolean> {
    const { number } = this;
    try {
      await this.read(pending, number);
      this.handedOver = number;
      for (const subscriber of this.subscribers) subscriber.endRound(number);
      return true;
    } catch (error) {
      this.options.logger.warn({ err: error }, "live streams could not be given what has changed");
      const { waiting } = this.pending;
      for (const [subscriber, since] of pending.waiting) {
        if (this.subscribers.has(subscriber) && !waiting.has(subscriber)) waiting.set(subscriber, since);
      }
      this.needSnapshots(this.handedOver);
      return false;
    }
  }

  private async read({ waiting, changed }: Pending, number: number): Promise<void> {
    const count = [...changed.values()].reduce((sum, ids) => sum + ids.size, 0);
    const isFlooded = count > MAX_CHANGED;
    const needy = new Map(waiting);
    if (isFlooded)
      for (const subscriber of this.subscribers) if (!needy.has(subscriber)) needy.set(subscriber, undefined);
    const missed = this.missedBy(needy);
    const [snapshot, changes, ended] = await Promise.all([
      needy.size === 0 ? undefined : this.readSnapshot([...needy.keys()]),
      isFlooded ? [] : this.readChanges(changed),
      this.readChanges(idsByKind([...missed.values()].flat())),
    ]);
    for (const subscriber of this.subscribers) {
      if (snapshot === undefined || !needy.has(subscriber)) {
        for (const change of changes) subscriber.takeChange(change);
        continue;
      }
      const known = missed.get(subscriber);
      subscriber.takeSnapshot(snapshot, {
        number,
        missed: missedChanges(known ?? [], ended, snapshot),
        isComplete: needy.get(subscriber) === undefined ? undefined : known !== undefined,
      });
    }
  }

  /** What has changed since they know, of those for whom that is known and not too much. */
  private missedBy(needy: ReadonlyMap<LiveSubscriber, number | undefined>): Missed {
    const missed = new Map<LiveSubscriber, readonly RememberedChange[]>();
    for (const [subscriber, since] of needy) {
      const changes = since === undefined ? undefined : this.ring.since(since);
      if (changes === undefined) continue;
      const wanted = changes.filter(({ kind }) => subscriber.wantsKind(kind));
      if (wanted.length <= MAX_CHANGED) missed.set(subscriber, wanted);
    }
    return missed;
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

  private async readChanges(changed: ReadonlyMap<LiveKind, ReadonlySet<string>>): Promise<LiveChange[]> {
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

function idsByKind(changes: readonly RememberedChange[]): Map<LiveKind, Set<string>> {
  const ids = new Map<LiveKind, Set<string>>();
  for (const { kind, id } of changes) ids.set(kind, (ids.get(kind) ?? new Set()).add(id));
  return ids;
}

/** What one who was away has to be told besides the snapshot: all of it that is not in there, as it is now. */
function missedChanges(
  known: readonly RememberedChange[],
  read: readonly LiveChange[],
  { items }: Snapshot,
): readonly LiveChange[] {
  if (known.length === 0) return [];
  const keys = new Set(known.map(({ kind, id }) => `${kind} ${id}`));
  for (const kind of LIVE_KINDS) for (const { id } of items[kind] ?? []) keys.delete(`${kind} ${id}`);
  return read.filter(({ kind, id }) => keys.has(`${kind} ${id}`));
}
