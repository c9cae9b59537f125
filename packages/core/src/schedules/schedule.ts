/**
 * When something is to happen: a definition, as people write it, is compiled once, and then answers which of its occurrences
 * come after a time.
 *
 * An occurrence is named by what the clock on the wall shows, "2026-10-25T02:30:00 Europe/Berlin #1", and "#2" where the clock
 * was set back and shows it again. The name is the durable key of its run: the same occurrence has the same one for ever.
 */
import { SluiceError } from "../errors.ts";
import { parseCron } from "./cron.ts";
import { DAY_MS, formatLocal, parseLocal } from "./local-time.ts";
import type { Recurrence } from "./recurrence.ts";
import { parseRrule } from "./rrule.ts";
import { nextSunEvent, type Place, type SunEvent } from "./sun.ts";
import { type ClockChange, instantsOf, type RepeatedTime, SEARCH_MS, type SkippedTime } from "./wall-clock.ts";
import { firstInstantOf, showingOf, type Zone, zoneOf } from "./zone.ts";

/** A schedule as it is written and kept. Local times are such as "2026-10-25T06:00:00", by the clock of its zone. */
export interface ScheduleDefinition {
  /** IANA name. */
  readonly timeZone: string;
  readonly times: ScheduleTimes;
  /** For cron and rrule; "shift" when absent. */
  readonly skippedTime?: SkippedTime | undefined;
  /** For cron and rrule; "first" when absent. */
  readonly repeatedTime?: RepeatedTime | undefined;
  /** Nothing before this, RFC 3339 or a local time. */
  readonly from?: string | undefined;
  /** Nothing at or after this. */
  readonly until?: string | undefined;
}

export type ScheduleTimes =
  | { readonly kind: "cron"; readonly expression: string }
  /** By elapsed time, whatever the clock on the wall shows. */
  | { readonly kind: "every"; readonly everyMs: number; readonly anchor: string }
  | { readonly kind: "rrule"; readonly rule: string; readonly start: string }
  /** `offsetMs` after the event, or before it when negative. */
  | { readonly kind: "sun"; readonly event: SunEvent; readonly offsetMs: number };

export interface Occurrence {
  readonly key: string;
  /** What the clock shows, "2026-10-25T02:30:00"; of a shifted or skipped one, what it would have shown. */
  readonly local: string;
  /** Undefined: the clock skips it, and it does not happen. */
  readonly timeMicros: number | undefined;
  readonly clockChange: ClockChange | undefined;
}

/** One that happens. */
export type TimedOccurrence = Occurrence & { readonly timeMicros: number };

export interface Schedule {
  readonly zone: Zone;
  /** Occurrences after a time and before another, in order, with those that the clock skips. */
  occurrences(afterMicros: number, beforeMicros: number): Iterable<Occurrence>;
}

export const SHORTEST_EVERY_MS = 1_000;
export const LONGEST_EVERY_MS = 366 * DAY_MS;
export const LONGEST_SUN_OFFSET_MS = 12 * 3_600_000;
const EARLIEST_LOCAL_MS = Date.UTC(1970, 0, 2);
const LATEST_LOCAL_MS = Date.UTC(2200, 0, 1);

/**
 * Throws an invalid `schedule.*`: `time_zone`, `local_time`, `cron`, `cron_impossible`, `rrule`, `every`, `sun`, and
 * `place_unknown` for the sun over a place without coordinates.
 */
export function compileSchedule(definition: ScheduleDefinition, place?: Place): Schedule {
  const zone = zoneOf(definition.timeZone);
  const { from, until } = definition;
  const fromMicros = from === undefined ? Number.NEGATIVE_INFINITY : readInstant(from, zone) * 1000;
  const untilMicros = until === undefined ? Number.POSITIVE_INFINITY : readInstant(until, zone) * 1000;
  const occurrences = sourceOf(definition, zone, place);
  return {
    zone,
    occurrences: (afterMicros, beforeMicros) =>
      occurrences(Math.max(afterMicros, fromMicros - 1), Math.min(beforeMicros, untilMicros)),
  };
}

/** The next occurrences that happen, at most `count`, and none further ahead than eight years. */
export function nextOccurrences(schedule: Schedule, afterMicros: number, count: number): TimedOccurrence[] {
  const found: TimedOccurrence[] = [];
  for (const occurrence of schedule.occurrences(afterMicros, afterMicros + SEARCH_MS * 1000)) {
    if (!isTimed(occurrence)) continue;
    if (found.push(occurrence) === count) break;
  }
  return found;
}

/** The last `count` occurrences after a time and before another, in order. The search widens backwards until it has them. */
export function lastOccurrences(
  schedule: Schedule,
  afterMicros: number,
  beforeMicros: number,
  count: number,
): TimedOccurrence[] {
  for (let widthMicros = FIRST_WIDTH_MICROS; ; widthMicros *= 4) {
    const start = Math.max(afterMicros, beforeMicros - widthMicros);
    const found = [...schedule.occurrences(start, beforeMicros)].filter(isTimed);
    if (found.length >= count || start === afterMicros) return found.slice(Math.max(0, found.length - count));
  }
}

const FIRST_WIDTH_MICROS = 60e6;

export function isTimed(occurrence: Occurrence): occurrence is TimedOccurrence {
  return occurrence.timeMicros !== undefined;
}

type Source = Schedule["occurrences"];

function sourceOf({ times, skippedTime, repeatedTime }: ScheduleDefinition, zone: Zone, place?: Place): Source {
  const policies = { skippedTime: skippedTime ?? "shift", repeatedTime: repeatedTime ?? "first" } as const;
  switch (times.kind) {
    case "cron":
      return recurring(parseCron(times.expression), zone, policies);
    case "rrule":
      return recurring(parseRrule(times.rule, readLocal(times.start)), zone, policies);
    case "every":
      return everySo(times.everyMs, readInstant(times.anchor, zone), zone);
    case "sun":
      return withTheSun(times.event, times.offsetMs, zone, place);
  }
}

function recurring(recurrence: Recurrence, zone: Zone, policies: Parameters<typeof instantsOf>[2]): Source {
  return function* (afterMicros, beforeMicros) {
    const lastMs = recurrence.lastUtcMs ?? Number.POSITIVE_INFINITY;
    const beforeMs = Math.min(Math.ceil(beforeMicros / 1000), lastMs + 1);
    for (const named of instantsOf(recurrence, zone, policies, Math.floor(afterMicros / 1000), beforeMs)) {
      const { localMs, showing, utcMs, clockChange } = named;
      const local = formatLocal(localMs);
      const timeMicros = utcMs === undefined ? undefined : utcMs * 1000;
      yield { key: keyOf(local, zone, showing), local, timeMicros, clockChange };
    }
  };
}

function everySo(everyMs: number, anchorMs: number, zone: Zone): Source {
  if (
    !Number.isSafeInteger(everyMs) ||
    everyMs % 1000 !== 0 ||
    everyMs < SHORTEST_EVERY_MS ||
    everyMs > LONGEST_EVERY_MS
  ) {
    const message = `A schedule comes every whole number of seconds, in milliseconds from ${SHORTEST_EVERY_MS} to ${LONGEST_EVERY_MS}.`;
    throw new SluiceError("invalid", "schedule.every", message, { details: { everyMs } });
  }
  return function* (afterMicros, beforeMicros) {
    const first = Math.max(0, Math.floor((afterMicros / 1000 - anchorMs) / everyMs) + 1);
    for (let utcMs = anchorMs + first * everyMs; utcMs * 1000 < beforeMicros; utcMs += everyMs) {
      yield occurrenceAt(utcMs, zone);
    }
  };
}

function occurrenceAt(utcMs: number, zone: Zone): TimedOccurrence {
  const local = formatLocal(utcMs + zone.offsetAt(utcMs));
  return { key: keyOf(local, zone, showingOf(zone, utcMs)), local, timeMicros: utcMs * 1000, clockChange: undefined };
}

/** The key names the event, whose second moves a little with every refinement of the place. */
function withTheSun(event: SunEvent, offsetMs: number, zone: Zone, place: Place | undefined): Source {
  if (!Number.isSafeInteger(offsetMs) || Math.abs(offsetMs) > LONGEST_SUN_OFFSET_MS) {
    const message = `The offset from ${event} is a whole number of milliseconds, ${LONGEST_SUN_OFFSET_MS} at the most.`;
    throw new SluiceError("invalid", "schedule.sun", message, { details: { offsetMs } });
  }
  if (place === undefined) {
    const message = `Where the sun is to be watched is not known: give the site its latitude and longitude.`;
    throw new SluiceError("invalid", "schedule.place_unknown", message);
  }
  return function* (afterMicros, beforeMicros) {
    // Times are rounded to seconds: an event half a second earlier may be one after `afterMicros`.
    let eventMicros = nextSunEvent(place, event, afterMicros - offsetMs * 1000 - 1e6);
    while (eventMicros !== undefined) {
      const utcMs = Math.round((eventMicros + offsetMs * 1000) / 1e6) * 1000;
      if (utcMs * 1000 >= beforeMicros) return;
      if (utcMs * 1000 > afterMicros) {
        const local = formatLocal(utcMs + zone.offsetAt(utcMs));
        const key = sunKey(place, event, eventMicros, zone);
        yield { key, local, timeMicros: utcMs * 1000, clockChange: undefined };
      }
      eventMicros = nextSunEvent(place, event, eventMicros);
    }
  };
}

/** Far in the north the sun may set twice on one date: just after midnight, and just before the next. */
function sunKey(place: Place, event: SunEvent, eventMicros: number, zone: Zone): string {
  const dateAt = (micros: number): string => {
    const utcMs = Math.floor(micros / 1000);
    return formatLocal(utcMs + zone.offsetAt(utcMs)).slice(0, 10);
  };
  const date = dateAt(eventMicros);
  const previous = nextSunEvent(place, event, eventMicros - 26 * 3600e6)!;
  return keyOf(`${date} ${event}`, zone, previous < eventMicros && dateAt(previous) === date ? 2 : 1);
}

function keyOf(local: string, { name }: Zone, showing: 1 | 2): string {
  return `${local} ${name} #${showing}`;
}

function readLocal(text: string): number {
  const localMs = parseLocal(text);
  if (localMs !== undefined && localMs >= EARLIEST_LOCAL_MS && localMs < LATEST_LOCAL_MS) return localMs;
  const message = `"${text}" is no local time from 1970 to 2199: write one such as "2026-10-25T06:00:00".`;
  throw new SluiceError("invalid", "schedule.local_time", message, { details: { value: text } });
}

const WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/;

/** RFC 3339, or a local time of the zone. In milliseconds, on a whole second. */
function readInstant(text: string, zone: Zone): number {
  const utcMs = WITH_OFFSET.test(text) ? Date.parse(text) : Number.NaN;
  if (utcMs >= EARLIEST_LOCAL_MS && utcMs < LATEST_LOCAL_MS) return Math.floor(utcMs / 1000) * 1000;
  return firstInstantOf(zone, readLocal(text));
}
