import { existsSync, statfsSync } from "node:fs";
import path from "node:path";
import { SluiceError } from "@sluice/core/errors.ts";

/**
 * Below this a start is refused: PostgreSQL would stop at its next 16 MB log segment, in the middle of the work, and a disk
 * that is really full leaves no room to say why.
 */
export const MIN_FREE_BYTES = 128 * 1024 * 1024;

const MEBIBYTE = 1024 * 1024;

/** Throws `postgres.disk_full` when fewer than `minFreeBytes` are left where `directory` lies. */
export function assertDiskHasRoom(directory: string, minFreeBytes: number): void {
  if (freeBytesOf(directory) < minFreeBytes) throw diskFull(directory);
}

export function freeBytesOf(directory: string): number {
  const disk = statfsSync(directory);
  return disk.bavail * disk.bsize;
}

/** Turns what PostgreSQL wrote before it ended into an error that names the mend. */
export function startFailure(what: string, directory: string, output: string): SluiceError {
  if (isDiskFullMessage(output)) return diskFull(directory);
  if (/could not look up effective user ID/.test(output)) return noAccount();
  const lines = output.trim().split("\n").slice(-6).join("\n");
  return new SluiceError("unavailable", "postgres.start_failed", `${what} failed. PostgreSQL said:\n${lines}`, {
    details: { directory },
  });
}

/** Throws what the system said of a full disk or of missing rights with its mend, and any other error as it is. */
export function rethrowNamingHome(error: unknown, home: string): never {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "ENOSPC" || code === "EDQUOT") throw diskFull(nearestExisting(home), error);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") throw notWritable(home, code, error);
  throw error;
}

function notWritable(home: string, code: string, cause: unknown): SluiceError {
  const who = `the user with the id ${process.getuid?.()}`;
  return new SluiceError(
    "unavailable",
    "home.not_writable",
    `${home} cannot be written by ${who} (${code}). If another user made it, run as that one or change its owner; or set SLUICE_HOME to another folder.`,
    { cause, retryable: false, details: { home } },
  );
}

function nearestExisting(directory: string): string {
  const parent = path.dirname(directory);
  return existsSync(directory) || parent === directory ? directory : nearestExisting(parent);
}

/** Containers often run under a number that no account has, and `initdb` wants a name for it. */
function noAccount(): SluiceError {
  return new SluiceError(
    "unavailable",
    "postgres.no_user",
    `PostgreSQL needs an account for the user id ${process.getuid?.()} that runs Sluice: add one to /etc/passwd, run as a user that has one, or set SLUICE_DATABASE_URL.`,
    { retryable: false },
  );
}

function isDiskFullMessage(output: string): boolean {
  return /No space left on device|Disk quota exceeded/.test(output);
}

function diskFull(directory: string, cause?: unknown): SluiceError {
  const freeMiB = Math.floor(freeBytesOf(directory) / MEBIBYTE);
  return new SluiceError(
    "unavailable",
    "postgres.disk_full",
    `The disk that holds ${directory} is full (${freeMiB} MiB free): free at least ${MIN_FREE_BYTES / MEBIBYTE} MiB, or set SLUICE_HOME to a folder on another disk. Nothing that was acknowledged is lost.`,
    { cause, details: { directory, freeMiB } },
  );
}
