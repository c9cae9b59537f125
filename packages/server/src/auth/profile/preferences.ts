import { ALERT_SEVERITIES, type AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import {
  type DisplayQuantity,
  UNIT_SYSTEMS,
  DISPLAY_UNITS as UNITS,
  type UnitPreferences,
} from "@sluice/core/units/display-unit.ts";

export type Quantity = DisplayQuantity;
export const QUANTITIES = Object.keys(UNITS) as Quantity[];

export { UNIT_SYSTEMS, UNITS };
export const NUMBER_FORMATS = ["language", "1,234.5", "1.234,5", "1 234,5"] as const;
export const DATE_FORMATS = ["language", "yyyy-mm-dd", "dd.mm.yyyy", "dd/mm/yyyy", "mm/dd/yyyy"] as const;
export const HOUR_CYCLES = ["language", "h23", "h12"] as const;

/** How a person wants to be shown things. */
export interface Preferences extends UnitPreferences {
  /** BCP 47. Texts of our own are in English and German; numbers and dates follow any. */
  readonly language: string;
  /** IANA; null: that of the site. */
  readonly timeZone: string | null;
  readonly numberFormat: (typeof NUMBER_FORMATS)[number];
  readonly dateFormat: (typeof DATE_FORMATS)[number];
  readonly hourCycle: (typeof HOUR_CYCLES)[number];
  readonly notifications: {
    /** Alerts of these are to be shown as they come, on whatever page one is. */
    readonly showSeverities: readonly AlertSeverity[];
  };
}

export const DEFAULT_PREFERENCES: Preferences = {
  language: "en",
  unitSystem: "metric",
  units: {},
  timeZone: null,
  numberFormat: "language",
  dateFormat: "language",
  hourCycle: "language",
  notifications: { showSeverities: ALERT_SEVERITIES },
};

/** What is given; a whole `units` or `notifications` takes the place of the one before. */
export type PreferenceChange = { readonly [K in keyof Preferences]?: Preferences[K] | undefined };

/** Throws `preference.invalid`, which names what is wrong. */
export function changePreferences(before: Preferences, change: PreferenceChange): Preferences {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const after: Preferences = { ...before, ...given };
  const { units, timeZone, notifications } = after;
  for (const [quantity, unit] of Object.entries(units)) {
    const known: readonly string[] = UNITS[quantity as Quantity] ?? [];
    if (!known.includes(unit)) throw invalid(`"${unit}" is no unit of ${quantity}: take one of ${known.join(", ")}.`);
  }
  if (timeZone !== null && !isTimeZone(timeZone)) throw invalid(`"${timeZone}" is no IANA time zone.`);
  return {
    ...after,
    language: canonicalLanguage(after.language),
    notifications: { showSeverities: [...new Set(notifications.showSeverities)] },
  };
}

function canonicalLanguage(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0]!;
  } catch {
    throw invalid(`"${language}" is no language tag (BCP 47), such as "en" or "de-AT".`);
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "" && !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

function invalid(message: string): SluiceError {
  return new SluiceError("invalid", "preference.invalid", message);
}
