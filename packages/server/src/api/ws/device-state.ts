import type { DeviceEntry } from "../../devices/index.ts";
import type { LatestMessage } from "../../telemetry/index.ts";
import { type LatestView, latestView } from "../latest-view.ts";

/** Which metrics of a device somebody wants to see; all when `keys` is undefined. */
export interface MetricSelection {
  /** The same for the same metrics. */
  readonly name: string;
  readonly keys: ReadonlySet<string> | undefined;
}

export function selectMetrics(metrics: Iterable<string> | undefined): MetricSelection {
  if (metrics === undefined) return { name: "", keys: undefined };
  const keys = [...new Set(metrics)].sort();
  return { name: JSON.stringify(keys), keys: new Set(keys) };
}

export interface ReadingsSubscriber {
  /** These have changed since they were told of last. */
  takeReadings(changed: readonly DeviceState[]): void;
}

/** What everybody with the same selection sees of one device: written down once, however many they are. */
export class DeviceState {
  readonly device: DeviceEntry;
  readonly selection: MetricSelection;
  readonly subscribers = new Set<ReadingsSubscriber>();
  /** As JSON. */
  text = "";
  view: LatestView;

  constructor(device: DeviceEntry, selection: MetricSelection) {
    this.device = device;
    this.selection = selection;
    this.view = latestView(device, undefined);
    this.text = JSON.stringify(this.view);
  }

  /** Answers whether it has changed. */
  renew(latest: LatestMessage | undefined): boolean {
    const view = latestView(this.device, latest, this.selection.keys);
    const text = JSON.stringify(view);
    if (text === this.text) return false;
    this.view = view;
    this.text = text;
    return true;
  }
}
