import type { AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";
import type { Pool } from "pg";

/** Of all organizations, alerts that are not closed. */
export async function countOpenAlerts(
  db: Pool,
): Promise<{ readonly severity: AlertSeverity; readonly alerts: number }[]> {
  const { rows } = await db.query<{ severity: AlertSeverity; alerts: number }>(
    "select severity, count(*)::int as alerts from alert where closed_at is null group by severity",
  );
  return rows;
}
