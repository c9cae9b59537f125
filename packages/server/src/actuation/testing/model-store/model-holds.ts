import type {
  HoldOrigin,
  KeptSiteRequest,
  NewHold,
  NewSiteRequest,
  NewSiteStop,
  NewTrip,
  Parameters,
  Trip,
} from "../../actuation-store.ts";
import { checkViolation, foreignKeyViolation } from "./database-error.ts";
import { Blocked, type Cell, type ModelTransaction } from "./model-database.ts";
import { isSameJson, jsonOf } from "./model-json.ts";
import { type TripRow, tripOf } from "./model-rows.ts";

/** The tables `actuator_hold`, `trip`, `site_stop` and `site_request`. */
type Tx = ModelTransaction;

/** Another transaction may be about to write this row, or to change it: only its end tells. */
export function awaitWriter<Row>(tx: Tx, cell: Cell<Row> | undefined): void {
  const isBeingWritten = cell?.written !== undefined && cell.owner !== tx;
  if (isBeingWritten) throw new Blocked(cell.owner!);
}

export function insertHold(tx: Tx, { id, actuatorId, heldBy, reason, tripId, siteStopId }: NewHold): void {
  const { holds, trips, siteStops } = tx.database.tables;
  if (tripId !== undefined && siteStopId !== undefined) throw checkViolation("actuator_hold_check1");
  const key = keyOf(actuatorId, id);
  awaitWriter(tx, holds.find(key));
  if (holds.get(tx, key) !== undefined) return;
  assertThere(tx, trips.find(tripId ?? ""), tripId, "actuator_hold_trip_id_fkey");
  assertThere(tx, siteStops.find(siteStopId ?? ""), siteStopId, "actuator_hold_site_stop_id_fkey");
  holds.insert(tx, key, {
    table: "actuator_hold",
    id,
    actuatorId,
    heldBy,
    reason: reason ?? null,
    tripId: tripId ?? null,
    siteStopId: siteStopId ?? null,
    releasedBy: null,
    releasedMicros: null,
  });
}

function assertThere<Row>(tx: Tx, cell: Cell<Row> | undefined, id: string | undefined, constraint: string): void {
  if (id === undefined) return;
  if (cell?.visibleTo(tx) === undefined) throw foreignKeyViolation(constraint);
  tx.referTo(cell);
}

function keyOf(actuatorId: number, holdId: string): string {
  return `${actuatorId} ${holdId}`;
}

export function isHeldBy(tx: Tx, actuatorId: number, holdId: string): boolean {
  return tx.database.tables.holds.get(tx, keyOf(actuatorId, holdId))?.releasedMicros === null;
}

export function releaseHolds(tx: Tx, actuatorId: number, releasedBy: string, origin: HoldOrigin): string[] {
  const tripId = "tripId" in origin ? origin.tripId : null;
  const siteStopId = "siteStopId" in origin ? origin.siteStopId : null;
  const releasedMicros = tx.database.nowMicros();
  const released = tx.database.tables.holds.update(
    tx,
    (hold) =>
      hold.actuatorId === actuatorId &&
      hold.releasedMicros === null &&
      hold.tripId === tripId &&
      hold.siteStopId === siteStopId,
    (hold) => ({ ...hold, releasedBy, releasedMicros }),
  );
  return released.map(({ id }) => id);
}

export function openTripOf(tx: Tx, actuatorId: number): Trip | undefined {
  const open = openTrip(tx, actuatorId);
  return open && tripOf(open);
}

export function openTrip(tx: Tx, actuatorId: number): TripRow | undefined {
  return tx.database.tables.trips.select(tx, (row) => row.actuatorId === actuatorId && row.resetMicros === null)[0];
}

export function trip(tx: Tx, tripped: NewTrip): Trip {
  const { id, organizationId, actuatorId, cause, message, trippedBy } = tripped;
  const { trips } = tx.database.tables;
  if (cause.length < 1 || cause.length > 200) throw checkViolation("trip_cause_check");
  for (const cell of trips.cells.values()) {
    if ((cell.written ?? cell.committed)?.actuatorId === actuatorId) awaitWriter(tx, cell);
  }
  const isOpen = (row: TripRow): boolean => row.actuatorId === actuatorId && row.resetMicros === null;
  const [again] = trips.update(tx, isOpen, (row) => ({ ...row, causes: row.causes + 1, lastCause: cause }));
  if (again !== undefined) return tripOf(again);
  const row: TripRow = {
    table: "trip",
    ...{ id, organizationId, actuatorId, cause, trippedBy },
    message: message ?? null,
    causes: 1,
    lastCause: cause,
    ...{ resetBy: null, resetReason: null, resetMicros: null },
  };
  trips.insert(tx, id, row);
  return tripOf(row);
}

export function resetTrip(tx: Tx, tripId: string, by: string, reason: string | undefined): void {
  const resetMicros = tx.database.nowMicros();
  tx.database.tables.trips.update(
    tx,
    (row) => row.id === tripId && row.resetMicros === null,
    (row) => ({ ...row, resetBy: by, resetReason: reason ?? null, resetMicros }),
  );
}

export function openSiteStop(tx: Tx, stop: NewSiteStop): { id: string; isNew: boolean } {
  const { id, organizationId, siteId, stoppedBy, reason } = stop;
  const { siteStops } = tx.database.tables;
  for (const cell of siteStops.cells.values()) {
    if ((cell.written ?? cell.committed)?.siteId === siteId) awaitWriter(tx, cell);
  }
  const [open] = siteStops.update(
    tx,
    (row) => row.siteId === siteId && row.releasedMicros === null,
    (row) => row,
  );
  if (open !== undefined) return { id: open.id, isNew: false };
  siteStops.insert(tx, id, {
    table: "site_stop",
    ...{ id, organizationId, siteId, stoppedBy, stoppedMicros: tx.database.nowMicros() },
    reason: reason ?? null,
    ...{ releasedBy: null, releasedMicros: null },
  });
  return { id, isNew: true };
}

export function releaseSiteStop(tx: Tx, organizationId: number, siteId: number, by: string): string | undefined {
  const releasedMicros = tx.database.nowMicros();
  const [released] = tx.database.tables.siteStops.update(
    tx,
    (row) => row.organizationId === organizationId && row.siteId === siteId && row.releasedMicros === null,
    (row) => ({ ...row, releasedBy: by, releasedMicros }),
  );
  return released?.id;
}

export function findSiteRequest(
  tx: Tx,
  organizationId: number,
  key: string,
  request: Parameters,
): KeptSiteRequest | undefined {
  const row = tx.database.tables.siteRequests.get(tx, siteKeyOf(organizationId, key));
  return row && { isSame: isSameJson(row.request, request), actuatorIds: row.actuatorIds };
}

export function insertSiteRequest(tx: Tx, asked: NewSiteRequest): boolean {
  const { siteRequests } = tx.database.tables;
  const { organizationId, idempotencyKey, request, actuatorIds, requestedBy } = asked;
  if (idempotencyKey.length < 1 || idempotencyKey.length > 200) {
    throw checkViolation("site_request_idempotency_key_check");
  }
  const key = siteKeyOf(organizationId, idempotencyKey);
  awaitWriter(tx, siteRequests.find(key));
  if (siteRequests.get(tx, key) !== undefined) return false;
  const row = { organizationId, idempotencyKey, request: jsonOf(request), actuatorIds, requestedBy };
  siteRequests.insert(tx, key, { table: "site_request", ...row });
  return true;
}

function siteKeyOf(organizationId: number, key: string): string {
  return `${organizationId} ${key}`;
}
