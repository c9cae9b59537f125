import type { HelloMessage } from "@sluice/core/commands/messages.ts";
import type { ClockJump } from "../../actuation-store.ts";
import { checkViolation } from "./database-error.ts";
import type { ModelTransaction } from "./model-database.ts";
import { awaitWriter } from "./model-holds.ts";
import type { LinkRow } from "./model-rows.ts";

/** The tables `device_link` and `clock_jump`, and the versions of the devices' configurations. */
type Tx = ModelTransaction;

export function beginSessions(tx: Tx): number {
  const { database } = tx;
  const { links } = database.tables;
  for (const cell of links.cells.values()) tx.lock(cell, false);
  const sessionEpoch = ++database.lastSessionEpoch;
  links.update(
    tx,
    () => true,
    (row) => ({ ...row, isConnected: false, sessionEpoch }),
  );
  return sessionEpoch;
}

export function noteSessions(
  tx: Tx,
  sessionEpoch: number,
  deviceIds: readonly number[],
  areConnected: readonly boolean[],
): boolean {
  const { links } = tx.database.tables;
  const sessions = deviceIds.map((deviceId, index) => ({ deviceId, isConnected: areConnected[index]! }));
  const said = sessions.filter(({ deviceId }) => hasActuators(tx, deviceId));
  for (const { deviceId } of said) lockLink(tx, deviceId);
  const noted = said.filter(({ deviceId }) => (links.get(tx, deviceId)?.sessionEpoch ?? 0) <= sessionEpoch);
  for (const { deviceId, isConnected } of noted) upsert(tx, deviceId, { isConnected, sessionEpoch });
  return noted.length === said.length;
}

function hasActuators(tx: Tx, deviceId: number): boolean {
  return tx.database.tables.actuators.select(tx, (row) => row.deviceId === deviceId).length > 0;
}

export function noteHello(tx: Tx, deviceId: number, { bootId, monoMs, configVersion }: HelloMessage): void {
  if ((bootId === undefined) !== (monoMs === undefined)) throw checkViolation("device_link_check");
  lockLink(tx, deviceId);
  const sampledMicros = bootId === undefined ? null : tx.database.nowMicros();
  upsert(tx, deviceId, { bootId: bootId ?? null, monoMs: monoMs ?? null, sampledMicros, configVersion });
}

export function keptClockJump(tx: Tx): ClockJump {
  const row = tx.database.tables.clockJumps.get(tx, ONLY);
  return { jumpedAtMicros: row?.jumpedAtMicros ?? 0, jumpMs: row?.jumpMs ?? 0 };
}

export function keepClockJump(tx: Tx, { jumpedAtMicros, jumpMs }: ClockJump): void {
  if (jumpMs < 0) throw checkViolation("clock_jump_jump_ms_check");
  tx.database.tables.clockJumps.insert(tx, ONLY, { table: "clock_jump", jumpedAtMicros, jumpMs });
}

/** The key of a table of one row. */
const ONLY = "only";

function lockLink(tx: Tx, deviceId: number): void {
  const cell = tx.database.tables.links.find(deviceId);
  awaitWriter(tx, cell);
  if (cell?.visibleTo(tx) !== undefined) tx.lock(cell, false);
}

const NEW_LINK = {
  ...{ isConnected: false, sessionEpoch: 0, bootId: null, monoMs: null, sampledMicros: null, configVersion: 0 },
} as const;

function upsert(tx: Tx, deviceId: number, change: Partial<LinkRow>): void {
  const { links } = tx.database.tables;
  const before: LinkRow = links.get(tx, deviceId) ?? { table: "device_link", deviceId, ...NEW_LINK };
  links.insert(tx, deviceId, { ...before, ...change });
}

export function configVersion(tx: Tx, deviceId: number): number {
  const rows = tx.database.tables.actuators.select(tx, (row) => row.deviceId === deviceId);
  return rows.reduce((sum, { envelopeVersion }) => sum + envelopeVersion, 0);
}

export function raiseConfigVersion(tx: Tx, deviceId: number, above: number): void {
  const sum = configVersion(tx, deviceId);
  if (sum > above) return;
  const rows = tx.database.tables.actuators.select(tx, (row) => row.deviceId === deviceId);
  const firstId = Math.min(...rows.map(({ id }) => id));
  tx.database.tables.actuators.update(
    tx,
    ({ id }) => id === firstId,
    (row) => ({ ...row, envelopeVersion: row.envelopeVersion + above - sum + 1 }),
  );
}
