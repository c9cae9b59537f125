/**
 * What is merged next. A merged part takes the place of its newest in the order of arrival, so nothing may be merged past a part
 * that arrived in between and may hold a version of the same (device, time): every live part of the profile is such a barrier,
 * also one that is not to be merged itself.
 */
import type { LivePart, PartSpan } from "./part-store.ts";
import { DAY_MICROS, dayOf, daysOfMonth, monthOfDay } from "./periods.ts";

/** Parts that are merged at once: of each, one row group is in memory. */
export const FAN_IN = 16;
/** Parts that are larger together stay apart: a file that nobody can move is worse than two. */
const MAX_MESSAGES = 100_000_000;
const MAX_BYTES = 2 * 1024 ** 3;
/** A day or month has to be over for so long, for what comes late. */
const LATE_MICROS = DAY_MICROS;
/** Late readings of a time that is compacted already wait so long for others: each time, all of it is written anew. */
const GATHER_MICROS = DAY_MICROS;

export interface Compaction {
  readonly span: PartSpan;
  /** From the earliest to the latest. */
  readonly parts: readonly LivePart[];
}

/** `parts` are all live ones of one partition that may overlap. Days come before months. */
export function findCompaction(parts: readonly LivePart[], nowMicros: number): Compaction | undefined {
  const isOver = (day: number) => (day + 1) * DAY_MICROS + LATE_MICROS <= nowMicros;
  const months = [...Map.groupBy(parts, placeOf).values()];
  for (const ofMonth of months) {
    const days = Map.groupBy(ofMonth.filter(isOfOneDay), ({ minMicros }) => dayOf(minMicros));
    for (const [day, ofDay] of days) {
      if (!isOver(day)) continue;
      const chosen = choose(ofDay, ofMonth, nowMicros);
      if (chosen !== undefined) return { span: "day", parts: chosen };
    }
  }
  for (const ofMonth of months) {
    if (!isOver(daysOfMonth(dayOf(ofMonth[0]!.minMicros)).last)) continue;
    const chosen = choose(ofMonth, ofMonth, nowMicros);
    if (chosen !== undefined) return { span: "month", parts: chosen };
  }
  return undefined;
}

/** No part crosses the border of a month, so those of another place never overlap. */
function placeOf({ profileId, minMicros }: LivePart): string {
  return `${profileId} ${monthOfDay(dayOf(minMicros))}`;
}

function isOfOneDay({ minMicros, maxMicros }: LivePart): boolean {
  return dayOf(minMicros) === dayOf(maxMicros);
}

/** The run of neighbours that costs the least to merge. */
function choose(parts: readonly LivePart[], all: readonly LivePart[], nowMicros: number): LivePart[] | undefined {
  const inOrder = parts.filter(({ isMergeable }) => isMergeable).toSorted((a, b) => a.sequence - b.sequence);
  let best: LivePart[] | undefined;
  let reached = 0;
  for (let from = 0; from < inOrder.length; from++) {
    const run = runFrom(inOrder, from, all);
    // One that lies within the run before it is found again once that is merged.
    if (from + run.length <= reached) continue;
    reached = from + run.length;
    if (run.length < 2 || !isRipe(run, nowMicros)) continue;
    if (best === undefined || sumOf(run, "messages") < sumOf(best, "messages")) best = run;
  }
  return best;
}

/** As many as may be merged with the part at `from`, in their order. */
function runFrom(inOrder: readonly LivePart[], from: number, all: readonly LivePart[]): LivePart[] {
  let run = [inOrder[from]!];
  for (let to = from + 2; to <= Math.min(inOrder.length, from + FAN_IN); to++) {
    const longer = inOrder.slice(from, to);
    const isTooLarge = sumOf(longer, "messages") > MAX_MESSAGES || sumOf(longer, "bytes") > MAX_BYTES;
    if (isTooLarge || hasBarrier(longer, all)) break;
    run = longer;
  }
  return run;
}

/** That another part arrived after the first and before the last of them, of times among theirs. */
function hasBarrier(run: readonly LivePart[], all: readonly LivePart[]): boolean {
  const first = run[0]!.sequence;
  const last = run.at(-1)!.sequence;
  const minMicros = Math.min(...run.map((part) => part.minMicros));
  const maxMicros = Math.max(...run.map((part) => part.maxMicros));
  return all.some(
    (part) =>
      part.sequence > first &&
      part.sequence < last &&
      part.minMicros <= maxMicros &&
      part.maxMicros >= minMicros &&
      !run.includes(part),
  );
}

function isRipe(run: readonly LivePart[], nowMicros: number): boolean {
  const isAnew = run.some(({ span }) => span !== "generation");
  const newestMicros = Math.max(...run.map(({ liveMicros }) => liveMicros));
  return !isAnew || nowMicros - newestMicros >= GATHER_MICROS;
}

function sumOf(parts: readonly LivePart[], what: "messages" | "bytes"): number {
  return parts.reduce((sum, part) => sum + part[what], 0);
}
