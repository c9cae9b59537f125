import { SluiceError } from "../errors.ts";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** When a price holds, by the clock on the wall of the site. */
export interface TariffPeriod {
  readonly name: string;
  /** Of a kilowatt hour taken, in the tariff's currency; negative where one is paid for taking it. */
  readonly price: number;
  /** 1 to 12; all when absent. */
  readonly months?: readonly number[] | undefined;
  /** All when absent. */
  readonly days?: readonly Weekday[] | undefined;
  /** "06:00"; the whole day when both are absent. */
  readonly from?: string | undefined;
  /** "24:00" is the end of the day; before `from`, it is on the next day. */
  readonly to?: string | undefined;
}

/** What is added to the price of every kilowatt hour of a month above this many. */
export interface TariffTier {
  readonly aboveKwh: number;
  readonly addedPrice: number;
}

export interface TariffPrices {
  readonly periods: readonly TariffPeriod[];
  /** Rising; the last one that was passed holds. */
  readonly tiers: readonly TariffTier[];
  /** For a kilowatt hour fed in. */
  readonly feedInPrice: number;
  readonly standingChargePerDay: number;
}

export const MAX_TARIFF_PERIODS = 48;
export const MAX_TARIFF_TIERS = 10;
/** A price is a small number; more is a mistake of the unit. */
export const MAX_PRICE = 1_000_000;

/** A stretch of a week for which no period, or more than one, holds. */
export interface CoverageFault {
  readonly months: readonly number[];
  readonly day: Weekday;
  readonly from: string;
  readonly to: string;
  /** Names of the periods; none where there is a gap. */
  readonly periods: readonly string[];
}

const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const ALL_MONTHS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
/** Faults that are told at once. */
const MAX_TOLD_FAULTS = 50;

/** Throws `tariff.periods_invalid` (its details: gaps and overlaps), `tariff.time_invalid`, `tariff.tiers_invalid`. */
export function assertTariffPrices({ periods, tiers }: TariffPrices): void {
  for (const [index, { aboveKwh }] of tiers.entries()) {
    if (aboveKwh > (tiers[index - 1]?.aboveKwh ?? 0)) continue;
    throw new SluiceError("invalid", "tariff.tiers_invalid", "Each tier begins above the one before, and above 0 kWh.");
  }
  const faults = coverageFaults(periods);
  if (faults.length === 0) return;
  const gaps = faults.filter((fault) => fault.periods.length === 0);
  const overlaps = faults.filter((fault) => fault.periods.length > 1);
  const [{ day, from, to, periods: names }] = faults as [CoverageFault];
  const first = `${day} ${from} to ${to} has ${names.length === 0 ? "no price" : `${names.length}: ${names.join(", ")}`}`;
  const message = `The periods have to give every minute of a week one price: ${first}.`;
  throw new SluiceError("invalid", "tariff.periods_invalid", message, { details: { gaps, overlaps } });
}

/** Stretches of a week with no price or several, month by month; months with the same faults are told together. */
export function coverageFaults(periods: readonly TariffPeriod[]): CoverageFault[] {
  const monthsOf = new Map<string, { readonly months: number[]; readonly faults: Omit<CoverageFault, "months">[] }>();
  for (const month of ALL_MONTHS) {
    const faults = faultsOfWeek(periods.filter(({ months = ALL_MONTHS }) => months.includes(month)));
    const key = JSON.stringify(faults);
    const known = monthsOf.get(key);
    if (known) known.months.push(month);
    else monthsOf.set(key, { months: [month], faults });
  }
  const all = [...monthsOf.values()].flatMap(({ months, faults }) => faults.map((fault) => ({ ...fault, months })));
  return all.slice(0, MAX_TOLD_FAULTS);
}

/** The period that holds at a minute of the week, and month, of the site's wall clock. */
export function periodAt(
  periods: readonly TariffPeriod[],
  month: number,
  day: Weekday,
  minuteOfDay: number,
): TariffPeriod | undefined {
  const minute = WEEKDAYS.indexOf(day) * DAY_MINUTES + minuteOfDay;
  return periods.find(
    (period) =>
      (period.months ?? ALL_MONTHS).includes(month) &&
      stretchesOf(period).some(([from, to]) => minute >= from && minute < to),
  );
}

/** The price of the next kilowatt hour, when this many were taken in the month so far. */
export function priceOf(period: TariffPeriod, tiers: readonly TariffTier[], takenKwh: number): number {
  const tier = tiers.filter(({ aboveKwh }) => takenKwh >= aboveKwh).at(-1);
  return period.price + (tier?.addedPrice ?? 0);
}

function faultsOfWeek(periods: readonly TariffPeriod[]): Omit<CoverageFault, "months">[] {
  const stretches = periods.map((period) => ({ name: period.name, stretches: stretchesOf(period) }));
  // Whatever changes does so where a stretch or a day begins or ends.
  const edges = new Set<number>([...WEEKDAYS.keys()].map((day) => day * DAY_MINUTES));
  for (const { stretches: some } of stretches) for (const edge of some.flat()) edges.add(edge);
  const cuts = [...edges].filter((edge) => edge < WEEK_MINUTES).sort((a, b) => a - b);
  return cuts.flatMap((from, index) => {
    const to = cuts[index + 1] ?? WEEK_MINUTES;
    const names = stretches
      .filter((one) => one.stretches.some(([a, b]) => a <= from && from < b))
      .map(({ name }) => name);
    if (names.length === 1) return [];
    const dayStart = Math.floor(from / DAY_MINUTES) * DAY_MINUTES;
    const day = WEEKDAYS[dayStart / DAY_MINUTES]!;
    return [{ day, from: clockOf(from - dayStart), to: clockOf(to - dayStart), periods: names }];
  });
}

/** [from, to) in minutes of the week, two where it goes past the end of the week. */
function stretchesOf({ days = WEEKDAYS, from = "00:00", to = "24:00" }: TariffPeriod): (readonly [number, number])[] {
  const start = minutesOf(from);
  const end = minutesOf(to);
  const length = end > start ? end - start : end + DAY_MINUTES - start;
  return [...new Set(days)].flatMap((day) => {
    const begin = WEEKDAYS.indexOf(day) * DAY_MINUTES + start;
    if (begin + length <= WEEK_MINUTES) return [[begin, begin + length] as const];
    return [[begin, WEEK_MINUTES] as const, [0, begin + length - WEEK_MINUTES] as const];
  });
}

function minutesOf(time: string): number {
  const match = /^(\d\d):(\d\d)$/.exec(time);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  if (match && Number(match[2]) < 60 && minutes <= DAY_MINUTES) return minutes;
  throw new SluiceError("invalid", "tariff.time_invalid", `"${time}" is no time of day, such as "06:00" or "24:00".`);
}

function clockOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
