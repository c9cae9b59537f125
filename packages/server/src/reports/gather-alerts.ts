import type { ReportAlert } from "@sluice/core/reports/report-content.ts";
import type { ReportPeriod } from "@sluice/core/reports/report-period.ts";
import type { Pool } from "pg";
import { type AlertPosition, type AlertView, listAlerts } from "../alerts/index.ts";
import { MAX_ALERTS_COUNTED, MAX_ALERTS_LISTED } from "./limits.ts";

const PAGE = 1_000;

/** What was opened at a site in the period, oldest first; of very many the newest. */
export async function gatherAlerts(
  pool: Pool,
  organizationId: number,
  site: string,
  { fromMicros, toMicros }: ReportPeriod,
): Promise<{ readonly rows: readonly ReportAlert[]; readonly omitted: number }> {
  const range = { site, from: new Date(fromMicros / 1000), to: new Date(toMicros / 1000) };
  const listed: AlertView[] = [];
  let count = 0;
  let after: AlertPosition | undefined;
  while (count < MAX_ALERTS_COUNTED) {
    const page = await listAlerts(pool, organizationId, { ...range, after, limit: PAGE });
    count += page.length;
    listed.push(...page.slice(0, Math.max(0, MAX_ALERTS_LISTED - listed.length)));
    if (page.length < PAGE) break;
    const last = page.at(-1)!;
    after = { openedMs: last.openedAt.getTime(), id: last.id };
  }
  return { rows: listed.map(alertOf).reverse(), omitted: count - listed.length };
}

function alertOf({ id, openedAt, resolvedAt, severity, state, device, title, message }: AlertView): ReportAlert {
  return {
    ...{ id, severity, state, device, title, message },
    openedAt: openedAt.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
  };
}
