import type { Queryable } from "../telemetry-store.ts";

/** Devices of erasures that are not done, in partition `$1`, with the last generation of each. */
const ERASED_DEVICES = `
  select coalesce(device_id, device.id) as device, until_generation, erasure_id, latest_forgotten_at
    from erasure join erasure_partition on erasure_id = erasure.id
         left join device on device_id is null and device.organization_id = erasure.organization_id
   where erasure.state <> 'done' and partition = $1 and coalesce(device_id, device.id) is not null`;

/**
 * Of which devices the partition's owner has to forget the newest values now that it closes a generation: what it holds may have
 * come in it or before. Inside the flush that closes it.
 */
export async function takeForgotten(db: Queryable, partition: number, closing: number): Promise<number[]> {
  const { rows } = await db.query<{ device: number }>(
    `with due as (${ERASED_DEVICES} and (latest_forgotten_at is null or until_generation >= $2)),
          noted as (update erasure_partition set latest_forgotten_at = clock_timestamp()
                     where partition = $1 and latest_forgotten_at is null
                       and exists (select 1 from erasure where id = erasure_id and state <> 'done'))
     select distinct device from due`,
    [partition, closing],
  );
  return rows.map(({ device }) => device);
}

/** Whether a generation has to be closed before an erasure can end. */
export async function awaitsClosing(db: Queryable, partition: number, open: number): Promise<boolean> {
  const { rows } = await db.query(
    `select 1 from erasure join erasure_partition on erasure_id = id
      where state <> 'done' and partition = $1 and (until_generation >= $2 or latest_forgotten_at is null) limit 1`,
    [partition, open],
  );
  return rows.length > 0;
}

/** Of which devices a new owner takes no newest values from snapshots: some may be from before they were erased. */
export async function readForgotten(db: Queryable, partition: number): Promise<number[]> {
  const { rows } = await db.query<{ device: number }>(`select distinct device from (${ERASED_DEVICES}) as erased`, [
    partition,
  ]);
  return rows.map(({ device }) => device);
}

/** A row of `device_last`. */
export interface SnapshotKey {
  readonly partition: number;
  readonly generation: number;
  readonly chunk: number;
}

export interface ErasableSnapshot {
  readonly key: SnapshotKey;
  readonly body: Uint8Array;
  /** Some of them may be in it. */
  readonly deviceIds: readonly number[];
}

/** One after the other: a body may be large. */
export async function* readSnapshotsToErase(db: Queryable, partition: number): AsyncGenerator<ErasableSnapshot> {
  const { rows } = await db.query<SnapshotKey & { deviceIds: number[] }>(
    `select partition, generation, chunk, array_agg(distinct device) as "deviceIds"
       from device_last join (${ERASED_DEVICES}) as erased
         on device between min_device and max_device and generation <= until_generation
      where partition = $1
      group by partition, generation, chunk order by generation, chunk`,
    [partition],
  );
  for (const { deviceIds, ...key } of rows) {
    const found = await db.query<{ body: Uint8Array }>(
      "select body from device_last where partition = $1 and generation = $2 and chunk = $3",
      valuesOf(key),
    );
    // Newer ones may have taken its place meanwhile.
    if (found.rows[0] !== undefined) yield { key, body: found.rows[0].body, deviceIds };
  }
}

export async function rewriteSnapshot(db: Queryable, key: SnapshotKey, body: Uint8Array): Promise<void> {
  await db.query("update device_last set body = $4 where partition = $1 and generation = $2 and chunk = $3", [
    ...valuesOf(key),
    Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  ]);
}

export async function deleteSnapshot(db: Queryable, key: SnapshotKey): Promise<void> {
  await db.query("delete from device_last where partition = $1 and generation = $2 and chunk = $3", valuesOf(key));
}

function valuesOf({ partition, generation, chunk }: SnapshotKey): number[] {
  return [partition, generation, chunk];
}
