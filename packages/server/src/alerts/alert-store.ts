import type { AlertPhase } from "@sluice/core/alerts/alert.ts";
import type { Pool, PoolClient } from "pg";
import type { AlertRecord } from "./alert-record.ts";

/** SQL of the tables `alert` and `alert_event`, as far as alerts change. */
export type Queryable = Pool | PoolClient;

/** PostgreSQL keeps microseconds, a JavaScript Date does not. */
const micros = (column: string) => `(extract(epoch from ${column}) * 1000000)::int8`;
const fromMicros = (value: string) => `(timestamptz 'epoch' + ${value}::float8 * interval '1 microsecond')`;

type Row = Omit<AlertRecord, "state"> & {
  readonly phase: AlertPhase;
  readonly firstEpisode: number;
  readonly episode: number;
  readonly occurrences: number;
  readonly isLatched: boolean;
  readonly shelvedUntilMicros: number | null;
};

const COLUMNS = `
  a.id, a.organization_id as "organizationId", a.rule_id as "ruleId", a.device_id as "deviceId", a.source,
  a.site_id as "siteId", a.asset_id as "assetId", a.severity, a.title, a.message, a.state as phase,
  a.first_episode as "firstEpisode", a.episode, a.occurrences, a.is_latched as "isLatched", a.alert_group as "group",
  a.is_first_out as "isFirstOut", a.value, ${micros("a.reading_at")} as "readingMicros",
  ${micros("a.opened_at")} as "openedMicros", ${micros("a.fired_at")} as "firedMicros",
  ${micros("a.acknowledged_at")} as "acknowledgedMicros", a.acknowledged_by as "acknowledgedBy",
  ${micros("a.resolved_at")} as "resolvedMicros", a.resolved_reason as "resolvedReason",
  ${micros("a.cleared_at")} as "clearedMicros", a.cleared_by as "clearedBy", ${micros("a.closed_at")} as "closedMicros",
  ${micros("a.shelved_until")} as "shelvedUntilMicros", a.shelved_by as "shelvedBy",
  a.shelved_reason as "shelvedReason", a.re_alarm_after_ms as "reAlarmAfterMs",
  ${micros("a.re_alarm_at")} as "reAlarmMicros"`;

function recordOf(row: Row): AlertRecord {
  const { phase, firstEpisode, episode, occurrences, isLatched, shelvedUntilMicros, ...rest } = row;
  const state = {
    phase,
    isOpen: rest.closedMicros === null,
    firstEpisode,
    episode,
    occurrences,
    isLatched,
    isAcknowledged: rest.acknowledgedMicros !== null,
    shelvedUntilMicros: shelvedUntilMicros ?? undefined,
  };
  return { ...rest, state };
}

/** Locked in the order of their ids, as everybody locks several alerts, so that nobody waits in a circle. */
async function select(client: PoolClient, condition: string, values: readonly unknown[]): Promise<AlertRecord[]> {
  const { rows } = await client.query<Row>(`select ${COLUMNS} from alert a where ${condition}`, [...values]);
  return rows.map(recordOf);
}

export interface RuleDevice {
  readonly ruleId: number;
  readonly deviceId: number;
}

/** The open alerts of rules on devices. */
export function lockOpenAlerts(client: PoolClient, pairs: readonly RuleDevice[]): Promise<AlertRecord[]> {
  const condition = `a.closed_at is null
    and (a.rule_id, a.device_id) in (select * from unnest($1::int[], $2::int[])) order by a.id for update`;
  return select(client, condition, [pairs.map(({ ruleId }) => ruleId), pairs.map(({ deviceId }) => deviceId)]);
}

/** Those of an organization; what is missing does not exist. */
export function lockAlerts(client: PoolClient, organizationId: number, ids: readonly string[]): Promise<AlertRecord[]> {
  const condition = "a.organization_id = $1 and a.id = any($2::uuid[]) order by a.id for update";
  return select(client, condition, [organizationId, ids]);
}

/** Whose shelf has ended, or which are to be told again; those that somebody is changing have their turn later. */
export function lockDueAlerts(client: PoolClient, limit: number): Promise<AlertRecord[]> {
  // Said of the row itself as well: once it is locked, only that is asked again of what another worker has just attended to.
  const condition = `a.id in (
      select id from alert where shelved_until <= clock_timestamp()
       union select id from alert where re_alarm_at <= clock_timestamp())
      and (a.shelved_until <= clock_timestamp() or a.re_alarm_at <= clock_timestamp())
    order by a.id limit $1 for update skip locked`;
  return select(client, condition, [limit]);
}

export interface AlertQueue {
  /** Whose shelf has ended, or which are to be told again, and nobody has attended to. */
  readonly due: number;
  /** How long the first of them has been so; null: there is none. */
  readonly oldestDueMs: number | null;
}

/** How much lies before the alert workers. */
export async function readAlertQueue(db: Queryable, organizationId: number): Promise<AlertQueue> {
  const { rows } = await db.query<AlertQueue>(
    `select count(*)::int as due,
            (extract(epoch from max(clock_timestamp() - least(shelved_until, re_alarm_at))) * 1000)::float8 as "oldestDueMs"
       from alert
      where organization_id = $1 and (shelved_until <= clock_timestamp() or re_alarm_at <= clock_timestamp())`,
    [organizationId],
  );
  return rows[0]!;
}

/** Open alerts within Sluice, of some sources. */
export function lockSourceAlerts(client: PoolClient, sources: readonly string[]): Promise<AlertRecord[]> {
  const condition = "a.closed_at is null and a.source = any($1::text[]) order by a.id for update";
  return select(client, condition, [sources]);
}

/** Open alerts about a process that has stopped, or has been silent for long: nobody would ever end them. */
export function lockUnwatchedAlerts(client: PoolClient): Promise<AlertRecord[]> {
  const condition = `a.closed_at is null and a.source ~ '^(database|disk|clock|lost-alerts):'
      and not exists (select 1 from process_beat b
                       where b.host = substring(a.source from position(':' in a.source) + 1)
                         and b.beat_at > clock_timestamp() - interval '10 minutes')
    order by a.id for update skip locked`;
  return select(client, condition, []);
}

export interface OrphanedAlert {
  readonly alert: AlertRecord;
  readonly reason: "rule-deleted" | "rule-disabled" | "device-inactive";
}

/** Open alerts whose rule is gone or judged no more: nothing else would ever end them. */
export async function lockOrphanedAlerts(client: PoolClient, limit: number): Promise<OrphanedAlert[]> {
  const { rows } = await client.query<Row & Pick<OrphanedAlert, "reason">>(
    `select ${COLUMNS},
            case when r.id is null then 'rule-deleted' when not r.is_enabled or r.alert is null then 'rule-disabled'
                 else 'device-inactive' end as reason
       from alert a
       left join rule r on r.id = a.rule_id
       join device d on d.id = a.device_id
      where a.closed_at is null and a.state <> 'resolved'
        and (r.id is null or not r.is_enabled or r.alert is null or d.status <> 'active')
      order by a.id limit $1
        for update of a skip locked`,
    [limit],
  );
  return rows.map(({ reason, ...row }) => ({ alert: recordOf(row), reason }));
}

/** The database's clock: that of every time in these tables. */
export async function readNow(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ now: number }>(`select ${micros("clock_timestamp()")} as now`);
  return rows[0]!.now;
}

export interface GroupMember {
  readonly id: string;
  readonly organizationId: number;
  readonly siteId: number | null;
  readonly assetId: number | null;
  readonly group: string;
}

/** Alerts of these groups that have fired and are open. */
export async function openGroupMembers(
  client: PoolClient,
  groups: readonly { readonly organizationId: number; readonly group: string }[],
): Promise<GroupMember[]> {
  const { rows } = await client.query<GroupMember>(
    `select id, organization_id as "organizationId", site_id as "siteId", asset_id as "assetId", alert_group as "group"
       from alert
      where closed_at is null and state <> 'pending'
        and (organization_id, alert_group) in (select * from unnest($1::int[], $2::text[]))`,
    [groups.map(({ organizationId }) => organizationId), groups.map(({ group }) => group)],
  );
  return rows;
}

const TIMES = [
  "reading",
  "opened",
  "fired",
  "acknowledged",
  "resolved",
  "cleared",
  "closed",
] as const satisfies readonly string[];

const SAVED = [
  "severity",
  "title",
  "message",
  "state",
  "episode",
  "occurrences",
  "is_latched",
  "alert_group",
  "is_first_out",
  "value",
  "acknowledged_by",
  "resolved_reason",
  "cleared_by",
  "shelved_until",
  "shelved_by",
  "shelved_reason",
  "re_alarm_after_ms",
  "re_alarm_at",
  ...TIMES.filter((time) => time !== "opened").map((time) => `${time}_at`),
];

const SAVE = `
  insert into alert (id, organization_id, rule_id, device_id, source, site_id, asset_id, first_episode, opened_at,
                     ${SAVED.join(", ")})
  select r.id, r."organizationId", r."ruleId", r."deviceId", r.source, r."siteId", r."assetId", r."firstEpisode",
         ${fromMicros('r."openedMicros"')}, r.severity, r.title, r.message, r.phase, r.episode, r.occurrences, r."isLatched",
         r."group", r."isFirstOut", r.value, r."acknowledgedBy", r."resolvedReason", r."clearedBy",
         ${fromMicros('r."shelvedUntilMicros"')}, r."shelvedBy", r."shelvedReason", r."reAlarmAfterMs",
         ${fromMicros('r."reAlarmMicros"')},
         ${TIMES.filter((time) => time !== "opened")
           .map((time) => fromMicros(`r."${time}Micros"`))
           .join(", ")}
    from jsonb_to_recordset($1::jsonb) as r (
         id uuid, "organizationId" int, "ruleId" int, "deviceId" int, source text, "siteId" int, "assetId" int,
         "firstEpisode" int8, severity text, title text, message text, phase text, episode int8, occurrences int,
         "isLatched" boolean, "group" text, "isFirstOut" boolean, value float8, "acknowledgedBy" text,
         "resolvedReason" text, "clearedBy" text, "shelvedUntilMicros" int8, "shelvedBy" text, "shelvedReason" text,
         "reAlarmAfterMs" int8, "reAlarmMicros" int8, ${TIMES.map((time) => `"${time}Micros" int8`).join(", ")})
      on conflict (id) do update set ${SAVED.map((column) => `${column} = excluded.${column}`).join(", ")}`;

/** New ones and changed ones, in the order given: what closes comes before what opens in its place. */
export async function saveAlerts(client: PoolClient, alerts: readonly AlertRecord[]): Promise<void> {
  if (alerts.length === 0) return;
  const rows = alerts.map(({ state, ...alert }) => ({ ...alert, ...state, value: finite(alert.value) }));
  await client.query({ name: "save_alerts", text: SAVE, values: [JSON.stringify(rows)] });
}

/** JSON has no infinities. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** Only what has never fired. */
export async function deletePending(client: PoolClient, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await client.query("delete from alert where id = any($1::uuid[])", [ids]);
}

export interface AlertEventRow {
  readonly alertId: string;
  readonly atMicros: number;
  readonly what: string;
  readonly state: string;
  readonly isOpen: boolean;
  readonly who: string;
  readonly comment: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

const INSERT_EVENTS = `
  insert into alert_event (alert_id, at, what, state, is_open, who, comment, details)
  select r."alertId", ${fromMicros('r."atMicros"')}, r.what, r.state, r."isOpen", r.who, r.comment, r.details
    from rows from (jsonb_to_recordset($1::jsonb) as (
         "alertId" uuid, "atMicros" int8, what text, state text, "isOpen" boolean, who text, comment text, details jsonb))
         with ordinality as r ("alertId", "atMicros", what, state, "isOpen", who, comment, details, ordinal)
   order by r.ordinal`;

export async function insertAlertEvents(client: PoolClient, events: readonly AlertEventRow[]): Promise<void> {
  if (events.length === 0) return;
  await client.query({ name: "insert_alert_events", text: INSERT_EVENTS, values: [JSON.stringify(events)] });
}
