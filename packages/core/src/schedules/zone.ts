import { SluiceError } from "../errors.ts";
import { type OffsetAt, zoneOffset } from "../telemetry/buckets.ts";
import { DAY_MS, HOUR_MS } from "./local-time.ts";

/** A stretch of time through which a zone's clock runs evenly. */
export interface Stretch {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  /** Local time is UTC plus this. */
  readonly offsetMs: number;
  /** Local times from here, and before the stretch's own, are skipped as it begins; equal to its own begin when none is. */
  readonly skippedFromLocalMs: number;
  /** Local times of the stretch before this one have been shown before. */
  readonly repeatedBeforeLocalMs: number;
  /** Local times of the stretch from this one on are shown again after it. */
  readonly repeatedFromLocalMs: number;
}

/** A time zone of the IANA database. */
export interface Zone {
  readonly name: string;
  offsetAt(utcMs: number): number;
  /** The stretch that an instant lies in. They end where the clock is changed, and elsewhere, but not within a jump's length of it. */
  stretchAt(utcMs: number): Stretch;
}

/**
 * Asking Intl costs microseconds, so a zone is looked at once in this time, and closer where its offset differs at both ends.
 * No zone changes its clock twice within it.
 */
const CELL_MS = 4 * DAY_MS;
/** Changes happen on full quarter-hours. */
const QUARTER_MS = 900_000;
/** The widest jump of a clock: Samoa left out the 30th of December 2011. */
const WIDEST_JUMP_MS = 26 * HOUR_MS;
const MAX_ZONES = 1_000;
const MAX_CELLS = 20_000;

const zones = new Map<string, Zone>();

/** Throws `schedule.time_zone` for what is no IANA time zone: an offset such as "+02:00" is none, it knows no daylight saving. */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (!isTimeZone(name)) {
    const message = `"${name}" is no time zone of the IANA database: write one such as "Europe/Berlin" or "UTC".`;
    throw new SluiceError("invalid", "schedule.time_zone", message, { details: { timeZone: name } });
  }
  if (zones.size >= MAX_ZONES) zones.clear();
  const zone = createZone(name, zoneOffset(name));
  zones.set(name, zone);
  return zone;
}

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The clock is set to another offset. */
interface Change {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

function createZone(name: string, offsetAt: OffsetAt): Zone {
  const changes = new Map<number, Change | undefined>();
  const changeIn = (cell: number): Change | undefined => {
    if (changes.has(cell)) return changes.get(cell);
    if (changes.size >= MAX_CELLS) changes.clear();
    const change = findChange(cell * CELL_MS, offsetAt);
    changes.set(cell, change);
    return change;
  };
  return { name, offsetAt, stretchAt: (utcMs) => stretchAt(utcMs, offsetAt, changeIn) };
}

/** In the cell that begins at an instant, its first moment included. */
function findChange(startMs: number, offsetAt: OffsetAt): Change | undefined {
  const fromMs = offsetAt(startMs - 1);
  const toMs = offsetAt(startMs + CELL_MS - 1);
  if (fromMs === toMs) return undefined;
  let low = startMs - QUARTER_MS;
  let high = startMs + CELL_MS - QUARTER_MS;
  while (high - low > QUARTER_MS) {
    const middle = low + Math.floor((high - low) / 2 / QUARTER_MS) * QUARTER_MS;
    if (offsetAt(middle) === fromMs) low = middle;
    else high = middle;
  }
  return { atMs: high, fromMs, toMs };
}

function stretchAt(utcMs: number, offsetAt: OffsetAt, changeIn: (cell: number) => Change | undefined): Stretch {
  const cell = Math.floor(utcMs / CELL_MS);
  const change = changeIn(cell);
  const changeBefore = change !== undefined && change.atMs <= utcMs ? change : changeIn(cell - 1);
  const changeAfter = change !== undefined && change.atMs > utcMs ? change : changeIn(cell + 1);
  const cellStartMs = cell * CELL_MS;
  const cellEndMs = cellStartMs + CELL_MS;
  const isChangeNear = changeBefore !== undefined && changeBefore.atMs > cellStartMs - WIDEST_JUMP_MS;
  const startMs = isChangeNear ? changeBefore.atMs : cellStartMs;
  const evenEndMs = startMs > cellEndMs - WIDEST_JUMP_MS ? cellEndMs + CELL_MS : cellEndMs;
  const endMs = Math.min(changeAfter?.atMs ?? Number.POSITIVE_INFINITY, evenEndMs);
  const offsetMs = offsetAt(utcMs);
  const jump = isChangeNear ? changeBefore : undefined;
  return {
    startMs,
    endMs,
    offsetMs,
    skippedFromLocalMs: startMs + Math.min(jump?.fromMs ?? offsetMs, offsetMs),
    repeatedBeforeLocalMs: startMs + Math.max(jump?.fromMs ?? offsetMs, offsetMs),
    repeatedFromLocalMs: changeAfter === undefined ? Number.POSITIVE_INFINITY : changeAfter.atMs + changeAfter.toMs,
  };
}

/** Which showing of its local time an instant is: 2 where the clock was set back and shows it again. */
export function showingOf(zone: Zone, utcMs: number): 1 | 2 {
  const { offsetMs, repeatedBeforeLocalMs } = zone.stretchAt(utcMs);
  return utcMs + offsetMs < repeatedBeforeLocalMs ? 2 : 1;
}

/** The first instant at which the clock shows a local time; where it skips it, as much later as the clock jumps (RFC 5545, 3.3.5). */
export function firstInstantOf(zone: Zone, localMs: number): number {
  const byOffsetBefore = localMs - zone.offsetAt(localMs - DAY_MS);
  const byOffsetAfter = localMs - zone.offsetAt(localMs + DAY_MS);
  const isShown = (utcMs: number): boolean => utcMs + zone.offsetAt(utcMs) === localMs;
  const [first, second] =
    byOffsetBefore < byOffsetAfter ? [byOffsetBefore, byOffsetAfter] : [byOffsetAfter, byOffsetBefore];
  return isShown(first) ? first : isShown(second) ? second : byOffsetBefore;
}
