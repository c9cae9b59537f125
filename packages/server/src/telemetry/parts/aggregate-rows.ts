import { isTimed } from "@sluice/core/telemetry/aggregate.ts";
import { bucketFinder, parseInterval } from "@sluice/core/telemetry/buckets.ts";
import { lookBackMicros } from "@sluice/core/telemetry/timed-aggregates.ts";
import { bucketSeries } from "../bucket-series.ts";
import { mergeSeries } from "../read-series.ts";
import type { AggregatedReadings, BucketedSeries } from "../reader.ts";
import { Turns } from "../turns.ts";
import { windowsIn } from "./aggregate-plan.ts";
import { type Sources, type SummaryQuery, sourcesByDevice } from "./aggregate-readings.ts";
import { noReadings } from "./bucket-fold.ts";
import { asReadingRows } from "./part-reading-rows.ts";
import type { Window } from "./part-sql.ts";

/** Messages merged before others have their turn. */
const MESSAGES_PER_TURN = 20_000;

/** Aggregates made of readings, of buckets of any length; those that need it know the last reading before the range. */
export async function aggregateRows(sources: Sources, query: SummaryQuery): Promise<AggregatedReadings> {
  const { parts, tail, partReader } = sources;
  const { deviceIds, metricNumbers, toMicros, signal } = query;
  const fromMicros = readFromMicros(query);
  const windows: Window[] = [[fromMicros, toMicros]];
  // Where readings are gone, nothing is known of what was before the range.
  const ofLost: Window[] = [[query.fromMicros, toMicros]];
  const wanted = parts
    .map((part) => windowsIn(part, part.hasReadings ? windows : ofLost))
    .filter((one) => one !== undefined);
  const rows = await partReader.readRows(wanted, deviceIds, metricNumbers, false, signal);
  const byDevice = sourcesByDevice([...rows.map(asReadingRows), ...tail.open(windows)], deviceIds);
  const answers: (BucketedSeries & { readonly deviceId: number })[] = [];
  const turns = new Turns(MESSAGES_PER_TURN);
  for (const deviceId of [...byDevice.keys()].sort((a, b) => a - b)) {
    const series = await mergeSeries(byDevice.get(deviceId)!, { deviceId, metricNumbers, fromMicros, toMicros });
    answers.push({ deviceId, ...(await bucketSeries(series, query)) });
    if (turns.isOver(1 + series.timesMicros.length)) await turns.next();
  }
  return answers.length === 0 ? noReadings() : join(answers, query);
}

/** From where on readings have to be looked at. */
export function readFromMicros({
  aggregates,
  interval,
  zone,
  fromMicros,
}: Pick<SummaryQuery, "aggregates" | "interval" | "zone" | "fromMicros">): number {
  if (!aggregates.some(isTimed)) return fromMicros;
  const { startMicros, endMicros } = bucketFinder(parseInterval(interval), zone)(fromMicros);
  return Math.max(0, fromMicros - lookBackMicros(endMicros - startMicros));
}

function join(
  answers: readonly (Omit<AggregatedReadings, "deviceIds"> & { readonly deviceId: number })[],
  { metricNumbers, aggregates }: SummaryQuery,
): AggregatedReadings {
  const rows = answers.reduce((sum, { timesMicros }) => sum + timesMicros.length, 0);
  const deviceIds = new Int32Array(rows);
  const timesMicros = new Float64Array(rows);
  const present = metricNumbers.filter((metric) => answers.some(({ columns }) => columns.has(metric)));
  const columns = new Map(
    present.map((metric) => [
      metric,
      new Map(aggregates.map((aggregate) => [aggregate, new Float64Array(rows).fill(Number.NaN)])),
    ]),
  );
  let at = 0;
  for (const answer of answers) {
    deviceIds.fill(answer.deviceId, at, at + answer.timesMicros.length);
    timesMicros.set(answer.timesMicros, at);
    for (const [metric, byAggregate] of answer.columns) {
      for (const [aggregate, values] of byAggregate) columns.get(metric)!.get(aggregate)!.set(values, at);
    }
    at += answer.timesMicros.length;
  }
  return { deviceIds, timesMicros, columns };
}
