import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { batchOf, type PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import type { SettlingStep } from "../parts/settling-context.ts";
import { deleteDoomed, dropSettledTables, type SweepLimits } from "../parts/sweep-parts.ts";
import { closeOpen, settleAll, startSmallGenerations, T } from "../parts/testing/random-readings.ts";
import { createTestFolder, readParts, startSettler, type TestFolder } from "../parts/testing/settling-fixture.ts";
import { POLICIES } from "../retention/policies.ts";
import { lockRetention, writeRetention } from "../retention/retention-store.ts";
import { eraseReadings } from "./erase-readings.ts";
import { findErasure, insertErasure } from "./erasure-store.ts";

const AT_ONCE = { readGraceMs: 0 } as SweepLimits;
/** Of profile 1. */
const ERASED = 2;

let database: TestDatabase;
let folder: TestFolder;
let sluice: PipelineFixture;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = await createTestFolder();
  sluice = await startSmallGenerations(database);
});
afterEach(async () => {
  await sluice.pipeline.stop();
  await database.drop();
  await folder.remove();
});

async function send(): Promise<void> {
  for (const device of [ERASED, 4]) {
    await sluice.pipeline.offer(batchOf([0, 1, 2].map((i) => ({ device, micros: T + i, values: { 0: i } }))));
  }
  await closeOpen(sluice, database);
}

function request(deviceId: number | null): Promise<number> {
  const asked = { organizationId: 1, deviceId, reason: "asked for", requestedBy: "user:1" };
  return inTransaction(database.pool, (client) => insertErasure(client, asked));
}

const receipt = async (id: number) => (await findErasure(database.pool, 1, id))!;

async function hold(): Promise<void> {
  await inTransaction(database.pool, async (client) => {
    await lockRetention(client, 1);
    const held = { policy: "keep", ...POLICIES.keep, hold: { reason: "a claim", since: new Date() } } as const;
    await writeRetention(client, 1, held);
  });
}

/** A settler that is overtaken by a hold when it has done all but its commit. */
async function startHeld() {
  // The profile of the fixture is in no registry.
  await database.pool.query("alter table retention drop constraint retention_hold");
  return (await startSettler(database, folder.store, async (step: SettlingStep) => {
    if (step === "before-commit") await hold();
  }))!;
}

describe("a legal hold that is set while readings are erased", () => {
  it("keeps the readings of parts", async () => {
    await send();
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    await settler.die();
    const before = await readParts(database, folder.store);
    const id = await request(ERASED);
    const held = await startHeld();
    await expect(eraseReadings(held.context)).rejects.toThrow("was held while readings of it were erased");
    await held.die();
    expect(await readParts(database, folder.store)).toEqual(before);
    expect((await receipt(id)).messages).toBe(0);
  });

  it("keeps those of a generation that is being settled, which is settled with them then", async () => {
    await send();
    const id = await request(ERASED);
    const held = await startHeld();
    await expect(settleAll(held)).rejects.toThrow("was held while readings of it were erased");
    await held.die();
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    await settler.die();
    expect((await receipt(id)).messages).toBe(0);
    expect(await readParts(database, folder.store)).toMatchObject({ [`${ERASED} ${T + 2} 0`]: "2" });
  });
});

describe("erasing an organization", () => {
  it("takes its devices' readings also where their profile was in no registry when they were settled", async () => {
    await send();
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    const { rows } = await database.pool.query("select distinct organization_id as of from part where state = 'live'");
    expect(rows).toEqual([{ of: 0 }]);
    await database.pool.query(
      `insert into organization (id, slug, name) overriding system value values (1, 'o', 'O'), (2, 'p', 'P')
         on conflict do nothing;
       insert into device_profile (id, organization_id, key, name) overriding system value
         values (11, 1, 'x', 'X'), (12, 2, 'x', 'X');
       insert into site (id, organization_id, slug, name, time_zone) overriding system value
         values (11, 1, 'x', 'X', 'UTC'), (12, 2, 'x', 'X', 'UTC');
       insert into device (id, organization_id, uid, profile_id, site_id, name) overriding system value
         values (${ERASED}, 1, 'a', 11, 11, 'A'), (4, 2, 'b', 12, 12, 'B')`,
    );
    await sluice.pipeline.offer(batchOf([{ device: ERASED, micros: T + 9, values: { 0: 9 } }]));
    const id = await request(null);
    await closeOpen(sluice, database);
    await settleAll(settler);
    while (await eraseReadings(settler.context));
    expect((await receipt(id)).state).not.toBe("done");
    await dropSettledTables(settler.context, AT_ONCE);
    await deleteDoomed(settler.context, AT_ONCE);
    while (await eraseReadings(settler.context));
    expect(await receipt(id)).toMatchObject({ state: "done", messages: 4 });
    const left = Object.keys(await readParts(database, folder.store));
    expect(left.filter((place) => place.startsWith(`${ERASED} `))).toEqual([]);
    expect(left.filter((place) => place.startsWith("4 ")).length).toBeGreaterThan(2);
    await settler.die();
  });
});
