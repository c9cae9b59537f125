import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../clock.ts";
import type { ObjectStore } from "../object-store.ts";
import { type S3TestServer, startS3Server } from "../testing/s3-server.ts";
import { VolatileDisk } from "../testing/volatile-disk.ts";
import { durableFiles } from "./durable-files.ts";
import { createFolderObjectStore, prepareFolder } from "./folder-object-store.ts";
import { openObjectStore } from "./open-object-store.ts";
import { createS3ObjectStore, S3_LIMITS } from "./s3-object-store.ts";

let folder: string;
let s3: S3TestServer;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "sluice-store-"));
  s3 = await startS3Server();
});
afterEach(async () => {
  await s3.stop();
  await rm(folder, { recursive: true, force: true });
});

const openS3 = () => openObjectStore({ kind: "s3", ...s3.settings }, systemClock);
const openFolder = () => openObjectStore({ kind: "folder", folder }, systemClock);

function bytesOf(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed) % 251);
}

function noSpace(): Error {
  return Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
}

async function namesOf(store: ObjectStore, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.list(prefix)) names.push(name);
  return names.sort();
}

describe.each([
  ["a folder", openFolder],
  ["an S3 bucket", openS3],
])("%s", { timeout: 60_000 }, (_, open) => {
  it("gives back what was put, from memory or from a file, which is used up", async () => {
    const store = await open();
    const small = bytesOf(1000);
    const stored = await store.put("raw/1/2/small.parquet", small);
    expect(stored).toEqual(await store.inspect("raw/1/2/small.parquet"));
    expect(stored.bytes).toBe(1000);
    expect(await store.get("raw/1/2/small.parquet")).toEqual(Buffer.from(small));

    const large = bytesOf(20_000_000);
    const file = path.join(store.scratchFolder, "made-here");
    await writeFile(file, large);
    await store.put("raw/1/2/large.parquet", { path: file });
    await expect(stat(file)).rejects.toThrow("ENOENT");
    expect(Buffer.compare(await readFile(await store.localPath("raw/1/2/large.parquet")), large)).toBe(0);
  });

  it("lists by prefix and deletes, twice too; what is not there is a named error", async () => {
    const store = await open();
    for (const name of ["raw/1/a", "raw/10/b", "raw/1/c/d", "rollup/1/a"]) await store.put(name, bytesOf(5));
    expect(await namesOf(store, "raw/")).toEqual(["raw/1/a", "raw/1/c/d", "raw/10/b"]);
    expect(await namesOf(store, "raw/1")).toEqual(["raw/1/a", "raw/1/c/d", "raw/10/b"]);
    expect(await namesOf(store, "none/")).toEqual([]);
    await store.delete("raw/1/a");
    await store.delete("raw/1/a");
    expect(await namesOf(store, "raw/1/")).toEqual(["raw/1/c/d"]);
    for (const read of [store.get, store.inspect, store.localPath]) {
      await expect(read("raw/1/a")).rejects.toMatchObject({ code: "object.missing" });
    }
  });

  it("gives a small object to one of those who expect the same", async () => {
    const store = await open();
    const swap = (expected: number | undefined, seed: number) =>
      store.swap("marker", expected === undefined ? undefined : bytesOf(9, expected), bytesOf(9, seed));
    const first = await Promise.all([swap(undefined, 1), swap(undefined, 2), swap(undefined, 3)]);
    expect(first.filter(Boolean)).toHaveLength(1);
    const now = 1 + first.indexOf(true);
    expect(await store.get("marker")).toEqual(Buffer.from(bytesOf(9, now)));
    expect(await swap(9, 4)).toBe(false);
    const next = await Promise.all([swap(now, 5), swap(now, 6), swap(now, 7)]);
    expect(next.filter(Boolean)).toHaveLength(1);
    expect(await store.get("marker")).toEqual(Buffer.from(bytesOf(9, 5 + next.indexOf(true))));
    expect(await namesOf(store, "")).toEqual(["marker"]);
  });

  it("keeps no file that is not what its maker had in memory", async () => {
    const store = await open();
    const file = path.join(store.scratchFolder, "other");
    await writeFile(file, bytesOf(20_000_000));
    const made = { bytes: 20_000_001, checksum: "0" };
    await expect(store.put("raw/1/a", { path: file, made })).rejects.toThrow();
    expect(await namesOf(store, "")).toEqual([]);
  });

  it("refuses names that lead elsewhere", async () => {
    const store = await open();
    for (const name of ["../x", "raw//x", "/x", "raw/.scratch", "raw/a b", ""]) {
      await expect((async () => store.put(name, bytesOf(1)))()).rejects.toThrow("is no name");
    }
  });
});

describe("a folder", () => {
  it("is there after a power cut with all that was put into it, though nothing on the way to it was", async () => {
    const disk = new VolatileDisk();
    const root = path.join(folder, "made", "on the way", "objects");
    await prepareFolder(root, disk);
    await createFolderObjectStore(root, disk).put("raw/1/a", bytesOf(10));
    await disk.cutPower();
    expect(await createFolderObjectStore(root).get("raw/1/a")).toEqual(Buffer.from(bytesOf(10)));
  });

  it("that a process made and died before it synced is brought to disk by the next", async () => {
    const disk = new VolatileDisk();
    const root = path.join(folder, "objects");
    await disk.makeFolder(root);
    await prepareFolder(root, disk);
    await createFolderObjectStore(root, disk).put("raw/1/a", bytesOf(10));
    await disk.cutPower();
    expect(await createFolderObjectStore(root).get("raw/1/a")).toEqual(Buffer.from(bytesOf(10)));
  });

  it.each(["write", "syncFile", "rename"] as const)(
    "on a full disk (%s): an error, and no half object",
    async (step) => {
      await openFolder();
      const full = { ...durableFiles, [step]: () => Promise.reject(noSpace()) };
      const store = createFolderObjectStore(folder, full);
      await expect(store.put("raw/1/a", bytesOf(10))).rejects.toMatchObject({ code: "ENOSPC" });
      expect(await readdir(store.scratchFolder)).toEqual([]);
      expect(await namesOf(store, "")).toEqual([]);
      await createFolderObjectStore(folder).put("raw/1/a", bytesOf(10));
      expect(await namesOf(store, "")).toEqual(["raw/1/a"]);
    },
  );

  it("removes what a thread that ended left half made, and nothing that is being made, whatever a clock says", async () => {
    const ours = await openFolder();
    const made = path.join(ours.scratchFolder, "being-made");
    await writeFile(made, "x");
    await utimes(made, 0, 0);
    const thread = new Worker(
      `const { workerData } = require("node:worker_threads"); import(workerData.module).then(({ createFolderObjectStore }) => {
         const { scratchFolder } = createFolderObjectStore(workerData.folder);
         require("node:fs").writeFileSync(scratchFolder + "/half", "x");
         require("node:worker_threads").parentPort.postMessage(scratchFolder);
         setInterval(() => {}, 1e6);
       })`,
      { eval: true, workerData: { folder, module: new URL("./folder-object-store.ts", import.meta.url).href } },
    );
    const theirs = await new Promise<string>((resolve, reject) =>
      thread.once("message", resolve).once("error", reject),
    );
    await openFolder();
    await stat(path.join(theirs, "half"));
    await thread.terminate();
    await openFolder();
    await expect(stat(theirs)).rejects.toThrow("ENOENT");
    await stat(made);
    expect(await namesOf(ours, "")).toEqual([]);
  });
});

/** Long enough for a busy machine to answer in, short enough to be waited for. */
const IMPATIENT = { connectMs: 2_000, idleMs: 1_000, requestMs: 2_000 };

/** Pauses between attempts grow, and are random. */
describe("an S3 bucket over a network that fails", { timeout: 60_000 }, () => {
  it.each(["unavailable", "failing", "cut", "cut-after-doing-it"] as const)(
    "every second request %s: nothing is lost",
    async (fault) => {
      const store = await openS3();
      let count = 0;
      s3.fault = () => (count++ % 2 === 0 ? fault : "none");
      const bytes = bytesOf(17_000_000, 3);
      const file = path.join(store.scratchFolder, "flaky");
      await writeFile(file, bytes);
      const stored = await store.put("raw/flaky", { path: file });
      expect(await store.inspect("raw/flaky")).toEqual(stored);
      await store.put("raw/little", bytesOf(10));
      expect(await namesOf(store, "raw/")).toEqual(["raw/flaky", "raw/little"]);
      await store.delete("raw/flaky");
      expect(await namesOf(store, "raw/")).toEqual(["raw/little"]);
    },
  );

  it("that stays away: the object appears not at all, and the file is still there to try again", async () => {
    await openS3();
    const store = await createS3ObjectStore(s3.settings, systemClock, { ...S3_LIMITS, maxAttempts: 2 });
    const bytes = bytesOf(17_000_000, 5);
    const file = path.join(store.scratchFolder, "patient");
    await writeFile(file, bytes);
    s3.fault = (request) => (request.includes("partNumber=2") ? "unavailable" : "none");
    await expect(store.put("raw/patient", { path: file })).rejects.toThrow();
    expect(s3.requests.some((request) => request.startsWith("DELETE") && request.includes("uploadId"))).toBe(true);
    s3.fault = () => "none";
    expect(await namesOf(store, "raw/")).toEqual([]);
    await store.put("raw/patient", { path: file });
    expect(Buffer.compare(await store.get("raw/patient"), bytes)).toBe(0);
  });

  it.each(["half", "half-then-silent", "silent"] as const)(
    "whose every second answer is %s: read whole",
    async (fault) => {
      await openS3();
      const store = await createS3ObjectStore(s3.settings, systemClock, { ...S3_LIMITS, ...IMPATIENT });
      const bytes = bytesOf(300_000, 7);
      await store.put("raw/read", bytes);
      let count = 0;
      s3.fault = () => (count++ % 2 === 0 ? fault : "none");
      expect(Buffer.compare(await store.get("raw/read"), bytes)).toBe(0);
      expect((await store.inspect("raw/read")).bytes).toBe(bytes.length);
      expect(Buffer.compare(await readFile(await store.localPath("raw/read")), bytes)).toBe(0);
      expect(count).toBe(6);
    },
  );

  it("that never answers is an error within its limits, for reading and for writing", async () => {
    await openS3();
    const store = await createS3ObjectStore(s3.settings, systemClock, { ...S3_LIMITS, ...IMPATIENT, maxAttempts: 1 });
    s3.fault = () => "silent";
    await expect(store.put("raw/x", bytesOf(10))).rejects.toThrow();
    await expect(store.get("raw/x")).rejects.toThrow();
    await expect(namesOf(store, "raw/")).rejects.toThrow();
    await expect(store.delete("raw/x")).rejects.toThrow();
  });

  it("reads through copies of bounded size, each fetched once", async () => {
    const store = await openS3();
    const names = ["raw/a", "raw/b", "raw/c", "raw/d"];
    for (const [i, name] of names.entries()) await store.put(name, bytesOf(400_000, i));
    s3.requests.length = 0;
    const paths = await Promise.all([store.localPath("raw/a"), store.localPath("raw/a"), store.localPath("raw/a")]);
    expect(new Set(paths).size).toBe(1);
    expect(s3.requests.length).toBe(1);
    for (const name of names) await store.localPath(name);
    expect(Buffer.compare(await readFile(await store.localPath("raw/d")), bytesOf(400_000, 3))).toBe(0);
    expect(s3.requests.length).toBe(4);
    await store.localPath("raw/a");
    expect(s3.requests.length).toBe(5);
  });

  it("leaves a leased copy where it is, however little room there is", async () => {
    const store = await openS3();
    const names = ["raw/a", "raw/b", "raw/c", "raw/d"];
    for (const [i, name] of names.entries()) await store.put(name, bytesOf(400_000, i));
    const leases = await Promise.all(names.map((name) => store.lease(name)));
    for (const [i, lease] of leases.entries()) {
      expect(Buffer.compare(await readFile(lease.path), bytesOf(400_000, i))).toBe(0);
    }
    for (const lease of leases) lease.release();
    await store.put("raw/e", bytesOf(400_000, 4));
    await store.localPath("raw/e");
    expect(await cachedBytes()).toBeLessThanOrEqual(s3.settings.maxCacheBytes);
  });

  it("fetches anew what another process evicted, and a copy that is damaged; a smaller bound holds from the start", async () => {
    const store = await openS3();
    await store.put("raw/a", bytesOf(400_000, 1));
    await store.put("raw/b", bytesOf(400_000, 2));
    const copy = await store.localPath("raw/a");
    await rm(copy);
    expect((await readFile(await store.localPath("raw/a"))).length).toBe(400_000);
    await writeFile(copy, "damaged");
    await store.forgetCopy("raw/a");
    expect((await readFile(await store.localPath("raw/a"))).length).toBe(400_000);
    await store.localPath("raw/b");
    await openObjectStore({ kind: "s3", ...s3.settings, maxCacheBytes: 500_000 }, systemClock);
    expect(await cachedBytes()).toBe(400_000);
  });
});

async function cachedBytes(): Promise<number> {
  const files = path.join(s3.settings.cacheFolder, "files");
  const sizes = await Promise.all(
    (await readdir(files)).map(async (name) => (await stat(path.join(files, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
