import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Accounts,
  createAccounts,
  createClient,
  createUser,
  grantClientCredentials,
  login,
} from "./auth/index.ts";
import { authenticateSender } from "./compose-registry.ts";
import { installOrganization, PostgresDeviceDirectory } from "./devices/index.ts";
import { systemClock } from "./platform/clock.ts";
import { connectClient } from "./platform/postgres.ts";
import { createSealer } from "./platform/secret.ts";
import { createTestDatabase, type TestDatabase } from "./platform/testing/test-database.ts";

let database: TestDatabase;
let accounts: Accounts;
let directory: PostgresDeviceDirectory;
let by: { organizationId: number; actor: string };
beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  by = { organizationId: (await installOrganization(pool, "UTC")).id, actor: "system" };
  accounts = createAccounts({ pool, clock: systemClock, randomBytes, sealer: createSealer("secret") });
  directory = new PostgresDeviceDirectory({
    pool,
    clock: systemClock,
    connect: () => connectClient(database.url, "x"),
  });
  await directory.start();
});
afterAll(async () => {
  await directory.stop();
  await database.drop();
});

const senderOf = (token: string) => authenticateSender(token, accounts, directory);

test("a program sends with its token or with an access token for its secret; a person's sends nothing", async () => {
  const { client, token, clientSecret } = await createClient(accounts, by, { name: "gateway", scopes: ["ingest"] });
  const granted = await grantClientCredentials(accounts, { clientId: client.id, clientSecret });
  for (const its of [token, granted.access_token]) {
    expect(await senderOf(its)).toMatchObject({ kind: "client", clientId: client.id, scopes: new Set(["ingest"]) });
  }
  const password = "correct horse battery";
  await createUser(accounts, by, { email: "ada@example.org", password, roles: ["admin"] });
  const pair = await login(accounts, { username: "ada@example.org", password, address: "10.0.0.1" });
  await expect(senderOf(pair.access_token)).rejects.toMatchObject({ kind: "forbidden", code: "auth.person_sends" });
  for (const none of ["a.b.c", "slc_unknown", "sld_unknown", ""]) {
    expect(await senderOf(none), none).toBeUndefined();
  }
});
