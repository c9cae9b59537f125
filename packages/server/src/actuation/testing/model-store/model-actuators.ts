import type { ActuatorMode } from "@sluice/core/safety/decide.ts";
import type { Envelope } from "@sluice/core/safety/envelope.ts";
import type { Actuator, UnreachedActuator, UnreachedFilter } from "../../actuation-store.ts";
import { checkViolation, uniqueViolation } from "./database-error.ts";
import type { Cell, ModelTransaction } from "./model-database.ts";
import { type ActuatorRow, actuatorOf, type SiteStopRow } from "./model-rows.ts";

/** The table `actuator`. */
type Tx = ModelTransaction;

export function findActuator(tx: Tx, organizationId: number, id: number): Actuator | undefined {
  const row = tx.database.tables.actuators.get(tx, id);
  return row?.organizationId === organizationId ? actuatorOf(row) : undefined;
}

export function actuatorsOfDevice(tx: Tx, deviceId: number): Actuator[] {
  return actuatorsWhere(tx, (row) => row.deviceId === deviceId);
}

export function actuatorsOfSite(tx: Tx, organizationId: number, siteId: number): Actuator[] {
  return actuatorsWhere(tx, (row) => row.organizationId === organizationId && siteOf(tx, row) === siteId);
}

function actuatorsWhere(tx: Tx, isWanted: (row: ActuatorRow) => boolean): Actuator[] {
  const rows = tx.database.tables.actuators.select(tx, isWanted);
  return rows.map(actuatorOf).sort((a, b) => a.id - b.id);
}

export function siteOf(tx: Tx, { deviceId }: Pick<ActuatorRow, "deviceId">): number {
  return tx.database.plant.devices.find(({ id }) => id === deviceId)!.siteId;
}

export function heldByEndedSiteStops(
  tx: Tx,
  organizationId: number,
  siteId: number,
): { actuator: Actuator; siteStopId: string }[] {
  const { siteStops, holds, actuators } = tx.database.tables;
  const ended = siteStops.select(
    tx,
    (stop) => stop.organizationId === organizationId && stop.siteId === siteId && stop.releasedMicros !== null,
  );
  const found = ended.flatMap(({ id: siteStopId }) => {
    const open = holds.select(tx, (hold) => hold.siteStopId === siteStopId && hold.releasedMicros === null);
    const ids = new Set(open.map(({ actuatorId }) => actuatorId));
    return [...ids].map((id) => ({ actuator: actuatorOf(actuators.get(tx, id)!), siteStopId }));
  });
  return found.sort((a, b) => a.actuator.id - b.actuator.id);
}

export function unreachedBySiteStops(
  tx: Tx,
  { siteId: ofSite, stoppedMsAgo, limit }: UnreachedFilter,
): UnreachedActuator[] {
  const { siteStops, holds } = tx.database.tables;
  const latestMicros = tx.database.nowMicros() - stoppedMsAgo * 1000;
  const isWanted = ({ releasedMicros, siteId, stoppedMicros }: SiteStopRow): boolean =>
    releasedMicros === null && (ofSite === undefined || siteId === ofSite) && stoppedMicros <= latestMicros;
  const open = siteStops.select(tx, isWanted);
  const found = open.flatMap(({ id: siteStopId, siteId, stoppedBy, reason }) => {
    const reached = new Set(holds.select(tx, (hold) => hold.siteStopId === siteStopId).map((hold) => hold.actuatorId));
    const unreached = actuatorsWhere(tx, (row) => siteOf(tx, row) === siteId && !reached.has(row.id));
    return unreached.map((actuator) => ({ actuator, siteStopId, stoppedBy, reason }));
  });
  return found.sort((a, b) => a.actuator.id - b.actuator.id).slice(0, limit);
}

export function lockActuator(tx: Tx, id: number): Actuator | undefined {
  return lockAll(tx, (row) => row.id === id)[0];
}

export function tryLockActuator(tx: Tx, id: number): Actuator | undefined {
  return lockFree(tx, (row) => row.id === id)[0];
}

export function lockGroup(tx: Tx, id: number, otherGroup?: string): Actuator | undefined {
  const isOwn = inGroupOf(tx, id);
  const organizationId = tx.database.tables.actuators.get(tx, id)?.organizationId;
  const isOther = (row: ActuatorRow): boolean =>
    otherGroup !== undefined && row.organizationId === organizationId && row.envelope.interlockGroup === otherGroup;
  return lockAll(tx, (row) => isOwn(row) || isOther(row)).find((actuator) => actuator.id === id);
}

export function tryLockGroup(tx: Tx, id: number): Actuator | undefined {
  return tryLockGroups(tx, [id])[0];
}

export function tryLockGroups(tx: Tx, ids: readonly number[]): Actuator[] {
  const areWanted = ids.map((id) => inGroupOf(tx, id));
  const locked = new Set(lockFree(tx, (row) => areWanted.some((isWanted) => isWanted(row))).map(({ id }) => id));
  return actuatorsWhere(tx, ({ id }) => {
    const group = tx.database.tables.actuators.select(tx, inGroupOf(tx, id));
    return ids.includes(id) && locked.has(id) && group.every((member) => locked.has(member.id));
  });
}

export function lockMembers(tx: Tx, organizationId: number, interlockGroup: string): Actuator[] {
  return lockAll(tx, (row) => row.organizationId === organizationId && row.envelope.interlockGroup === interlockGroup);
}

export function inGroupOf(tx: Tx, id: number): (row: ActuatorRow) => boolean {
  const own = tx.database.tables.actuators.get(tx, id);
  const group = own?.envelope.interlockGroup;
  if (own === undefined || group === undefined) return (row) => row.id === id;
  return (row) => row.id === id || (row.organizationId === own.organizationId && row.envelope.interlockGroup === group);
}

function wantedCells(tx: Tx, isWanted: (row: ActuatorRow) => boolean): Cell<ActuatorRow>[] {
  const cells = [...tx.database.tables.actuators.cells.values()];
  const wanted = cells.filter((cell) => isWanted(cell.visibleTo(tx)!));
  return wanted.sort((a, b) => a.visibleTo(tx)!.id - b.visibleTo(tx)!.id);
}

function lockAll(tx: Tx, isWanted: (row: ActuatorRow) => boolean): Actuator[] {
  const cells = wantedCells(tx, isWanted);
  for (const cell of cells) tx.lock(cell, false);
  return cells.map((cell) => actuatorOf(cell.visibleTo(tx)!));
}

function lockFree(tx: Tx, isWanted: (row: ActuatorRow) => boolean): Actuator[] {
  const free = wantedCells(tx, isWanted).filter((cell) => tx.tryLock(cell, false));
  return free.map((cell) => actuatorOf(cell.visibleTo(tx)!));
}

export function change(tx: Tx, id: number, changed: (row: ActuatorRow) => Partial<ActuatorRow>): ActuatorRow {
  const [row] = tx.database.tables.actuators.update(
    tx,
    (actuator) => actuator.id === id,
    (before) => ({ ...before, ...changed(before) }),
  );
  return row!;
}

export function raiseFence(tx: Tx, actuatorId: number): number {
  return change(tx, actuatorId, ({ fence }) => ({ fence: fence + 1 })).fence;
}

export function adoptFence(tx: Tx, actuatorId: number, fence: number): void {
  tx.database.tables.actuators.update(
    tx,
    (row) => row.id === actuatorId && row.fence < fence,
    (row) => ({ ...row, fence }),
  );
}

export function countActivation(tx: Tx, actuatorId: number, startedAtMicros: number): void {
  change(tx, actuatorId, ({ totalActivations, lastActivationMicros }) => ({
    totalActivations: totalActivations + 1,
    lastActivationMicros: Math.max(lastActivationMicros ?? startedAtMicros, startedAtMicros),
  }));
}

export function setMode(tx: Tx, actuatorId: number, mode: ActuatorMode, lockedBy: string | undefined): void {
  if ((mode === "locked-out") !== (lockedBy !== undefined)) throw checkViolation("actuator_check");
  change(tx, actuatorId, () => ({ mode, lockedBy: lockedBy ?? null }));
}

export function setEnvelope(tx: Tx, actuatorId: number, envelope: Envelope): void {
  assertOneSafeOn(tx, actuatorId, envelope);
  change(tx, actuatorId, ({ envelopeVersion }) => ({ envelope, envelopeVersion: envelopeVersion + 1 }));
}

/** Two members of a group that go on by themselves would be on together when their link is lost. */
function assertOneSafeOn(tx: Tx, actuatorId: number, { interlockGroup, safeState = "off" }: Envelope): void {
  if (interlockGroup === undefined || safeState === "off") return;
  const own = tx.database.tables.actuators.get(tx, actuatorId)!;
  const others = tx.database.tables.actuators.select(
    tx,
    ({ id, organizationId, envelope }) =>
      id !== actuatorId &&
      organizationId === own.organizationId &&
      envelope.interlockGroup === interlockGroup &&
      (envelope.safeState ?? "off") !== "off",
  );
  if (others.length > 0) throw uniqueViolation("actuator_one_safe_on");
}

export function setUnfenced(tx: Tx, actuatorId: number, allowedBy: string | undefined): string | undefined {
  tx.lock(tx.database.tables.actuators.find(actuatorId)!, false);
  const { unfencedAllowedBy: before } = tx.database.tables.actuators.get(tx, actuatorId)!;
  change(tx, actuatorId, () => ({ unfencedAllowedBy: allowedBy ?? null }));
  return before ?? undefined;
}

export function setPoint(tx: Tx, actuatorId: number, value: number, unit: string | undefined): void {
  change(tx, actuatorId, () => ({ setPoint: value, setPointUnit: unit ?? null }));
}
