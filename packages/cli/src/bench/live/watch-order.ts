import { uidOf } from "../workload.ts";

/** What the process of the subscribers is told. */
export interface WatchOrder {
  readonly kind: "watch";
  readonly httpUrl: string;
  readonly token: string;
  readonly subscribers: number;
  readonly devicesEach: number;
  /** Of the fleet. */
  readonly devices: number;
  /** Whom one more subscriber watches, that never reads. */
  readonly stalledDevices: number;
}

export type ToSubscribers =
  | WatchOrder
  /** What came until here was a warm-up. */
  | { readonly kind: "measure" }
  /** The number of the last reading of each device; answered once everybody has it, or nobody has got anything for a while. */
  | { readonly kind: "finish"; readonly last: number };

export interface WatchResult {
  readonly kind: "result";
  /** Milliseconds from the request that brought the reading. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  readonly longest: number | undefined;
  readonly changes: number;
  readonly frames: number;
  /** Pairs of a subscriber and a device whose last reading never came. */
  readonly lost: number;
  /** Changes older than one before. */
  readonly wrong: number;
  /** Connections that ended before they were told to. */
  readonly dropped: number;
  /** Connections that never read. */
  readonly stalled: number;
}

export type FromSubscribers = { readonly kind: "watching" } | WatchResult;

/** Every device by as many subscribers as every other, or nearly; and a subscriber's devices speak at different times. */
export function devicesOf(subscriber: number, { subscribers, devicesEach, devices }: WatchOrder): string[] {
  const first = Math.floor((subscriber * devices) / subscribers / devicesEach);
  return Array.from({ length: devicesEach }, (_, index) =>
    uidOf((first + Math.floor((index * devices) / devicesEach)) % devices),
  );
}
