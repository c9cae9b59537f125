import type { Pool, PoolClient } from "pg";
import type {
  HoldOrigin,
  KeptSiteRequest,
  NewHold,
  NewSiteRequest,
  NewSiteStop,
  NewTrip,
  Parameters,
  Trip,
} from "./actuation-store.ts";

/** SQL of the tables `actuator_hold`, `trip`, `site_stop` and `site_request`: what people and trips have said. */
type Queryable = Pool | PoolClient;

export async function insertHold(client: PoolClient, hold: NewHold): Promise<void> {
  await client.query(
    `insert into actuator_hold (id, actuator_id, held_by, reason, trip_id, site_stop_id)
     values ($1, $2, $3, $4, $5, $6) on conflict (actuator_id, id) do nothing`,
    [hold.id, hold.actuatorId, hold.heldBy, hold.reason, hold.tripId, hold.siteStopId],
  );
}

export async function isHeldBy(client: PoolClient, actuatorId: number, holdId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    "select 1 from actuator_hold where actuator_id = $1 and id = $2 and released_at is null",
    [actuatorId, holdId],
  );
  return rowCount === 1;
}

export async function releaseHolds(
  client: PoolClient,
  actuatorId: number,
  releasedBy: string,
  origin: HoldOrigin,
): Promise<string[]> {
  const tripId = "tripId" in origin ? origin.tripId : null;
  const siteStopId = "siteStopId" in origin ? origin.siteStopId : null;
  const { rows } = await client.query<{ id: string }>(
    `update actuator_hold set released_by = $2, released_at = clock_timestamp()
      where actuator_id = $1 and released_at is null
        and trip_id is not distinct from $3 and site_stop_id is not distinct from $4
      returning id`,
    [actuatorId, releasedBy, tripId, siteStopId],
  );
  return rows.map(({ id }) => id);
}

const TRIP = "id, cause, causes";

export async function openTripOf(client: PoolClient, actuatorId: number): Promise<Trip | undefined> {
  const { rows } = await client.query<Trip>(`select ${TRIP} from trip where actuator_id = $1 and reset_at is null`, [
    actuatorId,
  ]);
  return rows[0];
}

export async function trip(client: PoolClient, tripped: NewTrip): Promise<Trip> {
  const { id, organizationId, actuatorId, cause, message, trippedBy } = tripped;
  const { rows } = await client.query<Trip>(
    `insert into trip as t (id, organization_id, actuator_id, cause, message, tripped_by, last_cause)
     values ($1, $2, $3, $4, $5, $6, $4)
         on conflict (actuator_id) where reset_at is null
         do update set causes = t.causes + 1, last_cause = excluded.cause, last_at = clock_timestamp()
     returning ${TRIP}`,
    [id, organizationId, actuatorId, cause, message, trippedBy],
  );
  return rows[0]!;
}

export async function resetTrip(
  client: PoolClient,
  tripId: string,
  by: string,
  reason: string | undefined,
): Promise<void> {
  await client.query(
    "update trip set reset_by = $2, reset_reason = $3, reset_at = clock_timestamp() where id = $1 and reset_at is null",
    [tripId, by, reason],
  );
}

export async function openSiteStop(
  client: PoolClient,
  stop: NewSiteStop,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const { rows } = await client.query<{ id: string; isNew: boolean }>(
    `insert into site_stop as s (id, organization_id, site_id, stopped_by, reason)
     values ($1, $2, $3, $4, $5)
         on conflict (site_id) where released_at is null do update set site_id = s.site_id
     returning id, xmax = 0 as "isNew"`,
    [stop.id, stop.organizationId, stop.siteId, stop.stoppedBy, stop.reason],
  );
  // Of a row that was there before, PostgreSQL tells in xmax who has locked it.
  return rows[0]!;
}

export async function releaseSiteStop(
  client: PoolClient,
  organizationId: number,
  siteId: number,
  by: string,
): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>(
    `update site_stop set released_by = $3, released_at = clock_timestamp()
      where organization_id = $1 and site_id = $2 and released_at is null returning id`,
    [organizationId, siteId, by],
  );
  return rows[0]?.id;
}

export async function findSiteRequest(
  db: Queryable,
  organizationId: number,
  key: string,
  request: Parameters,
): Promise<KeptSiteRequest | undefined> {
  const { rows } = await db.query<KeptSiteRequest>(
    `select request = $3::jsonb as "isSame", actuator_ids as "actuatorIds" from site_request
      where organization_id = $1 and idempotency_key = $2`,
    [organizationId, key, JSON.stringify(request)],
  );
  return rows[0];
}

export async function insertSiteRequest(
  client: PoolClient,
  { organizationId, idempotencyKey, request, actuatorIds, requestedBy }: NewSiteRequest,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into site_request (organization_id, idempotency_key, request, actuator_ids, requested_by)
     values ($1, $2, $3, $4, $5) on conflict (organization_id, idempotency_key) do nothing`,
    [organizationId, idempotencyKey, JSON.stringify(request), actuatorIds, requestedBy],
  );
  return rowCount === 1;
}
