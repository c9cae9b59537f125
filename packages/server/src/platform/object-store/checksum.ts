import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { StoredObject } from "../object-store.ts";

export async function checksumOf(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredObject> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, checksum: hash.digest("hex") };
}

export function checksumOfFile(path: string): Promise<StoredObject> {
  return checksumOf(createReadStream(path, { highWaterMark: 1024 * 1024 }));
}

/** Undefined: there is none. */
export function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Buffer.compare(one, other) === 0;
}
