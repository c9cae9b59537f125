import type { ValidityLimits } from "@sluice/core/telemetry/validity.ts";
import type { CredentialKey } from "./credential-key.ts";

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
  /** The gateway that may speak for it besides itself. */
  readonly gatewayId?: number | undefined;
}

/** A device that has proved itself. */
export interface DeviceSender {
  readonly kind: "device";
  readonly device: DeviceEntry;
  /** By what: whoever stays connected asks by this whether it still opens anything. */
  readonly credential?: { readonly key: CredentialKey; readonly expiresAtMs: number | undefined } | undefined;
}

/** Whoever sends readings: a device with its own token, or an API client that may speak for many. */
export type Sender =
  | DeviceSender
  | {
      readonly kind: "client";
      readonly clientId: string;
      readonly organizationId: number;
      readonly scopes: ReadonlySet<string>;
      /** Requests of this client; absent: as many as it likes. */
      readonly limits?: { readonly perSecond: number; readonly burst: number } | undefined;
    };

export interface DeviceDirectory {
  /** The active device a token belongs to, or undefined. Cached; a revoked token is gone within a second. */
  senderByToken(token: string): Promise<DeviceSender | undefined>;
  /** The same by the SHA-256 of a certificate's DER, whose private key the sender has proved to have. */
  senderByCertificate(fingerprint: Buffer): Promise<DeviceSender | undefined>;
  /** Those of the credentials that open an active device now, and until when; undefined: without an end. Never cached. */
  liveCredentials(keys: readonly CredentialKey[]): Promise<ReadonlyMap<CredentialKey, number | undefined>>;
  /** Cached look-up without waiting; undefined when not cached (then ask `resolve`). */
  cachedDevice(organizationId: number, uid: string): DeviceEntry | undefined;
  /** By number, for the pipeline and for reading back; cached, undefined when not cached. */
  cachedDeviceById(id: number): DeviceEntry | undefined;
  /** Looks uids up in one query and caches them; unknown ones are absent from the answer. */
  resolve(organizationId: number, uids: readonly string[]): Promise<ReadonlyMap<string, DeviceEntry>>;
  /** Looks device numbers up in one query and caches them. */
  resolveIds(ids: readonly number[]): Promise<ReadonlyMap<number, DeviceEntry>>;
  /** Registers unknown uids as devices of the profile `generic` in the default site; safe when two do it at once. */
  provision(
    organizationId: number,
    uids: readonly string[],
    /** The gateway that brings them, and speaks for them from then on. */
    gatewayId?: number,
  ): Promise<ReadonlyMap<string, DeviceEntry>>;
  /**
   * Gives unknown metric keys their numbers, committed before this resolves. Keys past the limit of 256 get none: they
   * stay absent from `metricNumbers` and their values belong into `extras`.
   */
  allocateMetrics(profile: ProfileEntry, keys: readonly string[]): Promise<void>;
  /** True when the profile can take no further metric: an unknown key goes to `extras` without asking. */
  isProfileFull(profile: ProfileEntry): boolean;
}
