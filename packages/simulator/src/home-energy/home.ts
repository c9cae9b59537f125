import { clearSkyWatts, simulatedSolarWatts } from "@sluice/solutions/home-energy/solar-simulation.ts";
import { isWeekend, localDay, localHour, summerness, type WorldPlace } from "../place.ts";
import { memberSeed, type Random, seededRandom } from "../random.ts";
import type { SolarModel } from "../simulated-member.ts";
import { SteppingWorld } from "../stepping-world.ts";
import { Household } from "./household.ts";
import { Storage, type StorageParameters } from "./storage.ts";

/**
 * A home as one balance, lived minute by minute; powers are whole watts and hold for their minute:
 *
 *   sun ─▶ house ─▶ (what is left) battery ─▶ car ─▶ grid
 *   what the house lacks comes from the battery, then from the grid
 *
 * Whoever switches a charger on charges with all it can take, from wherever it comes. The grid meter closes the balance to the
 * watt, and every counter counts what the powers say.
 */
export interface HomeParameters {
  readonly place: WorldPlace;
  readonly solar: SolarModel;
  readonly solarRatedWatts: number;
  readonly tiltDegrees: number;
  readonly azimuthDegrees: number;
  readonly battery: StorageParameters;
  readonly car: StorageParameters;
  /** Of the load that can be switched: a water heater. */
  readonly heaterWatts: number;
  readonly commuteWattHours: number;
}

export const HOME_STEP_MS = 60_000;
const STEP_HOURS = HOME_STEP_MS / 3_600_000;
/** A car charges with 6 A at the least: IEC 61851-1, of one phase at 230 V. */
const LEAST_CAR_WATTS = 1_380;
/** Full is kept for the day of a trip. */
const SURPLUS_CAR_PERCENT = 90;
/** Charged from the grid by night, so that it comes to work and back. */
const LEAST_CAR_PERCENT = 35;
const MOST_CLOUDS = 0.75;
const COMMUTING_SHARE = 0.8;

export const HOME_OUTPUTS = ["battery", "car", "heater"] as const;
export type HomeOutput = (typeof HOME_OUTPUTS)[number];
export type StorageState = "charging" | "discharging" | "idle" | "away";

/** Watts; what is given to the home is positive, what it takes is negative. */
export interface HomePowers {
  readonly solar: number;
  readonly house: number;
  readonly battery: number;
  readonly car: number;
  readonly grid: number;
}

/** Watt-hours since the home's world began; none of them ever falls. */
export interface HomeCounters {
  readonly produced: number;
  readonly consumed: number;
  readonly batteryCharged: number;
  readonly batteryDischarged: number;
  readonly carCharged: number;
  readonly imported: number;
  readonly exported: number;
}

const NO_POWERS: HomePowers = { solar: 0, house: 0, battery: 0, car: 0, grid: 0 };

export class Home extends SteppingWorld {
  readonly parameters: HomeParameters;
  readonly battery: Storage;
  readonly car: Storage;
  private readonly seed: number;
  private readonly sky: Random;
  private readonly household: Household;
  private readonly isOn: Record<HomeOutput, boolean> = { battery: false, car: false, heater: false };
  private powersNow: HomePowers = NO_POWERS;
  private countersNow = {
    produced: 0,
    consumed: 0,
    batteryCharged: 0,
    batteryDischarged: 0,
    carCharged: 0,
    imported: 0,
    exported: 0,
  };
  private isCarHome = true;

  constructor(seed: number, parameters: HomeParameters, startMicros: number) {
    super(startMicros, HOME_STEP_MS);
    this.seed = seed;
    this.parameters = parameters;
    this.battery = new Storage(parameters.battery);
    this.car = new Storage(parameters.car);
    this.sky = seededRandom(memberSeed(seed, 1));
    this.household = new Household(seededRandom(memberSeed(seed, 2)), parameters.place);
    this.step();
  }

  get powers(): HomePowers {
    return this.powersNow;
  }

  get counters(): HomeCounters {
    return this.countersNow;
  }

  get batteryState(): StorageState {
    return stateOf(this.powersNow.battery);
  }

  get carState(): StorageState {
    return this.isCarHome ? stateOf(this.powersNow.car) : "away";
  }

  /** From the home's next minute on. */
  setOutput(output: HomeOutput, isOn: boolean): void {
    this.isOn[output] = isOn;
  }

  protected step(): void {
    this.comeAndGo();
    const solar = this.solarWatts();
    const heater = this.isOn.heater ? this.parameters.heaterWatts : 0;
    const house = this.household.liveMinute(this.nowMicros) + heater;
    const battery = this.useBattery(solar - house);
    const car = this.chargeCar(solar - house + Math.min(0, battery));
    this.powersNow = {
      solar,
      house: 0 - house,
      battery,
      car: 0 - car,
      grid: house + car - battery - solar,
    };
    this.count();
  }

  private solarWatts(): number {
    const { solar, solarRatedWatts, place } = this.parameters;
    if (solar === "formula") {
      return Math.round(simulatedSolarWatts(solarRatedWatts, localHour(this.nowMicros, place), this.sky()));
    }
    const hour = Math.floor(this.nowMicros / 3_600e6);
    const clouds = MOST_CLOUDS * seededRandom(memberSeed(this.seed ^ 0x636c6f75, hour))() ** 2;
    return Math.round(this.clearSkyWatts() * (1 - clouds));
  }

  private clearSkyWatts(): number {
    const { place, solarRatedWatts: ratedPowerWatts, tiltDegrees, azimuthDegrees } = this.parameters;
    const site = { ...place, tiltDegrees, azimuthDegrees, system: { ratedPowerWatts } };
    return clearSkyWatts(site, this.nowMicros, 12 + 10 * summerness(this.nowMicros, place));
  }

  /** Watts that the battery gives, or, below 0, takes. */
  private useBattery(surplusWatts: number): number {
    if (this.isOn.battery) return 0 - this.battery.charge(Number.POSITIVE_INFINITY, STEP_HOURS);
    if (surplusWatts >= 0) return 0 - this.battery.charge(surplusWatts, STEP_HOURS);
    return this.battery.discharge(-surplusWatts, STEP_HOURS);
  }

  private chargeCar(surplusWatts: number): number {
    if (!this.isCarHome) return 0;
    if (this.isOn.car || this.car.chargePercent < LEAST_CAR_PERCENT) {
      return this.car.charge(Number.POSITIVE_INFINITY, STEP_HOURS);
    }
    if (surplusWatts < LEAST_CAR_WATTS || this.car.chargePercent >= SURPLUS_CAR_PERCENT) return 0;
    return this.car.charge(surplusWatts, STEP_HOURS);
  }

  /** A working day's trip, drawn by the day: whether, from when, until when. */
  private comeAndGo(): void {
    const { place, commuteWattHours } = this.parameters;
    const day = localDay(this.nowMicros, place);
    const drawn = seededRandom(memberSeed(this.seed ^ 0x63617273, day));
    const isTripDay = drawn() < COMMUTING_SHARE && !isWeekend(this.nowMicros, place);
    const leavesAt = 7 + 1.5 * drawn();
    const comesAt = 16.5 + 2.5 * drawn();
    const hour = localHour(this.nowMicros, place);
    const isHome = !isTripDay || hour < leavesAt || hour >= comesAt;
    if (isHome && !this.isCarHome) this.car.drive(commuteWattHours * (0.7 + 0.6 * drawn()));
    this.isCarHome = isHome;
  }

  private count(): void {
    const { solar, house, battery, car, grid } = this.powersNow;
    const wattHours = (watts: number) => Math.max(0, watts) * STEP_HOURS;
    const counters = this.countersNow;
    counters.produced += wattHours(solar);
    counters.consumed += wattHours(-house);
    counters.batteryCharged += wattHours(-battery);
    counters.batteryDischarged += wattHours(battery);
    counters.carCharged += wattHours(-car);
    counters.imported += wattHours(grid);
    counters.exported += wattHours(-grid);
  }
}

function stateOf(givenWatts: number): StorageState {
  if (givenWatts === 0) return "idle";
  return givenWatts > 0 ? "discharging" : "charging";
}
