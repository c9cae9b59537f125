const BUCKET = /^sluice_token_check_duration_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm;

/** Upper bound in seconds → checks that took no longer, since the server's start. */
export type TokenChecks = ReadonlyMap<number, number>;

/** Reads them from the text of `/metrics`. */
export function readTokenChecks(text: string): TokenChecks {
  return new Map([...text.matchAll(BUCKET)].map(([, bound, count]) => [boundOf(bound!), Number(count)]));
}

function boundOf(text: string): number {
  return text === "+Inf" ? Number.POSITIVE_INFINITY : Number(text);
}

export interface CheckedTokens {
  readonly checks: number;
  /** The percentile was no more than this; null beyond the last bucket. */
  readonly atMostMs: number | null;
}

/** Of the checks between two looks: the bucket in which the percentile lies. */
export function percentileBetween(before: TokenChecks, after: TokenChecks, percent: number): CheckedTokens {
  const bounds = [...after.keys()].sort((a, b) => a - b);
  const counts = bounds.map((bound) => after.get(bound)! - (before.get(bound) ?? 0));
  const checks = counts.at(-1) ?? 0;
  const bound = bounds[counts.findIndex((count) => count >= (percent / 100) * checks)];
  return { checks, atMostMs: bound === undefined || !Number.isFinite(bound) ? null : bound * 1000 };
}
