import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { adoptObjectStore, claimObjectStore, MARKER, recogniseObjectStore } from "./claim-object-store.ts";
import { createTestFolder, type TestFolder } from "./testing/settling-fixture.ts";

let original: TestDatabase;
let copy: TestDatabase;
let folder: TestFolder;

beforeEach(async () => {
  original = await createTestDatabase();
  copy = await createTestDatabase();
  folder = await createTestFolder();
});
afterEach(async () => {
  await original.drop();
  await copy.drop();
  await folder.remove();
});

const claim = ({ pool }: TestDatabase) => claimObjectStore(pool, folder.store, randomUUID);
const adopt = ({ pool }: TestDatabase) => adoptObjectStore(pool, folder.store, randomUUID);
const marker = async () => JSON.parse(Buffer.from(await folder.store.get(MARKER)).toString());
const COPIED = { code: "object.store_copied" };

/** What a copy of the files of a database has of it. */
async function copyInstallation(): Promise<void> {
  const { rows } = await original.pool.query("select id, epoch, next_epoch from installation");
  const { id, epoch, next_epoch } = rows[0];
  await copy.pool.query("update installation set id = $1, epoch = $2, next_epoch = $3", [id, epoch, next_epoch]);
}

it("a copy of a database is refused once the original has gone on, and looking changes nothing", async () => {
  await claim(original);
  await copyInstallation();
  await claim(original);
  const before = await marker();
  await expect(recogniseObjectStore(copy.pool, folder.store)).rejects.toMatchObject(COPIED);
  await expect(claim(copy)).rejects.toMatchObject(COPIED);
  expect(await marker()).toEqual(before);
  await claim(original);
});

it("of an original and a copy that were as far, one goes on and the other is refused", async () => {
  await claim(original);
  await copyInstallation();
  const outcomes = await Promise.allSettled([claim(original), claim(copy)]);
  const won = outcomes.map(({ status }) => status === "fulfilled");
  expect(won.filter(Boolean)).toHaveLength(1);
  await claim(won[0] ? original : copy);
  await expect(claim(won[0] ? copy : original)).rejects.toMatchObject(COPIED);
});

it("a database of another cluster or timeline is refused though it has the epoch", async () => {
  await claim(original);
  const ours = await marker();
  for (const other of [{ system: "1" }, { timeline: 99 }]) {
    await folder.store.put(MARKER, Buffer.from(JSON.stringify({ ...ours, ...other })));
    await expect(claim(original)).rejects.toMatchObject(COPIED);
  }
});

it("adopting a store leaves the other behind, and is refused for a store of another installation", async () => {
  await claim(original);
  await copyInstallation();
  await claim(original);
  await adopt(copy);
  await claim(copy);
  await expect(claim(original)).rejects.toMatchObject(COPIED);
  await adopt(original);
  await claim(original);
  await expect(claim(copy)).rejects.toMatchObject(COPIED);
  await copy.pool.query("update installation set id = gen_random_uuid()");
  await expect(adopt(copy)).rejects.toMatchObject({ code: "object.store_foreign" });
});

it("one that died between the marker and the database goes on", async () => {
  await claim(original);
  const { epoch } = await marker();
  await claim(original);
  const { epoch: next } = await marker();
  await original.pool.query("update installation set epoch = $1, next_epoch = $2", [epoch, next]);
  await claim(original);
  expect((await marker()).epoch).not.toBe(next);
  const proposed = randomUUID();
  await original.pool.query("update installation set next_epoch = $1", [proposed]);
  await claim(original);
  expect((await marker()).epoch).toBe(proposed);
});

it("a new store is one database's, however many come at once", async () => {
  const outcomes = await Promise.allSettled([claim(original), claim(copy), claim(original), claim(copy)]);
  const { rows } = await original.pool.query("select id from installation");
  const isOriginals = (await marker()).id === rows[0].id;
  const claimed = outcomes.map(({ status }) => status === "fulfilled");
  const [ofOriginal, ofCopy] = [0, 1].map((first) => claimed[first] || claimed[first + 2]);
  expect([ofOriginal, ofCopy]).toEqual([isOriginals, !isOriginals]);
  // Of one database one may come too late as often as it looks: it comes again with the next round.
  await claim(isOriginals ? original : copy);
});

/** A live part of which only the sidecar is looked for. */
async function addPart(name: string): Promise<void> {
  await original.pool.query(
    `insert into part (organization_id, profile_id, partition, state, span, sequence, min_device, max_device, min_micros,
                       max_micros, has_versions, messages, readings, name, bytes, checksum, footer_checksum, sidecar_name,
                       sidecar_bytes, sidecar_checksum, sidecar_footer_checksum, writer)
     values (1, 1, 0, 'live', 'day', 1, 1, 1, 0, 1, false, 1, 1, $1, 1, '', '', $2, 1, '', '', gen_random_uuid())`,
    [`raw/${name}`, `rollup/${name}`],
  );
}

const put = (name: string) => folder.store.put(name, Buffer.from("x"));

it("a store that came back from a backup is its database's, with what was made meanwhile and without what was lost", async () => {
  for (const name of ["1", "2", "3"]) await addPart(name);
  await put("rollup/1");
  await put("raw/of-nobody");
  await claim(original);
  expect((await marker()).epoch).toBeDefined();
});

it("a store of which nothing is there is lost, and one of unknown files is adopted only when somebody says so", async () => {
  await put("raw/of-nobody");
  await expect(claim(original)).rejects.toMatchObject({ code: "object.store_foreign" });
  await addPart("1");
  await expect(adopt(original)).rejects.toMatchObject({ code: "object.store_lost" });
  await original.pool.query("delete from part");
  await adopt(original);
  await claim(original);
});
