import type { Pool, PoolClient } from "pg";
import type { RuleAction } from "./rule-store.ts";

/** SQL of `fold_cursor`, `rule_standing` and `execution_cause`, and the reading side of `rule_transition`. */
export type Queryable = Pool | PoolClient;

export interface FoldPosition {
  readonly seq: number;
  readonly ordinal: number;
}

/** Partitions whose pipeline has ever committed. */
export async function listPartitions(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ partition: number }>("select partition from partition_owner order by partition");
  return rows.map(({ partition }) => partition);
}

/** Undefined while another worker folds this partition. */
export async function lockCursor(client: PoolClient, partition: number): Promise<FoldPosition | undefined> {
  const cursor = await tryCursor(client, partition);
  if (cursor !== undefined) return cursor;
  // Locked by another, or the first time.
  const { rowCount } = await client.query(
    "insert into fold_cursor (partition, seq, ordinal) values ($1, -1, -1) on conflict (partition) do nothing",
    [partition],
  );
  return rowCount === 1 ? tryCursor(client, partition) : undefined;
}

async function tryCursor(client: PoolClient, partition: number): Promise<FoldPosition | undefined> {
  const { rows } = await client.query<FoldPosition>(
    "select seq, ordinal from fold_cursor where partition = $1 for update skip locked",
    [partition],
  );
  return rows[0];
}

export async function moveCursor(client: PoolClient, partition: number, to: FoldPosition): Promise<void> {
  await client.query("update fold_cursor set seq = $2, ordinal = $3 where partition = $1", [
    partition,
    to.seq,
    to.ordinal,
  ]);
}

export interface FoldedTransition {
  readonly seq: number;
  readonly ordinal: number;
  readonly ruleId: number;
  readonly deviceId: number;
  readonly episode: number;
  readonly state: "pending" | "firing" | "resolved";
  readonly readingMicros: number;
  readonly value: number | null;
  /** Null when the rule is gone. */
  readonly organizationId: number | null;
  /** Null when the rule only watches. */
  readonly actuatorId: number | null;
  readonly action: RuleAction | null;
  readonly priority: "EMERGENCY" | "THRESHOLD";
}

/** Flushes of a partition commit one after the other in the order of their sequence, so nothing appears before the cursor. */
export async function nextTransitions(
  client: PoolClient,
  partition: number,
  after: FoldPosition,
  limit: number,
): Promise<FoldedTransition[]> {
  const { rows } = await client.query<FoldedTransition>(
    `select t.seq, t.ordinal, t.rule_id as "ruleId", t.device_id as "deviceId", t.episode, t.state,
            t.reading_micros as "readingMicros", t.value, r.organization_id as "organizationId",
            case when r.is_enabled then r.actuator_id end as "actuatorId", r.action, r.priority
       from rule_transition t
       left join rule r on r.id = t.rule_id
      where t.partition = $1 and (t.seq, t.ordinal) > ($2, $3)
      order by t.seq, t.ordinal
      limit $4`,
    [partition, after.seq, after.ordinal, limit],
  );
  return rows;
}

/** Keeps the last transition of each rule and device; the caller gives each pair once, in order. */
export async function saveStandings(
  client: PoolClient,
  partition: number,
  transitions: readonly FoldedTransition[],
): Promise<void> {
  await client.query(
    `insert into rule_standing (rule_id, device_id, state, episode, reading_micros, value, partition, seq, ordinal)
     select s.rule_id, s.device_id, s.state, s.episode, s.reading_micros, s.value, $9, s.seq, s.ordinal
       from unnest($1::int[], $2::int[], $3::text[], $4::int8[], $5::int8[], $6::float8[], $7::int8[], $8::int[])
            as s (rule_id, device_id, state, episode, reading_micros, value, seq, ordinal)
         on conflict (rule_id, device_id) do update
            set state = excluded.state, episode = excluded.episode, reading_micros = excluded.reading_micros,
                value = excluded.value, partition = excluded.partition, seq = excluded.seq, ordinal = excluded.ordinal`,
    [
      transitions.map(({ ruleId }) => ruleId),
      transitions.map(({ deviceId }) => deviceId),
      transitions.map(({ state }) => state),
      transitions.map(({ episode }) => episode),
      transitions.map(({ readingMicros }) => readingMicros),
      transitions.map(({ value }) => value),
      transitions.map(({ seq }) => seq),
      transitions.map(({ ordinal }) => ordinal),
      partition,
    ],
  );
}

export interface Cause {
  readonly ruleId: number;
  readonly deviceId: number;
  readonly firstEpisode: number;
  readonly lastEpisode: number;
  /** Of the reading that began the first episode. */
  readonly readingMicros: number;
  readonly value: number | null;
}

export async function addCauses(client: PoolClient, executionId: string, causes: readonly Cause[]): Promise<void> {
  await client.query(
    `insert into execution_cause as c (execution_id, rule_id, device_id, first_episode, last_episode, reading_micros, value)
     select $1, s.* from unnest($2::int[], $3::int[], $4::int8[], $5::int8[], $6::int8[], $7::float8[])
            as s (rule_id, device_id, first_episode, last_episode, reading_micros, value)
         on conflict (execution_id, rule_id, device_id) do update
            set last_episode = greatest(c.last_episode, excluded.last_episode)`,
    [
      executionId,
      causes.map(({ ruleId }) => ruleId),
      causes.map(({ deviceId }) => deviceId),
      causes.map(({ firstEpisode }) => firstEpisode),
      causes.map(({ lastEpisode }) => lastEpisode),
      causes.map(({ readingMicros }) => readingMicros),
      causes.map(({ value }) => value),
    ],
  );
}

/** What people see of a cause. Times are Dates, to the millisecond. */
export interface CauseView {
  readonly rule: number;
  /** Null once the rule is gone. */
  readonly ruleKey: string | null;
  readonly ruleName: string | null;
  /** Uid. */
  readonly device: string | null;
  readonly firstEpisode: number;
  readonly lastEpisode: number;
  /** Of the reading that began the first episode; null where that was not kept. */
  readonly readingAt: Date | null;
  readonly value: number | null;
  readonly foldedAt: Date | null;
}

/** In the order in which they were folded. */
export async function listCauses(db: Queryable, executionId: string): Promise<CauseView[]> {
  const { rows } = await db.query<CauseView>(
    `select c.rule_id as rule, r.key as "ruleKey", r.name as "ruleName", d.uid as device, c.first_episode as "firstEpisode",
            c.last_episode as "lastEpisode", to_timestamp(c.reading_micros / 1e6) as "readingAt", c.value,
            c.folded_at as "foldedAt"
       from execution_cause c
       left join rule r on r.id = c.rule_id
       left join device d on d.id = c.device_id
      where c.execution_id = $1
      order by c.folded_at nulls first, c.rule_id, c.device_id`,
    [executionId],
  );
  return rows;
}

/** Transitions that no worker has folded yet, as far as they are worth counting. */
export async function countUnfolded(db: Queryable, limit: number): Promise<number> {
  const { rows } = await db.query<{ unfolded: number }>(
    `select count(*)::int as unfolded
       from (select 1
               from partition_owner o
               left join fold_cursor c on c.partition = o.partition
               join rule_transition t on t.partition = o.partition
                and (t.seq, t.ordinal) > (coalesce(c.seq, -1), coalesce(c.ordinal, -1))
              limit $1) t`,
    [limit],
  );
  return rows[0]!.unfolded;
}

export interface FiringCause {
  readonly ruleId: number;
  readonly deviceId: number;
  readonly episode: number;
  readonly readingMicros: number;
  readonly value: number | null;
  readonly organizationId: number;
  readonly action: RuleAction;
  readonly priority: "EMERGENCY" | "THRESHOLD";
}

const FIRING = `
  select s.rule_id as "ruleId", s.device_id as "deviceId", s.episode, s.reading_micros as "readingMicros", s.value,
         r.organization_id as "organizationId", r.action, r.priority
    from rule_standing s
    join rule r on r.id = s.rule_id and r.is_enabled
    join device d on d.id = s.device_id and d.status = 'active'
   where s.state = 'firing' and r.action is not null`;

/**
 * The rules among an execution's causes that still fire, by their last folded transition; the freshest first. A rule that was
 * given another actuator or action meanwhile, or none, wants this execution no more.
 */
export async function firingCausesOf(db: Queryable, executionId: string): Promise<FiringCause[]> {
  const { rows } = await db.query<FiringCause>(
    `${FIRING} and exists (select 1 from execution_cause c
                            join execution e on e.id = c.execution_id
                            where c.execution_id = $1 and c.rule_id = s.rule_id and c.device_id = s.device_id
                              and e.actuator_id = r.actuator_id and e.action = r.action ->> 'kind')
      order by s.reading_micros desc`,
    [executionId],
  );
  return rows;
}

/** The database's clock: executions and runs go by it. */
export async function readNow(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ now: number }>(
    "select (extract(epoch from clock_timestamp()) * 1000000)::int8 as now",
  );
  return rows[0]!.now;
}

/** All rules that would act on an actuator and fire now. */
export async function firingRulesOn(db: Queryable, actuatorId: number): Promise<FiringCause[]> {
  const { rows } = await db.query<FiringCause>(`${FIRING} and r.actuator_id = $1 order by s.reading_micros desc`, [
    actuatorId,
  ]);
  return rows;
}
