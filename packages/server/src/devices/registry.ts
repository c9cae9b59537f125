import type { Pool, PoolClient } from "pg";
import type { Clock } from "../platform/clock.ts";
import type { RandomBytes } from "../platform/secret-token.ts";
import type { ProfileTemplate } from "./profile-template.ts";

/** What the use cases of the registry work with; made once by `main.ts`. */
export interface Registry {
  readonly pool: Pool;
  readonly randomBytes: RandomBytes;
  readonly clock: Pick<Clock, "nowMicros" | "monotonicMs">;
  /**
   * Gives a new device what its profile brings (actuators, default rules), in the transaction that inserts the device: a
   * device without its envelope never exists. Those tables belong to other features, hence a function.
   */
  readonly onDeviceRegistered: OnDeviceRegistered;
  /** After the commit and before the answer: a reading sent at once must meet the rules that the device came with. */
  readonly afterDeviceRegistered?: (deviceId: number) => Promise<void>;
  /**
   * Of these devices, those whose actuators run or may run, and locks the actuators. They belong to another feature, hence a
   * function; absent, no device has any.
   */
  readonly lockRunningDevices?: (client: PoolClient, deviceIds: readonly number[]) => Promise<ReadonlySet<number>>;
  /** Writes the audit trail in the transaction of the change. */
  readonly recordChange: (client: PoolClient, by: Requester, change: RegistryChange) => Promise<void>;
  /** The same of many changes, in one statement. */
  readonly recordChanges: (client: PoolClient, by: Requester, changes: readonly RegistryChange[]) => Promise<void>;
}

/** Of the process that asks: what ends is compared with the same clock. */
export function nowOf({ clock }: Pick<Registry, "clock">): Date {
  return new Date(clock.nowMicros() / 1000);
}

export type OnDeviceRegistered = (
  client: PoolClient,
  device: RegisteredDevice,
  profile: RegisteredProfile,
) => Promise<void>;

/** Who changes the registry, and of which organization: no use case reaches beyond it. */
export interface Requester {
  readonly organizationId: number;
  /** "user:<id>", "client:<id>", "claim:<id>" (a device that claims itself) or "system". */
  readonly actor: string;
  /** Where the request came from, for the audit. */
  readonly address?: string | undefined;
  /** Throws `request.stale` unless what is to be changed is as the caller has seen it; use cases ask it under their lock. */
  readonly assertSeen?: ((current: unknown) => void) | undefined;
}

export interface RegistryChange {
  /** "device.register", "site.delete": the resource and the verb. */
  readonly action: string;
  /** "device:<id>". */
  readonly subject: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface RegisteredDevice {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly organizationId: number;
  readonly siteId: number;
  readonly profileId: number;
}

/** A profile as its new device meets it: the template's rules name a metric by key, here also by number. */
export interface RegisteredProfile {
  readonly id: number;
  readonly key: string;
  readonly actuators: ProfileTemplate["actuators"];
  readonly rules: readonly (ProfileTemplate["rules"][number] & { readonly metricNumber: number })[];
  readonly schedules: NonNullable<ProfileTemplate["schedules"]>;
}

/** One connection inside a transaction, or the pool where a single statement stands alone. */
export type Queryable = Pool | PoolClient;
