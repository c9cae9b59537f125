/**
 * What a flow meter says of a run, and of the time without one. A command that was obeyed is not water that flows: a pump may run
 * dry, a hose may have come off, a valve may not shut.
 */

export interface FlowSettings {
  readonly expectedLitresPerMinute: number;
  /** Share by which a flow may differ from the expected one and be right; 0 to 1. */
  readonly tolerance: number;
  /** Less than this is the meter's own trembling. */
  readonly noiseLitresPerMinute: number;
  /** Pipes fill before the flow is steady. */
  readonly settlingMs: number;
  /** Water has to flow, or not, for this long before it is said to. */
  readonly confirmMs: number;
}

export interface FlowReading {
  readonly timeMs: number;
  readonly litresPerMinute: number;
}

/** `trips` says whether the actuator should be stopped and held until somebody has looked. */
export type FlowVerdict =
  | { readonly kind: "unknown"; readonly trips: false; readonly reason: string }
  | { readonly kind: "as-expected"; readonly trips: false; readonly meanLitresPerMinute: number }
  | { readonly kind: "no-flow"; readonly trips: true; readonly reason: string }
  | { readonly kind: "low-flow" | "high-flow"; readonly trips: boolean; readonly reason: string }
  | { readonly kind: "idle"; readonly trips: false }
  | { readonly kind: "leak"; readonly trips: true; readonly reason: string };

/** Twice the flow and more is a burst pipe, not a mistuned one. */
const BURST_SHARE = 2;

const isTold = ({ litresPerMinute }: FlowReading) => Number.isFinite(litresPerMinute);

/** Of a run that began at a time, by the valid readings since; in order of their times. */
export function verifyRun(startedMs: number, readings: readonly FlowReading[], settings: FlowSettings): FlowVerdict {
  const steady = readings.filter((reading) => isTold(reading) && reading.timeMs >= startedMs + settings.settlingMs);
  if (!spans(steady, settings.confirmMs)) return unknown("the run has not been watched for long enough");
  const { expectedLitresPerMinute: expected, tolerance, noiseLitresPerMinute, confirmMs } = settings;
  if (!(expected > 0)) return unknown("nobody says how much should flow");
  const recent = lastOf(steady, confirmMs);
  const mean = meanFlow(recent);
  const compared = `${mean.toFixed(1)} L/min flow instead of ${expected.toFixed(1)}`;
  if (recent.every(({ litresPerMinute }) => litresPerMinute <= noiseLitresPerMinute)) {
    return { kind: "no-flow", trips: true, reason: `nothing flows, and ${expected.toFixed(1)} L/min should` };
  }
  if (mean < expected * (1 - tolerance)) return { kind: "low-flow", trips: false, reason: compared };
  if (mean > expected * (1 + tolerance)) {
    return { kind: "high-flow", trips: mean >= expected * BURST_SHARE, reason: compared };
  }
  return { kind: "as-expected", trips: false, meanLitresPerMinute: mean };
}

/** Of the time since the last run ended, while everything is shut. */
export function verifyIdle(endedMs: number, readings: readonly FlowReading[], settings: FlowSettings): FlowVerdict {
  const idle = readings.filter((reading) => isTold(reading) && reading.timeMs >= endedMs + settings.settlingMs);
  if (!spans(idle, settings.confirmMs)) return unknown("the idle pipe has not been watched for long enough");
  const recent = lastOf(idle, settings.confirmMs);
  if (recent.some(({ litresPerMinute }) => litresPerMinute <= settings.noiseLitresPerMinute)) {
    return { kind: "idle", trips: false };
  }
  return { kind: "leak", trips: true, reason: `${meanFlow(recent).toFixed(1)} L/min flow, and nothing is open` };
}

/** Litres that flowed between the first reading and the last, each flow holding on average until the next reading. */
export function volumeLitres(readings: readonly FlowReading[]): number {
  let litres = 0;
  for (const [index, { timeMs, litresPerMinute }] of readings.entries()) {
    const before = readings[index - 1];
    if (before) litres += ((before.litresPerMinute + litresPerMinute) / 2) * ((timeMs - before.timeMs) / 60_000);
  }
  return litres;
}

function spans(readings: readonly FlowReading[], ms: number): boolean {
  const first = readings[0];
  const last = readings.at(-1);
  return first !== undefined && last !== undefined && last.timeMs - first.timeMs >= ms;
}

/** The newest readings that cover at least this long. */
function lastOf(readings: readonly FlowReading[], ms: number): readonly FlowReading[] {
  const end = readings.at(-1)!.timeMs;
  const from = readings.findLastIndex(({ timeMs }) => end - timeMs >= ms);
  return readings.slice(Math.max(0, from));
}

/** By time: a meter that reports more often while much flows must not count the more. */
function meanFlow(readings: readonly FlowReading[]): number {
  const minutes = (readings.at(-1)!.timeMs - readings[0]!.timeMs) / 60_000;
  return minutes > 0 ? volumeLitres(readings) / minutes : readings[0]!.litresPerMinute;
}

function unknown(reason: string): FlowVerdict {
  return { kind: "unknown", trips: false, reason };
}
