/**
 * Which source answers for which quarter-hours of an aggregate.
 *
 *   clean     a part is the only source: DuckDB folds its quarter-hours into buckets
 *   shared    several sources have readings in it: their quarter-hours are compared one by one, and those in which one may
 *             hold a later version of another's reading are read as readings
 *   edge      the range begins or ends within a quarter-hour: read as readings
 */

import type { QueryPart } from "./part-catalogue-store.ts";
import type { PartWindows } from "./part-files.ts";
import { QUARTER_MICROS } from "./part-schema.ts";
import type { Window } from "./part-sql.ts";

/** When some readings that are in no part yet lie. */
export interface TailSpan {
  readonly minMicros: number;
  readonly maxMicros: number;
}

export interface AggregatePlan {
  readonly clean: readonly PartWindows[];
  /** Parts in windows that they share with others, in the order of arrival. */
  readonly shared: readonly PartWindows[];
  /** All windows that are not clean, in which the tail may have readings. */
  readonly sharedWindows: readonly Window[];
  readonly edges: readonly Window[];
}

const NOTHING: AggregatePlan = { clean: [], shared: [], sharedWindows: [], edges: [] };
/** Windows of one part in one statement: a part with more is asked several times. */
const MAX_WINDOWS = 256;

export function floorQuarter(micros: number): number {
  return Math.floor(micros / QUARTER_MICROS) * QUARTER_MICROS;
}

export function ceilQuarter(micros: number): number {
  return Math.ceil(micros / QUARTER_MICROS) * QUARTER_MICROS;
}

/**
 * The range may be without end; `parts` are in the order of arrival. `startsOf` a part: where exactly the quarter-hours begin
 * that it has, if that is known; else it may have any between its first and its last.
 */
export function planAggregate(
  parts: readonly QueryPart[],
  tail: readonly TailSpan[],
  fromMicros: number,
  toMicros: number,
  startsOf: ReadonlyMap<QueryPart, Float64Array> = new Map(),
): AggregatePlan {
  const [first, last] = extentOf([...parts, ...tail]);
  if (first > last || fromMicros > last || toMicros <= first) return NOTHING;
  const from = Math.max(fromMicros, floorQuarter(first));
  const to = Math.min(toMicros, floorQuarter(last) + QUARTER_MICROS);
  const wholeFrom = ceilQuarter(from);
  const wholeTo = floorQuarter(to);
  if (wholeFrom >= wholeTo) return { ...NOTHING, edges: [[from, to]] };
  const edges: Window[] = [];
  if (from < wholeFrom) edges.push([from, wholeFrom]);
  if (wholeTo < to) edges.push([wholeTo, to]);
  return { ...planWhole(parts, tail, wholeFrom, wholeTo, startsOf, edges), edges };
}

function extentOf(spans: readonly TailSpan[]): Window {
  let [first, last]: Window = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { minMicros, maxMicros } of spans) {
    if (minMicros < first) first = minMicros;
    if (maxMicros > last) last = maxMicros;
  }
  return [first, last];
}

/** A stretch of time in which a part may have readings. */
interface Stretch {
  readonly part: number;
  readonly from: number;
  readonly to: number;
}

function planWhole(
  parts: readonly QueryPart[],
  tail: readonly TailSpan[],
  from: number,
  to: number,
  startsOf: ReadonlyMap<QueryPart, Float64Array>,
  edges: readonly Window[],
) {
  const clip = ({ minMicros, maxMicros }: TailSpan): Window => [
    Math.max(from, floorQuarter(minMicros)),
    Math.min(to, floorQuarter(maxMicros) + QUARTER_MICROS),
  ];
  const stretches = parts
    .flatMap((part, i) =>
      spansOf(part, startsOf)
        .map(clip)
        .map(([start, end]): Stretch => ({ part: i, from: start, to: end })),
    )
    .filter((stretch) => stretch.from < stretch.to)
    .sort((a, b) => a.from - b.from);
  const tailWindows = joinWindows(tail.map(clip).filter(([start, end]) => start < end));
  const ends = [...stretches.map((stretch): Window => [stretch.from, stretch.to]), ...tailWindows];
  const borders = [...new Set(ends.flat())].sort((a, b) => a - b);
  const clean = parts.map((): Window[] => []);
  const shared = parts.map((): Window[] => []);
  const sharedWindows: Window[] = [...tailWindows];
  let active: Stretch[] = [];
  let next = 0;
  let tailAt = 0;
  for (let b = 0; b + 1 < borders.length; b++) {
    const window: Window = [borders[b]!, borders[b + 1]!];
    while (next < stretches.length && stretches[next]!.from <= window[0]) active.push(stretches[next++]!);
    active = active.filter((stretch) => stretch.to > window[0]);
    while (tailAt < tailWindows.length && tailWindows[tailAt]![1] <= window[0]) tailAt++;
    const hasTail = tailAt < tailWindows.length && tailWindows[tailAt]![0] <= window[0];
    for (const { part } of active) {
      const isAlone =
        !hasTail && active.every((other) => other.part === part || !sameDevices(parts[part]!, parts[other.part]!));
      (isAlone ? clean : shared)[part]!.push(window);
      if (!isAlone) sharedWindows.push(window);
    }
  }
  // Of days and months no part of one can be told apart.
  for (const [i, part] of parts.entries()) {
    const isShared = shared[i]!.length > 0 || windowsIn(part, edges) !== undefined;
    if (part.sidecarInterval !== "quarter" && isShared) shared[i]!.push(...clean[i]!.splice(0));
  }
  const withWindows = (windows: readonly Window[][]) =>
    parts.flatMap((part, i) => splitWindows({ part, windows: joinWindows(windows[i]!) }));
  return { clean: withWindows(clean), shared: withWindows(shared), sharedWindows: joinWindows(sharedWindows) };
}

function spansOf(part: QueryPart, startsOf: ReadonlyMap<QueryPart, Float64Array>): readonly TailSpan[] {
  const starts = startsOf.get(part);
  if (starts === undefined) return [part];
  const quarters = joinWindows(Array.from(starts, (start): Window => [start, start + QUARTER_MICROS]));
  return quarters.map(([start, end]) => ({ minMicros: start, maxMicros: end - 1 }));
}

function splitWindows({ part, windows }: PartWindows): PartWindows[] {
  const pieces: PartWindows[] = [];
  for (let at = 0; at < windows.length; at += MAX_WINDOWS) {
    pieces.push({ part, windows: windows.slice(at, at + MAX_WINDOWS) });
  }
  return pieces;
}

export function sameDevices(a: QueryPart, b: QueryPart): boolean {
  return a.minDevice <= b.maxDevice && a.maxDevice >= b.minDevice;
}

/** Sorted, and those that touch or are less than `gapMicros` apart made one. */
export function joinWindows(windows: readonly Window[], gapMicros = 0): Window[] {
  const joined: [number, number][] = [];
  for (const [from, to] of windows.toSorted((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + gapMicros) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** What of the windows lies in a part; undefined when nothing does. */
export function windowsIn(part: QueryPart, windows: readonly Window[]): PartWindows | undefined {
  const inside = windows.filter(([from, to]) => part.maxMicros >= from && part.minMicros < to);
  return inside.length === 0 ? undefined : { part, windows: inside };
}
