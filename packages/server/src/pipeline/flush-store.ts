import type { Queryable } from "../telemetry/index.ts";
import type { RuleTransition } from "./evaluate-rules.ts";
import { decodeRuleStates, encodeRuleStates } from "./rule-state-codec.ts";
import type { StateChanges } from "./rule-states.ts";

/** Raises the partition's epoch: from here on no flush of an earlier owner commits. Waits for one that is committing. */
export async function takePartition(db: Queryable, partition: number, owner: string): Promise<number> {
  const { rows } = await db.query(
    `insert into partition_owner as held (partition, epoch, owner) values ($1, 1, $2)
     on conflict (partition) do update set epoch = held.epoch + 1, owner = excluded.owner, taken_at = now()
     returning epoch`,
    [partition, owner],
  );
  return Number(rows[0].epoch);
}

/** Begins a flush, in one round trip; answers whether the epoch still holds. */
export async function beginFlush(db: Queryable, partition: number, epoch: number): Promise<boolean> {
  const results = (await db.query(
    `begin read write; select 1 from partition_owner where partition = ${partition} and epoch = ${epoch} for share`,
  )) as unknown as { rows: unknown[] }[];
  return results[1]!.rows.length === 1;
}

export interface FlushIdentity {
  readonly partition: number;
  readonly seq: number;
  readonly epoch: number;
}

export interface FlushRow extends FlushIdentity {
  readonly generation: number;
  readonly messages: number;
  readonly changes: StateChanges;
}

export async function insertFlush(db: Queryable, flush: FlushRow): Promise<void> {
  await db.query({
    name: "insert-flush",
    text: `insert into flush (partition, seq, epoch, generation, messages, rule_states) values ($1, $2, $3, $4, $5, $6)`,
    values: [
      flush.partition,
      flush.seq,
      flush.epoch,
      flush.generation,
      flush.messages,
      isNothing(flush.changes) ? null : encodeRuleStates(flush.changes),
    ],
  });
}

export function isNothing({ rules, devices }: StateChanges): boolean {
  return rules.length === 0 && devices.length === 0;
}

/** Whether this owner's flush is stored; a later owner may have used the same number. */
export async function isCommitted(db: Queryable, flush: FlushIdentity): Promise<boolean> {
  const { rows } = await db.query("select 1 from flush where partition = $1 and seq = $2 and epoch = $3", [
    flush.partition,
    flush.seq,
    flush.epoch,
  ]);
  return rows.length === 1;
}

export async function lastSeq(db: Queryable, partition: number): Promise<number> {
  const { rows } = await db.query("select coalesce(max(seq), 0)::float8 as seq from flush where partition = $1", [
    partition,
  ]);
  return rows[0].seq;
}

export async function insertTransitions(
  db: Queryable,
  partition: number,
  seq: number,
  transitions: readonly RuleTransition[],
): Promise<void> {
  await db.query(
    `insert into rule_transition (partition, seq, ordinal, rule_id, device_id, episode, state, reading_micros, value)
     select $1, $2, ordinal - 1, rule_id, device_id, episode, state, reading_micros, value
       from unnest($3::int[], $4::int[], $5::bigint[], $6::text[], $7::bigint[], $8::float8[])
            with ordinality as t (rule_id, device_id, episode, state, reading_micros, value, ordinal)`,
    [
      partition,
      seq,
      transitions.map((t) => t.ruleId),
      transitions.map((t) => t.deviceId),
      transitions.map((t) => t.episode),
      transitions.map((t) => t.state),
      transitions.map((t) => t.timeMicros),
      transitions.map((t) => t.value),
    ],
  );
}

export async function insertRuleStates(
  db: Queryable,
  partition: number,
  generation: number,
  states: StateChanges,
): Promise<void> {
  await db.query("insert into rule_state (partition, generation, body) values ($1, $2, $3)", [
    partition,
    generation,
    encodeRuleStates(states),
  ]);
}

/** The last snapshot of rule states, then every change since, in order. */
export async function readRuleStates(db: Queryable, partition: number): Promise<StateChanges> {
  const { rows: snapshots } = await db.query(
    "select generation, body from rule_state where partition = $1 order by generation desc limit 1",
    [partition],
  );
  const { rows: flushes } = await db.query(
    `select rule_states from flush where partition = $1 and generation > $2 and rule_states is not null order by seq`,
    [partition, snapshots[0]?.generation ?? -1],
  );
  const bodies = [...snapshots.map((row) => row.body), ...flushes.map((row) => row.rule_states)].map(decodeRuleStates);
  return { rules: bodies.flatMap(({ rules }) => rules), devices: bodies.flatMap(({ devices }) => devices) };
}

/** Removes flush rows and snapshots that a start no longer reads; keeps those of the generation before, for disputes. */
export async function pruneFlushes(db: Queryable, partition: number, openGeneration: number): Promise<void> {
  await db.query("delete from flush where partition = $1 and generation < $2", [partition, openGeneration - 1]);
  await db.query("delete from rule_state where partition = $1 and generation < $2 - 1", [partition, openGeneration]);
}
