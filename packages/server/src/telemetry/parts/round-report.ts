/** What can fail by itself: the others go on. "partition": all of them, for a store or a database that is away. */
export type RoundStep = "partition" | "drop" | "delete" | "settle" | "erase" | "compact" | "coarsen" | "orphans";

/** What a round did. Apart from the round, which loads much that only its thread needs. */
export interface RoundReport {
  readonly settled: number;
  readonly messages: number;
  readonly compacted: number;
  readonly dropped: number;
  readonly deleted: number;
  /** There is more to do at once. */
  readonly hasMore: boolean;
  /** What did not work; all else was done. */
  readonly errors: readonly RoundError[];
}

export interface RoundError {
  readonly step: RoundStep;
  readonly message: string;
}

export const NOTHING_DONE: RoundReport = {
  settled: 0,
  messages: 0,
  compacted: 0,
  dropped: 0,
  deleted: 0,
  hasMore: false,
  errors: [],
};
