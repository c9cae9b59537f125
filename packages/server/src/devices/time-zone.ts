import { SluiceError } from "@sluice/core/errors.ts";

/** True for names of the IANA time zone database. Offsets such as "+02:00" are none: they know no daylight saving. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export function assertTimeZone(name: string): void {
  if (isTimeZone(name)) return;
  throw new SluiceError(
    "invalid",
    "time_zone.unknown",
    `"${name}" is no IANA time zone, such as "Europe/Berlin" or "UTC".`,
  );
}
