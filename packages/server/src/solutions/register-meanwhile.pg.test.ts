import { irrigation } from "@sluice/solutions/irrigation/solution.ts";
import type { Solution } from "@sluice/solutions/solution.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../api/testing/test-app.ts";
import { type Registry, registerDevice } from "../devices/index.ts";
import { installSolution } from "./index.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

/** Of which all actuators rest longer. */
function secondIrrigation(): Solution {
  const profiles = irrigation.profiles.map((profile) => ({
    ...profile,
    actuators: profile.actuators.map((actuator) => ({ ...actuator, cooldownMs: actuator.cooldownMs + 1000 })),
  }));
  return { ...irrigation, version: irrigation.version + 1, profiles };
}

test("a device that is registered during an upgrade has what the upgrade brings", async () => {
  const { pool } = sluice.database;
  const by = { organizationId: sluice.organizationId, actor: "system" };
  await installSolution(sluice.solutions, by, irrigation.key);
  const second = secondIrrigation();
  let upgrade: Promise<unknown> | undefined;
  const waiting = async () => {
    const { rows } = await pool.query(
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rows[0].n;
  };
  const registry: Registry = {
    ...sluice.registry,
    onDeviceRegistered: async (client, device, profile) => {
      upgrade = installSolution({ ...sluice.solutions, available: [second] }, by, irrigation.key);
      await expect.poll(waiting).toBe(1);
      await sluice.registry.onDeviceRegistered(client, device, profile);
    },
  };
  const [profile] = second.profiles;
  await registerDevice(registry, by, { uid: "z1", profile: profile!.key });
  await upgrade;
  const { rows } = await pool.query(
    `select a.key, a.cooldown_ms::float8 as "cooldownMs" from actuator a join device d on d.id = a.device_id where d.uid = 'z1'`,
  );
  const expected = profile!.actuators.map(({ key, cooldownMs }) => ({ key, cooldownMs }));
  expect(rows).toEqual(expect.arrayContaining(expected));
  expect(rows).toHaveLength(expected.length);
});
