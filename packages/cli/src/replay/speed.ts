import { UsageError } from "../command.ts";

const MAX_FACTOR = 1_000_000;

/** Times faster than the recording; undefined: as fast as the server takes it. */
export function parseSpeed(text: string): number | undefined {
  if (text === "max") return undefined;
  const factor = /^\d+(\.\d+)?x?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (!(factor > 0 && factor <= MAX_FACTOR)) {
    throw new UsageError(`--speed is "max" or a factor such as 60x, up to ${MAX_FACTOR}x, not "${text}".`);
  }
  return factor;
}

/** When a row is due, in milliseconds after the first one. */
export function dueAfterMs(firstMicros: number, timeMicros: number, factor: number): number {
  return Math.max(0, (timeMicros - firstMicros) / 1000 / factor);
}
