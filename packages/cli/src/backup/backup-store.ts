import { ADVISORY_LOCKS } from "@sluice/server/platform/advisory-locks.ts";
import type { Client } from "pg";

/** A sweep under way ends within this. */
const LOCK_TIMEOUT_MS = 600_000;
/** A transaction that had a part replaced before the copy ended may have committed after it. */
const LONGEST_COMMIT_SECONDS = 60;

/** Until the connection ends no sweep deletes an object. */
export async function holdSweeps(client: Client): Promise<void> {
  await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
  await client.query("select pg_advisory_lock($1, $2)", [...ADVISORY_LOCKS.backup]);
}

export interface PartObject {
  readonly name: string;
  readonly bytes: number;
  readonly checksum: string;
}

/** Objects of the parts that are live. */
export async function readLiveObjects(client: Client): Promise<PartObject[]> {
  const { rows } = await client.query<PartObject>(
    `select name, bytes::float8 as bytes, checksum from part where state = 'live' and raw_dropped_at is null
     union all
     select sidecar_name, sidecar_bytes::float8, sidecar_checksum from part where state = 'live'`,
  );
  return rows;
}

/** Objects that no part needed at a time; some more than a minute before it. */
export async function readUnneededNames(client: Client, at: Date): Promise<Set<string>> {
  const { rows } = await client.query<{ names: string[] }>(
    `select array[name, sidecar_name] as names from part
      where state in ('writing', 'abandoned')
         or (state = 'replaced' and replaced_at < $1::timestamptz - make_interval(secs => $2))
     union all
     select array[name] from part where state = 'live' and raw_dropped_at < $1::timestamptz - make_interval(secs => $2)`,
    [at, LONGEST_COMMIT_SECONDS],
  );
  return new Set(rows.flatMap(({ names }) => names));
}

export interface RestoredFacts {
  readonly devices: number;
  readonly users: number;
  readonly parts: number;
}

export async function readRestoredFacts(client: Client): Promise<RestoredFacts> {
  const { rows } = await client.query<RestoredFacts>(
    `select (select count(*)::int from device) as devices, (select count(*)::int from app_user) as users,
            (select count(*)::int from part where state = 'live') as parts`,
  );
  return rows[0]!;
}

/** A schema from before settling has no parts. */
export async function hasParts(client: Client): Promise<boolean> {
  const { rows } = await client.query("select to_regclass('part') is not null as has");
  return rows[0].has;
}
