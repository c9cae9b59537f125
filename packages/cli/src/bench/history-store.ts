import type { Pool } from "pg";

/** SQL with which `bench query` tells what the settler has made of the history that it was given. */
export async function readHistorySize(pool: Pool): Promise<Record<string, unknown>> {
  const { rows } = await pool.query(
    `select count(*)::int as parts, sum(readings)::float8 as "settledReadings", sum(messages)::float8 as "settledMessages",
            round((sum(bytes) / sum(readings)), 3)::float8 as "bytesPerReading",
            round((sum(sidecar_bytes) / sum(readings)), 3)::float8 as "sidecarBytesPerReading",
            json_object_agg(span, parts) filter (where span is not null) as spans
       from (select *, count(*) over (partition by span) as parts from part where state = 'live') as live`,
  );
  return rows[0];
}

/** As if all parts had been live for days: those of days and months wait a day for what comes late, which a benchmark cannot. */
export async function ageParts(pool: Pool): Promise<void> {
  await pool.query("update part set live_at = live_at - interval '3 days' where state = 'live'");
}
