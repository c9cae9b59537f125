import type { Pool } from "pg";
import type { Queryable } from "../telemetry/index.ts";

/** A message that could not be stored. Nothing that was sent vanishes without a row here. */
export interface RejectedRow {
  readonly organizationId: number | undefined;
  readonly deviceUid: string | undefined;
  /** Where it came in: "mqtt", "http", "pipeline". */
  readonly source: string;
  readonly code: string;
  readonly reason: string;
  readonly payload: Uint8Array | undefined;
}

export interface StoredRejectedMessage {
  readonly id: number;
  readonly deviceUid: string | null;
  readonly source: string;
  readonly code: string;
  readonly reason: string;
  readonly payload: Uint8Array | null;
  readonly receivedAt: Date;
}

/** A rejected message keeps at most this much of itself. */
const MAX_PAYLOAD_BYTES = 64 * 1024;

export async function insertRejected(db: Queryable, rejected: readonly RejectedRow[]): Promise<void> {
  await db.query(
    `insert into rejected_message (organization_id, device_uid, source, code, reason, payload)
     select * from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[])`,
    [
      rejected.map((row) => row.organizationId ?? null),
      rejected.map((row) => row.deviceUid ?? null),
      rejected.map((row) => row.source),
      rejected.map((row) => row.code),
      rejected.map((row) => row.reason),
      rejected.map(({ payload }) =>
        payload === undefined ? null : Buffer.from(payload.subarray(0, MAX_PAYLOAD_BYTES)),
      ),
    ],
  );
}

/** Messages of the last minute, by organization; null: of none that is known. */
export async function countNewRejected(
  pool: Pool,
): Promise<{ readonly organizationId: number | null; readonly count: number }[]> {
  const { rows } = await pool.query<{ organizationId: number | null; count: number }>(
    `select organization_id as "organizationId", count(*)::int as count from rejected_message
      where received_at > clock_timestamp() - interval '1 minute' group by organization_id`,
  );
  return rows;
}

/** Newest first; with `beforeId` only those that came before that one. */
export async function listRejected(
  pool: Pool,
  organizationId: number,
  page: { readonly beforeId: number | undefined; readonly limit: number },
): Promise<readonly StoredRejectedMessage[]> {
  const { rows } = await pool.query(
    `select id, device_uid as "deviceUid", source, code, reason, payload, received_at as "receivedAt"
       from rejected_message
      where organization_id = $1 and ($2::int8 is null or id < $2)
      order by id desc limit $3`,
    [organizationId, page.beforeId ?? null, page.limit],
  );
  return rows;
}
