import { type Cadence, medianOf } from "./cadence.ts";
import type {
  Completeness,
  CompletenessContent,
  DeviceCompleteness,
  Gap,
  IntervalSource,
  SeriesCompleteness,
} from "./report-content.ts";
import type { DeviceTally } from "./report-tally.ts";
import type { WatchedSeries } from "./series-watch.ts";

/** The longest are listed; the others are counted. */
export const MAX_GAPS_LISTED = 500;
/** A silence is a gap when at least so many readings were due in it. */
const DUE_IN_A_GAP = 2;

/** How much of what was due came, series by series, and where it is missing. */
export function completenessOf(
  devices: readonly DeviceTally[],
): CompletenessContent & { readonly whole: Completeness } {
  const peers = peerCadences(devices);
  const judged = devices.map((tally) => judgeDevice(tally, peers));
  const gaps = judged.flatMap((device) => device.gaps).sort((a, b) => b.lengthMicros - a.lengthMicros);
  const series = judged.flatMap((device) => device.series);
  return {
    whole: together(series),
    devices: judged.map(({ head }) => head),
    series,
    gaps: gaps.slice(0, MAX_GAPS_LISTED).map(({ gap }) => gap),
    omittedGaps: Math.max(0, gaps.length - MAX_GAPS_LISTED),
  };
}

/** The medians of what devices do that said enough to tell. */
function peerCadences(devices: readonly DeviceTally[]): ReadonlyMap<string, Cadence> {
  const known = new Map<string, Cadence[]>();
  for (const { metric, cadence } of devices.flatMap(({ series }) => series)) {
    if (cadence === undefined) continue;
    const cadences = known.get(metric);
    if (cadences === undefined) known.set(metric, [cadence]);
    else cadences.push(cadence);
  }
  const middle = (cadences: readonly Cadence[]): Cadence => ({
    intervalMs: medianOf(cadences.map(({ intervalMs }) => intervalMs)),
    stepMs: medianOf(cadences.map(({ stepMs }) => stepMs)),
  });
  return new Map([...known].map(([metric, cadences]) => [metric, middle(cadences)]));
}

interface MeasuredGap {
  readonly lengthMicros: number;
  readonly gap: Gap;
}

interface JudgedDevice {
  readonly head: DeviceCompleteness;
  readonly series: readonly SeriesCompleteness[];
  readonly gaps: readonly MeasuredGap[];
}

function judgeDevice({ device, series }: DeviceTally, peers: ReadonlyMap<string, Cadence>): JudgedDevice {
  const judged = series.map((one) => judgeSeries(device.uid, one, peers.get(one.metric)));
  const rows = judged.map(({ row }) => row);
  const gaps = new Map<
    string,
    { readonly fromMicros: number; readonly toMicros: number; readonly metrics: string[] }
  >();
  for (const { row, silences } of judged) {
    for (const { fromMicros, toMicros } of silences) {
      const key = `${fromMicros} ${toMicros}`;
      const gap = gaps.get(key) ?? { fromMicros, toMicros, metrics: [] };
      gap.metrics.push(row.metric);
      gaps.set(key, gap);
    }
  }
  return {
    head: { device: device.uid, name: device.name, ...together(rows) },
    series: rows,
    gaps: [...gaps.values()].map(({ fromMicros, toMicros, metrics }) => ({
      lengthMicros: toMicros - fromMicros,
      gap: { device: device.uid, metrics, from: formatMicros(fromMicros), to: formatMicros(toMicros) },
    })),
  };
}

function judgeSeries(device: string, series: WatchedSeries, peer: Cadence | undefined) {
  const { metric, readings, dueMs, silences } = series;
  const cadence = series.cadence ?? peer;
  const intervalSource: IntervalSource = series.source === "unknown" && peer !== undefined ? "peers" : series.source;
  const expected = cadence === undefined ? null : Math.max(Math.round(dueMs / cadence.intervalMs), 0);
  const row: SeriesCompleteness = {
    ...{ device, metric, expected, readings, share: shareOf(readings, expected) },
    intervalSeconds: cadence === undefined ? null : cadence.intervalMs / 1000,
    intervalSource,
  };
  const leastMicros = cadence && DUE_IN_A_GAP * Math.max(cadence.intervalMs, cadence.stepMs) * 1000;
  // Of what nobody knows how often it reports, only saying nothing at all is a gap.
  const isGap = ({ fromMicros, toMicros }: { readonly fromMicros: number; readonly toMicros: number }) =>
    leastMicros === undefined ? readings === 0 : toMicros - fromMicros >= leastMicros;
  return { row, silences: silences.filter(isGap) };
}

function shareOf(readings: number, expected: number | null): number | null {
  if (expected === null) return null;
  return expected === 0 ? 1 : Math.min(1, readings / expected);
}

/** Of series of which nobody knows what was due, only the readings are told. */
function together(series: readonly SeriesCompleteness[]): Completeness {
  const readings = series.reduce((sum, one) => sum + one.readings, 0);
  const known = series.filter((one) => one.expected !== null);
  const expected = known.reduce((sum, one) => sum + one.expected!, 0);
  if (known.length === 0) return { expected: null, readings, share: null };
  const came = known.reduce((sum, one) => sum + Math.min(one.readings, one.expected!), 0);
  return { expected, readings, share: expected === 0 ? 1 : came / expected };
}

export function formatMicros(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString();
}
