import type { StoredAlerts } from "./alert-bench-store.ts";

export interface AlertCount {
  readonly breaches: number;
  readonly stored: number;
  /** Breaches without an alert. */
  readonly lost: number;
  /** Alerts, or occurrences of one, beyond the breaches. */
  readonly duplicated: number;
  /** Still open, although every device has come back. */
  readonly open: number;
}

/** Holds what is stored against what was breached, device by device. */
export function countAlerts(runs: readonly ReadonlyMap<string, number>[], stored: readonly StoredAlerts[]): AlertCount {
  const byUid = new Map(stored.map((row) => [row.uid, row]));
  const uids = new Set([...runs.flatMap((run) => [...run.keys()]), ...byUid.keys()]);
  const count = { breaches: 0, stored: 0, lost: 0, duplicated: 0, open: 0 };
  for (const uid of uids) {
    const breaches = runs.reduce((sum, run) => sum + (run.get(uid) ?? 0), 0);
    const { occurrences = 0, open = 0 } = byUid.get(uid) ?? {};
    count.breaches += breaches;
    count.stored += occurrences;
    count.lost += Math.max(0, breaches - occurrences);
    count.duplicated += Math.max(0, occurrences - breaches);
    count.open += open;
  }
  return count;
}
