import { rm, truncate } from "node:fs/promises";
import path from "node:path";
import { type DurableFiles, durableFiles } from "../object-store/durable-files.ts";

/**
 * A disk that keeps only what was synced: at a power cut the bytes of a file that was not synced are gone, and so is a name
 * whose folder was not. Of several unsynced things the least is kept, which is the worst that a file system may do.
 */
export class VolatileDisk implements DurableFiles {
  private readonly unsyncedFiles = new Set<string>();
  private readonly unsyncedNames = new Set<string>();

  async write(file: string, bytes: Uint8Array): Promise<void> {
    await durableFiles.write(file, bytes);
    this.unsyncedFiles.add(file);
  }
  async syncFile(file: string): Promise<void> {
    await durableFiles.syncFile(file);
    this.unsyncedFiles.delete(file);
    this.synced.add(file);
  }
  /** What the store did not write itself is unsynced until it says so. */
  private readonly synced = new Set<string>();

  async syncFolder(folderPath: string): Promise<void> {
    await durableFiles.syncFolder(folderPath);
    for (const name of this.unsyncedNames) if (path.dirname(name) === folderPath) this.unsyncedNames.delete(name);
  }
  async rename(from: string, to: string): Promise<void> {
    await durableFiles.rename(from, to);
    if (!this.synced.delete(from)) this.unsyncedFiles.add(to);
    this.unsyncedNames.add(to);
  }
  async makeFolder(folderPath: string): Promise<boolean> {
    const isNew = await durableFiles.makeFolder(folderPath);
    if (isNew) this.unsyncedNames.add(folderPath);
    return isNew;
  }
  remove(file: string): Promise<void> {
    return durableFiles.remove(file);
  }

  async cutPower(): Promise<void> {
    for (const file of this.unsyncedFiles) await truncate(file, 0).catch(() => {});
    for (const name of this.unsyncedNames) await rm(name, { recursive: true, force: true });
    this.unsyncedFiles.clear();
    this.unsyncedNames.clear();
  }
}
