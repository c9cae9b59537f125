/** Bytes of a frame in which its header lies. */
export const FRAME_HEADER_BYTES = 18;

const MAGIC = 0xfd2fb528;
/** Of the dictionary's id, by the two lowest bits of the descriptor. */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;

/** What a zstd frame says that it holds (RFC 8878, 3.1.1.1); undefined when it does not say. */
export function contentBytes(header: Uint8Array): number | undefined {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.length < FRAME_HEADER_BYTES || view.getUint32(0, true) !== MAGIC) return undefined;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + DICTIONARY_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3];
  switch (descriptor >> 6) {
    case 0:
      return isSingleSegment ? view.getUint8(at) : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}
