/**
 * How a reader knows, without reading a whole file first, that the bytes that it uses are those that were written: the catalogue
 * knows the checksum of the footer, and the footer those of the blocks before it. zstd's own checksums leave out the
 * headers of pages and which of their values are absent.
 */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

/** Key-value metadata: CRC-32 of each block of the file before its indexes and footer, the last one shorter; base64, 32 bits each. */
export const BLOCKS_METADATA = "sluice.blocks";
export const BLOCK_BYTES = 65_536;

/** Blocks of a file that have to be as they were written. */
export interface FileCheck {
  readonly path: string;
  readonly blocks: readonly number[];
  /** Of each of these blocks. */
  readonly sums: Uint32Array;
  /** What is covered by sums. */
  readonly dataBytes: number;
}

/** Length of the footer and "PAR1", with which every Parquet file ends. */
const ENDING_BYTES = 8;
const MAGIC = "PAR1";

export function encodeBlocks(sums: readonly number[]): string {
  return Buffer.from(Uint32Array.from(sums).buffer).toString("base64");
}

export function parseBlocks(text: string): Uint32Array {
  const bytes = Buffer.from(text, "base64");
  const sums = new Uint32Array(bytes.length >> 2);
  for (let block = 0; block < sums.length; block++) sums[block] = bytes.readUInt32LE(block * 4);
  return sums;
}

/** The first of these blocks that is not as its sum says, given in the same order; undefined when all are. */
export function findDamagedBlock(
  path: string,
  blocks: readonly number[],
  sums: Uint32Array,
  dataBytes: number,
): number | undefined {
  return withFile(path, (file) =>
    blocks.find((block, i) => {
      const from = block * BLOCK_BYTES;
      return crc32(readBytes(file, from, Math.min(BLOCK_BYTES, dataBytes - from))) !== sums[i];
    }),
  );
}

/** SHA-256 of the footer and what follows it, in hexadecimal. */
export function sumFooter(path: string): string {
  return withFile(path, (file, size) => checksumOf(readFooter(file, size)));
}

/** The footer and what follows it. */
export function readFooterOf(path: string): {
  readonly footer: Buffer;
  readonly bytes: number;
  readonly checksum: string;
} {
  return withFile(path, (file, size) => {
    const footer = readFooter(file, size);
    return { footer, bytes: size, checksum: checksumOf(footer) };
  });
}

export function checksumOf(footer: Buffer): string {
  return createHash("sha256").update(footer).digest("hex");
}

function readFooter(file: number, size: number): Buffer {
  const length = footerBytes(readBytes(file, Math.max(0, size - ENDING_BYTES), Math.min(size, ENDING_BYTES)), size);
  return readBytes(file, Math.max(0, size - length), Math.min(size, length));
}

/** Of what a file ends with, the footer and what follows it. */
export function footerOf(ending: Buffer): Buffer {
  return ending.subarray(-footerBytes(ending.subarray(-ENDING_BYTES), ending.length));
}

/** A length that cannot be is told by the checksum. */
function footerBytes(last: Buffer, size: number): number {
  const isParquet = size > ENDING_BYTES && last.toString("latin1", 4) === MAGIC;
  return isParquet ? last.readUInt32LE(0) + ENDING_BYTES : ENDING_BYTES;
}

function readBytes(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(file, bytes, filled, length - filled, from + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes;
}

function withFile<T>(path: string, use: (file: number, size: number) => T): T {
  const file = openSync(path, "r");
  try {
    return use(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}
