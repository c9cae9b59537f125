import type { Clock } from "../../platform/clock.ts";
import type { MessageEntry, Outcome, OutgoingMessage, Send } from "../channel.ts";
import { clip } from "../notice.ts";
import { type AllowPrivate, mayBePrivate } from "./allow-private.ts";
import type { Dialler, HttpAnswer } from "./dialler.ts";
import { retryAfterMs } from "./retry-after.ts";
import { signWebhook } from "./webhook-signature.ts";

const MAX_DIGEST_MESSAGE = 300;

export interface WebhookSenderOptions {
  readonly dialler: Dialler;
  readonly clock: Clock;
  readonly allowPrivate: AllowPrivate;
}

/** Sends JSON by HTTP POST, signed as Standard Webhooks asks. */
export function createWebhookSender({ dialler, clock, allowPrivate }: WebhookSenderOptions): Send {
  return async ({ configuration, signingSecrets }, message, signal) => {
    if (configuration.kind !== "webhook") throw new Error("a webhook sender was given another channel");
    const url = new URL(configuration.url);
    const timestampS = Math.floor(clock.nowMicros() / 1_000_000);
    const body = JSON.stringify(payloadOf(message));
    const headers = {
      "content-type": "application/json",
      "user-agent": "Sluice",
      ...signWebhook(signingSecrets, { id: message.id, timestampS, body }),
    };
    const mayGo = mayBePrivate(allowPrivate, url);
    return judge(await dialler.post({ url, headers, body, mayBePrivate: mayGo, signal }), clock.nowMicros() / 1000);
  };
}

/** Facts of the notices' own time; a template, and the name of a site, are as they are when it is sent. */
function payloadOf({ entries, isDigest, noticeCount, subject, text }: OutgoingMessage) {
  const first = entries[0]!;
  if (!isDigest) {
    return { type: `alert.${first.event}`, timestamp: timeOf(first), data: { subject, text, ...entryOf(first) } };
  }
  const newest = entries.reduce((latest, entry) => (entry.occurredAtMicros > latest.occurredAtMicros ? entry : latest));
  return {
    type: "alert.digest",
    timestamp: timeOf(newest),
    data: { subject, notices: noticeCount, alerts: entries.map(digestEntryOf) },
  };
}

function entryOf({ occurredAtMicros: _time, ...entry }: MessageEntry) {
  return { ...entry, occurredAt: timeOf({ occurredAtMicros: _time }) };
}

/** Without its facts, and its message cut: a digest of hundreds must be of a size that receivers take. */
function digestEntryOf(entry: MessageEntry) {
  const { data: _data, ...told } = entryOf(entry);
  return { ...told, message: clip(told.message, MAX_DIGEST_MESSAGE) };
}

function timeOf({ occurredAtMicros }: Pick<MessageEntry, "occurredAtMicros">): string {
  return new Date(occurredAtMicros / 1000).toISOString();
}

/** Of the client errors those that speak of this message, and not of the receiver, its address or the time. */
const REFUSALS: ReadonlySet<number> = new Set([400, 405, 406, 411, 413, 414, 415, 422, 431]);

/** What a status means (RFC 9110; Standard Webhooks for 410 and 429). */
function judge({ status, headers }: HttpAnswer, nowMs: number): Outcome {
  const pause = retryAfterMs(headers["retry-after"], nowMs);
  const answered = `The receiver answered ${status}`;
  if (status >= 200 && status < 300) return { kind: "sent", httpStatus: status };
  if (status === 410) return { kind: "gone", httpStatus: status, error: `${answered}: gone for good.` };
  if (status === 429)
    return { kind: "limited", httpStatus: status, error: `${answered}: too many.`, retryAfterMs: pause };
  if (REFUSALS.has(status)) return { kind: "refused", httpStatus: status, error: `${answered}.` };
  const isRedirect = status >= 300 && status < 400;
  const error = isRedirect
    ? `${answered}: redirects are not followed. Set the channel's URL to where the receiver is.`
    : `${answered}.`;
  return { kind: "failed", httpStatus: status, error, retryAfterMs: pause };
}
