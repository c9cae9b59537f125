import type { Envelope } from "@sluice/core/safety/envelope.ts";
import type { Pool } from "pg";
import { insertActuator } from "../../../actuator-store.ts";
import type { Plant, PlantActuator } from "../model-database.ts";

/** Two that exclude each other on two devices, one with a daily limit, and one at another site. */
const ENVELOPES: readonly Envelope[] = [
  { maxRunMs: 80_000, cooldownMs: 16_000, interlockGroup: "water" },
  { maxRunMs: 80_000, cooldownMs: 0, interlockGroup: "water", minOffMs: 8_000 },
  { maxRunMs: 80_000, cooldownMs: 8_000, maxStartsPerDay: 3, maxRunMsPerDay: 100_000 },
  { maxRunMs: 80_000, cooldownMs: 0 },
];
const DEVICE_OF = [0, 1, 0, 2];

/** The same plant in PostgreSQL and in the model, before each run. */
export const resetTables = {
  /** Gives three registered devices their actuators; the third is at a site of its own. */
  async layOut(pool: Pool, deviceIds: readonly number[]): Promise<Plant> {
    const { rows } = await pool.query<{ id: number; organizationId: number; timeZone: string }>(
      `with other as (
         insert into site (organization_id, slug, name, time_zone)
         select organization_id, 'other', 'Other', 'America/Sao_Paulo' from site limit 1 returning *),
       moved as (update device set site_id = (select id from other) where id = $1)
       select id, organization_id as "organizationId", time_zone as "timeZone" from site
       union all select id, organization_id, time_zone from other
       order by 1`,
      [deviceIds[2]],
    );
    const devices = deviceIds.map((id, index) => ({ id, siteId: rows[index === 2 ? 1 : 0]!.id }));
    const actuators = ENVELOPES.map((envelope, index) => {
      const { organizationId } = rows[0]!;
      return { id: index + 1, organizationId, deviceId: deviceIds[DEVICE_OF[index]!]!, key: `out-${index}`, envelope };
    });
    return { sites: rows, devices, actuators };
  },

  async empty(pool: Pool, { actuators }: Plant): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query("set session_replication_role = replica");
      await client.query(
        `truncate command_event, command, execution_event, execution_cause, execution, actuator_hold, trip, site_stop, site_request,
                  device_link, clock_jump, rule, actuator restart identity cascade`,
      );
      await client.query("alter sequence session_epoch restart");
      await client.query("set session_replication_role = origin");
      for (const { id, key, ...actuator } of actuators) await insertAs(client, id, { ...actuator, key });
    } finally {
      client.release();
    }
  },
};

async function insertAs(
  client: Parameters<typeof insertActuator>[0],
  id: number,
  actuator: Omit<PlantActuator, "id">,
): Promise<void> {
  const inserted = await insertActuator(client, { ...actuator, kind: "pump" });
  if (inserted !== id) throw new Error(`the actuator ${id} became ${inserted}`);
}
