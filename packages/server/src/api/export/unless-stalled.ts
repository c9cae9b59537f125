import { Readable } from "node:stream";
import type { Clock } from "../../platform/clock.ts";

/** Whoever takes nothing for so long keeps a place from others. */
export const STALLED_MS = 60_000;
/** Taken piece by piece, so that a slow reader takes one in time: so much a minute is slow enough. */
const CHUNK_BYTES = 64 * 1024;

/**
 * A file to be read, which breaks off when its reader takes nothing for `STALLED_MS`: nobody takes that for a whole one. How long
 * it takes to be made does not count.
 */
export function unlessStalled(file: AsyncIterable<string | Uint8Array>, clock: Pick<Clock, "after">): Readable {
  const onStall = () => body.destroy(new Error(`the reader took nothing for ${STALLED_MS} ms`));
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const piece of file) {
      const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
      for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
        const cancel = clock.after(STALLED_MS, onStall);
        try {
          yield bytes.subarray(from, from + CHUNK_BYTES);
        } finally {
          cancel();
        }
      }
    }
  }
  // Not in object mode: back pressure counts bytes.
  const body = Readable.from(chunks(), { objectMode: false, highWaterMark: CHUNK_BYTES });
  return body;
}
