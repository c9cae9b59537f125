import { type AlertEvent, type AlertState, type AlertStep, needsAttention } from "@sluice/core/alerts/alert.ts";
import type { AlertPolicy, AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";

/** A row of `alert`, with its state as the core's steps take it. Times are microseconds since 1970, by the database's clock. */
export interface AlertRecord {
  readonly id: string;
  readonly organizationId: number;
  /** Both of an alert of a rule; else there is a source. */
  readonly ruleId: number | null;
  readonly deviceId: number | null;
  /** What within Sluice is watched. */
  readonly source: string | null;
  readonly siteId: number | null;
  readonly assetId: number | null;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly message: string;
  readonly state: AlertState;
  readonly group: string | null;
  readonly isFirstOut: boolean;
  readonly value: number | null;
  readonly readingMicros: number | null;
  readonly openedMicros: number;
  readonly firedMicros: number | null;
  readonly acknowledgedMicros: number | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedMicros: number | null;
  readonly resolvedReason: ResolvedReason | null;
  readonly clearedMicros: number | null;
  readonly clearedBy: string | null;
  readonly closedMicros: number | null;
  readonly shelvedBy: string | null;
  readonly shelvedReason: string | null;
  readonly reAlarmAfterMs: number | null;
  readonly reAlarmMicros: number | null;
}

export type ResolvedReason = "condition" | "rule-disabled" | "rule-deleted" | "device-inactive" | "not-watched";

/** Of an alert to which nothing has happened yet. */
export const UNTOUCHED = {
  ruleId: null,
  deviceId: null,
  source: null,
  siteId: null,
  assetId: null,
  group: null,
  isFirstOut: false,
  value: null,
  readingMicros: null,
  firedMicros: null,
  acknowledgedMicros: null,
  acknowledgedBy: null,
  resolvedMicros: null,
  resolvedReason: null,
  clearedMicros: null,
  clearedBy: null,
  closedMicros: null,
  shelvedBy: null,
  shelvedReason: null,
  reAlarmAfterMs: null,
  reAlarmMicros: null,
} as const satisfies Partial<AlertRecord>;

/** When a step was taken, by whom, and what was said. */
export interface Occasion {
  readonly nowMicros: number;
  /** "rule:<id>", "user:<id>", "client:<id>" or "system". */
  readonly who: string;
  readonly comment?: string | undefined;
  readonly resolvedReason?: ResolvedReason | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** The record after a step that did not make it vanish. */
export function recordAfter(before: AlertRecord, { after, event }: AlertStep, occasion: Occasion): AlertRecord {
  const state = after!;
  const stepped = { ...before, ...columnsOf(event, occasion), state };
  const isShelved = state.shelvedUntilMicros !== undefined;
  return {
    ...stepped,
    closedMicros: state.isOpen ? null : occasion.nowMicros,
    shelvedBy: isShelved ? stepped.shelvedBy : null,
    shelvedReason: isShelved ? stepped.shelvedReason : null,
    reAlarmMicros: nextReAlarm(stepped, event, occasion.nowMicros),
  };
}

function columnsOf(event: AlertEvent | undefined, occasion: Occasion): Partial<AlertRecord> {
  const { nowMicros, who, comment = null, resolvedReason = "condition" } = occasion;
  switch (event) {
    case "fired":
      return {
        firedMicros: nowMicros,
        acknowledgedMicros: null,
        acknowledgedBy: null,
        resolvedMicros: null,
        resolvedReason: null,
      };
    case "resolved":
      return { resolvedMicros: nowMicros, resolvedReason };
    case "acknowledged":
      return { acknowledgedMicros: nowMicros, acknowledgedBy: who };
    case "cleared":
      return { clearedMicros: nowMicros, clearedBy: who };
    case "shelved":
      return { shelvedBy: who, shelvedReason: comment };
    default:
      return {};
  }
}

/** Counted from when it was last told; an alert that nobody has to be told of has none. */
function nextReAlarm(alert: AlertRecord, event: AlertEvent | undefined, nowMicros: number): number | null {
  const { reAlarmAfterMs } = alert;
  if (reAlarmAfterMs === null || !needsAttention(alert.state)) return null;
  const isTold = event === "fired" || event === "unshelved" || event === "re-alarmed";
  return isTold || alert.reAlarmMicros === null ? nowMicros + reAlarmAfterMs * 1000 : alert.reAlarmMicros;
}

/** What an alert takes over from its rule whenever it fires. */
export function columnsOfPolicy({
  severity,
  group,
  reAlarmAfterMs,
}: AlertPolicy): Pick<AlertRecord, "severity" | "group" | "reAlarmAfterMs"> {
  return { severity, group: group ?? null, reAlarmAfterMs: reAlarmAfterMs ?? null };
}
