import type { Aggregate } from "@sluice/core/telemetry/aggregate.ts";
import type { AggregatedReadings } from "../reader.ts";
import { Turns } from "../turns.ts";
import type { BucketMap } from "./bucket-map.ts";
import { addSummary } from "./merge-quarters.ts";
import { QuarterBuilder, type QuarterColumns, type QuarterRows } from "./quarter-rows.ts";

/** Summaries put together before others have their turn. */
const ROWS_PER_TURN = 20_000;

export function noReadings(): AggregatedReadings {
  return { deviceIds: new Int32Array(0), timesMicros: new Float64Array(0), columns: new Map() };
}

/** Summaries by device and bucket, from any number of sources that have no reading in common. */
export class BucketFold {
  private readonly metricNumbers: readonly number[];
  private readonly builder: QuarterBuilder;
  private readonly rowOf = new Map<number, Map<number, number>>();

  constructor(metricNumbers: readonly number[]) {
    this.metricNumbers = metricNumbers;
    this.builder = new QuarterBuilder(metricNumbers);
  }

  async add(rows: QuarterRows, bucketOf: (start: number) => number): Promise<void> {
    const turns = new Turns(ROWS_PER_TURN);
    for (let row = 0; row < rows.length; row++) {
      if (turns.isOver(1)) await turns.next();
      const at = this.place(rows.deviceIds[row]!, bucketOf(rows.starts[row]!));
      for (const metric of this.metricNumbers) {
        addSummary(this.builder.columnsOf(metric), at, rows.metrics.get(metric)!, row);
      }
    }
  }

  private place(deviceId: number, bucket: number): number {
    let ofDevice = this.rowOf.get(deviceId);
    if (ofDevice === undefined) {
      ofDevice = new Map();
      this.rowOf.set(deviceId, ofDevice);
    }
    let at = ofDevice.get(bucket);
    if (at === undefined) {
      at = this.builder.add(deviceId, bucket);
      ofDevice.set(bucket, at);
    }
    return at;
  }

  /** Each device and bucket once, in any order. */
  build(): QuarterRows {
    return this.builder.build();
  }
}

/** Only buckets with a valid reading of some metric, and the listed metrics; sorted by device and bucket. */
export function answerOf(
  { deviceIds, starts, metrics }: QuarterRows,
  buckets: BucketMap,
  aggregates: readonly Aggregate[],
  isListed: (metric: number) => boolean,
): AggregatedReadings {
  const columns = [...metrics].filter(([metric]) => isListed(metric));
  const order = orderOf(
    deviceIds,
    starts,
    columns.map(([, { valid }]) => valid),
  );
  return {
    deviceIds: order === undefined ? deviceIds : pick(deviceIds, order, new Int32Array(order.length)),
    timesMicros: pickTimes(starts, order, buckets.startsMicros),
    columns: new Map(
      columns.map(([metric, of]) => [
        metric,
        new Map(aggregates.map((aggregate) => [aggregate, columnOf(of, aggregate, order)])),
      ]),
    ),
  };
}

/** The rows of the answer; undefined: all of them, as they lie. Loops, since answers have millions of rows. */
function orderOf(deviceIds: Int32Array, starts: Float64Array, valid: readonly Float64Array[]): Int32Array | undefined {
  const rows = new Int32Array(starts.length);
  let count = 0;
  let isSorted = true;
  for (let row = 0; row < starts.length; row++) {
    let hasValid = false;
    for (const column of valid) hasValid ||= column[row]! > 0;
    if (!hasValid) continue;
    if (count > 0 && comparePlaces(deviceIds, starts, rows[count - 1]!, row) > 0) isSorted = false;
    rows[count++] = row;
  }
  if (isSorted && count === starts.length) return undefined;
  const order = rows.subarray(0, count);
  return isSorted ? order : order.sort((a, b) => comparePlaces(deviceIds, starts, a, b));
}

function comparePlaces(deviceIds: Int32Array, starts: Float64Array, a: number, b: number): number {
  return deviceIds[a]! - deviceIds[b]! || starts[a]! - starts[b]!;
}

function columnOf(of: QuarterColumns, aggregate: Aggregate, order: Int32Array | undefined): Float64Array {
  const values = valuesOf(of, aggregate);
  return order === undefined ? values : pick(values, order, new Float64Array(order.length));
}

function valuesOf(of: QuarterColumns, aggregate: Aggregate): Float64Array {
  if (aggregate === "count") return of.valid;
  if (aggregate !== "mean") return of[aggregate as "sum" | "min" | "max" | "first" | "last"];
  const means = new Float64Array(of.sum.length);
  for (let row = 0; row < means.length; row++) means[row] = of.sum[row]! / of.valid[row]!;
  return means;
}

function pick<T extends Float64Array | Int32Array>(from: T, order: Int32Array, into: T): T {
  for (let at = 0; at < order.length; at++) into[at] = from[order[at]!]!;
  return into;
}

function pickTimes(starts: Float64Array, order: Int32Array | undefined, startsMicros: readonly number[]): Float64Array {
  const times = new Float64Array(order?.length ?? starts.length);
  for (let at = 0; at < times.length; at++) times[at] = startsMicros[starts[order === undefined ? at : order[at]!]!]!;
  return times;
}
