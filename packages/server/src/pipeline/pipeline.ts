/**
 * Readings on their way into the store.
 *
 *   open        messages are taken in, up to a limit; at 10,000 messages or after 20 ms they become a flush
 *   prepared    sorted, rules evaluated on an overlay, cut into slices; while the flush before commits
 *   committing  one transaction: slices, rule transitions, rule states, the `flush` row
 *   committed   overlay and latest values folded in, senders told, in the order received
 *   failed      overlay dropped; this flush and the one prepared on it are refused, and their senders retry
 *
 * A lost COMMIT reply is settled before anything else happens. An error that will not pass bisects the flush down to the
 * message that causes it, which goes to `rejected_message`.
 */
import type { SluiceError } from "@sluice/core/errors.ts";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { SliceEncoder } from "@sluice/core/telemetry/slice-codec.ts";
import { MessageSorter } from "@sluice/core/telemetry/sort-messages.ts";
import {
  cutSlices,
  type LatestValues,
  newestValid,
  ReadingValidity,
  type Slice,
  type ValidityOverlay,
} from "../telemetry/index.ts";
import {
  type CommitContext,
  commitFlush,
  FlushFencedError,
  FlushUnsettledError,
  UnstorableError,
} from "./commit-flush.ts";
import { DeviceProfiles } from "./device-profiles.ts";
import { type Evaluation, evaluateRules } from "./evaluate-rules.ts";
import { FlushConnection } from "./flush-connection.ts";
import { isNothing } from "./flush-store.ts";
import { GENERATION_LIMITS, GenerationKeeper } from "./generation-keeper.ts";
import { type LoadedPartition, loadPartition } from "./load-partition.ts";
import { commitFailed, notRunning, pipelineFull, unstorable } from "./pipeline-errors.ts";
import {
  PIPELINE_LIMITS,
  type PipelineCounters,
  type PipelineLimits,
  type PipelineOptions,
} from "./pipeline-options.ts";
import type { OfferOutcome, ReadingLog, RejectedMessage } from "./reading-log.ts";
import { insertRejected, type RejectedRow } from "./rejected-message-store.ts";
import type { RuleOverlay } from "./rule-states.ts";
import { NO_TICKS, RuleTicks, type TickWork } from "./rule-ticks.ts";
import { SettlingBacklog } from "./settling-backlog.ts";

interface Offer {
  readonly from: number;
  readonly to: number;
  readonly resolve: (outcome: OfferOutcome) => void;
  readonly reject: (error: SluiceError) => void;
}

interface Intake {
  readonly batch: MessageBatch;
  offers: Offer[];
}

interface Prepared {
  readonly intake: Intake;
  readonly batch: MessageBatch;
  readonly order: Int32Array;
  readonly validity: ValidityOverlay;
  readonly overlay: RuleOverlay;
  readonly evaluation: Evaluation;
  readonly ticks: TickWork;
  readonly slices: readonly Slice[];
  /** Failures seen when it was prepared: a failure since then takes its overlay's ground away. */
  readonly failuresBefore: number;
  readonly prepareMs: number;
}

const newIntake = (): Intake => ({ batch: new MessageBatch(16_384), offers: [] });

export class Pipeline implements ReadingLog {
  private open = newIntake();
  private readonly spares: Intake[] = [];
  private committing: Promise<void> = Promise.resolve();
  private committingOverlay: RuleOverlay | undefined;
  private committingValidity: ValidityOverlay | undefined;
  private failures = 0;
  /** Nobody knows whether the last flush is stored: nothing more is stored until the partition is loaded anew. */
  private isUnsettled = false;
  private state: "stopped" | "running" | "stopping" | "fenced" = "stopped";
  private loop: Promise<void> = Promise.resolve();
  private wake: (() => void) | undefined;
  private cancelDelay: (() => void) | undefined;
  private delayOver = false;
  private roomWaiters: (() => void)[] = [];
  private settledWaiters: (() => void)[] = [];
  private loaded: LoadedPartition | undefined;
  private validity: ReadingValidity | undefined;
  private readonly ticks: RuleTicks;
  private generations: GenerationKeeper | undefined;
  private backlog: SettlingBacklog | undefined;
  private seq = 0;
  private readonly counts = { messages: 0, values: 0, flushes: 0, rejected: 0, failedFlushes: 0 };
  // Two sorters: a flush may still be committing, and be folded in by its order, while the next is sorted.
  private readonly sorters = [new MessageSorter(), new MessageSorter()] as const;
  private turn = 0;
  private readonly encoder = new SliceEncoder();
  private readonly connection: FlushConnection;
  private readonly profiles: DeviceProfiles;
  private readonly options: PipelineOptions;
  private readonly limits: PipelineLimits;
  private readonly partition: number;

  constructor(options: PipelineOptions) {
    this.options = options;
    this.limits = options.limits ?? PIPELINE_LIMITS;
    this.partition = options.partition ?? 0;
    this.connection = new FlushConnection(options.connectionString, options.clock);
    this.profiles = new DeviceProfiles(options.directory);
    this.ticks = new RuleTicks(options.clock, options.rules, () => this.wake?.());
  }

  /** Takes the partition over, loads what its owner must know and begins to flush; again after a stop, too. */
  async start(): Promise<void> {
    if (this.state !== "stopped") throw new Error(`a pipeline that is ${this.state} cannot be started`);
    this.loaded = await loadPartition(this.options.pool, this.partition, this.options.owner);
    this.validity = new ReadingValidity(this.loaded.latest);
    this.seq = this.loaded.lastSeq;
    this.isUnsettled = false;
    const { pool, clock, maxUnsettled, generationLimits = GENERATION_LIMITS } = this.options;
    const backlog = new SettlingBacklog(pool, this.partition, clock, maxUnsettled);
    await backlog.recount();
    this.backlog = backlog;
    const onClosed = () => backlog.recount();
    this.generations = new GenerationKeeper(pool, this.partition, generationLimits, this.loaded, onClosed);
    this.state = "running";
    this.ticks.start(this.loaded.rules.ruleIds());
    this.loop = this.run();
    this.admitWaiters();
  }

  get isRunning(): boolean {
    return this.state === "running";
  }

  /** Flushes what was taken in, then lets go of the connection. */
  async stop(): Promise<void> {
    if (this.state === "running") this.state = "stopping";
    this.ticks.stop();
    this.backlog?.stop();
    this.wake?.();
    this.admitWaiters();
    await this.loop;
    await this.committing;
    await this.generations?.idle();
    await this.connection.close();
    this.state = "stopped";
  }

  /** These rules were changed, or are gone: what they had begun ends, and new ones are watched. */
  rulesChanged(ruleIds: Iterable<number>): void {
    this.ticks.changed(ruleIds);
  }

  /** Resolves once nothing waits to be flushed, and no rule is due. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.settledWaiters.push(resolve);
      void this.committing.then(() => this.tellSettled());
    });
  }

  /** The owner's memory of latest values; undefined before the start. */
  latestValues(): LatestValues | undefined {
    return this.loaded?.latest;
  }

  counters(): PipelineCounters {
    return { ...this.counts, waiting: this.open.batch.length };
  }

  hasRoom(messages: number): boolean {
    if (this.state !== "running") return false;
    const { batch } = this.open;
    const { maxWaitingMessages, maxWaitingValues, maxWaitingExtrasCharacters } = this.limits;
    // A batch larger than a limit is let in alone.
    if (batch.length === 0) return true;
    if (batch.length + messages > maxWaitingMessages) return false;
    return batch.valueCount <= maxWaitingValues && batch.extrasCharacters <= maxWaitingExtrasCharacters;
  }

  whenRoom(): Promise<void> {
    if (this.hasRoom(1)) return Promise.resolve();
    return new Promise((resolve) => this.roomWaiters.push(resolve));
  }

  offer(batch: MessageBatch): Promise<OfferOutcome> {
    if (this.state !== "running") throw notRunning();
    if (!this.hasRoom(batch.length)) {
      throw pipelineFull();
    }
    if (batch.length === 0) return Promise.resolve({ rejected: [] });
    const { open } = this;
    const from = open.batch.length;
    open.batch.append(batch);
    const outcome = new Promise<OfferOutcome>((resolve, reject) => {
      open.offers.push({ from, to: open.batch.length, resolve, reject });
    });
    if (from === 0) this.startDelay();
    if (open.batch.length >= this.limits.flushMessages || !this.hasRoom(1)) this.wake?.();
    return outcome;
  }

  /** Sets messages aside that were refused before they were offered; resolves after the commit. */
  async recordRejected(rows: readonly RejectedRow[]): Promise<void> {
    if (rows.length > 0) await insertRejected(this.options.pool, rows);
    this.counts.rejected += rows.length;
  }

  private startDelay(): void {
    this.delayOver = false;
    this.cancelDelay = this.options.clock.after(this.limits.flushDelayMs, () => {
      this.delayOver = true;
      this.wake?.();
    });
  }

  private async run(): Promise<void> {
    while (true) {
      await this.untilDue();
      await this.backlog!.slowDown();
      if (this.open.batch.length === 0 && this.state !== "running") return;
      const intake = this.swap();
      const prepared = await this.prepareOrRefuse(intake);
      await this.committing;
      if (prepared !== undefined) this.committing = this.commit(prepared);
    }
  }

  private async untilDue(): Promise<void> {
    while (this.state === "running") {
      const waiting = this.open.batch.length;
      if (waiting >= this.limits.flushMessages || !this.hasRoom(1) || (waiting > 0 && this.delayOver)) return;
      if (this.ticks.isDue && !this.isUnsettled) return;
      this.ticks.arm();
      void this.committing.then(() => this.tellSettled());
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
  }

  /** Takes what waits and gives senders an empty batch to fill. */
  private swap(): Intake {
    const intake = this.open;
    this.open = this.spares.pop() ?? newIntake();
    this.cancelDelay?.();
    this.delayOver = false;
    this.admitWaiters();
    return intake;
  }

  /** When the loop sleeps and nothing is there to wake it. */
  private tellSettled(): void {
    if (this.wake === undefined || this.open.batch.length > 0 || this.ticks.isDue) return;
    const waiters = this.settledWaiters;
    this.settledWaiters = [];
    for (const resolve of waiters) resolve();
  }

  private admitWaiters(): void {
    const waiters = this.roomWaiters;
    this.roomWaiters = [];
    for (const resolve of waiters) resolve();
  }

  private async prepareOrRefuse(intake: Intake): Promise<Prepared | undefined> {
    let ticks = NO_TICKS;
    try {
      await this.profiles.resolve(intake.batch);
      ticks = this.ticks.take();
      return this.prepare(intake, intake.batch, this.committingOverlay, ticks);
    } catch (error) {
      this.ticks.putBack(ticks);
      await this.committing;
      if (this.isUnsettled) this.refuse(intake, commitFailed(error));
      else await this.refuseOrBisect(intake, error);
      return undefined;
    }
  }

  private prepare(intake: Intake, batch: MessageBatch, parent: RuleOverlay | undefined, ticks: TickWork): Prepared {
    try {
      return this.prepareMessages(intake, batch, parent, ticks);
    } catch (error) {
      throw new UnstorableError(error);
    }
  }

  private prepareMessages(
    intake: Intake,
    batch: MessageBatch,
    parent: RuleOverlay | undefined,
    ticks: TickWork,
  ): Prepared {
    const { rules, latest } = this.loaded!;
    const beganMs = this.options.clock.monotonicMs();
    const order = this.sorters[this.turn++ % 2 === 0 ? 0 : 1].sort(batch);
    const nowMicros = this.options.clock.nowMicros();
    const validityParent = parent === undefined ? undefined : this.committingValidity;
    const validity = this.validity!.judge({
      batch,
      order,
      limitsOf: this.profiles.limitsOf,
      nowMicros,
      parent: validityParent,
    });
    const overlay = rules.overlay(parent);
    const evaluation = evaluateRules({
      batch,
      order,
      overlay,
      rules: this.options.rules,
      lastMicros: (deviceId) => latest.lastMicros(deviceId),
      newestReading: (deviceId, metricNumber) => newestValid(latest.value(deviceId, metricNumber)) ?? NO_READING,
      nowMicros,
      ticks,
    });
    const slices = cutSlices(batch, order, this.profiles.profileOf, this.encoder);
    const prepareMs = this.options.clock.monotonicMs() - beganMs;
    return {
      intake,
      batch,
      order,
      validity,
      overlay,
      evaluation,
      ticks,
      slices,
      failuresBefore: this.failures,
      prepareMs,
    };
  }

  private async commit(prepared: Prepared): Promise<void> {
    const { intake } = prepared;
    if (prepared.failuresBefore !== this.failures || this.isUnsettled) {
      this.ticks.putBack(prepared.ticks);
      this.refuse(intake, commitFailed(undefined));
      return;
    }
    if (isNothingNew(prepared)) {
      this.ticks.settle(prepared.ticks, prepared.overlay.dues);
      this.accept(intake, []);
      return;
    }
    this.committingOverlay = prepared.overlay;
    this.committingValidity = prepared.validity;
    try {
      await this.store(prepared);
      this.accept(intake, []);
    } catch (error) {
      this.ticks.putBack(prepared.ticks);
      await this.refuseOrBisect(intake, error);
    } finally {
      this.committingOverlay = undefined;
    }
  }

  /** Commits, folds in and counts; nothing of it happens when it throws. */
  private async store(prepared: Prepared): Promise<void> {
    const { latest, rules, repacker } = this.loaded!;
    const context: CommitContext = {
      connection: this.connection,
      partition: this.partition,
      epoch: this.loaded!.epoch,
      seq: this.seq + 1,
      nowMicros: this.options.clock.nowMicros(),
      generations: this.generations!,
      latest,
      rules,
      repacker,
      isRuleDeleted: this.options.isRuleDeleted ?? (() => false),
      isStopped: () => this.state !== "running",
    };
    const beganMs = this.options.clock.monotonicMs();
    await commitFlush(context, prepared.batch, prepared.slices, prepared.evaluation);
    this.options.onFlush?.({
      prepareMs: prepared.prepareMs,
      commitMs: this.options.clock.monotonicMs() - beganMs,
    });
    this.seq++;
    this.validity!.fold(prepared.validity);
    rules.fold(prepared.overlay);
    this.ticks.settle(prepared.ticks, prepared.overlay.dues);
    latest.apply(prepared.batch, prepared.order, this.profiles.profileOf);
    this.counts.flushes++;
    this.counts.messages += prepared.batch.length;
    this.counts.values += prepared.batch.valueCount;
    if (prepared.evaluation.transitions.length > 0) this.options.onTransitions();
    this.options.onStored?.(prepared.batch);
  }

  private async refuseOrBisect(intake: Intake, error: unknown): Promise<void> {
    this.failures++;
    this.committingOverlay = undefined;
    this.counts.failedFlushes++;
    if (error instanceof FlushUnsettledError) this.isUnsettled = true;
    if (error instanceof FlushFencedError) {
      this.state = "fenced";
      this.options.onFenced();
    }
    this.options.onCommitError(error);
    if (!(error instanceof UnstorableError) || intake.batch.length === 0) {
      this.refuse(intake, commitFailed(error));
      return;
    }
    try {
      const poisoned: { index: number; error: SluiceError }[] = [];
      await this.bisect(intake, 0, intake.batch.length, poisoned);
      this.accept(intake, poisoned);
    } catch (later) {
      this.options.onCommitError(later);
      this.refuse(intake, commitFailed(later));
    } finally {
      // What was prepared meanwhile stood on states that have changed since.
      this.failures++;
    }
  }

  /** Stores what can be stored of messages `from` to `to − 1`, halving around what cannot. */
  private async bisect(intake: Intake, from: number, to: number, poisoned: RejectedMessage[]): Promise<void> {
    const part = new MessageBatch(to - from);
    part.append(intake.batch, from, to);
    try {
      await this.store(this.prepare(intake, part, undefined, NO_TICKS));
    } catch (error) {
      if (!(error instanceof UnstorableError)) throw error;
      if (to - from > 1) {
        const middle = (from + to) >> 1;
        await this.bisect(intake, from, middle, poisoned);
        await this.bisect(intake, middle, to, poisoned);
        return;
      }
      await this.setAside(part, error);
      poisoned.push({ index: from, error: unstorable(error) });
    }
  }

  private async setAside(message: MessageBatch, error: unknown): Promise<void> {
    const device = this.options.directory.cachedDeviceById(message.deviceIds[0]!);
    const values = Array.from({ length: message.valueCount }, (_, i) => [message.metricNumbers[i], message.values[i]]);
    const payload = { timeMicros: message.timesMicros[0], values, extras: message.extras.get(0) };
    await this.recordRejected([
      {
        organizationId: device?.organizationId,
        deviceUid: device?.uid,
        source: "pipeline",
        code: "reading.unstorable",
        reason: String(error instanceof Error ? error.message : error),
        payload: Buffer.from(JSON.stringify(payload)),
      },
    ]);
  }

  private accept(intake: Intake, poisoned: readonly RejectedMessage[]): void {
    for (const { from, to, resolve } of intake.offers) {
      const rejected = poisoned
        .filter(({ index }) => index >= from && index < to)
        .map(({ index, error }) => ({ index: index - from, error }));
      resolve({ rejected });
    }
    this.recycle(intake);
  }

  private refuse(intake: Intake, error: SluiceError): void {
    for (const { reject } of intake.offers) reject(error);
    this.recycle(intake);
  }

  private recycle(intake: Intake): void {
    intake.batch.clear();
    intake.offers = [];
    if (this.spares.length < 2) this.spares.push(intake);
  }
}

/** A tick that found nothing due needs no flush. */
function isNothingNew({ batch, evaluation: { transitions, changes } }: Prepared): boolean {
  return batch.length === 0 && transitions.length === 0 && isNothing(changes);
}

const NO_READING = { timeMicros: Number.NEGATIVE_INFINITY, value: Number.NaN };
