import type { AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";

export const CHANNEL_KINDS = ["webhook", "email", "sms"] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** Where a channel leads. Nothing secret: what signs a webhook is kept sealed, beside it. */
export type ChannelConfiguration =
  | { readonly kind: "webhook"; readonly url: string }
  | { readonly kind: "email"; readonly to: readonly string[] }
  /** One number, in the form of E.164: "+4915112345678". */
  | { readonly kind: "sms"; readonly to: string };

/** One way to reach people or programs. */
export interface Channel {
  readonly id: number;
  readonly organizationId: number;
  readonly name: string;
  readonly configuration: ChannelConfiguration;
  readonly isEnabled: boolean;
  readonly disabledReason: string | null;
  readonly limits: ChannelLimits;
  readonly createdAt: Date;
  /** Fails at present: messages wait, and one at a time probes. */
  readonly isDown: boolean;
  readonly pausedUntil: Date | null;
}

/** Token bucket of a channel; what it holds back is told as one digest. */
export interface ChannelLimits {
  readonly sendsPerMinute: number;
  /** Messages that may follow each other at once after a quiet time. */
  readonly burst: number;
}

export const DEFAULT_LIMITS: Readonly<Record<ChannelKind, ChannelLimits>> = {
  webhook: { sendsPerMinute: 120, burst: 60 },
  email: { sendsPerMinute: 30, burst: 10 },
  sms: { sendsPerMinute: 6, burst: 3 },
};
export const MAX_SENDS_PER_MINUTE = 6_000;
export const MAX_BURST = 1_000;
export const MAX_CHANNELS = 200;
export const MAX_EMAIL_RECIPIENTS = 20;

/** The newest of what a message says about one alert. */
export interface MessageEntry {
  readonly noticeId: string;
  readonly alertId: string;
  readonly event: string;
  readonly severity: AlertSeverity;
  readonly siteId: number | null;
  readonly ruleId: number | null;
  readonly deviceId: number | null;
  readonly title: string;
  readonly message: string;
  readonly occurredAtMicros: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is sent to a channel in one go: one notice, or a digest of many. */
export interface OutgoingMessage {
  /** The same with every attempt, so that a receiver can tell that it has had it. The words are those of the last attempt. */
  readonly id: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** A digest has one entry an alert, with its newest state; a plain message has exactly one. */
  readonly entries: readonly MessageEntry[];
  /** Notices that the entries stand for. */
  readonly noticeCount: number;
  readonly isDigest: boolean;
  /** Why the route's template was not used. */
  readonly note: string | undefined;
  /** Files that a mail carries; other channels carry none. */
  readonly attachments?: readonly Attachment[];
}

export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/**
 * What became of an attempt:
 *
 *   sent         the receiver took it
 *   failed       the channel is in trouble: not reached, no answer, an answer that says "not now"
 *   limited      the receiver asked for a pause
 *   refused      this message is the trouble: the receiver does not want it, others may pass
 *   gone         the receiver says that it will never take anything again (HTTP 410)
 *   interrupted  nobody knows: this process stopped, or died, before the answer
 */
export type OutcomeKind = "sent" | "failed" | "limited" | "refused" | "gone" | "interrupted";

export interface Outcome {
  readonly kind: OutcomeKind;
  readonly httpStatus?: number | undefined;
  /** For people; without anything secret. */
  readonly error?: string | undefined;
  /** Some detail of a success. */
  readonly note?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** A channel as whoever sends sees it, with its secrets opened. */
export interface SendTarget {
  readonly configuration: ChannelConfiguration;
  readonly signingSecrets: readonly string[];
}

/** Sends one message and answers what became of it; throws nothing but programming errors. */
export type Send = (target: SendTarget, message: OutgoingMessage, signal: AbortSignal) => Promise<Outcome>;

export interface Senders {
  readonly webhook: Send;
  /** Undefined: this installation has no mail server. */
  readonly email: Send | undefined;
  readonly sms: Send | undefined;
}
