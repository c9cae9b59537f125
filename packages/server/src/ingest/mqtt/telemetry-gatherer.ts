import type { SluiceError } from "@sluice/core/errors.ts";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { DeviceDirectory } from "../../devices/index.ts";
import type { OfferOutcome, ReadingLog } from "../../pipeline/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { TokenBuckets } from "../../platform/token-buckets.ts";
import type { IngestCounters } from "../counters.ts";
import type { IngestLimits } from "../limits.ts";
import type { StampClock } from "../stamp-clock.ts";
import { Queue } from "./queue.ts";
import type { MqttSession, TelemetryMessage } from "./session.ts";
import { TelemetryDecoder } from "./telemetry-decoder.ts";

/** Messages of many clients that are offered to the log as one batch. */
export interface Group {
  readonly messages: TelemetryMessage[];
  /** Message → where its readings end in the batch. */
  readonly ends: number[];
  /** Messages, by their place in the group, that are not stored whole, and why. */
  readonly refused: Map<number, SluiceError>;
  bytes: number;
  /** Readings that the log had room for when the group was begun. */
  readonly room: number;
}

export interface GathererDeps {
  readonly directory: DeviceDirectory;
  readonly log: ReadingLog;
  readonly clock: Clock;
  readonly limits: IngestLimits;
  readonly counters: IngestCounters;
  readonly stamps: StampClock;
  readonly buckets: TokenBuckets;
  readonly scheduleTurn: () => void;
  /** A session let messages go: it may be read again. */
  readonly onRoom: (session: MqttSession) => void;
  /** Takes over what was offered: acknowledges it once it is committed. */
  readonly settle: (group: Group, committed: Promise<OfferOutcome>) => void;
}

/** When what could not be looked up is looked up again. */
const RESOLVE_RETRY_MS = 1_000;
/** When a group is offered again for which there was some room, but not enough. */
const STALLED_RETRY_MS = 5;

/**
 * Gathers the telemetry of all sessions into one batch a turn of the event loop, each session in its turn, so that a flood
 * of one delays another by one quantum.
 *
 *   flowing   groups are gathered and offered
 *   full      the log had no room: nothing is gathered, QoS 0 is dropped, QoS 1 and 2 wait unacknowledged
 */
export class TelemetryGatherer {
  private readonly deps: GathererDeps;
  private readonly batch: MessageBatch;
  private readonly decoder: TelemetryDecoder;
  private readonly ready = new Queue<MqttSession>();
  /** Sessions that go on after a time. */
  private readonly heldUp = new Set<MqttSession>();
  private isFull = false;
  /** The group for which there was no room, still in the batch. */
  private stalled: Group | undefined;
  private cancelRetry: () => void = () => {};

  constructor(deps: GathererDeps) {
    this.deps = deps;
    this.batch = new MessageBatch(deps.limits.maxGatheredMessages);
    this.decoder = new TelemetryDecoder(this.batch, deps);
  }

  /** Takes a message in; drops it, and says so, when it is of QoS 0 and there is no room. */
  receive(message: TelemetryMessage): boolean {
    const { counters } = this.deps;
    if (this.isFull && message.qos === 0) {
      counters.qos0Dropped++;
      return false;
    }
    message.session.receive(message);
    this.schedule(message.session);
    return true;
  }

  /** Its connection is gone: what is left of it is gathered at once, or dropped, and not waited for. */
  ended(session: MqttSession): void {
    if (session.cancelHoldUp !== undefined) this.release(session);
  }

  /** Waits for nothing any more. */
  stop(): void {
    for (const session of this.heldUp) session.cancelHoldUp?.();
    this.heldUp.clear();
    this.cancelRetry();
  }

  /** Gathers and offers one group; true when there is more to gather at once. */
  gatherSome(): boolean {
    if (this.isFull || this.ready.length === 0) return false;
    if (!this.deps.log.hasRoom(1)) {
      this.waitForRoom();
      return false;
    }
    const group: Group = { messages: [], ends: [], refused: new Map(), bytes: 0, room: this.room() };
    this.decoder.restart();
    while (!this.isComplete(group)) {
      const session = this.ready.shift();
      if (session === undefined) break;
      session.isGatherScheduled = false;
      this.take(session, group);
    }
    if (group.messages.length > 0) this.offer(group);
    return !this.isFull && this.ready.length > 0;
  }

  private isComplete(group: Group): boolean {
    return this.batch.length >= group.room || group.bytes >= this.deps.limits.maxGatheredBytes;
  }

  /** How many messages the log would take now, at least one, as far as halving tells. */
  private room(): number {
    let messages = this.deps.limits.maxGatheredMessages;
    while (messages > 1 && !this.deps.log.hasRoom(messages)) messages = Math.floor(messages / 2);
    return messages;
  }

  private schedule(session: MqttSession): void {
    if (this.isFull) this.drop(session);
    if (session.isGatherScheduled || session.isHeldUp || session.waiting.length === 0) return;
    session.isGatherScheduled = true;
    this.ready.push(session);
    this.deps.scheduleTurn();
  }

  /** Takes a quantum of a session's messages into the group. */
  private take(session: MqttSession, group: Group): void {
    const { limits } = this.deps;
    for (let i = 0; i < limits.gatherQuantum && !this.isComplete(group); i++) {
      const message = session.waiting.peek();
      if (message === undefined || this.isHeldByRate(message)) return;
      const decoded = this.decoder.decode(message);
      if (decoded === "pending") {
        this.resolve(session);
        return;
      }
      session.waiting.shift();
      this.spend(message, decoded.messages);
      if (decoded.error !== undefined) group.refused.set(group.messages.length, decoded.error);
      group.messages.push(message);
      group.ends.push(this.batch.length);
      group.bytes += message.heldBytes;
    }
    this.schedule(session);
  }

  private offer(group: Group): void {
    let committed: Promise<OfferOutcome>;
    try {
      committed = this.batch.length === 0 ? Promise.resolve({ rejected: [] }) : this.deps.log.offer(this.batch);
    } catch {
      // One publish of many messages may be more than there was room for.
      this.stalled = group;
      this.waitForRoom();
      return;
    }
    for (const message of group.messages) {
      if (message.qos > 0) continue;
      message.session.letGo(message);
      this.deps.onRoom(message.session);
    }
    this.deps.settle(group, committed);
  }

  private waitForRoom(): void {
    this.isFull = true;
    this.dropQos0();
    const { clock, log } = this.deps;
    if (log.hasRoom(1)) this.cancelRetry = clock.after(STALLED_RETRY_MS, () => this.goOn());
    else log.whenRoom().then(() => this.goOn());
  }

  private goOn(): void {
    this.isFull = false;
    const { stalled } = this;
    this.stalled = undefined;
    if (stalled !== undefined) this.offer(stalled);
    this.deps.scheduleTurn();
  }

  private dropQos0(): void {
    for (let i = this.ready.length; i > 0; i--) {
      const session = this.ready.shift()!;
      session.isGatherScheduled = false;
      this.schedule(session);
    }
  }

  private drop(session: MqttSession): void {
    for (const message of session.waiting.remove(({ qos }) => qos === 0)) {
      session.letGo(message);
      this.deps.counters.qos0Dropped++;
    }
    this.deps.onRoom(session);
  }

  /** Whether the sender's rate (a gateway's: for all that it speaks for) holds its next message back; then it is tried again in time. */
  private isHeldByRate({ session }: TelemetryMessage): boolean {
    const { buckets, clock, counters } = this.deps;
    const { id, profile } = session.device;
    const waitMs = buckets.waitMs(id, 1, profile.readingsPerSecond, profile.readingsBurst, clock.monotonicMs());
    if (waitMs === 0) return false;
    counters.rateLimited++;
    // Nobody can be slowed down any more, and what is kept for nobody would only pile up.
    if (session.isClosed) this.drop(session);
    else this.holdUp(session, waitMs);
    return true;
  }

  /** A message that could not be stored counts as one too. */
  private spend({ session }: TelemetryMessage, messages: number): void {
    const { buckets, clock } = this.deps;
    const { readingsPerSecond, readingsBurst } = session.device.profile;
    const count = Math.max(messages, 1);
    buckets.spend(session.device.id, count, readingsPerSecond, readingsBurst, clock.monotonicMs());
  }

  private holdUp(session: MqttSession, ms: number): void {
    session.isHeldUp = true;
    this.heldUp.add(session);
    session.cancelHoldUp = this.deps.clock.after(ms, () => this.release(session));
  }

  private release(session: MqttSession): void {
    session.cancelHoldUp?.();
    session.cancelHoldUp = undefined;
    session.isHeldUp = false;
    this.heldUp.delete(session);
    this.schedule(session);
  }

  /** Looks up what the session's next message lacks; other sessions go on meanwhile. */
  private resolve(session: MqttSession): void {
    session.isHeldUp = true;
    session.resolution!.settle().then(
      () => this.release(session),
      () => this.holdUp(session, RESOLVE_RETRY_MS),
    );
  }
}
