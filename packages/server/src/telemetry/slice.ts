import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { type SliceEncoder, SliceReader } from "@sluice/core/telemetry/slice-codec.ts";

/** Messages a slice holds when there are enough: larger prunes worse, smaller compresses worse (both measured). */
export const SLICE_ROWS = 1024;
/** A slice below this is worth repacking. */
export const SMALL_SLICE_ROWS = SLICE_ROWS / 2;
/** A body that claims to be larger than this after decompression is damaged. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** A stored run of messages of one profile, sorted by (device, time, arrival). `body` is compressed. */
export interface Slice {
  readonly profileId: number;
  /** Place among the slices of one flush and profile. */
  readonly ordinal: number;
  readonly minDevice: number;
  readonly maxDevice: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  readonly rows: number;
  /** True when a device and time stands in it twice. */
  readonly hasVersions: boolean;
  readonly body: Uint8Array;
}

const ZSTD_LEVEL_1 = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export function compressBody(plain: Uint8Array): Uint8Array {
  return zstdCompressSync(plain, ZSTD_LEVEL_1);
}

export function openSlice(body: Uint8Array): SliceReader {
  return new SliceReader(zstdDecompressSync(body, { maxOutputLength: MAX_BODY_BYTES }));
}

/**
 * Cuts sorted messages into slices of one profile each, all about equally large. `profileOf` must know every device of the
 * batch.
 */
export function cutSlices(
  batch: MessageBatch,
  order: Int32Array,
  profileOf: (deviceId: number) => number,
  encoder: SliceEncoder,
  rowsPerSlice = SLICE_ROWS,
): Slice[] {
  const slices: Slice[] = [];
  for (const { profileId, messages } of splitByProfile(batch, order, profileOf)) {
    const pieces = Math.max(1, Math.round(messages.length / rowsPerSlice));
    for (let piece = 0; piece < pieces; piece++) {
      const from = Math.floor((messages.length * piece) / pieces);
      const to = Math.floor((messages.length * (piece + 1)) / pieces);
      slices.push(encodeSlice(batch, messages, from, to, profileId, piece, encoder));
    }
  }
  return slices;
}

interface ProfileRun {
  readonly profileId: number;
  readonly messages: Int32Array;
}

/** Keeps the order within each profile; copies nothing when all messages are of one. */
function splitByProfile(
  batch: MessageBatch,
  order: Int32Array,
  profileOf: (deviceId: number) => number,
): readonly ProfileRun[] {
  const count = batch.length;
  if (count === 0) return [];
  const runs: { profileId: number; from: number; to: number }[] = [];
  let device = -1;
  for (let i = 0; i < count; i++) {
    const id = batch.deviceIds[order[i]!]!;
    if (id === device) continue;
    device = id;
    const profileId = profileOf(id);
    const last = runs.at(-1);
    if (last?.profileId === profileId) continue;
    if (last !== undefined) last.to = i;
    runs.push({ profileId, from: i, to: count });
  }
  if (runs.length === 1) return [{ profileId: runs[0]!.profileId, messages: order.subarray(0, count) }];
  return gatherProfiles(runs, order);
}

function gatherProfiles(runs: readonly { profileId: number; from: number; to: number }[], order: Int32Array) {
  const sizes = new Map<number, number>();
  for (const { profileId, from, to } of runs) sizes.set(profileId, (sizes.get(profileId) ?? 0) + to - from);
  const gathered = new Map<number, { messages: Int32Array; length: number }>();
  for (const { profileId, from, to } of runs) {
    let profile = gathered.get(profileId);
    if (profile === undefined) {
      profile = { messages: new Int32Array(sizes.get(profileId)!), length: 0 };
      gathered.set(profileId, profile);
    }
    profile.messages.set(order.subarray(from, to), profile.length);
    profile.length += to - from;
  }
  return [...gathered].map(([profileId, { messages }]) => ({ profileId, messages }));
}

function encodeSlice(
  batch: MessageBatch,
  order: Int32Array,
  from: number,
  to: number,
  profileId: number,
  ordinal: number,
  encoder: SliceEncoder,
): Slice {
  let minMicros = Number.POSITIVE_INFINITY;
  let maxMicros = Number.NEGATIVE_INFINITY;
  let hasVersions = false;
  let device = -1;
  let time = -1;
  for (let i = from; i < to; i++) {
    const message = order[i]!;
    const id = batch.deviceIds[message]!;
    const at = batch.timesMicros[message]!;
    if (id === device && at === time) hasVersions = true;
    device = id;
    time = at;
    if (at < minMicros) minMicros = at;
    if (at > maxMicros) maxMicros = at;
  }
  return {
    profileId,
    ordinal,
    minDevice: batch.deviceIds[order[from]!]!,
    maxDevice: device,
    minMicros,
    maxMicros,
    rows: to - from,
    hasVersions,
    body: compressBody(encoder.encode(batch, order, from, to)),
  };
}
