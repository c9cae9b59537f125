import type { DeviceDirectory } from "../../devices/index.ts";
import type { LiveKind } from "../../platform/live-notice.ts";
import type { LatestView } from "../latest-view.ts";
import { type DeviceState, type ReadingsSubscriber, selectMetrics } from "./device-state.ts";
import type { LiveHub } from "./live-hub.ts";
import type { LiveChange, LiveSubscriber, Snapshot } from "./organization-feed.ts";
import type { ReadingsFeed } from "./readings-feed.ts";

export interface ReadingsRequest {
  readonly organizationId: number;
  /** Those of another organization are left out. */
  readonly deviceIds: readonly number[];
  /** Keys; all when absent. */
  readonly metrics?: readonly string[] | undefined;
}

export interface ItemsRequest {
  readonly organizationId: number;
  readonly kinds: readonly LiveKind[];
}

export interface LiveEventsOptions {
  readonly hub: LiveHub;
  readonly readings: ReadingsFeed;
  readonly directory: Pick<DeviceDirectory, "resolveIds">;
}

/**
 * What live streams show, for others in the process than WebSockets: nothing is checked here, so whoever subscribes has
 * asserted before that its caller may. A listener must not throw, and takes what it is given at once: nothing waits for it.
 */
export class LiveEvents {
  private readonly options: LiveEventsOptions;

  constructor(options: LiveEventsOptions) {
    this.options = options;
  }

  /**
   * Calls back with the latest values of a device when they have changed, about ten times a second at most. The answer ends
   * it. Rejects with `stream.full` when too many devices are watched.
   */
  async subscribeReadings(
    { organizationId, deviceIds, metrics }: ReadingsRequest,
    onChange: (latest: LatestView, deviceId: number) => void,
  ): Promise<() => void> {
    const { readings, directory } = this.options;
    const selection = selectMetrics(metrics);
    const subscriber: ReadingsSubscriber = {
      takeReadings: (changed) => {
        for (const { view, device } of changed) onChange(view, device.id);
      },
    };
    const states: DeviceState[] = [];
    const unsubscribe = () => {
      for (const state of states) readings.unwatch(subscriber, state);
    };
    const devices = await directory.resolveIds(deviceIds);
    try {
      for (const device of devices.values()) {
        if (device.organizationId === organizationId) states.push(readings.watch(subscriber, device, selection));
      }
    } catch (error) {
      unsubscribe();
      throw error;
    }
    return unsubscribe;
  }

  /**
   * Calls back with every change of these kinds; `item` is undefined when the thing is no more. When changes may have been
   * missed, and each minute, `onSnapshot` is told everything that is open. The answer ends it.
   */
  subscribeItems(
    { organizationId, kinds }: ItemsRequest,
    onChange: (change: LiveChange) => void,
    onSnapshot: (snapshot: Snapshot) => void = () => {},
  ): () => void {
    const subscriber: LiveSubscriber = {
      organizationId,
      wantsKind: (kind) => kinds.includes(kind),
      takeSnapshot: (snapshot) => onSnapshot(snapshot),
      takeChange: (change) => {
        if (kinds.includes(change.kind)) onChange(change);
      },
      endRound: () => {},
    };
    return this.options.hub.attach(subscriber);
  }
}
