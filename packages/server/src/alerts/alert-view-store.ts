import type { AlertPhase } from "@sluice/core/alerts/alert.ts";
import type { AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";
import type { Pool } from "pg";
import { alertUnknown } from "./change-alert.ts";

/** What people and programs see of alerts. Times are Dates, to the millisecond. */
export interface AlertView {
  readonly id: string;
  readonly state: AlertPhase;
  /** False: closed for good. A resolved one may be open still: latched, or shelved. */
  readonly open: boolean;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly message: string;
  /** Null for an alert of Sluice itself; without a name when the rule was deleted. */
  readonly rule: { readonly id: number; readonly name: string | null } | null;
  /** Uid. */
  readonly device: string | null;
  /** What within Sluice is watched; null for an alert of a rule. */
  readonly source: string | null;
  /** Slug. */
  readonly site: string | null;
  readonly region: string | null;
  readonly asset: { readonly id: number; readonly name: string } | null;
  readonly group: string | null;
  readonly firstOut: boolean;
  readonly latched: boolean;
  readonly occurrences: number;
  readonly episode: number;
  readonly value: number | null;
  readonly readingAt: Date | null;
  readonly openedAt: Date;
  readonly firedAt: Date | null;
  readonly acknowledged: { readonly by: string; readonly at: string } | null;
  readonly resolvedAt: Date | null;
  readonly resolvedReason: string | null;
  readonly cleared: { readonly by: string; readonly at: string } | null;
  readonly closedAt: Date | null;
  readonly shelved: { readonly until: string; readonly by: string; readonly reason: string | null } | null;
}

/** Of a jsonb: RFC 3339 in UTC, to the millisecond, as a Date is written. */
const iso = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const ALERT_VIEW = `
  select a.id, a.state, a.closed_at is null as open, a.severity, a.title, a.message,
         case when a.rule_id is not null then jsonb_build_object('id', a.rule_id, 'name', r.name) end as rule,
         d.uid as device, a.source, s.slug as site, s.region,
         case when t.id is not null then jsonb_build_object('id', t.id, 'name', t.name) end as asset,
         a.alert_group as "group", a.is_first_out as "firstOut", a.is_latched as latched, a.occurrences, a.episode, a.value,
         a.reading_at as "readingAt", a.opened_at as "openedAt", a.fired_at as "firedAt",
         case when a.acknowledged_by is not null
              then jsonb_build_object('by', a.acknowledged_by, 'at', ${iso("a.acknowledged_at")}) end as acknowledged,
         a.resolved_at as "resolvedAt", a.resolved_reason as "resolvedReason",
         case when a.cleared_by is not null
              then jsonb_build_object('by', a.cleared_by, 'at', ${iso("a.cleared_at")}) end as cleared,
         a.closed_at as "closedAt",
         case when a.shelved_by is not null
              then jsonb_build_object('until', ${iso("a.shelved_until")}, 'by', a.shelved_by, 'reason', a.shelved_reason)
               end as shelved
    from alert a
    left join rule r on r.id = a.rule_id
    left join device d on d.id = a.device_id
    left join site s on s.id = a.site_id
    left join asset t on t.id = a.asset_id`;

export interface AlertFilter {
  readonly states?: readonly AlertPhase[] | undefined;
  readonly severities?: readonly AlertSeverity[] | undefined;
  readonly isOpen?: boolean | undefined;
  /** Slug. */
  readonly site?: string | undefined;
  readonly region?: string | undefined;
  /** Uid. */
  readonly device?: string | undefined;
  /** Uids. */
  readonly devices?: readonly string[] | undefined;
  readonly ruleId?: number | undefined;
  /** Opened at or after the first, and before the second. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly ids?: readonly string[] | undefined;
  /** Of the last entry of the page before. */
  readonly after?: AlertPosition | undefined;
  readonly limit: number;
}

/** A place in the list that stays even if its alert vanishes. */
export interface AlertPosition {
  readonly openedMs: number;
  readonly id: string;
}

/** Newest first. */
export async function listAlerts(pool: Pool, organizationId: number, filter: AlertFilter): Promise<AlertView[]> {
  const { rows } = await pool.query<AlertView>(
    `${ALERT_VIEW}
      where a.organization_id = $1
        and ($2::text[] is null or a.state = any($2)) and ($3::text[] is null or a.severity = any($3))
        and ($4::boolean is null or (a.closed_at is null) = $4)
        and ($5::text is null or s.slug = $5) and ($6::text is null or s.region = $6)
        and ($7::text is null or d.uid = $7) and ($8::int is null or a.rule_id = $8)
        and ($9::timestamptz is null or a.opened_at >= $9) and ($10::timestamptz is null or a.opened_at < $10)
        and ($11::uuid[] is null or a.id = any($11))
        and ($15::text[] is null or d.uid = any($15))
        and ($12::timestamptz is null or (a.opened_at, a.id) < ($12, $13::uuid))
      order by a.opened_at desc, a.id desc
      limit $14`,
    [
      organizationId,
      filter.states,
      filter.severities,
      filter.isOpen,
      filter.site,
      filter.region,
      filter.device,
      filter.ruleId,
      filter.from,
      filter.to,
      filter.ids,
      filter.after && new Date(filter.after.openedMs),
      filter.after?.id,
      filter.limit,
      filter.devices,
    ],
  );
  return rows;
}

/** Throws `alert.unknown`, as for one of another organization. */
export async function viewAlert(pool: Pool, organizationId: number, id: string): Promise<AlertView> {
  const [alert] = await listAlerts(pool, organizationId, { ids: [id], limit: 1 });
  if (alert !== undefined) return alert;
  throw alertUnknown(id);
}

export interface AlertEventView {
  readonly at: Date;
  readonly what: string;
  readonly state: AlertPhase;
  readonly open: boolean;
  readonly who: string;
  readonly comment: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** The whole trail, oldest first. Throws `alert.unknown`. */
export async function listAlertEvents(pool: Pool, organizationId: number, id: string): Promise<AlertEventView[]> {
  await viewAlert(pool, organizationId, id);
  const { rows } = await pool.query<AlertEventView>(
    `select at, what, state, is_open as open, who, comment, details from alert_event where alert_id = $1 order by id`,
    [id],
  );
  return rows;
}

/** True when nobody has to be called for it any more: acknowledged, over, shelved, or never fired. */
export async function isAcknowledged(pool: Pool, id: string): Promise<boolean> {
  const { rows } = await pool.query<{ isCalm: boolean }>(
    `select acknowledged_at is not null or state <> 'firing' or shelved_until is not null as "isCalm"
       from alert where id = $1`,
    [id],
  );
  return rows[0]?.isCalm ?? true;
}
