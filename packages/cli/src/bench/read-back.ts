import { openSlice, readGeneration } from "@sluice/server/telemetry/index.ts";
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

/** Reads every slice there is and checks every value of every message of the workload. */
export async function readBack(
  pool: Pool,
  workload: Workload,
  profile: string,
  isAcknowledged: (message: number) => boolean,
): Promise<ReadBack> {
  const devices = await numbersOfDevices(pool);
  const metrics = await numbersOfMetrics(pool, profile);
  const found = new Uint8Array(workload.messages);
  let wrong = 0;
  const { rows } = await pool.query("select partition, number from generation where state <> 'ready' order by number");
  for (const { partition, number } of rows) {
    for await (const slices of readGeneration(pool, partition, number)) {
      for (const stored of slices) wrong += checkSlice(workload, stored.body, devices, metrics, found);
    }
  }
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

/** Counts each message of a slice; answers how many have a wrong or missing value. */
function checkSlice(
  workload: Workload,
  body: Uint8Array,
  devices: ReadonlyMap<number, number>,
  metrics: readonly number[],
  found: Uint8Array,
): number {
  const slice = openSlice(body);
  const right = new Uint8Array(slice.rows);
  const messages = Int32Array.from(slice.deviceIds, (id, row) => {
    const device = devices.get(id);
    return device === undefined ? -1 : messageAt(workload, device, slice.timesMicros[row]!);
  });
  metrics.forEach((number, metric) => {
    slice.forEachValue(number, 0, slice.rows, (row, value) => {
      if (messages[row]! >= 0 && Object.is(value, valueAt(workload, messages[row]!, metric))) right[row]!++;
    });
  });
  let wrong = 0;
  for (let row = 0; row < slice.rows; row++) {
    const message = messages[row]!;
    if (message < 0 || message >= found.length) continue;
    if (found[message]! < 255) found[message]!++;
    if (right[row] !== METRICS.length) wrong++;
  }
  return wrong;
}
