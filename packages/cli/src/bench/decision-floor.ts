import { inTransaction } from "@sluice/server/platform/postgres.ts";
import type { Pool } from "pg";
import { Latencies } from "./latencies.ts";

export interface DecisionFloor {
  readonly perSecond: number;
  readonly latencies: Latencies;
}

/**
 * The floor: as many transactions that lock one of ten rows as a decision does, insert one plain row and commit, by as many
 * clients at once, each with a connection of its own. What is decided cannot be committed faster here.
 */
export async function measureDecisionFloor(
  pool: Pool,
  { clients, rows, transactions }: { readonly clients: number; readonly rows: number; readonly transactions: number },
): Promise<DecisionFloor> {
  await pool.query(
    `create table bench_lock (id int primary key);
     create table bench_floor (id int generated always as identity primary key, lock_id int not null, at timestamptz not null)`,
  );
  await pool.query("insert into bench_lock select generate_series(1, $1)", [rows]);
  const latencies = new Latencies();
  let left = transactions;
  const begin = performance.now();
  const client = async (_: unknown, index: number) => {
    const lockId = 1 + (index % rows);
    while (left-- > 0) {
      const startedAt = performance.now();
      await inTransaction(pool, async (connection) => {
        await connection.query("select 1 from bench_lock where id = $1 for no key update", [lockId]);
        await connection.query("insert into bench_floor (lock_id, at) values ($1, clock_timestamp())", [lockId]);
      });
      latencies.add(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - begin) / 1000;
  const found = await pool.query<{ count: number }>("select count(*)::int as count from bench_floor");
  if (found.rows[0]!.count !== transactions) throw new Error(`the floor holds ${found.rows[0]!.count} rows`);
  await pool.query("drop table bench_floor, bench_lock");
  return { perSecond: transactions / seconds, latencies };
}
