import { createHash } from "node:crypto";
import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import { pack } from "tar-stream";
import { type ArchivedFile, assertArchiveName } from "./manifest.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const CHUNK_BYTES = 256 * 1024;

/** A tar, compressed or not, written entry by entry as its target takes it. */
export class ArchiveWriter {
  readonly files: Record<string, ArchivedFile> = {};
  private readonly tar = pack();
  private readonly written: Promise<void>;
  private bytes = 0;

  constructor(target: FileHandle, isCompressed: boolean) {
    this.written = this.drain(target, isCompressed);
    // Whoever adds the next entry hears of it.
    this.written.catch((error: Error) => this.tar.destroy(error));
  }

  /** Of the entries so far. */
  get bytesSoFar(): number {
    return this.bytes;
  }

  addFolder(name: string): void {
    assertArchiveName(name);
    this.tar.entry({ name, type: "directory", mode: FOLDER_MODE, mtime: new Date(0) });
  }

  /** `content` gives exactly `bytes`. */
  async addFile(name: string, bytes: number, content: AsyncIterable<Uint8Array>): Promise<ArchivedFile> {
    assertArchiveName(name);
    const hash = createHash("sha256");
    const entry = this.tar.entry({ name, size: bytes, mode: FILE_MODE, mtime: new Date(0) });
    const ended = finished(entry as unknown as NodeJS.WritableStream);
    ended.catch(() => {});
    for await (const chunk of content) {
      hash.update(chunk);
      this.bytes += chunk.length;
      if (!entry.write(chunk)) await Promise.race([once(entry, "drain"), this.written]);
    }
    entry.end();
    await Promise.race([ended, this.written]);
    const file = { bytes, checksum: hash.digest("hex") };
    this.files[name] = file;
    return file;
  }

  addText(name: string, text: string): Promise<ArchivedFile> {
    const bytes = Buffer.from(text);
    return this.addFile(name, bytes.length, Readable.from([bytes]));
  }

  /** All of it is with the target. */
  async end(): Promise<void> {
    this.tar.finalize();
    await this.written;
  }

  /** What was begun goes nowhere. */
  abandon(): void {
    this.tar.destroy();
  }

  private async drain(target: FileHandle, isCompressed: boolean): Promise<void> {
    const source = Readable.from(this.tar as unknown as AsyncIterable<Uint8Array>, { highWaterMark: 4 });
    const body = isCompressed ? source.compose(createZstdCompress({ chunkSize: CHUNK_BYTES })) : source;
    for await (const chunk of body) await target.writeFile(chunk as Uint8Array);
  }
}
