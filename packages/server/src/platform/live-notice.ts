import type { PoolClient } from "pg";

/** PostgreSQL channel on which everything that live streams show is announced. Empty: more has changed than was said. */
export const LIVE_CHANNEL = "sluice_live";

export const LIVE_KINDS = ["alert", "command", "execution"] as const;
export type LiveKind = (typeof LIVE_KINDS)[number];

/** What changed, and in whose organization; whoever shows it reads it anew. */
export interface LiveNotice {
  readonly organizationId: number;
  readonly kind: LiveKind;
  readonly id: string;
}

const TELL_LIVE = "select tell_after_commit($1, payload) from unnest($2::text[]) payload";

/**
 * Gathered in the transaction, and delivered to every listener after its commit; not at all when it rolls back, and the same
 * notice twice is one.
 */
export async function notifyLive(client: PoolClient, notices: readonly LiveNotice[]): Promise<void> {
  if (notices.length === 0) return;
  await client.query(TELL_LIVE, [LIVE_CHANNEL, notices.map(encodeLiveNotice)]);
}

export function encodeLiveNotice({ organizationId, kind, id }: LiveNotice): string {
  return JSON.stringify({ o: organizationId, k: kind, i: id });
}

/** Undefined for what this version does not know: a newer process may say more. */
export function parseLiveNotice(payload: string): LiveNotice | undefined {
  const match = /^\{"o":(\d{1,10}),"k":"([a-z]{1,20})","i":"([\w-]{1,64})"\}$/.exec(payload);
  const kind = LIVE_KINDS.find((known) => known === match?.[2]);
  return match && kind ? { organizationId: Number(match[1]), kind, id: match[3]! } : undefined;
}
