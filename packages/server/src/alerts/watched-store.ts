import type { Pool, PoolClient } from "pg";

/** SQL of `process_beat`. */
type Queryable = Pool | PoolClient;

export async function beat(
  db: Queryable,
  process: { readonly id: string; readonly host: string; readonly roles: readonly string[] },
): Promise<void> {
  await db.query(
    `insert into process_beat (id, host, roles) values ($1, $2, $3)
         on conflict (id) do update set roles = excluded.roles, beat_at = clock_timestamp()`,
    [process.id, process.host, process.roles],
  );
}

/** A process that stops is not silent. */
export async function endBeat(db: Queryable, id: string): Promise<void> {
  await db.query("delete from process_beat where id = $1", [id]);
}

/** Who has been silent for a day will not come back; who has a successor needs not. */
export async function forgetSilent(db: Queryable): Promise<void> {
  await db.query(
    `delete from process_beat b
      where b.beat_at < clock_timestamp() - interval '1 day'
         or (b.beat_at < clock_timestamp() - interval '1 minute'
             and exists (select 1 from process_beat n
                          where n.roles @> b.roles and n.beat_at > clock_timestamp() - interval '10 seconds'))`,
  );
}

/** Since the last beat of any gateway; undefined when there is none, or the last has stopped as it should. */
export async function gatewaySilentForMs(db: Queryable): Promise<number | undefined> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select extract(epoch from clock_timestamp() - max(beat_at))::float8 * 1000 as ms
       from process_beat where 'gateway' = any(roles)`,
  );
  return rows[0]?.ms ?? undefined;
}
