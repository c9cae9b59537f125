import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Clock, systemClock } from "../platform/clock.ts";
import { MIGRATIONS_DIRECTORY, migrate } from "../platform/migrator.ts";
import { connectClient } from "../platform/postgres.ts";
import { hashSecretToken } from "../platform/secret-token.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { listCredentials } from "./credential-store.ts";
import { PostgresDeviceDirectory } from "./device-directory.ts";
import { requireDevice } from "./device-store.ts";
import { registerDevice } from "./register-device.ts";
import { revokeDeviceTokens } from "./revoke-device-tokens.ts";
import { rotateDeviceToken } from "./rotate-device-token.ts";
import { createTestRegistry, type TestRegistry } from "./testing/test-registry.ts";

const HOUR_S = 3600;

let database: TestDatabase;
let registry: TestRegistry;
let directory: PostgresDeviceDirectory;
let aheadMs = 0;
const clock: Clock = { ...systemClock, nowMicros: () => systemClock.nowMicros() + aheadMs * 1000 };
let uids = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  registry = { ...(await createTestRegistry(database.pool)), clock };
});
beforeEach(async () => {
  aheadMs = 0;
  directory = await startDirectory();
});
afterEach(() => directory.stop());
afterAll(() => database.drop());

async function startDirectory(): Promise<PostgresDeviceDirectory> {
  const { pool, url } = database;
  const started = new PostgresDeviceDirectory({ pool, clock, connect: () => connectClient(url, "listen") });
  await started.start();
  return started;
}

async function register(): Promise<{ readonly uid: string; readonly token: string }> {
  const uid = `device-${++uids}`;
  const { token } = await registerDevice(registry, registry.requester, { uid, profile: "generic" });
  return { uid, token };
}

/** Does it, and waits until the directory has heard of it. */
async function heard<Done>(work: () => Promise<Done>): Promise<Done> {
  const change = new Promise<void>((resolve) => {
    const unwatch = directory.watch(() => {
      unwatch();
      resolve();
    });
  });
  const done = await work();
  await change;
  return done;
}

const opens = async (token: string) => (await directory.senderByToken(token)) !== undefined;

test("without an overlap the old token ends with the rotation", async () => {
  const { uid, token } = await register();
  expect(await opens(token)).toBe(true);
  const rotated = await heard(() => rotateDeviceToken(registry, registry.requester, uid));
  expect(rotated.oldTokenEndsAt).toBeNull();
  expect([await opens(token), await opens(rotated.token)]).toEqual([false, true]);
});

test("in an overlap both work; the first use of the new one ends the old one", async () => {
  const { uid, token } = await register();
  const rotated = await heard(() => rotateDeviceToken(registry, registry.requester, uid, { overlapSeconds: HOUR_S }));
  expect(await opens(token)).toBe(true);
  const endsAtMs = rotated.oldTokenEndsAt!.getTime();
  expect((await directory.senderByToken(token))?.credential?.expiresAtMs).toBe(endsAtMs);
  await heard(async () => expect(await opens(rotated.token)).toBe(true));
  expect([await opens(token), await opens(rotated.token)]).toEqual([false, true]);
});

test("an overlap that is to last ends the old token at its time, also where it is remembered", async () => {
  const { uid, token } = await register();
  const rotation = { overlapSeconds: HOUR_S, endsOldOnFirstUse: false };
  const rotated = await heard(() => rotateDeviceToken(registry, registry.requester, uid, rotation));
  expect([await opens(rotated.token), await opens(token), await opens(token)]).toEqual([true, true, true]);
  aheadMs = HOUR_S * 1000 - 1_000;
  expect(await opens(token)).toBe(true);
  aheadMs = HOUR_S * 1000 + 1_000;
  expect([await opens(token), await opens(rotated.token)]).toEqual([false, true]);
  const fresh = await startDirectory();
  expect(await fresh.senderByToken(token)).toBeUndefined();
  await fresh.stop();
});

test("there are never more than two tokens: the one in use stays, its end is not put off", async () => {
  const { uid, token } = await register();
  const rotate = (overlapSeconds: number) =>
    heard(() => rotateDeviceToken(registry, registry.requester, uid, { overlapSeconds }));
  const first = await rotate(HOUR_S);
  const second = await rotate(10 * HOUR_S);
  expect(second.oldTokenEndsAt).toEqual(first.oldTokenEndsAt);
  expect([await opens(token), await opens(first.token)]).toEqual([true, false]);
  const { id } = await requireDevice(database.pool, registry.requester.organizationId, uid);
  expect(await listCredentials(database.pool, id, "token")).toHaveLength(2);
});

test("revoking ends all tokens at once, what is asked of live sessions included", async () => {
  const { uid, token } = await register();
  const rotated = await heard(() =>
    rotateDeviceToken(registry, registry.requester, uid, { overlapSeconds: HOUR_S, endsOldOnFirstUse: false }),
  );
  const keys = await Promise.all(
    [token, rotated.token].map(async (one) => (await directory.senderByToken(one))!.credential!.key),
  );
  expect([...(await directory.liveCredentials([...keys, "tnone"]))].sort()).toEqual(
    [
      [keys[0], rotated.oldTokenEndsAt!.getTime()],
      [keys[1], undefined],
    ].sort(),
  );
  await heard(() => revokeDeviceTokens(registry, registry.requester, uid));
  expect([await opens(token), await opens(rotated.token)]).toEqual([false, false]);
  expect(await directory.liveCredentials(keys)).toEqual(new Map());
});

test("which tokens are in use is written down when the directory stops, at the latest", async () => {
  const { uid, token } = await register();
  await opens(token);
  await directory.stop();
  const { id } = await requireDevice(database.pool, registry.requester.organizationId, uid);
  expect(await listCredentials(database.pool, id, "token")).toMatchObject([{ lastUsedAt: expect.any(Date) }]);
});

test("tokens from before there were credentials go on working", async () => {
  const { url, pool, drop } = await createEmptyDatabase();
  const before = await mkdtemp(path.join(tmpdir(), "sluice-migrations-"));
  for (const file of await readdir(MIGRATIONS_DIRECTORY)) {
    if (file < "0015") await cp(path.join(MIGRATIONS_DIRECTORY, file), path.join(before, file));
  }
  await migrate({ connectionString: url, directory: before });
  await rm(before, { recursive: true });
  await pool.query(
    `with o as (insert into organization (slug, name) values ('o', 'o') returning id),
          s as (insert into site (organization_id, slug, name, time_zone) select id, 's', 's', 'UTC' from o returning id),
          p as (insert into device_profile (organization_id, key, name) select id, 'generic', 'g' from o returning id)
     insert into device (organization_id, uid, name, profile_id, site_id, token_hash)
     select o.id, uid, uid, p.id, s.id, hash from o, s, p, (values ('old', $1::bytea), ('bare', null)) as d (uid, hash)`,
    [hashSecretToken("sld_old")],
  );
  await migrate({ connectionString: url });
  const migrated = new PostgresDeviceDirectory({ pool, clock, connect: () => connectClient(url, "listen") });
  await migrated.start();
  expect((await migrated.senderByToken("sld_old"))?.device.uid).toBe("old");
  await migrated.stop();
  await drop();
});
