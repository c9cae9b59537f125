import type { ValidityLimits } from "@sluice/core/telemetry/validity.ts";

/**
 * What the hot path knows of devices: looked up once, kept in memory, forgotten when the registry changes.
 */
export interface ProfileEntry {
  readonly id: number;
  readonly organizationId: number;
  readonly key: string;
  /** Metric key → number. Grows only; a number is committed before it appears here. */
  readonly metricNumbers: ReadonlyMap<string, number>;
  /** Metric number → key. */
  readonly metricKeys: readonly string[];
  /** By which readings of its metrics are judged; another object when they change. */
  readonly validity: ValidityLimits;
  /** Token bucket for a device's own token; `undefined`: the default. */
  readonly readingsPerSecond: number;
  readonly readingsBurst: number;
}

export interface DeviceEntry {
  readonly id: number;
  readonly uid: string;
  readonly organizationId: number;
  readonly siteId: number;
  /** Shared by all devices of the profile: metrics allocated later appear in it. */
  readonly profile: ProfileEntry;
  readonly active: boolean;
}

/** Whoever sends readings: a device with its own token, or an API client that may speak for many. */
export type Sender =
  | { readonly kind: "device"; readonly device: DeviceEntry }
  | {
      readonly kind: "client";
      readonly clientId: string;
      readonly organizationId: number;
      readonly scopes: ReadonlySet<string>;
    };

export interface DeviceDirectory {
  /** The device a token belongs to, or undefined. Cached; a revoked token is gone within a second. */
  deviceByToken(token: string): Promise<DeviceEntry | undefined>;
  /** Cached look-up without waiting; undefined when not cached (then ask `resolve`). */
  cachedDevice(organizationId: number, uid: string): DeviceEntry | undefined;
  /** By number, for the pipeline and for reading back; cached, undefined when not cached. */
  cachedDeviceById(id: number): DeviceEntry | undefined;
  /** Looks uids up in one query and caches them; unknown ones are absent from the answer. */
  resolve(organizationId: number, uids: readonly string[]): Promise<ReadonlyMap<string, DeviceEntry>>;
  /** Looks device numbers up in one query and caches them. */
  resolveIds(ids: readonly number[]): Promise<ReadonlyMap<number, DeviceEntry>>;
  /** Registers unknown uids as devices of the profile `generic` in the default site; safe when two do it at once. */
  provision(organizationId: number, uids: readonly string[]): Promise<ReadonlyMap<string, DeviceEntry>>;
  /**
   * Gives unknown metric keys their numbers, committed before this resolves. Keys past the limit of 256 get none: they
   * stay absent from `metricNumbers` and their values belong into `extras`.
   */
  allocateMetrics(profile: ProfileEntry, keys: readonly string[]): Promise<void>;
  /** True when the profile can take no further metric: an unknown key goes to `extras` without asking. */
  isProfileFull(profile: ProfileEntry): boolean;
}
