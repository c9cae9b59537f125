import type { PoolClient } from "pg";

/** Of these devices, those of which an actuator runs or may run. Nothing is decided for their actuators until the transaction ends. */
export async function lockRunningDevices(
  client: PoolClient,
  deviceIds: readonly number[],
): Promise<ReadonlySet<number>> {
  await client.query("select from actuator where device_id = any($1) order by id for no key update", [deviceIds]);
  const { rows } = await client.query<{ id: number }>(
    `select distinct a.device_id as id
       from actuator a join command c on c.actuator_id = a.id
      where a.device_id = any($1) and c.kind in ('RUN', 'DOSE')
        and c.state in ('DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN')`,
    [deviceIds],
  );
  return new Set(rows.map(({ id }) => id));
}
