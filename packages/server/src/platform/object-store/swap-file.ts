import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { isSluiceError } from "@sluice/core/errors.ts";
import { type DirectoryLock, lockDirectory } from "../directory-lock.ts";
import { isSame } from "./checksum.ts";
import type { DurableFiles } from "./durable-files.ts";

/** Compare-and-set of a small file, by those who share a folder, one at a time. The folder of `target` is there. */
export async function swapFile(
  files: DurableFiles,
  scratchFolder: string,
  target: string,
  expected: Uint8Array | undefined,
  bytes: Uint8Array,
): Promise<boolean> {
  const lock = tryLock(path.join(path.dirname(target), ".swap"));
  if (lock === "taken") return false;
  const scratch = path.join(scratchFolder, randomUUID());
  try {
    if (!isSame(await readOr(target), expected)) return false;
    await files.write(scratch, bytes);
    await files.syncFile(scratch);
    await files.rename(scratch, target);
    await files.syncFolder(path.dirname(target));
    return isSame(await readOr(target), bytes);
  } finally {
    await files.remove(scratch).catch(() => {});
    lock?.release();
  }
}

/** Undefined: this file system knows no locks, and what is there afterwards has to do. */
function tryLock(folder: string): DirectoryLock | "taken" | undefined {
  try {
    return lockDirectory(folder);
  } catch (error) {
    return isSluiceError(error) && error.code === "home.in_use" ? "taken" : undefined;
  }
}

async function readOr(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
