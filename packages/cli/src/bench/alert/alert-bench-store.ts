import type { Pool } from "pg";

/** SQL with which `bench alert` makes rules by the thousand, and looks at what its server has written. */

/** A rule on every device of the pressure that is judged with every message and never fires. Answers how many. */
export async function addIdleRules(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `insert into rule (organization_id, device_id, key, name, definition, alert)
     select organization_id, id, 'bench-idle', 'Too hot',
            '{"kind":"threshold","metric":"temperature","operator":"above","value":1000,"hysteresis":1}',
            '{"severity":"warning"}'
       from device where uid like 'bench-%'`,
  );
  await notifyAllRules(pool);
  return rowCount ?? 0;
}

export async function removeIdleRules(pool: Pool): Promise<void> {
  await pool.query("delete from rule where key = 'bench-idle'");
  await notifyAllRules(pool);
}

/** An empty notice means all rules. */
async function notifyAllRules(pool: Pool): Promise<void> {
  await pool.query("select pg_notify('sluice_rule', '')");
}

export interface StoredAlerts {
  readonly uid: string;
  /** Alerts of the device, and how often they fired in all. */
  readonly alerts: number;
  readonly occurrences: number;
  readonly open: number;
}

export async function storedAlerts(pool: Pool): Promise<readonly StoredAlerts[]> {
  const { rows } = await pool.query<StoredAlerts>(
    `select d.uid, count(*)::int as alerts, sum(a.occurrences)::int as occurrences,
            count(*) filter (where a.closed_at is null)::int as open
       from alert a join device d on d.id = a.device_id group by d.uid`,
  );
  return rows;
}
