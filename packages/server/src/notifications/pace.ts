import type { ChannelLimits } from "./channel.ts";

/** A token bucket; one token is one message. */
export interface Bucket {
  readonly tokens: number;
  readonly refilledAtMs: number;
}

/** The bucket after one message; undefined when it has to wait. The last token of several is kept for urgent messages. */
export function takeToken(bucket: Bucket, limits: ChannelLimits, nowMs: number, isUrgent: boolean): Bucket | undefined {
  const elapsedMs = Math.max(0, nowMs - bucket.refilledAtMs);
  const tokens = Math.min(limits.burst, bucket.tokens + (elapsedMs * limits.sendsPerMinute) / 60_000);
  const needed = isUrgent || limits.burst === 1 ? 1 : 2;
  return tokens < needed ? undefined : { tokens: tokens - 1, refilledAtMs: Math.max(nowMs, bucket.refilledAtMs) };
}
