import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { isSluiceError } from "@sluice/core/errors.ts";
import { type DirectoryLock, isDirectoryLocked, lockDirectory } from "../directory-lock.ts";

/** No object's name can begin like this. */
export const SCRATCH = ".scratch";
/** Beside the lock's own files. */
const MADE = "made";
/** A sweeper may take a folder in the moment between its making and its locking. */
const MAX_TRIES = 8;

/** By root; each thread has its own. */
const taken = new Map<string, string>();

/** A folder below the root in which to make files, which is this thread's until it ends: no clock says when it is nobody's. */
export function takeScratchFolder(root: string): string {
  const known = taken.get(root);
  if (known !== undefined) return known;
  for (let tried = 0; tried < MAX_TRIES; tried++) {
    const folder = path.join(root, SCRATCH, randomUUID());
    if (!lockNew(folder)) continue;
    const made = path.join(folder, MADE);
    taken.set(root, made);
    return made;
  }
  throw new Error(`of ${MAX_TRIES} folders in ${path.join(root, SCRATCH)}, others have taken all`);
}

function lockNew(folder: string): boolean {
  mkdirSync(path.join(folder, MADE), { recursive: true });
  const lock = tryLock(folder);
  if (lock === "taken") return false;
  // What was locked may have been removed since it was opened.
  return statSync(path.join(folder, MADE), { throwIfNoEntry: false }) !== undefined;
}

/** What threads and processes that are no more have left below the root is removed. */
export function sweepScratch(root: string): void {
  const scratch = path.join(root, SCRATCH);
  const own = taken.get(root);
  for (const { name, parentPath } of readdirSync(scratch, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )) {
    const folder = path.join(parentPath, name);
    if (own !== undefined && path.dirname(own) === folder) continue;
    const lock = tryLock(folder);
    if (lock === "taken" || lock === "impossible") continue;
    rmSync(folder, { recursive: true, force: true });
    lock.release();
  }
}

/** "impossible": this file system knows no locks, so nobody can tell whose a folder is, and it stays. */
function tryLock(folder: string): DirectoryLock | "taken" | "impossible" {
  try {
    return isDirectoryLocked(folder) ? "taken" : lockDirectory(folder);
  } catch (error) {
    return isSluiceError(error) && error.code === "home.in_use" ? "taken" : "impossible";
  }
}
