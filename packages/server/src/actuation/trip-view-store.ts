import type { Pool } from "pg";
import type { SiteStopView } from "./actuator-view.ts";
import type { Page } from "./command-view-store.ts";

/** What people and programs see of trips and of the stops of sites. Times are Dates, to the millisecond. */
export interface TripView {
  readonly id: string;
  readonly actuator: number;
  readonly actuatorKey: string;
  /** Uid. */
  readonly device: string;
  /** First-out: what tripped it first. */
  readonly cause: string;
  readonly message: string | null;
  readonly by: string;
  readonly at: Date;
  /** How often it was tripped, the first time included. */
  readonly causes: number;
  readonly lastCause: string;
  readonly lastAt: Date;
  /** Null while it is open. */
  readonly reset: { readonly by: string; readonly at: Date; readonly reason: string | null } | null;
}

export interface TripFilter extends Page {
  readonly actuatorId?: number | undefined;
  readonly isOpen?: boolean | undefined;
}

type TripRow = Omit<TripView, "reset"> & {
  reset_by: string | null;
  reset_at: Date | null;
  reset_reason: string | null;
};

/** Newest first. */
export async function listTrips(pool: Pool, organizationId: number, filter: TripFilter): Promise<TripView[]> {
  const { rows } = await pool.query<TripRow>(
    `select t.id, t.actuator_id as actuator, a.key as "actuatorKey", d.uid as device, t.cause, t.message,
            t.tripped_by as by, t.tripped_at as at, t.causes, t.last_cause as "lastCause", t.last_at as "lastAt",
            t.reset_by, t.reset_at, t.reset_reason
       from trip t
       join actuator a on a.id = t.actuator_id
       join device d on d.id = a.device_id
      where t.organization_id = $1 and ($2::int is null or t.actuator_id = $2)
        and ($3::bool is null or (t.reset_at is null) = $3)
        and ($4::uuid is null or (t.tripped_at, t.id) < (select l.tripped_at, l.id from trip l where l.id = $4))
      order by t.tripped_at desc, t.id desc
      limit $5`,
    [organizationId, filter.actuatorId, filter.isOpen, filter.afterId, filter.limit],
  );
  return rows.map(({ reset_by: by, reset_at: at, reset_reason: reason, ...trip }) => ({
    ...trip,
    reset: by === null ? null : { by, at: at!, reason },
  }));
}

/** The open stops of these sites, by the site's number. */
export async function openSiteStops(
  pool: Pool,
  organizationId: number,
  siteIds: readonly number[],
): Promise<ReadonlyMap<number, SiteStopView>> {
  const { rows } = await pool.query<SiteStopView & { site: number }>(
    `select p.site_id as site, p.id, p.stopped_by as by, p.stopped_at as at, p.reason
       from site_stop p
      where p.organization_id = $1 and p.site_id = any($2) and p.released_at is null`,
    [organizationId, siteIds],
  );
  return new Map(rows.map(({ site, ...stop }) => [site, stop]));
}
