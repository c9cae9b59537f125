import { SluiceError } from "../errors.ts";
import { validateTemplate } from "./message-template.ts";

/** Least urgent first. */
export const ALERT_SEVERITIES = ["info", "warning", "major", "critical"] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What a rule makes of its episodes for people. How long a condition holds before it fires or ends is the rule's own matter. */
export interface AlertPolicy {
  readonly severity: AlertSeverity;
  /** A template, see `message-template.ts`; without one the message is made of the rule's name. */
  readonly message?: string;
  /** Stays open after its condition has ended, until a person acknowledges or clears it. */
  readonly isLatched?: boolean;
  /** Of the alerts of one group at one asset (or site) the first to fire is marked: it is the likely cause of the others. */
  readonly group?: string;
  /** Told again this often while it fires and nobody has acknowledged it. */
  readonly reAlarmAfterMs?: number;
}

export const MAX_GROUP_LENGTH = 63;
/** More often than this nobody would listen. */
export const MIN_RE_ALARM_MS = 60_000;
export const MAX_RE_ALARM_MS = 7 * 86_400_000;

const KEYS: readonly string[] = ["severity", "message", "isLatched", "group", "reAlarmAfterMs"];

/** Throws `alert.policy_invalid`, or `alert.template_invalid` for a message that could not be written. */
export function parseAlertPolicy(value: unknown): AlertPolicy {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("", value, "an object");
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw invalid(unknown, "", `absent: an alert has ${KEYS.join(", ")}`);
  const { severity, message, isLatched, group, reAlarmAfterMs } = value as Record<string, unknown>;
  return {
    severity: parseSeverity(severity),
    ...(message === undefined ? {} : { message: parseMessage(message) }),
    ...(isLatched === undefined ? {} : { isLatched: parseFlag(isLatched) }),
    ...(group === undefined ? {} : { group: parseGroup(group) }),
    ...(reAlarmAfterMs === undefined ? {} : { reAlarmAfterMs: parseReAlarm(reAlarmAfterMs) }),
  };
}

export function isAlertSeverity(value: unknown): value is AlertSeverity {
  return ALERT_SEVERITIES.includes(value as AlertSeverity);
}

function parseSeverity(value: unknown): AlertSeverity {
  if (isAlertSeverity(value)) return value;
  throw invalid("severity", value, `one of ${ALERT_SEVERITIES.join(", ")}`);
}

function parseMessage(value: unknown): string {
  if (typeof value !== "string") throw invalid("message", value, "a text");
  validateTemplate(value);
  return value;
}

function parseFlag(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw invalid("isLatched", value, "true or false");
}

function parseGroup(value: unknown): string {
  const isGood = typeof value === "string" && value.trim() !== "" && value.length <= MAX_GROUP_LENGTH;
  if (isGood) return value;
  throw invalid("group", value, `a text of at most ${MAX_GROUP_LENGTH} characters`);
}

function parseReAlarm(value: unknown): number {
  const isGood = Number.isSafeInteger(value) && Number(value) >= MIN_RE_ALARM_MS && Number(value) <= MAX_RE_ALARM_MS;
  if (isGood) return Number(value);
  throw invalid("reAlarmAfterMs", value, `whole milliseconds from ${MIN_RE_ALARM_MS} to ${MAX_RE_ALARM_MS}`);
}

function invalid(field: string, given: unknown, expected: string): SluiceError {
  const path = field === "" ? "alert" : `alert.${field}`;
  return new SluiceError("invalid", "alert.policy_invalid", `${path} must be ${expected}.`, {
    details: { path, given: String(given) },
  });
}
