import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { BLOCK_BYTES, checksumOf, encodeBlocks, footerOf } from "./file-checksums.ts";

/** What a file has to be, by the bytes that its writer had in memory. */
export interface FileSums {
  readonly bytes: number;
  /** SHA-256, in hexadecimal. */
  readonly checksum: string;
  /** Of the footer and what follows it. */
  readonly footerChecksum: string;
}

/**
 * A new file that grows at its end, by one handle from its first byte to its last: what happens to its name meanwhile cannot
 * make another file of it. It is summed up before it is written, so that whoever reads it back compares it with what was meant.
 */
export class SummedFile {
  private readonly file: number;
  private readonly whole = createHash("sha256");
  private readonly blocks: number[] = [];
  /** CRC-32 of the block that is not full yet. */
  private openSum = 0;
  private bytes = 0;
  /** What follows the blocks. */
  private ending: Buffer[] | undefined;
  private isOpen = true;

  constructor(path: string) {
    this.file = openSync(path, "wx");
  }

  append(bytes: Uint8Array): void {
    this.whole.update(bytes);
    if (this.ending === undefined) this.addToBlocks(bytes);
    else this.ending.push(Buffer.from(bytes));
    for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written);
    this.bytes += bytes.length;
  }

  private addToBlocks(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const filled = (this.bytes + from) % BLOCK_BYTES;
      const to = Math.min(bytes.length, from + BLOCK_BYTES - filled);
      this.openSum = crc32(bytes.subarray(from, to), filled === 0 ? 0 : this.openSum);
      if (filled + to - from === BLOCK_BYTES) this.blocks.push(this.openSum);
      from = to;
    }
  }

  /** CRC-32 of each block so far; what is appended from here on is in none. */
  endBlocks(): string {
    this.ending = [];
    return encodeBlocks(this.bytes % BLOCK_BYTES === 0 ? this.blocks : [...this.blocks, this.openSum]);
  }

  finish(): FileSums {
    const { size } = fstatSync(this.file);
    this.close();
    if (size !== this.bytes) throw new Error(`${this.bytes} bytes were written, and the file has ${size}`);
    const footerChecksum = checksumOf(footerOf(Buffer.concat(this.ending ?? [])));
    return { bytes: this.bytes, checksum: this.whole.digest("hex"), footerChecksum };
  }

  /** Also of one that was not finished. Twice is fine. */
  close(): void {
    if (this.isOpen) closeSync(this.file);
    this.isOpen = false;
  }
}
