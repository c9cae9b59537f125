import { DEFAULT_PERMISSIVE_AGE_MS, type Envelope, type Permissive } from "./envelope.ts";
import type { Obstacle } from "./obstacle.ts";

export interface PermissiveReading {
  readonly timeMicros: number;
  readonly value: number;
}

/** A permissive that does not hold, or is not known to hold, is asked again after this long. */
export const PERMISSIVE_RECHECK_MS = 10_000;

/** What is not seen to hold on a fresh reading does not hold. `readings` are in the order of the envelope's permissives. */
export function permissiveObstacles(
  envelope: Envelope,
  readings: readonly (PermissiveReading | undefined)[],
  nowMicros: number,
): Obstacle[] {
  const untilMicros = nowMicros + PERMISSIVE_RECHECK_MS * 1000;
  return (envelope.permissives ?? []).flatMap((permissive, index) => {
    const problem = problemOf(permissive, envelope.maxReadingAgeMs, readings[index], nowMicros);
    return problem === undefined ? [] : [{ limit: "permissive" as const, message: problem, untilMicros }];
  });
}

function problemOf(
  permissive: Permissive,
  envelopeAgeMs: number | undefined,
  reading: PermissiveReading | undefined,
  nowMicros: number,
): string | undefined {
  const { operator, value } = permissive;
  const needed = `${nameOf(permissive)} has to be ${operator} ${value}`;
  const maxAgeMs = permissive.maxAgeMs ?? envelopeAgeMs ?? DEFAULT_PERMISSIVE_AGE_MS;
  if (reading === undefined) return `${needed}, and nothing is known of it.`;
  const ageMs = (nowMicros - reading.timeMicros) / 1000;
  if (ageMs > maxAgeMs) return `${needed}, and its last reading is older than ${maxAgeMs} ms.`;
  const holds = operator === "above" ? reading.value > value : reading.value < value;
  return holds ? undefined : `${needed}, and it is ${reading.value}.`;
}

function nameOf({ device, metric }: Permissive): string {
  return device === undefined ? metric : `${metric} of ${device}`;
}
