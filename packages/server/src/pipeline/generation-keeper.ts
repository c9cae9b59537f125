import { SliceEncoder } from "@sluice/core/telemetry/slice-codec.ts";
import { MessageSorter } from "@sluice/core/telemetry/sort-messages.ts";
import {
  awaitsClosing,
  closeGeneration,
  createGeneration,
  cutSlices,
  insertDeviceLast,
  type LatestValues,
  openGeneration,
  pruneDeviceLast,
  type Queryable,
  takeForgotten,
  vacuumGeneration,
} from "../telemetry/index.ts";
import { insertRuleStates, pruneFlushes } from "./flush-store.ts";
import type { RuleStates } from "./rule-states.ts";

export interface GenerationLimits {
  readonly maxMessages: number;
  readonly maxAgeMicros: number;
  /** One with fewer messages stays open up to `maxSmallAgeMicros`: a table for every ten minutes of a slow fleet is waste. */
  readonly smallMessages: number;
  readonly maxSmallAgeMicros: number;
  /** Every so many closes the snapshot covers all devices, and older ones go. */
  readonly closesPerFullSnapshot: number;
}

export const GENERATION_LIMITS: GenerationLimits = {
  maxMessages: 2_000_000,
  maxAgeMicros: 10 * 60 * 1_000_000,
  smallMessages: 100_000,
  maxSmallAgeMicros: 6 * 3600 * 1_000_000,
  closesPerFullSnapshot: 16,
};

/** How often is looked whether readings of the open generation are to be erased, which closes it early. */
const ERASURE_LOOK_MICROS = 60 * 1_000_000;

/** Replaced slices are dead rows until a vacuum: so many repackings between two keep them to a few hundred. */
const REPACKINGS_PER_VACUUM = 2;

/**
 * Devices of a snapshot in one row: larger rows are fewer round trips, few devices are read back one by one, and with the
 * largest extras that there may be a body stays below the 256 MB that a reader accepts.
 */
const SNAPSHOT_ROWS = 4096;

export interface OpenGeneration {
  readonly number: number;
  readonly messages: number;
  readonly openedMicros: number;
  /** Devices heard in it. */
  readonly heard: Set<number>;
}

/**
 * Which generation flushes append to. It opens and closes generations inside flushes, so that the change commits with the
 * flush; the next table is made ahead of time, outside them.
 *
 *   ready → open     in the first flush that appends to it
 *   open → closed    in the flush after the one that filled it, found it old, or found that readings of it are to be erased,
 *                    which opens the next
 */
export class GenerationKeeper {
  private open: { number: number; messages: number; openedMicros: number; heard: Set<number> } | undefined;
  private ready: number;
  private isReadyMade = true;
  private making: Promise<void> = Promise.resolve();
  private closes = 0;
  private repackings = 0;
  private closesEarly = false;
  private lookedMicros = Number.NEGATIVE_INFINITY;
  private readonly sorter = new MessageSorter();
  private readonly encoder = new SliceEncoder();
  private readonly db: Queryable;
  private readonly partition: number;
  private readonly limits: GenerationLimits;
  private readonly onClosed: () => Promise<void>;

  /** `onClosed`: a generation waits to be settled. */
  constructor(
    db: Queryable,
    partition: number,
    limits: GenerationLimits,
    restored: { readonly open: OpenGeneration | undefined; readonly ready: number },
    onClosed: () => Promise<void> = async () => {},
  ) {
    this.db = db;
    this.partition = partition;
    this.limits = limits;
    this.open = restored.open === undefined ? undefined : { ...restored.open };
    this.ready = restored.ready;
    this.onClosed = onClosed;
  }

  /** The generation that a flush beginning now appends to. */
  next(nowMicros: number): { readonly number: number; readonly opens: boolean } {
    if (this.open !== undefined && !this.isFull(this.open, nowMicros))
      return { number: this.open.number, opens: false };
    return { number: this.ready, opens: true };
  }

  /** Closes the open generation, if any, and opens the next, inside the flush `seq`. All earlier flushes are folded in. */
  async roll(db: Queryable, seq: number, latest: LatestValues, rules: RuleStates): Promise<void> {
    await this.making;
    if (!this.isReadyMade) await this.makeReady();
    const closing = this.open;
    if (closing !== undefined) {
      for (const deviceId of await takeForgotten(db, this.partition, closing.number)) latest.forget(deviceId);
      const isFull = this.closes % this.limits.closesPerFullSnapshot === 0;
      const batch = latest.snapshot(isFull ? () => true : (deviceId) => closing.heard.has(deviceId));
      const order = this.sorter.sort(batch);
      const slices = cutSlices(batch, order, (id) => latest.profileOfDevice(id), this.encoder, SNAPSHOT_ROWS);
      await insertDeviceLast(db, this.partition, closing.number, isFull, slices);
      await insertRuleStates(db, this.partition, closing.number, rules.all());
      await closeGeneration(db, this.partition, closing.number, seq - 1, closing.messages);
    }
    await openGeneration(db, this.partition, this.ready, seq);
  }

  /** Takes note of a committed flush. */
  committed(generation: number, opened: boolean, nowMicros: number, deviceIds: Int32Array, messages: number): void {
    if (opened) {
      if (this.open !== undefined) this.closes++;
      this.open = { number: generation, messages: 0, openedMicros: nowMicros, heard: new Set() };
      this.ready = generation + 1;
      this.isReadyMade = false;
      this.closesEarly = false;
      this.making = this.prepareNext();
    }
    const open = this.open!;
    open.messages += messages;
    for (let i = 0; i < messages; i++) open.heard.add(deviceIds[i]!);
    if (nowMicros - this.lookedMicros < ERASURE_LOOK_MICROS) return;
    this.lookedMicros = nowMicros;
    this.making = this.making.then(() => this.lookForErasures(open)).catch(() => undefined);
  }

  private async lookForErasures(open: OpenGeneration): Promise<void> {
    if (await awaitsClosing(this.db, this.partition, open.number)) this.closesEarly = this.open === open;
  }

  /** Takes note of a repacking that was committed. */
  repacked(): void {
    this.repackings++;
    if (this.repackings < REPACKINGS_PER_VACUUM || this.open === undefined) return;
    this.repackings = 0;
    const { number } = this.open;
    // Left undone by an error it is done by the next, or by autovacuum.
    this.making = this.making.then(() => vacuumGeneration(this.db, this.partition, number)).catch(() => undefined);
  }

  /** Makes the next table and removes what no start reads any more. What fails here is tried again by the next roll. */
  private async prepareNext(): Promise<void> {
    try {
      await this.makeReady();
      await this.onClosed();
      await pruneDeviceLast(this.db, this.partition);
      await pruneFlushes(this.db, this.partition, this.ready - 1);
    } catch {
      return;
    }
  }

  private async makeReady(): Promise<void> {
    await createGeneration(this.db, this.partition, this.ready);
    this.isReadyMade = true;
  }

  /** Resolves when no work is under way outside flushes. */
  async idle(): Promise<void> {
    await this.making;
  }

  private isFull(open: OpenGeneration, nowMicros: number): boolean {
    if (open.messages >= this.limits.maxMessages || this.closesEarly) return true;
    const isSmall = open.messages < this.limits.smallMessages;
    const maxAgeMicros = isSmall ? this.limits.maxSmallAgeMicros : this.limits.maxAgeMicros;
    return open.messages > 0 && nowMicros - open.openedMicros >= maxAgeMicros;
  }
}
