import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../../platform/postgres.ts";
import { requireAsset } from "../asset-store.ts";
import { requireDevice } from "../device-store.ts";
import type { Registry, Requester } from "../registry.ts";
import { type AssetEventDetails, type AssetEventKind, assertEventDetails } from "./asset-event-details.ts";
import {
  type AssetEvent,
  deleteAssetEventRow,
  insertAssetEvent,
  lockAssetEvent,
  requireAssetEvent,
  updateAssetEventRow,
} from "./asset-event-store.ts";

export interface AssetEventDraft {
  readonly kind: AssetEventKind;
  /** That of the instrument when absent. */
  readonly asset?: number | undefined;
  /** Uid of the instrument. */
  readonly device?: string | undefined;
  /** When it happened, also long ago. */
  readonly at: Date;
  readonly details?: AssetEventDetails | undefined;
  readonly note?: string | undefined;
}

/** What is absent stays as it is; what happened to whom stays, too: delete it, and write it anew. */
export interface AssetEventChange {
  readonly at?: Date | undefined;
  /** Replaces all details. */
  readonly details?: AssetEventDetails | undefined;
  readonly note?: string | null | undefined;
}

/** Throws `asset_event.subject_needed`, `asset_event.future`, `asset.unknown`, `device.unknown`, and what `assertEventDetails` does. */
export async function recordAssetEvent(registry: Registry, by: Requester, draft: AssetEventDraft): Promise<AssetEvent> {
  const { kind, at, details = {}, note = null } = draft;
  assertEventDetails(kind, details, note);
  assertHappened(registry, at);
  return inTransaction(registry.pool, async (client) => {
    const subject = await findSubject(client, by.organizationId, draft);
    const { organizationId, actor: createdBy } = by;
    const id = await insertAssetEvent(client, { organizationId, ...subject, kind, at, details, note, createdBy });
    const after = await requireAssetEvent(client, organizationId, id);
    await record(registry, client, by, "create", undefined, after);
    return after;
  });
}

/** Throws `asset_event.unknown`, `asset_event.future`, and what `assertEventDetails` does. */
export async function updateAssetEvent(
  registry: Registry,
  by: Requester,
  id: number,
  { at, details, note }: AssetEventChange,
): Promise<AssetEvent> {
  if (at !== undefined) assertHappened(registry, at);
  return inTransaction(registry.pool, async (client) => {
    const before = await lock(client, by, id);
    assertEventDetails(before.kind, details ?? before.details, note === undefined ? before.note : note);
    await updateAssetEventRow(client, id, {
      at,
      details: details && JSON.stringify(details),
      note,
      updated_at: new Date(nowMs(registry)),
    });
    const after = await requireAssetEvent(client, by.organizationId, id);
    await record(registry, client, by, "update", before, after);
    return after;
  });
}

/** Throws `asset_event.unknown`. The audit keeps what it said. */
export async function deleteAssetEvent(registry: Registry, by: Requester, id: number): Promise<void> {
  await inTransaction(registry.pool, async (client) => {
    const before = await lock(client, by, id);
    await deleteAssetEventRow(client, id);
    await record(registry, client, by, "delete", before, undefined);
  });
}

/** Clocks of whoever writes it down may be this much ahead. */
const MAX_AHEAD_MS = 300_000;

function assertHappened(registry: Registry, at: Date): void {
  if (at.getTime() <= nowMs(registry) + MAX_AHEAD_MS) return;
  const message = "`at` is when it happened: it cannot lie in the future. Plans are schedules.";
  throw new SluiceError("invalid", "asset_event.future", message);
}

function nowMs({ clock }: Registry): number {
  return Math.floor(clock.nowMicros() / 1000);
}

async function lock(client: PoolClient, by: Requester, id: number): Promise<AssetEvent> {
  await lockAssetEvent(client, by.organizationId, id);
  const before = await requireAssetEvent(client, by.organizationId, id);
  by.assertSeen?.(before);
  return before;
}

/** Of an instrument that stands at an asset it is that asset's event, too. */
async function findSubject(
  client: PoolClient,
  organizationId: number,
  { asset, device }: AssetEventDraft,
): Promise<{ readonly assetId: number | null; readonly deviceId: number | null }> {
  if (asset === undefined && device === undefined) {
    throw new SluiceError("invalid", "asset_event.subject_needed", "Name the asset, or the device, that it is about.");
  }
  const instrument = device === undefined ? undefined : await requireDevice(client, organizationId, device);
  if (asset !== undefined) await requireAsset(client, organizationId, asset);
  return { assetId: asset ?? instrument?.asset ?? null, deviceId: instrument?.id ?? null };
}

async function record(
  { recordChange }: Registry,
  client: PoolClient,
  by: Requester,
  verb: string,
  before: AssetEvent | undefined,
  after: AssetEvent | undefined,
): Promise<void> {
  const { id } = (after ?? before)!;
  await recordChange(client, by, { action: `asset-event.${verb}`, subject: `asset-event:${id}`, before, after });
}
