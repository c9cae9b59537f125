import type { Client, Pool } from "pg";
import { ChannelListener } from "../platform/channel-listener.ts";
import type { Clock } from "../platform/clock.ts";
import { GENERIC_PROFILE_KEY } from "./built-in-profiles.ts";
import { type CredentialKey, certificateKey, keyOfName, nameOfKey, tokenKey } from "./credential-key.ts";
import { CredentialUses } from "./credential-uses.ts";
import { type CachedCredential, DeviceCache } from "./device-cache.ts";
import { isDeviceUid } from "./device-uid.ts";
import type { DeviceDirectory, DeviceEntry, DeviceSender, ProfileEntry } from "./directory.ts";
import {
  countBehindGateway,
  type DirectoryRow,
  endReplaced,
  findByCredential,
  findByIds,
  findByUids,
  findLiveCredentials,
  insertProvisioned,
} from "./directory-store.ts";
import { LiveProfiles } from "./live-profiles.ts";
import { isProfileFull, MetricAllocator } from "./metric-allocator.ts";
import { parseRegistryNotice, REGISTRY_CHANNEL, type RegistryNotice } from "./registry-notice.ts";

/** 220 bytes each (measured): a fleet of a million devices fits, and no fleet takes more than 250 MB. */
export const MAX_CACHED_DEVICES = 1_100_000;
/** Uids or numbers in one look-up query; more are asked for in several. */
const MAX_LOOKUP = 10_000;
/** Devices of one gateway; it registers no more of itself, and what it sends of others is refused. */
export const MAX_DEVICES_PER_GATEWAY = 10_000;
/** Changes noted while rows are on their way; past it none of those rows is kept. */
const MAX_CHANGED_MEANWHILE = 10_000;

export interface DeviceDirectoryOptions {
  readonly pool: Pool;
  /** Opens a connection outside the pool, on which to hear what changes. */
  readonly connect: () => Promise<Client>;
  readonly clock: Clock;
  readonly maxCachedDevices?: number;
}

/** A device or a profile changed, or ("gap") any of them may have. */
export type RegistryEvent = RegistryNotice | { readonly kind: "gap" };
export type RegistryWatcher = (event: RegistryEvent) => void;

/** The directory over the registry's tables, kept up to date by the registry's notices. */
export class PostgresDeviceDirectory implements DeviceDirectory {
  readonly #pool: Pool;
  readonly #cache: DeviceCache;
  readonly #profiles: LiveProfiles;
  readonly #metrics: MetricAllocator;
  readonly #listener: ChannelListener;
  readonly #watchers = new Set<RegistryWatcher>();
  readonly #lookups = new Map<CredentialKey, Promise<Found | undefined>>();
  readonly #uses: CredentialUses;
  readonly #clock: Clock;
  /** Devices that changed while rows were on their way here: such a row may be older than the notice, so it is not kept. */
  readonly #changedMeanwhile = new Set<number>();
  #loads = 0;
  #gaps = 0;

  constructor({ pool, connect, clock, maxCachedDevices = MAX_CACHED_DEVICES }: DeviceDirectoryOptions) {
    this.#pool = pool;
    this.#cache = new DeviceCache(maxCachedDevices);
    this.#profiles = new LiveProfiles(pool);
    this.#metrics = new MetricAllocator(pool, this.#profiles);
    this.#uses = new CredentialUses(pool, clock);
    this.#clock = clock;
    this.#listener = new ChannelListener({
      connect,
      clock,
      channels: [REGISTRY_CHANNEL],
      onNotice: (_channel, payload) => this.#onNotice(payload),
      onGap: () => this.#onGap(),
    });
  }

  async start(): Promise<void> {
    await this.#listener.start();
  }

  async stop(): Promise<void> {
    await this.#listener.stop();
    await this.#uses.stop();
  }

  /** Calls back on every change, once it can be seen here, so that a session whose token was revoked can end. */
  watch(watcher: RegistryWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  senderByToken(token: string): Promise<DeviceSender | undefined> {
    return this.#senderBy(tokenKey(token));
  }

  senderByCertificate(fingerprint: Buffer): Promise<DeviceSender | undefined> {
    return this.#senderBy(certificateKey(fingerprint));
  }

  /** Whether the token opens a device, as far as that is remembered. */
  knowsToken(token: string): boolean {
    return this.#cache.byCredential(tokenKey(token)) !== undefined;
  }

  async liveCredentials(keys: readonly CredentialKey[]): Promise<ReadonlyMap<CredentialKey, number | undefined>> {
    const live = new Map<CredentialKey, number | undefined>();
    for (const some of chunks(keys)) {
      for (const row of await findLiveCredentials(this.#pool, some.map(nameOfKey), this.#now())) {
        live.set(keyOfName(row), row.expiresAt?.getTime());
      }
    }
    return live;
  }

  cachedDevice(organizationId: number, uid: string): DeviceEntry | undefined {
    return this.#cache.byUid(organizationId, uid);
  }

  cachedDeviceById(id: number): DeviceEntry | undefined {
    return this.#cache.byId(id);
  }

  async resolve(organizationId: number, uids: readonly string[]): Promise<ReadonlyMap<string, DeviceEntry>> {
    const found = new Map<string, DeviceEntry>();
    const missing = new Set<string>();
    for (const uid of uids) {
      const device = this.#cache.byUid(organizationId, uid);
      if (device) found.set(uid, device);
      else if (isDeviceUid(uid)) missing.add(uid);
    }
    for (const some of chunks([...missing])) {
      for (const device of await this.#load(() => findByUids(this.#pool, organizationId, some))) {
        found.set(device.uid, device);
      }
    }
    return found;
  }

  async resolveIds(ids: readonly number[]): Promise<ReadonlyMap<number, DeviceEntry>> {
    const found = new Map<number, DeviceEntry>();
    const missing = new Set<number>();
    for (const id of ids) {
      const device = this.#cache.byId(id);
      if (device) found.set(id, device);
      else missing.add(id);
    }
    for (const some of chunks([...missing])) {
      for (const device of await this.#load(() => findByIds(this.#pool, some))) found.set(device.id, device);
    }
    return found;
  }

  async provision(
    organizationId: number,
    uids: readonly string[],
    gatewayId?: number,
  ): Promise<ReadonlyMap<string, DeviceEntry>> {
    const known = await this.resolve(organizationId, uids);
    const fresh = [...new Set(uids.filter((uid) => !known.has(uid) && isDeviceUid(uid)))];
    if (fresh.length === 0) return known;
    const room = gatewayId === undefined ? fresh.length : await this.#roomBehind(gatewayId);
    // The generic profile has neither actuators nor rules, so there is nothing else to bring in the same transaction.
    for (const some of chunks(fresh.slice(0, room))) {
      await insertProvisioned(this.#pool, organizationId, GENERIC_PROFILE_KEY, some, gatewayId);
    }
    return this.resolve(organizationId, uids);
  }

  allocateMetrics(profile: ProfileEntry, keys: readonly string[]): Promise<void> {
    return this.#metrics.allocate(profile, keys);
  }

  isProfileFull(profile: ProfileEntry): boolean {
    return isProfileFull(profile);
  }

  async #senderBy(key: CredentialKey): Promise<DeviceSender | undefined> {
    const cached = this.#cache.byCredential(key);
    const found = cached ? { device: cached, expiresAtMs: this.#cache.expiresAtMs(key) } : await this.#lookUp(key);
    if (!found?.device.active) return undefined;
    const { device, expiresAtMs } = found;
    if (expiresAtMs !== undefined && expiresAtMs <= this.#now().getTime()) return undefined;
    this.#uses.note(key);
    return { kind: "device", device, credential: { key, expiresAtMs } };
  }

  /** One query a credential, however many requests with it wait for the answer. */
  #lookUp(key: CredentialKey): Promise<Found | undefined> {
    const running = this.#lookups.get(key);
    if (running) return running;
    const lookup = this.#find(key).finally(() => this.#lookups.delete(key));
    this.#lookups.set(key, lookup);
    return lookup;
  }

  async #find(key: CredentialKey): Promise<Found | undefined> {
    let credential: CachedCredential | undefined;
    const [device] = await this.#load(
      async () => {
        const row = await findByCredential(this.#pool, nameOfKey(key));
        if (row === undefined) return [];
        credential = { key, expiresAtMs: row.expiresAt?.getTime() };
        if (row.endsOthers && row.active) await endReplaced(this.#pool, row.credentialId, row.id);
        return [row];
      },
      () => credential,
    );
    return device && { device, expiresAtMs: credential?.expiresAtMs };
  }

  async #roomBehind(gatewayId: number): Promise<number> {
    return Math.max(0, MAX_DEVICES_PER_GATEWAY - (await countBehindGateway(this.#pool, gatewayId)));
  }

  #now(): Date {
    return new Date(this.#clock.nowMicros() / 1000);
  }

  /** Reads devices and keeps those that did not change on the way. */
  async #load(
    read: () => Promise<DirectoryRow[]>,
    credential: () => CachedCredential | undefined = () => undefined,
  ): Promise<DeviceEntry[]> {
    const gaps = this.#gaps;
    this.#loads++;
    try {
      const rows = await read();
      const profiles = await this.#profiles.find(rows.map((row) => row.profileId));
      const devices = rows.map((row) => entryOf(row, profiles.get(row.profileId)!));
      if (gaps === this.#gaps) {
        for (const device of devices) {
          if (!this.#changedMeanwhile.has(device.id)) this.#cache.put(device, credential());
        }
      }
      return devices;
    } finally {
      if (--this.#loads === 0) this.#changedMeanwhile.clear();
    }
  }

  #onNotice(payload: string): void {
    const notice = parseRegistryNotice(payload);
    if (notice === undefined) return;
    if (notice.kind === "profile") this.#onProfileChanged(notice);
    else this.#onDeviceChanged(notice);
  }

  #onDeviceChanged(notice: RegistryNotice): void {
    this.#cache.forget(notice.id);
    if (this.#loads > 0) this.#noteChanged(notice.id);
    this.#tell(notice);
  }

  #noteChanged(id: number): void {
    this.#changedMeanwhile.add(id);
    if (this.#changedMeanwhile.size <= MAX_CHANGED_MEANWHILE) return;
    this.#gaps++;
    this.#changedMeanwhile.clear();
  }

  #onProfileChanged(notice: RegistryNotice): void {
    this.#profiles.refreshKnown([notice.id]).then(
      () => this.#tell(notice),
      // What is known lacks at most a metric, which allocating finds, and a rate, which the reconnection brings.
      () => {},
    );
  }

  #onGap(): void {
    this.#gaps++;
    this.#cache.clear();
    this.#profiles.refreshKnown().catch(() => {});
    this.#tell({ kind: "gap" });
  }

  #tell(event: RegistryEvent): void {
    for (const watcher of this.#watchers) watcher(event);
  }
}

interface Found {
  readonly device: DeviceEntry;
  readonly expiresAtMs: number | undefined;
}

function entryOf({ id, uid, organizationId, siteId, active, gatewayId }: DirectoryRow, profile: ProfileEntry) {
  return { id, uid, organizationId, siteId, profile, active, gatewayId: gatewayId ?? undefined };
}

function* chunks<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += MAX_LOOKUP) yield items.slice(from, from + MAX_LOOKUP);
}
