import type { Pool } from "pg";

/** SQL with which `bench actuate` looks into the database that its server has written. */
export interface StoredCommand {
  readonly id: string;
  /** Of its device. */
  readonly uid: string;
  readonly kind: string;
  readonly fence: number | null;
  readonly state: string;
}

export async function storedCommands(pool: Pool): Promise<readonly StoredCommand[]> {
  const { rows } = await pool.query<StoredCommand>(
    `select c.id, d.uid, c.kind, c.fence, c.state
       from command c join actuator a on a.id = c.actuator_id join device d on d.id = a.device_id`,
  );
  return rows;
}

/** True while a device may still say something about a RUN. */
export async function isAnyRunLive(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ live: boolean }>(
    `select exists (select 1 from command where kind in ('RUN', 'DOSE')
                       and state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING')) as live`,
  );
  return rows[0]!.live;
}

/** The one organization of an installation that was made for a benchmark. */
export async function organizationOfActuators(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ id: number }>("select distinct organization_id as id from actuator");
  return rows[0]!.id;
}
