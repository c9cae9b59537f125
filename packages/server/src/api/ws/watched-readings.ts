import { SluiceError } from "@sluice/core/errors.ts";
import type { DeviceEntry } from "../../devices/index.ts";
import { type DeviceState, type MetricSelection, type ReadingsSubscriber, selectMetrics } from "./device-state.ts";
import type { ReadingsFeed } from "./readings-feed.ts";
import { MAX_DEVICES_PER_CONNECTION, type ReadingsFilter } from "./subscription.ts";

/** The devices that a filter names. Throws `device.unknown` and `site.unknown`. */
export type FindDevices = (organizationId: number, filter: ReadingsFilter) => Promise<readonly DeviceEntry[]>;

interface Wish {
  readonly device: DeviceEntry;
  /** Undefined: all. */
  metrics: Set<string> | undefined;
}

/** The devices that one connection watches: those of all its subscriptions, each with the metrics that any of them names. */
export class WatchedReadings implements ReadingsSubscriber {
  private readonly feed: ReadingsFeed;
  private readonly findDevices: FindDevices;
  private readonly onChanged: (states: readonly DeviceState[]) => void;
  private states = new Set<DeviceState>();
  /** What has changed while it is loaded; undefined at other times. */
  private meanwhile: DeviceState[] | undefined;
  private isClosed = false;

  constructor(feed: ReadingsFeed, findDevices: FindDevices, onChanged: (states: readonly DeviceState[]) => void) {
    this.feed = feed;
    this.findDevices = findDevices;
    this.onChanged = onChanged;
  }

  /** Watches what these name and nothing else; answers all of it once it is known, and whether it is not as before. */
  async change(
    organizationId: number,
    filters: readonly ReadingsFilter[],
  ): Promise<{ readonly states: readonly DeviceState[]; readonly isOther: boolean }> {
    const wishes = await this.findWishes(organizationId, filters);
    if (this.isClosed) return { states: [], isOther: false };
    const selections = new Map<string, MetricSelection>();
    const before = this.states;
    this.states = new Set();
    try {
      for (const { device, metrics } of wishes) {
        this.states.add(this.feed.watch(this, device, oneOf(selections, selectMetrics(metrics))));
      }
    } finally {
      for (const state of before) if (!this.states.has(state)) this.feed.unwatch(this, state);
    }
    const states = [...this.states];
    const isOther = states.length !== before.size || states.some((state) => !before.has(state));
    await this.load(states, isOther);
    return { states, isOther };
  }

  takeReadings(changed: readonly DeviceState[]): void {
    if (this.meanwhile === undefined) this.onChanged(changed);
    else this.meanwhile.push(...changed);
  }

  /** What changes meanwhile is in what is loaded, which is sent as a whole when it is other than before. */
  private async load(states: readonly DeviceState[], isOther: boolean): Promise<void> {
    this.meanwhile = [];
    try {
      await this.feed.load(states);
    } finally {
      const { meanwhile } = this;
      this.meanwhile = undefined;
      if (!isOther) this.onChanged(meanwhile);
    }
  }

  close(): void {
    this.isClosed = true;
    for (const state of this.states) this.feed.unwatch(this, state);
    this.states.clear();
  }

  private async findWishes(organizationId: number, filters: readonly ReadingsFilter[]): Promise<Iterable<Wish>> {
    const wishes = new Map<number, Wish>();
    for (const filter of filters) {
      for (const device of await this.findDevices(organizationId, filter)) {
        const wish = wishes.get(device.id);
        const metrics = filter.metrics === undefined ? undefined : new Set(filter.metrics);
        if (wish === undefined) wishes.set(device.id, { device, metrics });
        else wish.metrics = wish.metrics && metrics && new Set([...wish.metrics, ...metrics]);
      }
      if (wishes.size > MAX_DEVICES_PER_CONNECTION) throw tooManyDevices();
    }
    return wishes.values();
  }
}

function oneOf(selections: Map<string, MetricSelection>, selection: MetricSelection): MetricSelection {
  const known = selections.get(selection.name);
  if (known === undefined) selections.set(selection.name, selection);
  return known ?? selection;
}

function tooManyDevices(): SluiceError {
  return new SluiceError(
    "invalid",
    "stream.too_many_devices",
    `A connection may watch ${MAX_DEVICES_PER_CONNECTION} devices: open another one for the rest.`,
    { details: { limit: MAX_DEVICES_PER_CONNECTION } },
  );
}
