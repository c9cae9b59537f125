import { mkdir, open, rename, rm } from "node:fs/promises";

/**
 * What a folder must do so that its files survive a power cut. Apart from the store, so that a test can take away whatever
 * was never synced.
 */
export interface DurableFiles {
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Forces a file's bytes to the disk. */
  syncFile(path: string): Promise<void>;
  /** Forces a folder's entries to the disk: without it a new name may be gone. */
  syncFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Makes one folder; false: it was there. */
  makeFolder(path: string): Promise<boolean>;
  /** Not there is fine. */
  remove(path: string): Promise<void>;
}

export const durableFiles: DurableFiles = {
  async write(path, bytes) {
    const file = await open(path, "w");
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  },
  syncFile: (path) => sync(path, "r+"),
  // Windows cannot open a folder; there its journal keeps names.
  syncFolder: (path) => (process.platform === "win32" ? Promise.resolve() : sync(path, "r")),
  rename,
  async makeFolder(path) {
    try {
      await mkdir(path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  },
  remove: (path) => rm(path, { force: true }),
};

async function sync(path: string, mode: string): Promise<void> {
  const handle = await open(path, mode);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
