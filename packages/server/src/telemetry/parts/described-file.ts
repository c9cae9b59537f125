import { BLOCK_BYTES, type FileCheck } from "./file-checksums.ts";
import { type Devices, isSpan, type PartColumns, type Span, type Window } from "./part-sql.ts";

/** What the footer of a part's file tells, as plain data. */
export interface FileDescription {
  readonly bytes: number;
  readonly footerChecksum: string;
  /** Metric number → name of its column. */
  readonly metrics: readonly (readonly [number, string])[];
  /** Of all columns, in their order. */
  readonly names: readonly string[];
  /** CRC-32 of each block; empty in a file that has none. */
  readonly blockSums: Uint32Array;
  readonly dataBytes: number;
  /** Of each row group. */
  readonly minDevices: Int32Array;
  readonly maxDevices: Int32Array;
  readonly minMicros: Float64Array;
  readonly maxMicros: Float64Array;
  /** Of each row group's columns, one group after the other: where its bytes begin and end. */
  readonly chunkStarts: Float64Array;
  readonly chunkEnds: Float64Array;
}

/** A file whose footer is right, and which of its blocks were seen to be. */
export class DescribedFile {
  readonly columns: PartColumns;
  private readonly description: FileDescription;
  private readonly places: ReadonlyMap<string, number>;
  private readonly isVerified: Uint8Array;

  constructor(description: FileDescription) {
    this.description = description;
    this.columns = { metrics: new Map(description.metrics), names: new Set(description.names) };
    this.places = new Map(description.names.map((name, at) => [name, at]));
    this.isVerified = new Uint8Array(description.blockSums.length);
  }

  /** About what it takes in memory. */
  get bytes(): number {
    const { chunkStarts, blockSums, names, minDevices } = this.description;
    return chunkStarts.length * 16 + blockSums.length * 5 + names.length * 100 + minDevices.length * 24;
  }

  /** What has to be looked at before these columns are read; undefined when all of it was. */
  checkOf(
    path: string,
    names: readonly string[],
    deviceIds: Devices | Span,
    windows: readonly Window[],
  ): FileCheck | undefined {
    const blocks = this.blocksOf(names, deviceIds, windows);
    if (blocks.length === 0) return undefined;
    const { blockSums, dataBytes } = this.description;
    return { path, blocks, sums: Uint32Array.from(blocks, (block) => blockSums[block]!), dataBytes };
  }

  verified(blocks: readonly number[]): void {
    for (const block of blocks) this.isVerified[block] = 1;
  }

  private blocksOf(names: readonly string[], deviceIds: Devices | Span, windows: readonly Window[]): number[] {
    const { chunkStarts, chunkEnds, minDevices } = this.description;
    const columns = names.map((name) => this.places.get(name)).filter((place) => place !== undefined);
    const blocks = new Set<number>();
    for (let group = 0; group < minDevices.length; group++) {
      if (!this.mayHold(group, deviceIds, windows)) continue;
      for (const column of columns) {
        const chunk = group * this.places.size + column;
        const last = Math.floor((chunkEnds[chunk]! - 1) / BLOCK_BYTES);
        for (let block = Math.floor(chunkStarts[chunk]! / BLOCK_BYTES); block <= last; block++) {
          if (this.isVerified[block] === 0) blocks.add(block);
        }
      }
    }
    return [...blocks];
  }

  /** DuckDB leaves out row groups by the same statistics, and may read any other. */
  private mayHold(group: number, devices: Devices | Span, windows: readonly Window[]): boolean {
    const { minDevices, maxDevices, minMicros, maxMicros } = this.description;
    return (
      hasAny(devices, minDevices[group]!, maxDevices[group]!) &&
      windows.some(([from, to]) => maxMicros[group]! >= from && minMicros[group]! < to)
    );
  }
}

function hasAny(devices: Devices | Span, first: number, last: number): boolean {
  if (devices === undefined) return true;
  if (isSpan(devices)) return devices.first <= last && devices.last >= first;
  return devices.some((id) => id >= first && id <= last);
}
