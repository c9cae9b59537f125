import { SluiceError } from "@sluice/core/errors.ts";
import { type Assignments, assignmentClause } from "../assignments.ts";
import type { Queryable } from "../registry.ts";
import type { AssetEventDetails, AssetEventKind } from "./asset-event-details.ts";

/** What people or laboratories say of an asset, or of an instrument. */
export interface AssetEvent {
  readonly id: number;
  readonly kind: AssetEventKind;
  readonly asset: number | null;
  /** Uid of the instrument. */
  readonly device: string | null;
  /** When it happened. */
  readonly at: Date;
  readonly details: AssetEventDetails;
  readonly note: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface AssetEventFilter {
  readonly asset?: number | undefined;
  /** Uid. */
  readonly device?: string | undefined;
  /** Slug: of the asset's or the instrument's site. */
  readonly site?: string | undefined;
  readonly kind?: AssetEventKind | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** Where the last page ended. */
  readonly after?: { readonly at: Date; readonly id: number } | undefined;
  readonly limit: number;
}

const ASSET_EVENT = `
  select e.id, e.kind, e.asset_id as asset, d.uid as device, e.at, e.details, e.note, e.created_by as "createdBy",
         e.created_at as "createdAt", e.updated_at as "updatedAt"
    from asset_event e
    left join asset a on a.id = e.asset_id
    left join device d on d.id = e.device_id`;

/** The newest first, by when they happened. */
export async function listAssetEvents(
  db: Queryable,
  organizationId: number,
  { asset, device, site, kind, from, to, after, limit }: AssetEventFilter,
): Promise<AssetEvent[]> {
  const { rows } = await db.query(
    `${ASSET_EVENT}
      where e.organization_id = $1
        and ($2::int is null or e.asset_id = $2)
        and ($3::text is null or d.uid = $3)
        and ($4::text is null or coalesce(a.site_id, d.site_id) =
              (select id from site where organization_id = $1 and slug = $4))
        and ($5::text is null or e.kind = $5)
        and ($6::timestamptz is null or e.at >= $6)
        and ($7::timestamptz is null or e.at < $7)
        and ($8::timestamptz is null or (e.at, e.id) < ($8, $9::bigint))
      order by e.at desc, e.id desc
      limit $10`,
    [organizationId, asset, device, site, kind, from, to, after?.at, after?.id, limit],
  );
  return rows.map(eventOf);
}

/** Locks it, so that changes of one event wait for each other. */
export async function lockAssetEvent(db: Queryable, organizationId: number, id: number): Promise<void> {
  await db.query("select 1 from asset_event where organization_id = $1 and id = $2 for update", [organizationId, id]);
}

export async function requireAssetEvent(db: Queryable, organizationId: number, id: number): Promise<AssetEvent> {
  const { rows } = await db.query(`${ASSET_EVENT} where e.organization_id = $1 and e.id = $2`, [organizationId, id]);
  if (rows[0]) return eventOf(rows[0]);
  throw new SluiceError("not-found", "asset_event.unknown", "There is no such event.", { details: { event: id } });
}

export interface NewAssetEvent {
  readonly organizationId: number;
  readonly assetId: number | null;
  readonly deviceId: number | null;
  readonly kind: AssetEventKind;
  readonly at: Date;
  readonly details: AssetEventDetails;
  readonly note: string | null;
  readonly createdBy: string;
}

export async function insertAssetEvent(db: Queryable, event: NewAssetEvent): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into asset_event (organization_id, asset_id, device_id, kind, at, details, note, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     returning id`,
    [
      event.organizationId,
      event.assetId,
      event.deviceId,
      event.kind,
      event.at,
      JSON.stringify(event.details),
      event.note,
      event.createdBy,
    ],
  );
  return Number(rows[0]!.id);
}

export type AssetEventColumn = "at" | "details" | "note" | "updated_at";

export async function updateAssetEventRow(
  db: Queryable,
  id: number,
  columns: Assignments<AssetEventColumn>,
): Promise<void> {
  const set = assignmentClause(columns, 1);
  if (set) await db.query(`update asset_event set ${set.clause} where id = $1`, [id, ...set.values]);
}

export async function deleteAssetEventRow(db: Queryable, id: number): Promise<void> {
  await db.query("delete from asset_event where id = $1", [id]);
}

/** bigint comes as text. */
function eventOf(row: Omit<AssetEvent, "id"> & { readonly id: string | number }): AssetEvent {
  return { ...row, id: Number(row.id) };
}
