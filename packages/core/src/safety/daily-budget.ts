import type { Envelope } from "./envelope.ts";
import type { Obstacle } from "./obstacle.ts";
import { reserve } from "./windows.ts";

/** A calendar day in the zone of an actuator's site (23, 24 or 25 hours), and what has been used of it. */
export interface DayUse {
  readonly startMicros: number;
  readonly endMicros: number;
  readonly starts: number;
  readonly runMs: number;
}

/** What one run charges to the days that it may have touched. */
export interface Charge {
  /** From its decision to its proven end, or to its worst case; empty windows are not charged. */
  readonly fromMicros: number;
  readonly toMicros: number;
  /** The latest moment at which it may have started. */
  readonly startedByMicros: number;
  /** How long it ran by proof, else its full duration. */
  readonly runMs: number;
}

/** A day that has not been opened, with the charges of all runs that may have touched it. */
export function useOfDay(day: { startMicros: number; endMicros: number }, charges: readonly Charge[]): DayUse {
  const touching = charges.filter(({ fromMicros, toMicros }) => overlapMs(day, fromMicros, toMicros) > 0);
  const started = touching.filter(({ fromMicros, startedByMicros }) => touches(day, fromMicros, startedByMicros));
  const runMs = touching.map((charge) => chargedMs(day, charge)).reduce((sum, ms) => sum + ms, 0);
  return { ...day, starts: started.length, runMs };
}

/**
 * Over a midnight a run is charged to both days, to each at most the time that it shares with it: so no day gets more than its
 * budget, and at most the doubt of one start deadline is charged twice.
 */
function chargedMs(day: { startMicros: number; endMicros: number }, { fromMicros, toMicros, runMs }: Charge): number {
  if (fromMicros >= day.startMicros && toMicros <= day.endMicros) return runMs;
  return Math.min(runMs, overlapMs(day, fromMicros, toMicros));
}

/** What the day's budgets say of one more run, decided now. */
export function dailyObstacles(
  envelope: Envelope,
  days: readonly DayUse[],
  durationMs: number,
  nowMicros: number,
): Obstacle[] {
  const { maxStartsPerDay, maxRunMsPerDay } = envelope;
  const found: Obstacle[] = [];
  const { deadlineMicros, runEndMicros } = reserve(nowMicros, durationMs, 0);
  const charge = { fromMicros: nowMicros, toMicros: runEndMicros, startedByMicros: deadlineMicros, runMs: durationMs };
  if (maxStartsPerDay !== undefined) {
    const full = days.find((day) => day.starts >= maxStartsPerDay && touches(day, nowMicros, deadlineMicros));
    const message = `It has started ${maxStartsPerDay} times today, which is its limit.`;
    const untilMicros = maxStartsPerDay === 0 ? undefined : full?.endMicros;
    if (full !== undefined) found.push({ limit: "max_starts_per_day", message, untilMicros });
  }
  if (maxRunMsPerDay !== undefined) {
    const full = days.find((day) => day.runMs + chargedMs(day, charge) > maxRunMsPerDay);
    const left = full === undefined ? 0 : Math.max(0, maxRunMsPerDay - full.runMs);
    const message = `Of its ${maxRunMsPerDay} ms a day, ${left} ms are left, and this run may take ${durationMs} ms.`;
    const untilMicros = durationMs > maxRunMsPerDay ? undefined : full?.endMicros;
    if (full !== undefined) found.push({ limit: "max_run_per_day", message, untilMicros });
  }
  return found;
}

function touches(day: { startMicros: number; endMicros: number }, fromMicros: number, toMicros: number): boolean {
  return fromMicros < day.endMicros && toMicros >= day.startMicros;
}

function overlapMs(day: { startMicros: number; endMicros: number }, fromMicros: number, toMicros: number): number {
  return Math.max(0, Math.min(day.endMicros, toMicros) - Math.max(day.startMicros, fromMicros)) / 1000;
}
