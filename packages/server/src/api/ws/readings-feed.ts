import { SluiceError } from "@sluice/core/errors.ts";
import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { DeviceEntry } from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { LatestMessage, LatestValues, TelemetryReader } from "../../telemetry/index.ts";
import { DeviceState, type MetricSelection, type ReadingsSubscriber } from "./device-state.ts";

/** What changes within this is told together; after a quiet time at once. */
export const TICK_MS = 100;
/** A process that does not store the readings itself asks for them this often. */
export const POLL_MS = 1_000;
/** Pairs of a subscriber and a device, in this process: some 200 bytes each. */
export const MAX_WATCHES = 200_000;
/** Of those what one organization may have: the others' part is theirs. */
export const MAX_WATCHES_OF_ONE = 50_000;
/** Devices times the different lists of metrics that are asked of them, of one organization: some 2 kB each, and 10 µs a tick. */
export const MAX_STATES_OF_ONE = 20_000;
/** States written down before others have a turn: some 10 ms. */
export const STATES_A_TURN = 1_000;
/** Devices asked for at once where they are polled: each question reads what all devices have said since the last snapshot. */
const POLLED_AT_ONCE = 10_000;

export interface ReadingsFeedOptions {
  /** The memory of the process that stores the readings; undefined in one that does not, or not now. */
  readonly latestValues: () => LatestValues | undefined;
  /** Asked where there is no such memory. */
  readonly telemetry: Pick<TelemetryReader, "latestOf">;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface WatchedDevice {
  readonly device: DeviceEntry;
  /** By the name of their selection. */
  readonly states: Map<string, DeviceState>;
  /** What a poll has read. */
  polled: LatestMessage | undefined;
  isRead: boolean;
}

/** What one organization has of the feed. */
interface Share {
  watches: number;
  states: number;
}

const UNWATCHED = 0;
const WATCHED = 1;
const CHANGED = 2;

/**
 * The latest values of the devices that somebody watches.
 *
 *   quiet   → until a flush holds a reading of a watched device; then a tick, at once or `TICK_MS` after the one before
 *   ticking → each changed device is written down once per selection, and handed to all who watch it; `STATES_A_TURN` of them
 *             in a turn of the loop
 *
 * Nothing queues here: a subscriber is told which devices have changed, and takes their state when it can send it. What has
 * changed is told by the pipeline in the process that stores readings, and polled in any other.
 */
export class ReadingsFeed {
  private readonly options: ReadingsFeedOptions;
  private readonly devices = new Map<number, WatchedDevice>();
  /** Device number → whether it is watched, and has changed since the last tick. */
  private marks = new Uint8Array(1024);
  private changed: number[] = [];
  private watches = 0;
  private readonly shares = new Map<number, Share>();
  private lastTickMs = Number.NEGATIVE_INFINITY;
  private cancelTick: (() => void) | undefined;
  private cancelPoll: (() => void) | undefined;
  private polling: Promise<void> | undefined;
  private wasInMemory = true;
  private isStopped = false;

  constructor(options: ReadingsFeedOptions) {
    this.options = options;
  }

  /** Throws `stream.full` at a limit. What the state shows is only certain after `load`. */
  watch(subscriber: ReadingsSubscriber, device: DeviceEntry, selection: MetricSelection): DeviceState {
    const share = this.shares.get(device.organizationId) ?? { watches: 0, states: 0 };
    if (this.watches >= MAX_WATCHES) throw streamFull(MAX_WATCHES);
    if (share.watches >= MAX_WATCHES_OF_ONE) throw streamFull(MAX_WATCHES_OF_ONE);
    const known = this.devices.get(device.id)?.states.get(selection.name);
    if (known === undefined && share.states >= MAX_STATES_OF_ONE) throw streamFull(MAX_STATES_OF_ONE);
    const state = known ?? this.addState(this.devices.get(device.id) ?? this.addDevice(device), selection);
    if (known === undefined) share.states++;
    if (!state.subscribers.has(subscriber)) {
      this.watches++;
      share.watches++;
    }
    state.subscribers.add(subscriber);
    this.shares.set(device.organizationId, share);
    this.pollLater();
    return state;
  }

  unwatch(subscriber: ReadingsSubscriber, state: DeviceState): void {
    if (!state.subscribers.delete(subscriber)) return;
    const { id, organizationId } = state.device;
    const share = this.shares.get(organizationId)!;
    this.watches--;
    share.watches--;
    if (share.watches === 0) this.shares.delete(organizationId);
    if (state.subscribers.size > 0) return;
    share.states--;
    const watched = this.devices.get(id)!;
    watched.states.delete(state.selection.name);
    if (watched.states.size > 0) return;
    this.devices.delete(id);
    this.marks[id] = UNWATCHED;
  }

  /** Resolves once these states show what is stored; at once in the process that stores it. */
  async load(states: readonly DeviceState[]): Promise<void> {
    if (this.options.latestValues() !== undefined) return;
    const watched = new Set(states.flatMap(({ device }) => this.devices.get(device.id) ?? []));
    await this.read([...watched].filter(({ isRead }) => !isRead));
    const news: News = new Map();
    for (const one of watched) this.renew(one, news);
    tell(news);
  }

  /** After a commit. Costs a look into an array a message, and nothing while nobody watches. */
  readonly onStored = (batch: MessageBatch): void => {
    if (this.devices.size === 0) return;
    const { deviceIds, length } = batch;
    const { marks } = this;
    for (let message = 0; message < length; message++) {
      const id = deviceIds[message]!;
      if (marks[id] !== WATCHED) continue;
      marks[id] = CHANGED;
      this.changed.push(id);
    }
    this.tickLater();
  };

  /** Resolves once the poll under way has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelTick?.();
    this.cancelPoll?.();
    await this.settled();
  }

  /** Resolves once no poll is under way. */
  async settled(): Promise<void> {
    await this.polling;
  }

  private addDevice(device: DeviceEntry): WatchedDevice {
    const watched = { device, states: new Map(), polled: undefined, isRead: false };
    this.devices.set(device.id, watched);
    if (device.id >= this.marks.length) {
      const longer = new Uint8Array(Math.max(device.id + 1, this.marks.length * 2));
      longer.set(this.marks);
      this.marks = longer;
    }
    this.marks[device.id] = WATCHED;
    return watched;
  }

  private addState(watched: WatchedDevice, selection: MetricSelection): DeviceState {
    const state = new DeviceState(watched.device, selection);
    watched.states.set(selection.name, state);
    // Never of a state that others have as well: they are told of its changes in the tick.
    state.renew(this.latestOf(watched));
    return state;
  }

  private latestOf({ device, polled }: WatchedDevice): LatestMessage | undefined {
    const inMemory = this.options.latestValues();
    return inMemory === undefined ? polled : inMemory.latest(device.id);
  }

  private note({ device: { id } }: WatchedDevice): void {
    if (this.marks[id] !== WATCHED) return;
    this.marks[id] = CHANGED;
    this.changed.push(id);
  }

  private tickLater(): void {
    if (this.changed.length === 0 || this.cancelTick !== undefined || this.isStopped) return;
    const { clock } = this.options;
    const waitMs = Math.max(0, this.lastTickMs + TICK_MS - clock.monotonicMs());
    this.cancelTick = clock.after(waitMs, () => this.tick());
  }

  private tick(): void {
    this.cancelTick = undefined;
    this.lastTickMs = this.options.clock.monotonicMs();
    const { changed } = this;
    const news: News = new Map();
    let at = 0;
    for (let states = 0; at < changed.length && states < STATES_A_TURN; at++) {
      const watched = this.devices.get(changed[at]!);
      if (watched === undefined) continue;
      this.marks[watched.device.id] = WATCHED;
      this.renew(watched, news);
      states += watched.states.size;
    }
    this.changed = changed.slice(at);
    if (this.changed.length > 0) this.cancelTick = this.options.clock.after(0, () => this.tick());
    tell(news);
  }

  private renew(watched: WatchedDevice, news: News): void {
    const latest = this.latestOf(watched);
    for (const state of watched.states.values()) if (state.renew(latest)) addNews(news, state);
  }

  private pollLater(): void {
    if (this.isStopped || this.polling !== undefined || this.devices.size === 0) return;
    this.cancelPoll ??= this.options.clock.after(POLL_MS, () => {
      this.cancelPoll = undefined;
      this.polling = this.poll().finally(() => {
        this.polling = undefined;
        this.pollLater();
      });
    });
  }

  private async poll(): Promise<void> {
    const isInMemory = this.options.latestValues() !== undefined;
    const watched = [...this.devices.values()];
    if (!isInMemory) {
      await this.read(watched).catch((error) => {
        this.options.logger.warn({ err: error }, "live streams could not be given the latest readings");
      });
    }
    // Whoever has just become the owner has read what others stored meanwhile.
    if (!isInMemory || !this.wasInMemory) for (const one of watched) this.note(one);
    this.wasInMemory = isInMemory;
    this.tickLater();
  }

  private async read(watched: readonly WatchedDevice[]): Promise<void> {
    for (let from = 0; from < watched.length && !this.isStopped; from += POLLED_AT_ONCE) {
      const some = watched.slice(from, from + POLLED_AT_ONCE);
      const latest = await this.options.telemetry.latestOf(some.map(({ device }) => device.id));
      for (const one of some) {
        one.polled = latest.get(one.device.id);
        one.isRead = true;
        this.note(one);
      }
    }
  }
}

type News = Map<ReadingsSubscriber, DeviceState[]>;

function tell(news: News): void {
  for (const [subscriber, states] of news) subscriber.takeReadings(states);
}

function addNews(news: News, state: DeviceState): void {
  for (const subscriber of state.subscribers) {
    const states = news.get(subscriber);
    if (states === undefined) news.set(subscriber, [state]);
    else states.push(state);
  }
}

function streamFull(limit: number): SluiceError {
  return new SluiceError(
    "limit",
    "stream.full",
    `Live streams watch as many devices as they may (${limit}): try again later, or watch fewer.`,
    { retryable: true, details: { limit } },
  );
}
