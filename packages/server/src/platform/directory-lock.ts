import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SluiceError } from "@sluice/core/errors.ts";

/**
 * One live process a directory. The lock is the kernel's (a record lock that SQLite takes on an empty file), so it ends with
 * its process however that dies, and a recycled process id can neither hold it nor break it. Who holds it is written beside
 * it, for people; nothing is decided by that.
 */
export interface DirectoryLock {
  release(): void;
}

export interface LockHolder {
  readonly pid: number;
  readonly since: string;
}

const SQLITE_BUSY = 5;
/** Another process may hold the lock for microseconds, to look whether it is free. */
const PATIENCE_MS = 300;
/** A handle that nobody refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>();

/** Makes the directory if need be. Throws `home.in_use` (kind "conflict", `details.pid`) when a live process holds the directory. */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  const handle = tryLock(directory, PATIENCE_MS);
  if (handle === undefined) throw inUse(directory);
  held.add(handle);
  const release = () => {
    if (!held.delete(handle)) return;
    rmSync(holderFile(directory), { force: true });
    handle.close();
  };
  try {
    writeFileSync(holderFile(directory), JSON.stringify({ pid: process.pid, since: new Date().toISOString() }));
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

/** True while a live process (this one included) holds the directory. */
export function isDirectoryLocked(directory: string): boolean {
  const handle = tryLock(directory, 0);
  handle?.close();
  return handle === undefined;
}

/** What the holder wrote of itself; meaningful only while `isDirectoryLocked`. */
export function lockHolder(directory: string): LockHolder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(holderFile(directory), "utf8"));
    return isLockHolder(holder) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function tryLock(directory: string, patienceMs: number): DatabaseSync | undefined {
  const handle = new DatabaseSync(path.join(directory, "lock"), { timeout: patienceMs });
  try {
    handle.exec("pragma locking_mode = exclusive; begin exclusive");
    return handle;
  } catch (error) {
    handle.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

function inUse(directory: string): SluiceError {
  const holder = lockHolder(directory);
  const who = holder === undefined ? "another process" : `process ${holder.pid} (since ${holder.since})`;
  return new SluiceError(
    "conflict",
    "home.in_use",
    `${directory} is in use by ${who}. Stop that process, or set SLUICE_HOME to another folder.`,
    { retryable: true, details: { directory, pid: holder?.pid } },
  );
}

function holderFile(directory: string): string {
  return path.join(directory, "lock.json");
}

function isLockHolder(value: unknown): value is LockHolder {
  return typeof value === "object" && value !== null && typeof (value as LockHolder).pid === "number";
}
