import { afterEach, beforeEach, expect, it } from "vitest";
import type { PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { createFolderObjectStore } from "../../platform/object-store/folder-object-store.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { VolatileDisk } from "../../platform/testing/volatile-disk.ts";
import { compactNext } from "./compact-parts.ts";
import { DAY_MICROS } from "./periods.ts";
import type { SettlingStep } from "./settling-context.ts";
import { DEVICES, fill, isOfClosingDevice, settleAll, startSmallGenerations, T } from "./testing/random-readings.ts";
import {
  createTestFolder,
  readParts,
  readTables,
  startSettler,
  type TestFolder,
  type TestSettler,
} from "./testing/settling-fixture.ts";

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

const STEPS: SettlingStep[] = ["file-made", "raw-stored", "sidecar-stored", "read-back", "before-commit", "committed"];

it("a power cut after any step of settling or compaction loses no reading", async () => {
  await fill(sluice, database, 40, 41);
  const source = await readTables(database, DEVICES);
  const disk = new VolatileDisk();
  const store = createFolderObjectStore(folder.root, disk);
  const contents = async () =>
    Object.fromEntries(Object.entries(await readParts(database, store)).filter(([place]) => !isOfClosingDevice(place)));

  async function untilPowerCut(step: SettlingStep, work: (settler: TestSettler) => Promise<unknown>): Promise<void> {
    let passes = 2;
    const settler: TestSettler = (await startSettler(database, store, async (at) => {
      if (at !== step || --passes > 0) return;
      await settler.die();
      await disk.cutPower();
      throw new Error("power cut");
    }))!;
    await work(settler).catch((error) => expect(String(error)).toContain("power cut"));
    await settler.die().catch(() => {});
    await disk.cutPower();
  }

  for (const step of STEPS) await untilPowerCut(step, settleAll);
  await untilPowerCut("claimed", settleAll);
  expect(await contents()).toEqual(source);
  const later = T + 60 * DAY_MICROS;
  for (const step of STEPS) {
    await untilPowerCut(step, async (settler) => {
      while ((await compactNext(settler.context, later)) !== undefined);
    });
    expect(await contents()).toEqual(source);
  }
});
