import { randomUUID } from "node:crypto";
import { access, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import {
  assertObjectName,
  type FileSource,
  type ListedObject,
  type ObjectSource,
  type ObjectStore,
  type StoredObject,
} from "../object-store.ts";
import { checksumOf, checksumOfFile } from "./checksum.ts";
import { type DurableFiles, durableFiles } from "./durable-files.ts";
import { objectMissing } from "./object-errors.ts";
import { SCRATCH, sweepScratch, takeScratchFolder } from "./scratch-folder.ts";
import { swapFile } from "./swap-file.ts";

/** Objects as files of a folder. Call `prepareFolder` once before the first use. */
export function createFolderObjectStore(root: string, files: DurableFiles = durableFiles): ObjectStore {
  const scratchFolder = takeScratchFolder(root);
  const pathOf = (name: string) => {
    assertObjectName(name);
    return path.join(root, ...name.split("/"));
  };

  /** On a disk that is full by now, what was half made must not stay. What was given by its path is the caller's still. */
  async function bringInto(target: string, source: ObjectSource): Promise<void> {
    const scratch = source instanceof Uint8Array ? path.join(scratchFolder, randomUUID()) : source.path;
    const folder = path.dirname(target);
    try {
      if (source instanceof Uint8Array) await files.write(scratch, source);
      await files.syncFile(scratch);
      await makeFolders(files, root, folder);
      await files.rename(scratch, target);
    } catch (error) {
      if (source instanceof Uint8Array) await files.remove(scratch).catch(() => {});
      throw error;
    }
    await files.syncFolder(folder);
  }

  return {
    scratchFolder,
    async put(name, source) {
      const target = pathOf(name);
      const stored = source instanceof Uint8Array ? await checksumOf([source]) : await sumsOf(source);
      await bringInto(target, source);
      return stored;
    },
    get: (name) => orMissing(name, () => readFile(pathOf(name))),
    inspect: (name) => orMissing(name, () => checksumOfFile(pathOf(name))),
    async localPath(name) {
      await orMissing(name, () => access(pathOf(name)));
      return pathOf(name);
    },
    async lease(name) {
      await orMissing(name, () => access(pathOf(name)));
      return { path: pathOf(name), release: () => {} };
    },
    forgetCopy: async () => {},
    swap: (name, expected, bytes) => swapFile(files, scratchFolder, pathOf(name), expected, bytes),
    delete: (name) => files.remove(pathOf(name)),
    list: (prefix) => listFolder(root, prefix),
  };
}

/** Its bytes are compared when it is read back; here its length must do. */
async function sumsOf({ path: file, made }: FileSource): Promise<StoredObject> {
  if (made === undefined) return checksumOfFile(file);
  const { size } = await stat(file);
  if (size === made.bytes) return { bytes: made.bytes, checksum: made.checksum };
  throw new Error(`${file} has ${size} bytes instead of ${made.bytes}`);
}

/** Makes the folder, and those on the way to it; what an earlier process left half made in it is removed. */
export async function prepareFolder(root: string, files: DurableFiles = durableFiles): Promise<void> {
  await makeRoot(files, path.resolve(root));
  await files.makeFolder(path.join(root, SCRATCH));
  sweepScratch(root);
}

/** What was there before us, somebody else may have closed to us: then its entries are not ours to bring to disk. */
const CLOSED_TO_US = new Set(["EACCES", "EPERM"]);

async function makeRoot(files: DurableFiles, root: string): Promise<void> {
  const missing: string[] = [];
  for (let at = root; !(await isThere(at)); at = path.dirname(at)) missing.push(at);
  for (const folder of missing.reverse()) {
    await files.makeFolder(folder);
    await files.syncFolder(path.dirname(folder));
  }
  if (missing.length > 0) return;
  // It may have been made by a process that died before it synced.
  await files.syncFolder(path.dirname(root)).catch((error: NodeJS.ErrnoException) => {
    if (!CLOSED_TO_US.has(error.code ?? "")) throw error;
  });
}

function isThere(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

/** Each folder that is made is an entry of the one above, which has to be on disk as well. */
async function makeFolders(files: DurableFiles, root: string, folder: string): Promise<void> {
  const segments = path.relative(root, folder).split(path.sep).filter(Boolean);
  let at = root;
  for (const segment of segments) {
    const above = at;
    at = path.join(at, segment);
    // One that is there may have been made by a process that died before it synced.
    await files.makeFolder(at);
    await files.syncFolder(above);
  }
}

async function orMissing<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw objectMissing(name, error);
    throw error;
  }
}

async function* listFolder(root: string, prefix: string): AsyncGenerator<ListedObject> {
  const start = prefix.includes("/") ? prefix.slice(0, prefix.lastIndexOf("/")) : "";
  const folders = [start];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readFolder(path.join(root, folder))) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) folders.push(name);
      else if (name.startsWith(prefix)) {
        const facts = await stat(path.join(root, name)).catch(() => undefined);
        if (facts !== undefined) yield { name, bytes: facts.size, modifiedMs: facts.mtimeMs };
      }
    }
  }
}

async function readFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
