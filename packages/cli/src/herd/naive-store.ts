import type { Pool, PoolClient } from "pg";

/** SQL of the tables that the three ordinary controllers keep, in a schema of their own. */
type Queryable = Pool | PoolClient;

export interface Job {
  readonly id: number;
  readonly pump: string;
  readonly attempts: number;
}

export async function createNaiveTables(db: Queryable): Promise<void> {
  await db.query(
    `create schema herd;
     create table herd.pump (name text primary key);
     create table herd.run (
       id int generated always as identity primary key,
       pump text not null references herd.pump,
       started_at timestamptz not null default clock_timestamp()
     );
     create index run_latest on herd.run (pump, started_at desc);
     create table herd.job (
       id int generated always as identity primary key,
       pump text not null references herd.pump,
       state text not null default 'waiting' check (state in ('waiting', 'active', 'done', 'failed')),
       attempts int not null default 0
     );`,
  );
}

export async function insertPump(db: Queryable, pump: string): Promise<void> {
  await db.query("insert into herd.pump (name) values ($1)", [pump]);
}

/** Waits for whoever decides on this pump. */
export async function lockPump(client: PoolClient, pump: string): Promise<void> {
  await client.query("select 1 from herd.pump where name = $1 for update", [pump]);
}

/** True while the last run goes on or its cooldown does. */
export async function isBusy(db: Queryable, pump: string, busyMs: number): Promise<boolean> {
  const { rows } = await db.query<{ age_ms: number }>(
    `select extract(epoch from clock_timestamp() - started_at)::float8 * 1000 as age_ms
       from herd.run where pump = $1 order by started_at desc limit 1`,
    [pump],
  );
  return rows[0] !== undefined && rows[0].age_ms < busyMs;
}

export async function insertRun(db: Queryable, pump: string): Promise<void> {
  await db.query("insert into herd.run (pump) values ($1)", [pump]);
}

export async function insertJob(db: Queryable, pump: string): Promise<void> {
  await db.query("insert into herd.job (pump) values ($1)", [pump]);
}

/** A worker's next job, which no other worker gets meanwhile. */
export async function takeJob(db: Queryable, pump: string): Promise<Job | undefined> {
  const { rows } = await db.query<Job>(
    `update herd.job set state = 'active', attempts = attempts + 1
      where id = (select id from herd.job where pump = $1 and state = 'waiting'
                   order by id limit 1 for update skip locked)
      returning id, pump, attempts`,
    [pump],
  );
  return rows[0];
}

export async function moveJob(db: Queryable, id: number, state: "waiting" | "done" | "failed"): Promise<void> {
  await db.query("update herd.job set state = $2 where id = $1", [id, state]);
}
