import { dateOf, formatLocal, MINUTE_MS, startOfDay, weekdayOf } from "../schedules/local-time.ts";
import type { Zone } from "../schedules/zone.ts";
import { periodAt, priceOf, type TariffPeriod, type TariffPrices, type TariffTier, WEEKDAYS } from "./tariff.ts";

/** What was taken from and fed into the grid in a stretch of time, an hour or less, in which the price does not change. */
export interface MeteredInterval {
  /** By whose price the stretch goes. */
  readonly startMs: number;
  readonly takenKwh: number;
  readonly fedInKwh: number;
}

/** Amounts in the tariff's currency. */
export interface Bill {
  readonly takenKwh: number;
  readonly fedInKwh: number;
  readonly energyCost: number;
  readonly feedInCredit: number;
  /** For every local day in which an interval begins. */
  readonly standingCharge: number;
  /** Cost and charge less the credit; negative where the grid owes. */
  readonly total: number;
  /** By the name of the period. */
  readonly periods: Readonly<Record<string, { readonly takenKwh: number; readonly cost: number }>>;
}

/**
 * What energy costs, interval by interval in the order of time: the period by the clock on the wall, the tiers by what was taken so
 * far in the calendar month. What passes a tier within an interval is split there. The prices have passed `assertTariffPrices`.
 */
export function billOf(prices: TariffPrices, intervals: Iterable<MeteredInterval>, zone: Zone): Bill {
  const periods: Record<string, { takenKwh: number; cost: number }> = {};
  const days = new Set<number>();
  let month = "";
  let takenInMonth = 0;
  let fedInKwh = 0;
  for (const { startMs, takenKwh, fedInKwh: fedIn } of intervals) {
    const localMs = startMs + zone.offsetAt(startMs);
    const monthOf = formatLocal(localMs).slice(0, "2026-01".length);
    if (monthOf !== month) takenInMonth = 0;
    month = monthOf;
    const period = periodOf(prices, localMs);
    const sum = periods[period.name] ?? { takenKwh: 0, cost: 0 };
    for (const { kwh, fromKwh } of splitAtTiers(prices.tiers, takenInMonth, takenKwh)) {
      sum.cost += kwh * priceOf(period, prices.tiers, fromKwh);
    }
    sum.takenKwh += takenKwh;
    periods[period.name] = sum;
    takenInMonth += takenKwh;
    fedInKwh += fedIn;
    days.add(startOfDay(localMs));
  }
  const takenKwh = Object.values(periods).reduce((sum, period) => sum + period.takenKwh, 0);
  const energyCost = Object.values(periods).reduce((sum, period) => sum + period.cost, 0);
  const feedInCredit = fedInKwh * prices.feedInPrice;
  const standingCharge = days.size * prices.standingChargePerDay;
  const total = energyCost + standingCharge - feedInCredit;
  return { takenKwh, fedInKwh, energyCost, feedInCredit, standingCharge, total, periods };
}

function periodOf(prices: TariffPrices, localMs: number): TariffPeriod {
  const minuteOfDay = Math.floor((localMs - startOfDay(localMs)) / MINUTE_MS);
  // The week of tariffs begins on Monday.
  const day = WEEKDAYS[(weekdayOf(localMs) + 6) % 7]!;
  const period = periodAt(prices.periods, dateOf(localMs).month, day, minuteOfDay);
  if (period === undefined) throw new Error("a tariff without a price for every minute was not refused");
  return period;
}

/** The parts of an amount that lie in one tier each, and how much had been taken before them. */
function splitAtTiers(
  tiers: readonly TariffTier[],
  takenKwh: number,
  kwh: number,
): { readonly kwh: number; readonly fromKwh: number }[] {
  const end = takenKwh + kwh;
  const edges = tiers.map(({ aboveKwh }) => aboveKwh).filter((edge) => edge > takenKwh && edge < end);
  const starts = [takenKwh, ...edges];
  return starts.map((start, index) => ({ kwh: (starts[index + 1] ?? end) - start, fromKwh: start }));
}
