import { ALERT_SEVERITIES, type AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";

export const NOTICE_EVENTS = [
  "fired",
  "resolved",
  "acknowledged",
  "cleared",
  "re-alarmed",
  "unshelved",
  "escalated",
] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/** What happened to an alert, as it is told to whoever a route names. */
export interface Notice {
  /** A UUID; the same notice enqueued twice is told once. */
  readonly id: string;
  readonly organizationId: number;
  readonly alertId: string;
  readonly event: NoticeEvent;
  readonly severity: AlertSeverity;
  readonly siteId: number | null;
  readonly ruleId: number | null;
  readonly deviceId: number | null;
  /** One line; what is longer than `MAX_TITLE_LENGTH` is cut. */
  readonly title: string;
  readonly message: string;
  readonly occurredAtMicros: number;
  /** Further facts, for templates and webhooks; left out when larger than `MAX_DATA_CHARACTERS` as JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

export const MAX_TITLE_LENGTH = 200;
export const MAX_MESSAGE_LENGTH = 2_000;
export const MAX_DATA_CHARACTERS = 8_192;

/** Critical ones have a lane of their own, and are not held back to be grouped. */
export function isUrgent(severity: AlertSeverity): boolean {
  return severity === "critical";
}

export function isAtLeast(severity: AlertSeverity, least: AlertSeverity): boolean {
  return ALERT_SEVERITIES.indexOf(severity) >= ALERT_SEVERITIES.indexOf(least);
}

/**
 * Within every limit of what is stored, whatever it says: a notice is enqueued in the transaction that changes the alert, and
 * must not be what fails it.
 */
export function clipNotice(notice: Notice): Notice {
  const data = JSON.stringify(notice.data, (_key, value) => (typeof value === "string" ? storable(value) : value));
  return {
    ...notice,
    title: clip(storable(notice.title).replaceAll(/\s+/g, " "), MAX_TITLE_LENGTH),
    message: clip(storable(notice.message), MAX_MESSAGE_LENGTH),
    data: data.length > MAX_DATA_CHARACTERS ? {} : JSON.parse(data),
  };
}

export function clip(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

/** PostgreSQL's text holds neither NUL nor half a surrogate pair. */
export function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
