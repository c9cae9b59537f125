import type { ContaminationSign } from "@sluice/solutions/water-quality/contamination-signs.ts";
import { CONTAMINATION_SIGNS } from "@sluice/solutions/water-quality/contamination-signs.ts";
import { memberSeed, seededRandom } from "../random.ts";

/** Something that happens to the water of one station. Times of the water's world, µs since 1970. */
export interface Contamination {
  readonly kind: ContaminationSign;
  readonly startMicros: number;
  readonly endMicros: number;
  /** 0 to 1: how bad it becomes. */
  readonly severity: number;
  /** Of a spill: an acid or a base. */
  readonly isAcid: boolean;
}

const SLOT_MICROS = 4 * 3_600e6;
const SLOTS_PER_DAY = 6;
/** At most one begins in a slot. */
export const MAX_CONTAMINATIONS_PER_DAY = SLOTS_PER_DAY;
const LEAST_MINUTES = 30;
const MOST_MINUTES = 90;
/** How long it takes to come, and to go. */
const RAMP_MICROS = 5 * 60e6;

/** The event that begins in this part of the day, if one does; it ends within it. Every third of them is of each kind. */
export function contaminationAt(seed: number, timeMicros: number, perDay: number): Contamination | undefined {
  const slot = Math.floor(timeMicros / SLOT_MICROS);
  const drawn = seededRandom(memberSeed(seed, slot));
  if (drawn() >= perDay / SLOTS_PER_DAY) return undefined;
  const kind = CONTAMINATION_SIGNS[Math.floor(drawn() * CONTAMINATION_SIGNS.length)]!;
  const lengthMicros = Math.round(LEAST_MINUTES + (MOST_MINUTES - LEAST_MINUTES) * drawn()) * 60e6;
  const startMicros = slot * SLOT_MICROS + Math.round((drawn() * (SLOT_MICROS - lengthMicros)) / 60e6) * 60e6;
  return {
    kind,
    startMicros,
    endMicros: startMicros + lengthMicros,
    severity: 0.5 + 0.5 * drawn(),
    isAcid: drawn() < 0.5,
  };
}

/** How much of it there is now: 0 before and after, its severity in between, with ramps. */
export function strengthAt({ startMicros, endMicros, severity }: Contamination, timeMicros: number): number {
  const since = timeMicros - startMicros;
  const until = endMicros - timeMicros;
  return severity * Math.min(1, Math.max(0, Math.min(since, until) / RAMP_MICROS));
}
