import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";

/**
 * What a crop of fish ate and how it grew. Weights in grams.
 *
 * The measures are those of Hopkins, K. D., "Reporting fish growth: a review of the basics", Journal of the World Aquaculture
 * Society 23 (1992), 173–179.
 */

/** Grams of feed for a gram of growth. */
export function feedConversionRatio(fedGrams: number, gained: number): Determined<number> {
  if (!(fedGrams >= 0)) return undetermined("the weight of the feed is missing or negative");
  if (!(gained > 0)) return undetermined("the fish gained no weight");
  return determined(fedGrams / gained);
}

/** What a stock gained: all that was taken out and what is there now, less what was put in. The dead had been fed too. */
export function gainedGrams(stock: {
  readonly stockedGrams: number;
  readonly harvestedGrams: number;
  readonly deadGrams?: number;
  readonly standingGrams: number;
}): number {
  return stock.harvestedGrams + (stock.deadGrams ?? 0) + stock.standingGrams - stock.stockedGrams;
}

/** Percent a day at which a mean weight grew: 100·(ln W₂ − ln W₁)/days. */
export function specificGrowthRatePercentPerDay(
  firstMeanGrams: number,
  lastMeanGrams: number,
  days: number,
): Determined<number> {
  if (!(firstMeanGrams > 0 && lastMeanGrams > 0)) return undetermined("a mean weight is missing or not above 0");
  if (!(days > 0)) return undetermined("no time lies between the weighings");
  return determined((100 * Math.log(lastMeanGrams / firstMeanGrams)) / days);
}

/** Percent of the fish stocked that live or were harvested; more than 100 where the counts contradict each other. */
export function survivalPercent(stockedFish: number, survivingFish: number): Determined<number> {
  if (!(stockedFish > 0)) return undetermined("no fish were stocked");
  if (!(survivingFish >= 0)) return undetermined("the number of fish that are left is missing or negative");
  return determined((100 * survivingFish) / stockedFish);
}

/** Weight of all fish in a pond, from the mean of a sample. */
export function biomassGrams(fish: number, meanGrams: number): number {
  return fish * meanGrams;
}

export interface FeedPlan {
  readonly gramsPerDay: number;
  /** Of each meal, in whole grams; they add up to the day's. */
  readonly mealsGrams: readonly number[];
}

/** A feeder is asked this often a day at the most. */
export const MAX_MEALS_PER_DAY = 48;
/** Even fry are fed less a day; more is a mistake of the unit. */
const MOST_PERCENT_OF_BODY_WEIGHT = 50;

/** A day's feed as a share of the weight of the fish, in meals as equal as whole grams allow, larger ones first. */
export function feedPlan(stockGrams: number, percentOfBodyWeight: number, meals: number): Determined<FeedPlan> {
  if (!(stockGrams >= 0)) return undetermined("the weight of the fish is missing or negative");
  if (!(percentOfBodyWeight >= 0 && percentOfBodyWeight <= MOST_PERCENT_OF_BODY_WEIGHT)) {
    return undetermined("the feeding rate is not in 0 to 50 % of body weight a day");
  }
  if (!(Number.isInteger(meals) && meals >= 1 && meals <= MAX_MEALS_PER_DAY)) {
    return undetermined("the number of meals is not in 1 to 48");
  }
  const gramsPerDay = Math.round((stockGrams * percentOfBodyWeight) / 100);
  const least = Math.floor(gramsPerDay / meals);
  const larger = gramsPerDay - least * meals;
  const mealsGrams = Array.from({ length: meals }, (_, meal) => least + (meal < larger ? 1 : 0));
  return determined({ gramsPerDay, mealsGrams });
}
