import type { Pool } from "pg";

export interface RecentCommands {
  readonly kind: string;
  readonly state: string;
  readonly commands: number;
}

/** Of all organizations, what has become of the commands that were decided in the last hour. */
export async function countRecentCommands(db: Pool): Promise<RecentCommands[]> {
  const { rows } = await db.query<RecentCommands>(
    `select c.kind, c.state, count(*)::int as commands
       from organization o
       join command c on c.organization_id = o.id and c.decided_at > clock_timestamp() - interval '1 hour'
      group by c.kind, c.state`,
  );
  return rows;
}

export interface QueuedExecutions {
  readonly status: string;
  readonly executions: number;
}

/** Of all organizations, those that are not over, and the dead letters. */
export async function countQueuedExecutions(db: Pool): Promise<QueuedExecutions[]> {
  const { rows } = await db.query<QueuedExecutions>(
    `select status, count(*)::int as executions from execution where status in ('PENDING', 'WAITING') group by status
      union all
     select 'DEAD', count(*)::int from execution where status = 'DEAD'`,
  );
  return rows;
}
