import { zstdCompressSync } from "node:zlib";
import { expect, it } from "vitest";
import { contentBytes, FRAME_HEADER_BYTES } from "./zstd-frame.ts";

const headerOf = (hexadecimal: string) => Buffer.from(hexadecimal.padEnd(FRAME_HEADER_BYTES * 2, "0"), "hex");

it("says how much a frame holds, without opening it", () => {
  for (const bytes of [40, 255, 256, 1000, 65_791, 65_792, 3_000_000]) {
    const frame = Buffer.concat([zstdCompressSync(Buffer.alloc(bytes, "reading ")), Buffer.alloc(FRAME_HEADER_BYTES)]);
    expect(contentBytes(frame.subarray(0, FRAME_HEADER_BYTES))).toBe(bytes);
  }
});

it("reads all forms of the header", () => {
  expect(contentBytes(headerOf("28b52ffd2064"))).toBe(100);
  expect(contentBytes(headerOf("28b52ffd4300aabbccdd0100"))).toBe(257);
  expect(contentBytes(headerOf("28b52ffde00100000001000000"))).toBe(2 ** 32 + 1);
  expect(contentBytes(headerOf("28b52ffd0058"))).toBeUndefined();
  expect(contentBytes(headerOf("00b52ffd2064"))).toBeUndefined();
});
