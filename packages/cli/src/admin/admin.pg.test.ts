import { randomBytes, randomUUID } from "node:crypto";
import { isSluiceError } from "@sluice/core/errors.ts";
import {
  createActuatorsForDevice,
  createPostgresActuationStore,
  type Requester,
  viewActuator,
} from "@sluice/server/actuation/index.ts";
import { createAccounts, login, prepareAccounts } from "@sluice/server/auth/index.ts";
import { installOrganization, type Registry, registerDevice } from "@sluice/server/devices/index.ts";
import { systemClock } from "@sluice/server/platform/clock.ts";
import { createSealer } from "@sluice/server/platform/secret.ts";
import {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from "@sluice/server/platform/testing/test-database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSluice } from "../testing/run-sluice.ts";

const SECRET = "a secret of the test";
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const sluice = (...words: string[]) => runSluice(words, { SLUICE_DATABASE_URL: database.url, SLUICE_SECRET: SECRET });

async function canSignIn(username: string, password: string): Promise<boolean> {
  const { pool } = database;
  const accounts = createAccounts({ pool, clock: systemClock, randomBytes, sealer: createSealer(SECRET) });
  await prepareAccounts(accounts);
  try {
    await login(accounts, { username, password, address: "127.0.0.1" });
    return true;
  } catch (error) {
    if (isSluiceError(error) && error.kind === "unauthenticated") return false;
    throw error;
  }
}

test("a new person can sign in with the password that was printed", async () => {
  const { exitCode, stdout } = await sluice(
    "admin",
    "create-user",
    "--email",
    "grower@example.org",
    "--roles",
    "operator,scientist",
  );
  expect(exitCode).toBe(0);
  const password = /shown this once: (\S+)/.exec(stdout)![1]!;
  expect(await canSignIn("grower@example.org", password)).toBe(true);
  expect(await canSignIn("grower@example.org", `${password}x`)).toBe(false);
  const { rows } = await database.pool.query(
    "select roles from membership m join app_user u on u.id = m.user_id where u.email = 'grower@example.org'",
  );
  expect(rows).toEqual([{ roles: ["operator", "scientist"] }]);
});

test("a person is made once, and the second attempt says so", async () => {
  const words = ["admin", "create-user", "--email", "twice@example.org", "--password", "long enough", "--json"];
  const first = await sluice(...words);
  expect([first.exitCode, JSON.parse(first.stdout)]).toEqual([
    0,
    expect.objectContaining({ email: "twice@example.org" }),
  ]);
  const second = await sluice(...words);
  expect([second.exitCode, second.stderr]).toEqual([1, expect.stringContaining("(user.email_taken)")]);
});

test("a reset password replaces the old one", async () => {
  await sluice("admin", "create-user", "--email", "lost@example.org", "--password", "the old one");
  const { exitCode } = await sluice(
    "admin",
    "reset-password",
    "--email",
    "lost@example.org",
    "--password",
    "the new one",
  );
  expect(exitCode).toBe(0);
  expect(await canSignIn("lost@example.org", "the new one")).toBe(true);
  expect(await canSignIn("lost@example.org", "the old one")).toBe(false);
  const unknown = await sluice("admin", "reset-password", "--email", "nobody@example.org");
  expect([unknown.exitCode, unknown.stderr]).toEqual([1, expect.stringContaining("(user.unknown)")]);
});

test("a second factor that is lost with its recovery codes is dropped", async () => {
  await sluice("admin", "create-user", "--email", "phone@example.org", "--password", "long enough");
  const reset = () => sluice("admin", "reset-second-factor", "--email", "phone@example.org");
  expect((await reset()).stdout).toContain("has no second factor");
  await database.pool.query(
    `insert into second_factor (user_id, secret, created_at, confirmed_at)
     select id, 'x', now(), now() from app_user where email = 'phone@example.org'`,
  );
  expect(await canSignIn("phone@example.org", "long enough")).toBe(false);
  const { exitCode, stdout } = await reset();
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining("signs in with the password alone now")]);
  expect(await canSignIn("phone@example.org", "long enough")).toBe(true);
});

test("a key for a program carries the scopes that were asked for", async () => {
  const { stdout } = await sluice(
    "admin",
    "create-client",
    "--name",
    "telegraf",
    "--scopes",
    "ingest,devices:provision",
    "--json",
  );
  expect(JSON.parse(stdout)).toMatchObject({
    token: expect.stringMatching(/^slc_/),
    clientSecret: expect.stringMatching(/^slx_/),
    scopes: ["ingest", "devices:provision"],
    entity: null,
  });
  const told = await sluice("admin", "create-client", "--name", "collectd");
  expect(told.stdout).toMatch(
    /collectd may ingest\.\nToken, shown this once: slc_\S+\n.*client id [0-9a-f-]{36} and\n.*slx_/,
  );
  const nobodys = await sluice("admin", "create-client", "--name", "town", "--entity", "nowhere");
  expect([nobodys.exitCode, nobodys.stderr]).toEqual([1, expect.stringContaining("(entity.unknown)")]);
  const wrong = await sluice("admin", "create-client", "--name", "x", "--scopes", "all");
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("--scopes knows registry:read, ")]);
});

test("a trip is reset by the device's uid and the actuator's key, once", async () => {
  const { pool } = database;
  const by = { organizationId: (await installOrganization(pool, "UTC")).id, actor: "system" };
  const pumpId = await registerPump(by, "zone-4");
  const tripped = { id: randomUUID(), organizationId: by.organizationId, actuatorId: pumpId };
  await createPostgresActuationStore(pool).transaction(async (tx) => {
    const trip = await tx.trip({ ...tripped, cause: "dry_run", trippedBy: "rule:1" });
    await tx.insertHold({ id: trip.id, actuatorId: pumpId, heldBy: "rule:1", tripId: trip.id });
  });
  const reset = (...words: string[]) => sluice("admin", "trip-reset", "--device", "zone-4", "--actuator", ...words);
  const other = await reset("valve");
  expect([other.exitCode, other.stderr]).toEqual([1, expect.stringContaining("It has pump.")]);
  const done = await reset("pump", "--reason", "tank filled");
  expect([done.exitCode, done.stdout]).toEqual([0, expect.stringContaining("had tripped (dry_run) and is reset")]);
  expect(await viewActuator(pool, by.organizationId, pumpId)).toMatchObject({ trip: null, hold: null, status: "IDLE" });
  const audit = await pool.query("select actor, address from audit_event where action = 'actuator.trip_reset'");
  expect(audit.rows).toEqual([{ actor: "system", address: "command line" }]);
  const again = await reset("pump");
  expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining("(actuator.not_tripped)")]);
});

async function registerPump(by: Requester, uid: string): Promise<number> {
  let pumpId = 0;
  const registry: Registry = {
    pool: database.pool,
    randomBytes,
    clock: systemClock,
    recordChange: async () => {},
    recordChanges: async () => {},
    onDeviceRegistered: async (client, device, { actuators }) => {
      pumpId = (await createActuatorsForDevice(client, device, actuators)).get("pump")!;
    },
  };
  await registerDevice(registry, by, { uid, profile: "irrigation-zone" });
  return pumpId;
}

test("migrate says what it applied, and the second time that there was nothing to do", async () => {
  const empty = await createEmptyDatabase();
  const env = { SLUICE_DATABASE_URL: empty.url };
  const before = await runSluice(["doctor", "--json"], { ...env, SLUICE_HTTP_PORT: "0", SLUICE_MQTT_PORT: "0" });
  const first = await runSluice(["migrate"], env);
  const second = await runSluice(["migrate", "--json"], env);
  const after = await runSluice(["doctor", "--json"], { ...env, SLUICE_HTTP_PORT: "0", SLUICE_MQTT_PORT: "0" });
  await empty.drop();
  expect(first.stdout).toMatch(/^Applied 0001_registry.sql\n(Applied .*\n)*The schema is at version \d+\.\n$/);
  expect(JSON.parse(second.stdout)).toMatchObject({ applied: [] });
  const schemaIn = ({ stdout }: { stdout: string }) =>
    (JSON.parse(stdout) as { subject: string; state: string }[]).find(({ subject }) => subject === "schema")?.state;
  expect([schemaIn(before), schemaIn(after)]).toEqual(["warn", "ok"]);
});
