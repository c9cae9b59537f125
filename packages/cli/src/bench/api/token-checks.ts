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
  /** Where it lies if the checks are spread evenly over their bucket, as Prometheus reckons; null beyond the last one. */
  readonly aboutMs: number | null;
}

/** Of the checks between two looks: the bucket in which the percentile lies. */
export function percentileBetween(before: TokenChecks, after: TokenChecks, percent: number): CheckedTokens {
  const bounds = [...after.keys()].sort((a, b) => a - b);
  const counts = bounds.map((bound) => after.get(bound)! - (before.get(bound) ?? 0));
  const checks = counts.at(-1) ?? 0;
  const rank = (percent / 100) * checks;
  const at = counts.findIndex((count) => count >= rank);
  const bound = bounds[at];
  if (bound === undefined || !Number.isFinite(bound)) return { checks, atMostMs: null, aboutMs: null };
  const [below, countBelow] = at === 0 ? [0, 0] : [bounds[at - 1]!, counts[at - 1]!];
  const share = checks === 0 ? 0 : (rank - countBelow) / (counts[at]! - countBelow);
  return { checks, atMostMs: bound * 1000, aboutMs: (below + share * (bound - below)) * 1000 };
}
