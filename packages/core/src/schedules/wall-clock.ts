import { DAY_MS, HOUR_MS } from "./local-time.ts";
import type { Recurrence } from "./recurrence.ts";
import type { Stretch, Zone } from "./zone.ts";

/** What becomes of a local time that the clock skips when it is set forward: nothing, or it comes as much later as it jumps. */
export type SkippedTime = "skip" | "shift";
/** Which showing of a local time counts when the clock is set back and shows it twice. */
export type RepeatedTime = "first" | "second" | "both";

export interface ClockPolicies {
  readonly skippedTime: SkippedTime;
  readonly repeatedTime: RepeatedTime;
}

/** What the change of the clock did to a local time. */
export type ClockChange = "skipped" | "shifted" | "first-of-two" | "second-of-two";

/** A local time that a recurrence names. */
export interface NamedTime {
  readonly localMs: number;
  /** 2: the clock was set back and shows it again. */
  readonly showing: 1 | 2;
  /** Undefined: the clock skips it, and so does the schedule. */
  readonly utcMs: number | undefined;
  readonly clockChange: ClockChange | undefined;
}

/** Local time is at most this far from UTC. */
const WIDEST_OFFSET_MS = 15 * HOUR_MS;

/**
 * The instants of a recurrence's local times, in growing order, after one instant and before another. Two names of one instant,
 * as they come from shifting, are one.
 *
 * A zone is walked in stretches through which its clock runs evenly: within one, local times and instants grow together.
 */
export function* instantsOf(
  recurrence: Recurrence,
  zone: Zone,
  policies: ClockPolicies,
  afterMs: number,
  beforeMs: number,
): Generator<NamedTime> {
  let stretch = zone.stretchAt(afterMs + 1);
  while (stretch.startMs < beforeMs) {
    for (const named of namedIn(recurrence, stretch, policies, Math.max(stretch.startMs, afterMs + 1))) {
      const atMs = named.utcMs ?? stretch.startMs;
      if (atMs <= afterMs) continue;
      if (atMs >= beforeMs) return;
      yield named;
    }
    // Straight to where the next one may be, past the months in which there is none.
    const nextLocalMs = recurrence.next(stretch.endMs - WIDEST_OFFSET_MS, beforeMs + WIDEST_OFFSET_MS);
    if (nextLocalMs === undefined) return;
    stretch = zone.stretchAt(Math.max(stretch.endMs, nextLocalMs - WIDEST_OFFSET_MS));
  }
}

function* namedIn(
  recurrence: Recurrence,
  stretch: Stretch,
  policies: ClockPolicies,
  fromMs: number,
): Generator<NamedTime> {
  const { startMs, endMs, offsetMs, skippedFromLocalMs } = stretch;
  const jumpMs = startMs + offsetMs - skippedFromLocalMs;
  const shifted: NamedTime[] = [];
  for (const localMs of localTimes(recurrence, skippedFromLocalMs, startMs + offsetMs)) {
    const isShifted = policies.skippedTime === "shift";
    const named = { localMs, showing: 1, clockChange: isShifted ? "shifted" : "skipped" } as const;
    if (isShifted) shifted.push({ ...named, utcMs: localMs + jumpMs - offsetMs });
    else yield { ...named, utcMs: undefined };
  }
  for (const localMs of localTimes(recurrence, fromMs + offsetMs, endMs + offsetMs)) {
    const named = shownAt(localMs, stretch, policies);
    if (named === undefined) continue;
    while (shifted.length > 0 && shifted[0]!.utcMs! < named.utcMs!) yield shifted.shift()!;
    if (shifted[0]?.utcMs === named.utcMs) shifted.shift();
    yield named;
  }
  yield* shifted;
}

function* localTimes(recurrence: Recurrence, fromMs: number, toMs: number): Generator<number> {
  for (let at = fromMs; at < toMs; at += 1) {
    const localMs = recurrence.next(at, toMs);
    if (localMs === undefined) return;
    yield localMs;
    at = localMs;
  }
}

/** Undefined: another showing of it counts. */
function shownAt(localMs: number, stretch: Stretch, { repeatedTime }: ClockPolicies): NamedTime | undefined {
  const utcMs = localMs - stretch.offsetMs;
  if (localMs < stretch.repeatedBeforeLocalMs) {
    if (repeatedTime === "first") return undefined;
    return { localMs, showing: 2, utcMs, clockChange: "second-of-two" };
  }
  if (localMs >= stretch.repeatedFromLocalMs) {
    if (repeatedTime === "second") return undefined;
    return { localMs, showing: 1, utcMs, clockChange: "first-of-two" };
  }
  return { localMs, showing: 1, utcMs, clockChange: undefined };
}

/** How far ahead a search looks: the 29th of February is at most eight years away (1896 to 1904, 2096 to 2104). */
export const SEARCH_MS = (8 * 365 + 3) * DAY_MS;
