import type { Clock } from "../../platform/clock.ts";
import type { Outcome, Send } from "../channel.ts";
import type { Dialler, HttpAnswer } from "./dialler.ts";
import { toGsmText } from "./gsm-text.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface SmsSenderOptions {
  readonly dialler: Dialler;
  readonly clock: Clock;
  /** `https://ACCOUNT:TOKEN@host`, whoever runs the installation chose it: it may be private. */
  readonly smsUrl: string;
  /** The number, or the name, that an SMS comes from. */
  readonly from: string;
}

/** Sends SMS through a service that speaks as Twilio does: a form, posted to `/2010-04-01/Accounts/{account}/Messages.json`. */
export function createSmsSender({ dialler, clock, smsUrl, from }: SmsSenderOptions): Send {
  const { url, authorization } = readServiceUrl(smsUrl);
  return async ({ configuration }, message, signal) => {
    if (configuration.kind !== "sms") throw new Error("an SMS sender was given another channel");
    const form = new URLSearchParams({
      To: configuration.to,
      From: from,
      Body: toGsmText(`${message.subject}\n${message.text}`),
    });
    const headers = { "content-type": "application/x-www-form-urlencoded", authorization };
    const answer = await dialler.post({ url, headers, body: form.toString(), mayBePrivate: true, signal });
    return judge(answer, clock.nowMicros() / 1000);
  };
}

function readServiceUrl(smsUrl: string): { readonly url: URL; readonly authorization: string } {
  const url = new URL(smsUrl);
  const account = decodeURIComponent(url.username);
  const credentials = `${account}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  if (url.pathname === "/") url.pathname = `/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`;
  return { url, authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
}

function judge({ status, headers, body }: HttpAnswer, nowMs: number): Outcome {
  if (status >= 200 && status < 300) return { kind: "sent", httpStatus: status };
  const error = `The SMS service answered ${status}${reasonIn(body)}.`;
  const pause = retryAfterMs(headers["retry-after"], nowMs);
  if (status === 429) return { kind: "limited", httpStatus: status, error, retryAfterMs: pause };
  // Wrong credentials are the installation's trouble; a number that does not exist is the message's.
  const kind = status === 400 || status === 422 ? "refused" : "failed";
  return { kind, httpStatus: status, error, retryAfterMs: pause };
}

/** Twilio says in words what it does not like: `{"code":21211,"message":"…"}`. */
function reasonIn(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === "string" ? `: ${message.slice(0, 200)}` : "";
  } catch {
    return "";
  }
}
