import { MAX_METRICS_PER_PROFILE } from "@sluice/core/telemetry/limits.ts";
import { NO_LIMITS } from "@sluice/core/telemetry/validity.ts";
import type { DeviceDirectory, DeviceEntry, DeviceSender, ProfileEntry, Sender } from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";

interface MemoryProfile extends ProfileEntry {
  readonly metricNumbers: Map<string, number>;
  readonly metricKeys: string[];
}

export interface DeviceDraft {
  readonly uid: string;
  readonly organizationId?: number;
  readonly profile?: MemoryProfile;
  readonly active?: boolean;
  readonly gatewayId?: number;
}

/**
 * A registry in memory that keeps the directory's promises: nothing is cached before it was asked for, and answers come
 * later than the question.
 */
export class MemoryDirectory implements DeviceDirectory {
  /** Questions that a database would have been asked. */
  lookups = 0;
  private readonly registered: DeviceEntry[] = [];
  private readonly cached = new Map<string, DeviceEntry>();
  private readonly cachedById = new Map<number, DeviceEntry>();
  private readonly generic = newProfile(1, "generic");
  private readonly clock: Pick<Clock, "nowMicros">;

  constructor(clock: Pick<Clock, "nowMicros">) {
    this.clock = clock;
  }

  /** Registers a device; its token is `<organization>:<uid>`. */
  add({ uid, organizationId = 1, profile = this.generic, active = true, gatewayId }: DeviceDraft): DeviceEntry {
    const id = this.registered.length + 1;
    const device: DeviceEntry = { id, uid, organizationId, siteId: 1, profile, active, gatewayId };
    this.registered.push(device);
    return device;
  }

  /** Changes a device, as when it was deactivated: what was cached of it is forgotten. */
  replace(id: number, change: Partial<DeviceEntry>): void {
    const device = { ...this.registered[id - 1]!, ...change };
    this.registered[id - 1] = device;
    this.cached.delete(cacheKey(device.organizationId, device.uid));
    this.cachedById.delete(id);
  }

  get uids(): readonly string[] {
    return this.registered.map(({ uid }) => uid);
  }

  get metrics(): readonly string[] {
    return this.generic.metricKeys;
  }

  /** What main composes of devices' and clients' tokens. The client's token is "client", or "provisioner". */
  readonly authenticate = async (token: string): Promise<Sender | undefined> => {
    if (token === "client") return client(["ingest"]);
    if (token === "provisioner") return client(["ingest", "devices:provision"]);
    if (token === "powerless") return client([]);
    if (token === "limited") return client(["ingest"], { perSecond: 1, burst: 2 });
    const sender = await this.senderByToken(token);
    if (sender) this.wereGood.add(token);
    return sender;
  };

  /** Devices' tokens that have been good once. */
  readonly wereGood = new Set<string>();
  /** From now on they open nothing: tokens, and certificates by their fingerprint in hexadecimal digits. */
  readonly revoked = new Set<string>();
  /** Fingerprint in hexadecimal digits → device. */
  readonly certificates = new Map<string, number>();
  /** When what a device proves itself by expires. */
  readonly expiresAtMs = new Map<string, number>();
  /** Whether a credential is still good cannot be asked. */
  isDown = false;
  /** Holds back the answer to who has a token, as it was when it was asked. */
  held: Promise<void> | undefined;

  async senderByToken(token: string): Promise<DeviceSender | undefined> {
    this.lookups++;
    const sender = this.sender(token, (device) => token === `${device.organizationId}:${device.uid}`);
    await this.held;
    return sender;
  }

  async senderByCertificate(fingerprint: Buffer): Promise<DeviceSender | undefined> {
    this.lookups++;
    const key = fingerprint.toString("hex");
    return this.sender(key, ({ id }) => this.certificates.get(key) === id);
  }

  async liveCredentials(keys: readonly string[]): Promise<ReadonlyMap<string, number | undefined>> {
    this.lookups++;
    if (this.isDown) throw new Error("the registry does not answer");
    const isLive = (key: string) =>
      this.registered.some(
        ({ id, uid, organizationId, active }) =>
          active && (key === `${organizationId}:${uid}` || this.certificates.get(key) === id),
      );
    const live = keys.filter((key) => !this.revoked.has(key) && !this.hasExpired(key) && isLive(key));
    return new Map(live.map((key) => [key, this.expiresAtMs.get(key)]));
  }

  private sender(key: string, isIts: (device: DeviceEntry) => boolean): DeviceSender | undefined {
    const device = this.revoked.has(key) || this.hasExpired(key) ? undefined : this.registered.find(isIts);
    return device && { kind: "device", device, credential: { key, expiresAtMs: this.expiresAtMs.get(key) } };
  }

  private hasExpired(key: string): boolean {
    return (this.expiresAtMs.get(key) ?? Number.POSITIVE_INFINITY) <= this.clock.nowMicros() / 1000;
  }

  cachedDevice(organizationId: number, uid: string): DeviceEntry | undefined {
    return this.cached.get(cacheKey(organizationId, uid));
  }

  cachedDeviceById(id: number): DeviceEntry | undefined {
    return this.cachedById.get(id);
  }

  async resolve(organizationId: number, uids: readonly string[]): Promise<ReadonlyMap<string, DeviceEntry>> {
    this.lookups++;
    const found = this.registered.filter(
      (device) => device.organizationId === organizationId && uids.includes(device.uid),
    );
    await Promise.resolve();
    for (const device of found) this.cache(device);
    return new Map(found.map((device) => [device.uid, device]));
  }

  async resolveIds(ids: readonly number[]): Promise<ReadonlyMap<number, DeviceEntry>> {
    this.lookups++;
    const found = this.registered.filter(({ id }) => ids.includes(id));
    await Promise.resolve();
    for (const device of found) this.cache(device);
    return new Map(found.map((device) => [device.id, device]));
  }

  async provision(
    organizationId: number,
    uids: readonly string[],
    gatewayId?: number,
  ): Promise<ReadonlyMap<string, DeviceEntry>> {
    for (const uid of uids) {
      if (!this.registered.some((device) => device.organizationId === organizationId && device.uid === uid)) {
        this.add({ uid, organizationId, ...(gatewayId === undefined ? {} : { gatewayId }) });
      }
    }
    return this.resolve(organizationId, uids);
  }

  async allocateMetrics(profile: ProfileEntry, keys: readonly string[]): Promise<void> {
    this.lookups++;
    await Promise.resolve();
    const { metricNumbers, metricKeys } = profile as MemoryProfile;
    for (const key of keys) {
      if (metricNumbers.has(key) || metricKeys.length >= MAX_METRICS_PER_PROFILE) continue;
      metricNumbers.set(key, metricKeys.length);
      metricKeys.push(key);
    }
  }

  isProfileFull(profile: ProfileEntry): boolean {
    return profile.metricNumbers.size >= MAX_METRICS_PER_PROFILE;
  }

  private cache(device: DeviceEntry): void {
    this.cached.set(cacheKey(device.organizationId, device.uid), device);
    this.cachedById.set(device.id, device);
  }
}

export function newProfile(
  id: number,
  key: string,
  readingsPerSecond = 1_000_000,
  readingsBurst = 1_000_000,
): MemoryProfile {
  return {
    id,
    organizationId: 1,
    key,
    metricNumbers: new Map(),
    metricKeys: [],
    validity: NO_LIMITS,
    readingsPerSecond,
    readingsBurst,
  };
}

function client(scopes: readonly string[], limits?: { readonly perSecond: number; readonly burst: number }): Sender {
  return { kind: "client", clientId: "c", organizationId: 1, scopes: new Set(scopes), limits };
}

function cacheKey(organizationId: number, uid: string): string {
  return `${organizationId} ${uid}`;
}
