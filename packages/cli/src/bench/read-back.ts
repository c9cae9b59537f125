import path from "node:path";
import { openSlice, RawReader, readGeneration } from "@sluice/server/telemetry/index.ts";
import type { Pool } from "pg";
import { deviceOf, METRICS, messageAt, valueAt, type Workload } from "./workload.ts";

export interface ReadBack {
  /** Messages found with every value as it was sent. */
  readonly stored: number;
  /** Acknowledged messages that are not there. */
  readonly lost: number;
  /** Messages found more than once. */
  readonly duplicated: number;
  /** Messages found with a value other than the one sent. */
  readonly wrong: number;
}

/** What a server that has stopped left behind. */
export interface StoppedServer {
  readonly pool: Pool;
  readonly home: string;
}

/** Reads every slice and every part there is and checks every value of every message of the workload. */
export async function readBack(
  { pool, home }: StoppedServer,
  workload: Workload,
  profile: string,
  isAcknowledged: (message: number) => boolean,
): Promise<ReadBack> {
  const devices = await numbersOfDevices(pool);
  const metrics = await numbersOfMetrics(pool, profile);
  const found = new Uint8Array(workload.messages);
  let wrong = 0;
  const check = (rows: StoredRows) => {
    wrong += checkRows(workload, rows, devices, metrics, found);
  };
  for await (const rows of readTables(pool)) check(rows);
  for await (const rows of readParts(pool, home)) check(rows);
  let present = 0;
  let lost = 0;
  let duplicated = 0;
  for (let message = 0; message < workload.messages; message++) {
    if (found[message]! > 0) present++;
    else if (isAcknowledged(message)) lost++;
    if (found[message]! > 1) duplicated++;
  }
  return { stored: present - wrong, lost, duplicated, wrong };
}

async function numbersOfDevices(pool: Pool): Promise<Map<number, number>> {
  const { rows } = await pool.query("select id, uid from device");
  const numbered = rows.map(({ id, uid }) => [id, deviceOf(uid)] as const);
  return new Map(numbered.filter((pair): pair is readonly [number, number] => pair[1] !== undefined));
}

async function numbersOfMetrics(pool: Pool, profile: string): Promise<number[]> {
  const { rows } = await pool.query(
    `select m.key, m.number from profile_metric m join device_profile p on p.id = m.profile_id where p.key = $1`,
    [profile],
  );
  const byKey = new Map(rows.map(({ key, number }) => [key, number]));
  return METRICS.map((key) => byKey.get(key) ?? -1);
}

/** Rows as slices and parts have them. */
interface StoredRows {
  readonly deviceIds: Int32Array;
  readonly timesMicros: Float64Array;
  forEachValue(metric: number, visit: (row: number, value: number) => void): void;
}

async function* readTables(pool: Pool): AsyncGenerator<StoredRows> {
  const { rows } = await pool.query(
    "select partition, number from generation where state not in ('ready', 'settled') order by number",
  );
  for (const { partition, number } of rows) {
    for await (const slices of readGeneration(pool, partition, number)) {
      for (const { body } of slices) {
        const slice = openSlice(body);
        const { deviceIds, timesMicros } = slice;
        const forEachValue: StoredRows["forEachValue"] = (metric, visit) =>
          slice.forEachValue(metric, 0, slice.rows, visit);
        yield { deviceIds, timesMicros, forEachValue };
      }
    }
  }
}

async function* readParts(pool: Pool, home: string): AsyncGenerator<StoredRows> {
  const { rows } = await pool.query<{ name: string }>("select name from part where state = 'live' order by sequence");
  for (const { name } of rows) {
    const reader = await RawReader.open(path.join(home, "objects", ...name.split("/")));
    for (let group = 0; group < reader.groups.length; group++) {
      const { deviceIds, timesMicros, columns } = await reader.readGroup(group);
      const forEachValue: StoredRows["forEachValue"] = (metric, visit) =>
        columns.get(metric)?.forEach((value, row) => {
          if (!Number.isNaN(value)) visit(row, value);
        });
      yield { deviceIds, timesMicros, forEachValue };
    }
    await reader.close();
  }
}

/** Counts each message; answers how many have a wrong or missing value. */
function checkRows(
  workload: Workload,
  stored: StoredRows,
  devices: ReadonlyMap<number, number>,
  metrics: readonly number[],
  found: Uint8Array,
): number {
  const right = new Uint8Array(stored.deviceIds.length);
  const messages = Int32Array.from(stored.deviceIds, (id, row) => {
    const device = devices.get(id);
    return device === undefined ? -1 : messageAt(workload, device, stored.timesMicros[row]!);
  });
  metrics.forEach((number, metric) => {
    stored.forEachValue(number, (row, value) => {
      if (messages[row]! >= 0 && Object.is(value, valueAt(workload, messages[row]!, metric))) right[row]!++;
    });
  });
  let wrong = 0;
  for (let row = 0; row < right.length; row++) {
    const message = messages[row]!;
    if (message < 0 || message >= found.length) continue;
    if (found[message]! < 255) found[message]!++;
    if (right[row] !== METRICS.length) wrong++;
  }
  return wrong;
}
