import { afterAll, beforeAll, expect, it } from "vitest";
import { changeActuator } from "./index.ts";
import { createTestPlant, type TestPlant } from "./testing/test-plant.ts";

let plant: TestPlant;

beforeAll(async () => {
  plant = await createTestPlant();
});
afterAll(() => plant.stop());

const moveTo = (actuatorId: number, interlockGroup: string) =>
  changeActuator(plant.actuation, plant.operator, actuatorId, { envelope: { interlockGroup } });
const lock = "select 1 from actuator where id = $1 for no key update";

async function untilSomebodyWaits(): Promise<void> {
  const waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  while ((await plant.pool.query(waiting)).rowCount === 0);
}

it("an actuator that moves to another group waits for its members without holding one of a greater id", async () => {
  const [first, second] = [await plant.addZone(), await plant.addZone()];
  await moveTo(first.pumpId, "spring");
  await moveTo(second.pumpId, "well");
  const holder = await plant.pool.connect();
  await holder.query("begin");
  await holder.query(lock, [first.pumpId]);
  const moved = moveTo(second.pumpId, "spring");
  await untilSomebodyWaits();
  const { rowCount } = await plant.pool.query(`${lock} skip locked`, [second.pumpId]);
  await holder.query("commit");
  holder.release();
  await moved;
  expect(rowCount).toBe(1);
});
