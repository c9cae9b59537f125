import { ALERT_SEVERITIES, type AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";
import type { MessageEntry, OutgoingMessage } from "./channel.ts";
import { clip } from "./notice.ts";
import type { RouteTemplate } from "./route.ts";
import { renderTemplate, TemplateFault, type TemplateValues } from "./template.ts";

export interface MessageDraft {
  readonly id: string;
  readonly isDigest: boolean;
  /** Of one notice or more, in the order in which they were enqueued. */
  readonly notices: readonly MessageEntry[];
  readonly template: RouteTemplate | undefined;
  readonly siteNames: ReadonlyMap<number, string>;
}

const MAX_SUBJECT_LENGTH = 200;

/** What is told. A template that fails on this notice gives way to the plain text, and the message says so in `note`. */
export function composeMessage(draft: MessageDraft): OutgoingMessage {
  const entries = newestOfEach(draft.notices);
  const plain = draft.isDigest ? plainDigest(entries, draft.notices.length) : plainText(entries[0]!, draft.siteNames);
  const written = draft.isDigest || draft.template === undefined ? plain : fromTemplate(draft, entries[0]!, plain);
  return {
    id: draft.id,
    subject: oneLine(written.subject),
    text: written.text,
    entries,
    noticeCount: draft.notices.length,
    isDigest: draft.isDigest,
    note: written.note,
  };
}

interface Written {
  readonly subject: string;
  readonly text: string;
  readonly note?: string;
}

/** In the order of what happened first to each alert; a digest says how things stand, not how they came to be so. */
function newestOfEach(notices: readonly MessageEntry[]): MessageEntry[] {
  return [...new Map(notices.map((notice) => [notice.alertId, notice])).values()];
}

function fromTemplate({ template, siteNames }: MessageDraft, entry: MessageEntry, plain: Written): Written {
  const values = valuesOf(entry, siteNames);
  const render = (text: string | undefined, otherwise: string) =>
    text === undefined ? otherwise : renderTemplate(text, values, entry.data);
  try {
    return { subject: render(template?.subject, plain.subject), text: render(template?.body, plain.text) };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return { ...plain, note: `The template could not be used, so the plain text was sent: ${error.message}.` };
  }
}

function valuesOf(entry: MessageEntry, siteNames: ReadonlyMap<number, string>): TemplateValues {
  return {
    title: entry.title,
    message: entry.message,
    severity: entry.severity,
    event: entry.event,
    alert: entry.alertId,
    site: siteName(entry, siteNames) ?? "–",
    rule: String(entry.ruleId ?? "–"),
    device: String(entry.deviceId ?? "–"),
    time: timeText(entry),
  };
}

function plainText(entry: MessageEntry, siteNames: ReadonlyMap<number, string>): Written {
  const site = siteName(entry, siteNames);
  const facts = [
    `Severity: ${entry.severity}`,
    ...(site === undefined ? [] : [`Site: ${site}`]),
    `Since: ${timeText(entry)}`,
  ];
  const body = entry.message === "" ? [] : [entry.message, ""];
  return { subject: headline(entry), text: [...body, ...facts].join("\n") };
}

function plainDigest(entries: readonly MessageEntry[], noticeCount: number): Written {
  const worst = ALERT_SEVERITIES.findLast((severity) => entries.some((entry) => entry.severity === severity));
  const alerts = `${entries.length} alert${entries.length === 1 ? "" : "s"}`;
  const lines = entries.map((entry) => `${timeText(entry)}  ${headline(entry)}`);
  return {
    subject: `${shout(worst!)}${alerts}, ${noticeCount} notices`,
    text: [`The newest state of ${alerts}, from ${noticeCount} notices:`, "", ...lines].join("\n"),
  };
}

const WORDS: Readonly<Record<string, string>> = {
  fired: "",
  resolved: "Resolved: ",
  acknowledged: "Acknowledged: ",
  cleared: "Cleared: ",
  "re-alarmed": "Still firing: ",
  unshelved: "No longer shelved: ",
  escalated: "Not acknowledged: ",
};

function headline({ event, severity, title }: MessageEntry): string {
  return `${shout(severity)}${WORDS[event] ?? ""}${title}`;
}

function shout(severity: AlertSeverity): string {
  return `[${severity.toUpperCase()}] `;
}

function siteName({ siteId }: MessageEntry, names: ReadonlyMap<number, string>): string | undefined {
  return siteId === null ? undefined : names.get(siteId);
}

export function timeText({ occurredAtMicros }: Pick<MessageEntry, "occurredAtMicros">): string {
  return new Date(occurredAtMicros / 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Nothing that a name says may add a header to a mail. */
function oneLine(text: string): string {
  return clip(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim(), MAX_SUBJECT_LENGTH);
}
