import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import type { LeasedFile } from "../object-store.ts";
import { type DurableFiles, durableFiles } from "./durable-files.ts";

/**
 * Copies of remote objects as local files, up to a number of bytes: the ones that were not asked for the longest go first, and
 * leased ones stay. Copies that are leased at the same time may together take more; the next fetch after brings that down.
 *
 * A copy is on disk before it has its name, so that what an earlier process left is whole, also after a power cut. Several
 * processes may share a folder; what another has evicted is fetched anew.
 */
export class LocalCache {
  private readonly folder: string;
  private readonly scratchFolder: string;
  private readonly maxBytes: number;
  private readonly files: DurableFiles;
  private readonly fetching = new Map<string, Promise<string>>();
  /** How many read a copy now, by its file. */
  private readonly leases = new Map<string, number>();

  constructor(folder: string, scratchFolder: string, maxBytes: number, files: DurableFiles = durableFiles) {
    this.folder = path.join(folder, "files");
    this.scratchFolder = scratchFolder;
    this.maxBytes = maxBytes;
    this.files = files;
  }

  /** Brings what an earlier process left within the bound, which may be a smaller one now. */
  async start(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await this.evict();
  }

  /** `fetch` writes the object into the file that it is given. At the same time it is asked once for each name. */
  async path(name: string, nowMs: number, fetch: (file: string) => Promise<void>): Promise<string> {
    const { path: file, release } = await this.lease(name, nowMs, fetch);
    release();
    return file;
  }

  async lease(name: string, nowMs: number, fetch: (file: string) => Promise<void>): Promise<LeasedFile> {
    const file = this.fileOf(name);
    // Before it is looked for, so that nobody evicts it in between.
    this.leases.set(file, (this.leases.get(file) ?? 0) + 1);
    const release = () => this.release(file);
    try {
      await this.findOnce(name, nowMs, fetch);
      return { path: file, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  async forget(name: string): Promise<void> {
    await rm(this.fileOf(name), { force: true });
  }

  private release(file: string): void {
    const left = (this.leases.get(file) ?? 0) - 1;
    if (left > 0) this.leases.set(file, left);
    else this.leases.delete(file);
  }

  private fileOf(name: string): string {
    return path.join(this.folder, name.replaceAll("/", "~"));
  }

  private findOnce(name: string, nowMs: number, fetch: (file: string) => Promise<void>): Promise<string> {
    let fetched = this.fetching.get(name);
    if (fetched === undefined) {
      fetched = this.find(name, nowMs, fetch).finally(() => this.fetching.delete(name));
      this.fetching.set(name, fetched);
    }
    return fetched;
  }

  private async find(name: string, nowMs: number, fetch: (file: string) => Promise<void>): Promise<string> {
    const file = this.fileOf(name);
    try {
      await utimes(file, nowMs / 1000, nowMs / 1000);
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    await mkdir(this.folder, { recursive: true });
    const scratch = path.join(this.scratchFolder, randomUUID());
    try {
      await fetch(scratch);
      await this.files.syncFile(scratch);
      await utimes(scratch, nowMs / 1000, nowMs / 1000);
      await rename(scratch, file);
    } finally {
      await rm(scratch, { force: true });
    }
    await this.evict();
    return file;
  }

  private async evict(): Promise<void> {
    const names = await readdir(this.folder);
    const files = await Promise.all(
      names.map(async (name) => {
        const file = path.join(this.folder, name);
        const facts = await stat(file).catch(() => undefined);
        return { file, bytes: facts?.size ?? 0, usedMs: facts?.mtimeMs ?? 0 };
      }),
    );
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of files.sort((a, b) => a.usedMs - b.usedMs)) {
      if (bytes <= this.maxBytes) return;
      if (this.leases.has(file.file)) continue;
      await rm(file.file, { force: true });
      bytes -= file.bytes;
    }
  }
}
