import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../platform/secret-token.ts";
import { deviceRunning } from "./assert-not-running.ts";
import { findAssetsByIds, findDevicesByUids, findProfilesByKeys } from "./batch-store.ts";
import { type BulkItem, type BulkReferences, toInsert, toUpdate } from "./bulk-item.ts";
import {
  type BulkInsert,
  type BulkUpdate,
  findSitesNamed,
  insertDevices,
  lockDevices,
  updateDevices,
} from "./bulk-store.ts";
import { insertTokens } from "./credential-store.ts";
import type { Device } from "./device-store.ts";
import { isDeviceUid } from "./device-uid.ts";
import { readRegisteredProfile } from "./register-device.ts";
import type { RegisteredProfile, Registry, Requester } from "./registry.ts";
import { notifyDevices } from "./registry-notice.ts";

/** Devices of one request. */
export const MAX_BULK_DEVICES = 10_000;
/** Devices of one transaction: so many are stored together, or none of them. */
const DEVICES_PER_TRANSACTION = 500;
const MAX_SERIAL_ID = 2_147_483_647;

/** What becomes of a device that there is already. */
export type OnExisting = "skip" | "update" | "fail";

export type BulkResult =
  | { readonly uid: string; readonly status: "created"; readonly id: number; readonly token: string }
  | { readonly uid: string; readonly status: "updated" | "skipped"; readonly id: number }
  | { readonly uid: string; readonly status: "failed"; readonly error: SluiceError };

/**
 * Registers many devices, or changes those that there are, in statements of 500. One that cannot be is told of in its place and
 * keeps none of the others back. Sent again with "skip" it does what was left undone.
 */
export async function registerDevices(
  registry: Registry,
  by: Requester,
  items: readonly BulkItem[],
  onExisting: OnExisting,
): Promise<BulkResult[]> {
  if (items.length > MAX_BULK_DEVICES) {
    const message = `A request holds at most ${MAX_BULK_DEVICES} devices.`;
    throw new SluiceError("limit", "device.too_many", message, { details: { limit: MAX_BULK_DEVICES } });
  }
  const results: BulkResult[] = [];
  const seen = new Set<string>();
  for (let from = 0; from < items.length; from += DEVICES_PER_TRANSACTION) {
    const chunk = items.slice(from, from + DEVICES_PER_TRANSACTION);
    results.push(...(await storeChunk(registry, by, chunk, onExisting, seen)));
  }
  await recordCounts(registry, by, results, onExisting);
  return results;
}

async function storeChunk(
  registry: Registry,
  by: Requester,
  items: readonly BulkItem[],
  onExisting: OnExisting,
  seen: Set<string>,
): Promise<BulkResult[]> {
  const chunk = new Chunk(registry, by, items, onExisting, seen);
  try {
    await inTransaction(registry.pool, (client) => chunk.store(client));
  } catch (cause) {
    // Those of chunks before it are stored, and their tokens are known to nobody else: they have to be answered.
    const error = new SluiceError("unavailable", "device.not_stored", "It was not stored; send it again.", { cause });
    return items.map(({ uid }) => ({ uid, status: "failed", error: isSluiceError(cause) ? cause : error }));
  }
  await Promise.all(chunk.withRules.map((id) => registry.afterDeviceRegistered?.(id)));
  return chunk.results;
}

/** Some hundred items on their way: looked up → planned one by one → inserted, updated → audited, told. */
class Chunk {
  readonly results: BulkResult[] = [];
  /** Numbers of new devices that came with rules. */
  readonly withRules: number[] = [];
  private readonly registry: Registry;
  private readonly by: Requester;
  private readonly items: readonly BulkItem[];
  private readonly onExisting: OnExisting;
  private readonly seen: Set<string>;
  private readonly inserts = new Map<number, BulkInsert>();
  private readonly updates = new Map<number, { readonly before: Device; readonly update: BulkUpdate }>();

  constructor(
    registry: Registry,
    by: Requester,
    items: readonly BulkItem[],
    onExisting: OnExisting,
    seen: Set<string>,
  ) {
    this.registry = registry;
    this.by = by;
    this.items = items;
    this.onExisting = onExisting;
    this.seen = seen;
  }

  async store(client: PoolClient): Promise<void> {
    const { organizationId } = this.by;
    const uids = this.items.map(({ uid }) => uid).filter(isDeviceUid);
    if (this.onExisting === "update") await lockDevices(client, organizationId, uids);
    const existing = byUid(await findDevicesByUids(client, organizationId, uids));
    const known = await findReferences(client, organizationId, this.items, existing);
    for (const [index, item] of this.items.entries()) this.plan(index, item, existing.get(item.uid), known);
    await this.insert(client, known);
    await this.refuseRunning(client);
    await this.update(client);
  }

  private plan(index: number, item: BulkItem, before: Device | undefined, known: BulkReferences): void {
    try {
      if (this.seen.has(item.uid)) {
        throw new SluiceError("conflict", "device.uid_doubled", "The uid stands in the list twice.");
      }
      this.seen.add(item.uid);
      if (before === undefined) this.inserts.set(index, toInsert(item, known));
      else if (this.onExisting === "fail") throw uidTaken();
      else this.planExisting(index, item, before, known);
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      this.results[index] = { uid: item.uid, status: "failed", error };
    }
  }

  private planExisting(index: number, item: BulkItem, before: Device, known: BulkReferences): void {
    const update = this.onExisting === "update" ? toUpdate(item, before, known) : undefined;
    if (update) this.updates.set(index, { before, update });
    else this.results[index] = { uid: item.uid, status: "skipped", id: before.id };
  }

  private async insert(client: PoolClient, known: BulkReferences): Promise<void> {
    if (this.inserts.size === 0) return;
    const { registry, by } = this;
    const rows = await insertDevices(client, by.organizationId, [...this.inserts.values()]);
    const ids = new Map(rows.map(({ uid, id }) => [uid, id]));
    const tokens: { deviceId: number; hash: Buffer }[] = [];
    for (const [index, { uid }] of this.inserts) {
      const id = ids.get(uid);
      if (id === undefined) {
        this.results[index] = { uid, status: "failed", error: uidTaken() };
        continue;
      }
      const token = newSecretToken("sld_", registry.randomBytes);
      tokens.push({ deviceId: id, hash: hashSecretToken(token) });
      this.results[index] = { uid, status: "created", id, token };
    }
    await insertTokens(client, tokens);
    await this.bringProfiles(client, known, ids);
    const created = await findDevicesByUids(client, by.organizationId, [...ids.keys()]);
    await registry.recordChanges(
      client,
      by,
      created.map((device) => ({ action: "device.register", subject: `device:${device.id}`, after: device })),
    );
  }

  /** What profiles bring belongs to other features and comes device by device, for those alone whose profile brings something. */
  private async bringProfiles(
    client: PoolClient,
    known: BulkReferences,
    ids: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { organizationId } = this.by;
    const profiles = new Map<number, RegisteredProfile>();
    for (const profile of known.profiles.values()) {
      profiles.set(profile.id, await readRegisteredProfile(client, profile));
    }
    for (const { uid, name, siteId, profileId } of this.inserts.values()) {
      const id = ids.get(uid);
      const profile = profiles.get(profileId)!;
      if (id === undefined || (profile.actuators.length === 0 && profile.rules.length === 0)) continue;
      const device = { id, uid, name, organizationId, siteId, profileId };
      await this.registry.onDeviceRegistered(client, device, profile);
      this.withRules.push(id);
    }
  }

  /** What would deactivate a device in the middle of a run fails by itself. */
  private async refuseRunning(client: PoolClient): Promise<void> {
    const leaving = [...this.updates].filter(
      ([, { before, update }]) => update.status === "inactive" && before.status !== "inactive",
    );
    if (leaving.length === 0) return;
    const ids = leaving.map(([, { before }]) => before.id);
    const running = await this.registry.lockRunningDevices?.(client, ids);
    for (const [index, { before }] of leaving) {
      if (!running?.has(before.id)) continue;
      this.updates.delete(index);
      this.results[index] = { uid: before.uid, status: "failed", error: deviceRunning(before.uid) };
    }
  }

  private async update(client: PoolClient): Promise<void> {
    if (this.updates.size === 0) return;
    const { registry, by } = this;
    const planned = [...this.updates.values()];
    await updateDevices(
      client,
      planned.map(({ update }) => update),
    );
    const uids = planned.map(({ before }) => before.uid);
    const after = byUid(await findDevicesByUids(client, by.organizationId, uids));
    await registry.recordChanges(
      client,
      by,
      planned.map(({ before }) => ({
        action: "device.update",
        subject: `device:${before.id}`,
        before,
        after: after.get(before.uid),
      })),
    );
    await notifyDevices(
      client,
      planned.map(({ before }) => before.id),
    );
    for (const [index, { before }] of this.updates) {
      this.results[index] = { uid: before.uid, status: "updated", id: before.id };
    }
  }
}

async function findReferences(
  client: PoolClient,
  organizationId: number,
  items: readonly BulkItem[],
  existing: ReadonlyMap<string, Device>,
): Promise<BulkReferences> {
  const before = [...existing.values()];
  const profiles = distinct([...items.map(({ profile }) => profile), ...before.map(({ profile }) => profile)]);
  const sites = distinct(items.map(({ site }) => site));
  const slugs = sites.filter((site) => typeof site === "string").filter(isSlug);
  const siteIds = sites.filter((site) => typeof site === "number").filter(isSerialId);
  const assetIds = distinct(items.map(({ asset }) => asset)).filter(isSerialId);
  const gateways = distinct([...items.map(({ gateway }) => gateway), ...before.map(({ gateway }) => gateway)]);
  const assets = await findAssetsByIds(client, organizationId, assetIds);
  return {
    profiles: new Map(
      (await findProfilesByKeys(client, organizationId, profiles.filter(isSlug))).map((one) => [one.key, one]),
    ),
    sites: await findSitesNamed(client, organizationId, slugs, siteIds),
    assets: new Map(assets.map((asset) => [asset.id, asset])),
    gateways: byUid(await findDevicesByUids(client, organizationId, gateways.filter(isDeviceUid))),
  };
}

async function recordCounts(
  registry: Registry,
  by: Requester,
  results: readonly BulkResult[],
  onExisting: OnExisting,
): Promise<void> {
  const counts = { created: 0, updated: 0, skipped: 0, failed: 0 };
  for (const { status } of results) counts[status]++;
  const change = {
    action: "device.bulk",
    subject: `organization:${by.organizationId}`,
    after: { ...counts, onExisting },
  };
  // Each device has its own entry, stored with it; for the sum of them the new tokens are not given up.
  await inTransaction(registry.pool, (client) => registry.recordChange(client, by, change)).catch(() => {});
}

function byUid(devices: readonly Device[]): Map<string, Device> {
  return new Map(devices.map((device) => [device.uid, device]));
}

function distinct<Value>(values: readonly (Value | null | undefined)[]): Value[] {
  return [...new Set(values)].filter((value) => value !== null && value !== undefined);
}

function isSlug(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(text);
}

function isSerialId(id: number): boolean {
  return Number.isInteger(id) && id >= 1 && id <= MAX_SERIAL_ID;
}

function uidTaken(): SluiceError {
  return new SluiceError("conflict", "device.uid_taken", "A device with this uid is already registered.");
}
