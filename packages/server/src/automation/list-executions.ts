import type { Pool } from "pg";
import {
  type ExecutionFilter,
  type ExecutionRecord,
  type ExecutionStatus,
  listExecutionRecords,
} from "../actuation/index.ts";
import { listRules, type RuleView } from "./rule-store.ts";
import { type ScheduledBy, schedulesOfExecutions } from "./schedules/index.ts";

/** An execution as `GET /api/v1/automation/executions` shows it. */
export interface ExecutionView extends Omit<ExecutionRecord, "ruleId"> {
  /** The rule that came first; null for a person's request. */
  readonly threshold: (RuleView["definition"] & { readonly rule: number; readonly name: string }) | null;
  /** Null for what no schedule caused. */
  readonly schedule: ScheduledBy | null;
  /** Null while it is open. */
  readonly success: boolean | null;
  readonly errorDetails: string | null;
}

const OPEN: readonly ExecutionStatus[] = ["PENDING", "WAITING", "DISPATCHED"];

/** Newest first. */
export async function listExecutions(
  pool: Pool,
  organizationId: number,
  filter: ExecutionFilter,
): Promise<ExecutionView[]> {
  const records = await listExecutionRecords(pool, organizationId, filter);
  const ids = [...new Set(records.flatMap(({ ruleId }) => ruleId ?? []))];
  const rules = ids.length === 0 ? [] : await listRules(pool, organizationId, { ids, limit: ids.length });
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const scheduled = records.filter(({ type }) => type === "SCHEDULED").map(({ id }) => id);
  const schedules = await schedulesOfExecutions(pool, scheduled);
  return records.map(({ ruleId, ...record }) => {
    const rule = ruleId === null ? undefined : byId.get(ruleId);
    return {
      ...record,
      threshold: rule === undefined ? null : { rule: rule.id, name: rule.name, ...rule.definition },
      schedule: schedules.get(record.id) ?? null,
      success: OPEN.includes(record.status) ? null : record.status === "SUCCEEDED",
      errorDetails: record.status === "SUCCEEDED" ? null : record.message,
    };
  });
}

/** Undefined also for one of another organization. */
export async function findExecution(
  pool: Pool,
  organizationId: number,
  id: string,
): Promise<ExecutionView | undefined> {
  return (await listExecutions(pool, organizationId, { id, limit: 1 }))[0];
}
