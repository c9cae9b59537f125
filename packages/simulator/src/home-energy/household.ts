import { isWeekend, localHour, type WorldPlace } from "../place.ts";
import { normal, type Random } from "../random.ts";

/** What people switch on: so many watts for so many minutes, at hours that they like, so often on a day. */
export interface Habit {
  readonly name: string;
  readonly watts: number;
  readonly minutes: number;
  readonly timesPerDay: number;
  /** Hours of the day around which it happens, each as likely as the other. */
  readonly hours: readonly number[];
}

/** Ordinary ratings and habits of a European household: some 5 kWh a day, and 4 to 7 more for what is always on. */
export const HABITS: readonly Habit[] = [
  { name: "kettle", watts: 2_200, minutes: 4, timesPerDay: 4, hours: [7, 10, 16, 19] },
  { name: "hob and oven", watts: 2_400, minutes: 35, timesPerDay: 1.6, hours: [12, 18.5] },
  { name: "washing machine", watts: 550, minutes: 90, timesPerDay: 0.7, hours: [9, 14] },
  { name: "dishwasher", watts: 800, minutes: 75, timesPerDay: 0.8, hours: [13.5, 20.5] },
  { name: "television", watts: 120, minutes: 150, timesPerDay: 1.2, hours: [20] },
  { name: "lights", watts: 90, minutes: 200, timesPerDay: 1.5, hours: [6.5, 20.5] },
  { name: "computer", watts: 110, minutes: 180, timesPerDay: 1, hours: [9.5, 15, 21] },
];

/** How far around its hour a habit is spread. */
const SPREAD_HOURS = 1.2;
/** People are at home, and use more. */
const WEEKEND_FACTOR = 1.3;
const HABIT_LENGTH_SPREAD = 0.25;

/** What a house uses: what is always on, a refrigerator that comes and goes, and what its people switch on. */
export class Household {
  private readonly random: Random;
  private readonly place: WorldPlace;
  private readonly baseWatts: number;
  private readonly fridgeWatts = 90;
  private readonly fridgeMinutes: number;
  private minute = 0;
  /** Minutes that each habit goes on for. */
  private readonly leftMinutes = new Map<string, number>();

  constructor(random: Random, place: WorldPlace) {
    this.random = random;
    this.place = place;
    this.baseWatts = 120 + 130 * random();
    this.fridgeMinutes = 40 + 20 * random();
  }

  /** Lives one minute, and answers the power in it: a whole number of watts. */
  liveMinute(timeMicros: number): number {
    this.minute += 1;
    let watts = this.baseWatts * (1 + 0.03 * normal(this.random));
    if (this.minute % this.fridgeMinutes < this.fridgeMinutes / 3) watts += this.fridgeWatts;
    for (const habit of HABITS) watts += this.wattsOf(habit, timeMicros);
    return Math.max(0, Math.round(watts));
  }

  private wattsOf(habit: Habit, timeMicros: number): number {
    const left = this.leftMinutes.get(habit.name) ?? 0;
    if (left > 0) {
      this.leftMinutes.set(habit.name, left - 1);
      return habit.watts;
    }
    const factor = isWeekend(timeMicros, this.place) ? WEEKEND_FACTOR : 1;
    if (this.random() >= factor * startsPerMinute(habit, localHour(timeMicros, this.place))) return 0;
    const length = habit.minutes * (1 + HABIT_LENGTH_SPREAD * normal(this.random));
    this.leftMinutes.set(habit.name, Math.max(1, Math.round(length)) - 1);
    return habit.watts;
  }
}

/** A bell around each hour, so that the day holds as many starts as the habit has. */
function startsPerMinute({ timesPerDay, hours }: Habit, hour: number): number {
  const bells = hours.map((middle) => {
    const apart = Math.abs(hour - middle);
    return Math.exp(-((Math.min(apart, 24 - apart) / SPREAD_HOURS) ** 2) / 2);
  });
  const perHour = bells.reduce((sum, bell) => sum + bell, 0) / (SPREAD_HOURS * Math.sqrt(2 * Math.PI) * hours.length);
  return (timesPerDay * perHour) / 60;
}
