import { randomUUID } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { systemClock } from "@sluice/server/platform/clock.ts";

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const UNFINISHED = new RegExp(`\\.${UUID}\\.unfinished$`);
/** Nobody has written to it for so long: its process is dead. */
const MAX_IDLE_MS = 24 * 3600 * 1000;

/**
 * Writes a file that others see whole or not at all: under a name of its own beside it, forced to the disk, renamed at the end;
 * of two who write the same one, the one who ends later holds. What was begun and fails is removed; what killed processes left
 * in the folder goes after a day. `write` is told the name, to read what it has written.
 */
export async function writeWhole<T>(
  file: string,
  mode: number,
  write: (handle: FileHandle, unfinished: string) => Promise<T>,
  nowMs: number = systemClock.nowMicros() / 1000,
): Promise<T> {
  const folder = path.dirname(path.resolve(file));
  await sweepFolder(folder, nowMs);
  const unfinished = `${file}.${randomUUID()}.unfinished`;
  const handle = await open(unfinished, "wx", mode);
  try {
    let written: T;
    try {
      // Whatever the mask of the process is.
      await handle.chmod(mode);
      written = await write(handle, unfinished);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
    await syncFolder(folder);
    return written;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function sweepFolder(folder: string, nowMs: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => UNFINISHED.test(one))) {
    const left = path.join(folder, name);
    const facts = await stat(left).catch(() => undefined);
    // Somebody else's, it stays.
    if (facts !== undefined && nowMs - facts.mtimeMs > MAX_IDLE_MS) await rm(left, { force: true }).catch(() => {});
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; there its journal keeps names.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  await handle.sync();
  await handle.close();
}
