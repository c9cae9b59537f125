const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d{2}:?\d{2})?)?$/;
const NUMBER = /^\d+(\.\d+)?$/;

/** Numbers below these are seconds, milliseconds, microseconds, nanoseconds since 1970: each unit covers 1973 to 5138. */
const SECONDS_BELOW = 1e11;
const MILLIS_BELOW = 1e14;
const MICROS_BELOW = 1e17;

/** Microseconds since 1970, or undefined. A time that names no zone is UTC, whatever the machine's own zone is. */
export function parseTimeMicros(cell: string): number | undefined {
  const text = cell.trim();
  if (NUMBER.test(text)) return numericMicros(text);
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, date, hourMinute = "00:00", second = "00", fraction = "", zone = "Z"] = match;
  const millis = Date.parse(`${date}T${hourMinute}:${second}${toIsoZone(zone)}`);
  if (Number.isNaN(millis)) return undefined;
  return millis * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

function toIsoZone(zone: string): string {
  if (zone === "Z" || zone === "z") return "Z";
  return zone.includes(":") ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

function numericMicros(text: string): number {
  const number = Number(text);
  if (number < SECONDS_BELOW) return Math.round(number * 1_000_000);
  if (number < MILLIS_BELOW) return Math.round(number * 1000);
  if (number < MICROS_BELOW) return Math.round(number);
  return Math.round(number / 1000);
}
