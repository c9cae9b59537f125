import { randomUUID } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { prepareFolder } from "../../platform/object-store/folder-object-store.ts";
import type { ObjectStore } from "../../platform/object-store.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { sumFooter } from "./file-checksums.ts";
import { PartWriter } from "./part-writer.ts";
import { RawReader } from "./raw-reader.ts";
import { newNames, writePart } from "./settling-context.ts";
import { createTestFolder, startSettler, type TestFolder, type TestSettler } from "./testing/settling-fixture.ts";

const ROWS = 100_000;
const FROM = Date.UTC(2026, 9, 3) * 1000;

let database: TestDatabase;
let folder: TestFolder;
let settler: TestSettler;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = await createTestFolder();
  settler = (await startSettler(database, folder.store))!;
});
afterEach(async () => {
  await settler.die();
  await database.drop();
  await folder.remove();
});

/** Values that do not compress, so that what is written is more than what is collected before it is written. */
function rowsFrom(from: number) {
  const values = Float64Array.from({ length: ROWS }, (_, i) => Math.sin((from + i) * 12.9898) * 43_758.5453);
  return {
    length: ROWS,
    deviceIds: new Int32Array(ROWS).fill(2),
    timesMicros: Float64Array.from({ length: ROWS }, (_, i) => FROM + (from + i) * 1_000_000),
    columns: new Map([[0, values]]),
    flags: new Map(),
    extras: new Map(),
  };
}

async function write(store: ObjectStore, between: (writer: PartWriter) => Promise<unknown>) {
  const names = newNames(1, 1, "2026-10", randomUUID());
  const part = {
    organizationId: 1,
    profileId: 1,
    partition: 0,
    span: "generation" as const,
    generation: 1,
    sequence: 2 ** 20,
    minDevice: 2,
    maxDevice: 2,
    minMicros: FROM,
    maxMicros: FROM + 3 * ROWS * 1_000_000,
    hasVersions: false,
    messages: 3 * ROWS,
    name: names.name,
    sidecarName: names.sidecarName,
    erasedThrough: 0,
  };
  const shape = { keys: new Map([[0, "a"]]), flagged: new Set<number>(), hasExtras: false };
  const openWriter = () => new PartWriter(store.scratchFolder, names.uuid, shape, "quick");
  const written = await writePart({ ...settler.context, store }, part, openWriter, async (writer) => {
    writer.write(rowsFrom(0));
    writer.write(rowsFrom(ROWS));
    await between(writer);
    writer.write(rowsFrom(2 * ROWS));
  });
  return { names, written };
}

const states = async () => (await database.pool.query("select state from part")).rows.map(({ state }) => state);

it("a part is whole though others open the store while it is written, whatever their clocks say", async () => {
  const { names, written } = await write(folder.store, () => prepareFolder(folder.root));
  expect(written).toMatchObject({ messages: 3 * ROWS, readings: 3 * ROWS });
  const path = await folder.store.localPath(names.name);
  expect(await folder.store.inspect(names.name)).toEqual({ bytes: written.bytes, checksum: written.checksum });
  expect(sumFooter(path)).toBe(written.footerChecksum);
  const reader = await RawReader.open(path);
  let rows = 0;
  for (let group = 0; group < reader.groups.length; group++) rows += (await reader.readGroup(group)).length;
  await reader.close();
  expect(rows).toBe(3 * ROWS);
});

it("a file that is taken away while it is written is no part, with or without another in its place", async () => {
  await expect(write(folder.store, ({ paths }) => rm(paths.raw))).rejects.toThrow("ENOENT");
  const replaced = write(folder.store, async ({ paths }) => {
    await rm(paths.raw);
    await (await open(paths.raw, "w")).close();
  });
  await expect(replaced).rejects.toThrow("0 bytes instead of");
  expect(await states()).toEqual(["abandoned", "abandoned"]);
});

it("a file whose bytes are others than were made is no part", async () => {
  const flipping: ObjectStore = {
    ...folder.store,
    async put(name, source) {
      if (!(source instanceof Uint8Array) && source.path.endsWith(".raw")) {
        const file = await open(source.path, "r+");
        await file.write(Uint8Array.of(1), 0, 1, 500_000);
        await file.close();
      }
      return folder.store.put(name, source);
    },
  };
  await expect(write(flipping, async () => {})).rejects.toThrow("reads back as");
  expect(await states()).toEqual(["abandoned"]);
});
