/**
 * Consecutive rows of a part: sorted by device and time, each (device, time) once. The memory may be used again for the next
 * rows.
 */
export interface PartRows {
  readonly length: number;
  readonly deviceIds: Int32Array;
  readonly timesMicros: Float64Array;
  /** Metric number → values, NaN where there is none. */
  readonly columns: ReadonlyMap<number, Float64Array>;
  /** Metric number → flags, 0 where valid or none; only of metrics that have a marked reading. */
  readonly flags: ReadonlyMap<number, Uint8Array>;
  /** Row → JSON text. */
  readonly extras: ReadonlyMap<number, string>;
}

/** What may be in a part, known before its first row is written. */
export interface PartShape {
  /** Metric number → key. */
  readonly keys: ReadonlyMap<number, string>;
  /** Metrics of which a reading may be marked. */
  readonly flagged: ReadonlySet<number>;
  readonly hasExtras: boolean;
}

/** What is in a part, known once it is written. */
export interface PartFacts {
  readonly messages: number;
  readonly readings: number;
}

/** Rows of a row group: smaller ones cost bytes, larger ones memory, and a query of one device reads one of them. */
const MAX_GROUP_ROWS = 65_536;
const MIN_GROUP_ROWS = 8_192;
const MAX_GROUP_VALUES = 2_000_000;

export function rowsPerGroup({ keys }: PartShape): number {
  const affordable = Math.floor(MAX_GROUP_VALUES / Math.max(1, keys.size));
  return Math.max(MIN_GROUP_ROWS, Math.min(MAX_GROUP_ROWS, affordable));
}
