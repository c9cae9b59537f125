import { isIP } from "node:net";
import { SluiceError } from "@sluice/core/errors.ts";
import {
  type ChannelConfiguration,
  type ChannelLimits,
  MAX_BURST,
  MAX_EMAIL_RECIPIENTS,
  MAX_SENDS_PER_MINUTE,
} from "./channel.ts";
import { type AllowPrivate, mayBePrivate } from "./senders/allow-private.ts";
import { addressRefused } from "./senders/dialler.ts";
import { isPublicAddress } from "./senders/public-address.ts";

export const MAX_URL_LENGTH = 2_000;
/** RFC 5321, section 4.5.3.1.3. */
const MAX_ADDRESS_LENGTH = 254;

/**
 * Throws for a channel that could never deliver: `channel.url_invalid`, `channel.url_insecure`, `webhook.address_refused`,
 * `channel.address_invalid`, `channel.number_invalid`. Where a name leads is judged with every message that is sent.
 */
export function assertConfiguration(configuration: ChannelConfiguration, allowPrivate: AllowPrivate): void {
  if (configuration.kind === "webhook") assertUrl(configuration.url, allowPrivate);
  else if (configuration.kind === "email") assertRecipients(configuration.to);
  else assertNumber(configuration.to);
}

export function assertLimits({ sendsPerMinute, burst }: ChannelLimits): void {
  const isGood = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  if (isGood(sendsPerMinute, MAX_SENDS_PER_MINUTE) && isGood(burst, MAX_BURST)) return;
  throw invalid(
    "channel.limits_invalid",
    `A channel sends 1 to ${MAX_SENDS_PER_MINUTE} messages a minute, with a burst of 1 to ${MAX_BURST}.`,
  );
}

function assertNumber(to: string): void {
  if (/^\+[1-9]\d{6,14}$/.test(to)) return;
  throw invalid("channel.number_invalid", 'A number is written as E.164 has it, such as "+4915112345678".');
}

function assertUrl(text: string, allowPrivate: AllowPrivate): void {
  const url = text.length <= MAX_URL_LENGTH && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw invalid(
      "channel.url_invalid",
      `The URL must begin with https:// and have at most ${MAX_URL_LENGTH} characters.`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid("channel.url_invalid", "Leave the credentials out of the URL: messages are signed instead.");
  }
  if (mayBePrivate(allowPrivate, url)) return;
  if (url.protocol === "http:") {
    throw invalid(
      "channel.url_insecure",
      `Use https:// for what goes through the internet. If ${url.host} is in your own network, name it in SLUICE_WEBHOOK_ALLOW_PRIVATE.`,
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw addressRefused(url, host);
}

/** Nothing that could be read as another header, another recipient, or a name with a comment. */
export function isEmailAddress(text: string): boolean {
  return text.length <= MAX_ADDRESS_LENGTH && /^[^\s@<>(),;:"\\[\]\p{Cc}]+@[^\s@<>(),;:"\\[\]\p{Cc}]+$/u.test(text);
}

function assertRecipients(to: readonly string[]): void {
  if (to.length === 0 || to.length > MAX_EMAIL_RECIPIENTS) {
    throw invalid("channel.address_invalid", `Name 1 to ${MAX_EMAIL_RECIPIENTS} addresses.`);
  }
  const wrong = to.find((address) => !isEmailAddress(address));
  if (wrong !== undefined) throw invalid("channel.address_invalid", `${JSON.stringify(wrong)} is no e-mail address.`);
}

function invalid(code: string, message: string): SluiceError {
  return new SluiceError("invalid", code, message);
}
