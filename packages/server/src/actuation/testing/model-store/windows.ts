/** A `tstzrange`: from its lower bound on, up to but without its upper one. A null bound is none; undefined is the empty range. */
export interface Range {
  readonly fromMicros: number | null;
  readonly toMicros: number | null;
}

export type Window = Range | undefined;

const low = ({ fromMicros }: Range): number => fromMicros ?? Number.NEGATIVE_INFINITY;
const high = ({ toMicros }: Range): number => toMicros ?? Number.POSITIVE_INFINITY;

/** Undefined when the bounds are equal; the caller does not give them in the wrong order. */
export function windowOf(fromMicros: number, toMicros: number): Window {
  return fromMicros < toMicros ? { fromMicros, toMicros } : undefined;
}

export function from(fromMicros: number): Range {
  return { fromMicros, toMicros: null };
}

export function until(toMicros: number): Range {
  return { fromMicros: null, toMicros };
}

export function overlaps(a: Window, b: Window): boolean {
  return a !== undefined && b !== undefined && low(a) < high(b) && low(b) < high(a);
}

export function intersect(a: Window, b: Window): Window {
  if (a === undefined || b === undefined || !overlaps(a, b)) return undefined;
  return {
    fromMicros: low(a) >= low(b) ? a.fromMicros : b.fromMicros,
    toMicros: high(a) <= high(b) ? a.toMicros : b.toMicros,
  };
}

export function isWithin(inner: Window, outer: Window): boolean {
  if (inner === undefined) return true;
  return outer !== undefined && low(outer) <= low(inner) && high(inner) <= high(outer);
}

/** The greatest upper bound; undefined without any. */
export function latestEnd(windows: readonly Window[]): number | undefined {
  const ends = windows.flatMap((window) => (window === undefined ? [] : [high(window)]));
  return ends.length === 0 ? undefined : Math.max(...ends);
}
