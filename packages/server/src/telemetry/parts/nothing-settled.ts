import type { SettledReader } from "./part-reader.ts";

const nothing = async (parts: readonly unknown[]) => {
  if (parts.length > 0) throw new Error("there are settled readings, and no object store to read them from was given");
  return [];
};

/** Where nothing ever settles. */
export const NOTHING_SETTLED: SettledReader = {
  readRows: nothing,
  readQuarters: nothing,
  readBuckets: nothing,
  readQuarterStarts: nothing,
  metricsIn: nothing,
};
