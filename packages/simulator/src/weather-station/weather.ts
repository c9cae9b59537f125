import { saturationVapourPressureHpa } from "@sluice/solutions/weather-station/humidity.ts";
import { localHour, summerness, type WorldPlace } from "../place.ts";
import { memberSeed, seededRandom } from "../random.ts";
import { SteppingWorld } from "../stepping-world.ts";
import { Wandering } from "../wandering.ts";

/**
 * The air about one station, and the small computer that stands in it.
 *
 * - temperature: the season, the hour (warmest at three, coolest at three), and the weather that comes and goes over days;
 * - humidity: the air's water changes slowly, so its dew point does, and the relative humidity follows from it and the temperature;
 *   where the air is cooled to its dew point, water falls out of it as dew;
 * - pressure: wanders over days about the mean of the station's height, with the air's own half-daily tide;
 * - processor: some degrees above the air, more when it works.
 */
export interface WeatherParameters {
  readonly place: WorldPlace;
  readonly altitudeMetres: number;
  readonly meanCelsius: number;
  /** Of the seasons, and of the hours, from the mean to the highest. */
  readonly seasonCelsius: number;
  readonly dayCelsius: number;
  readonly diskStartPercent: number;
}

const STEP_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SEA_LEVEL_HPA = 1013.25;
const WARMEST_HOUR = 15;
/** Of the tide in the air, highest near ten in the morning and ten at night: Dai and Wang, J. Atmos. Sci. 56 (1999). */
const TIDE_HPA = 0.6;
const TIDE_HOUR = 10;
/** At which the agent thins its buffer, and how far. */
const DISK_FULL_PERCENT = 50;
const DISK_THINNED_PERCENT = 42;
const DISK_PERCENT_PER_STEP = 2 / (DAY_MS / STEP_MS);
/** What the relative humidity of outdoor air does not fall below. */
const DRIEST_PERCENT = 5;

export class Weather extends SteppingWorld {
  private readonly parameters: WeatherParameters;
  private readonly front: Wandering;
  private readonly dryness: Wandering;
  private readonly pressure: Wandering;
  private readonly work: Wandering;
  private dewPoint: number;
  private diskPercent: number;

  constructor(seed: number, parameters: WeatherParameters, startMicros: number) {
    super(startMicros, STEP_MS);
    this.parameters = parameters;
    const wandering = (number: number, mean: number, deviation: number, memoryMs: number) =>
      new Wandering(seededRandom(memberSeed(seed, number)), mean, deviation, STEP_MS, memoryMs);
    this.front = wandering(1, 0, 2.5, 3 * DAY_MS);
    this.dryness = wandering(2, 4, 2, 2 * DAY_MS);
    this.pressure = wandering(3, 0, 8, 2 * DAY_MS);
    this.work = wandering(4, 0, 1.5, HOUR_MS / 4);
    this.dewPoint = this.wantedDewPoint();
    this.diskPercent = parameters.diskStartPercent;
  }

  get temperatureCelsius(): number {
    const { dayCelsius, place } = this.parameters;
    const sun = Math.cos((2 * Math.PI * (localHour(this.nowMicros, place) - WARMEST_HOUR)) / 24);
    return this.dayMeanCelsius + dayCelsius * sun;
  }

  get relativeHumidityPercent(): number {
    const there = saturationVapourPressureHpa(Math.min(this.dewPoint, this.temperatureCelsius));
    const most = saturationVapourPressureHpa(this.temperatureCelsius);
    return Math.min(100, Math.max(DRIEST_PERCENT, (100 * there) / most));
  }

  /** At the station, not at the sea. */
  get pressureHpa(): number {
    const tide =
      TIDE_HPA * Math.cos((4 * Math.PI * (localHour(this.nowMicros, this.parameters.place) - TIDE_HOUR)) / 24);
    const seaLevel = SEA_LEVEL_HPA + this.pressure.value + tide;
    return seaLevel * standardPressureShare(this.parameters.altitudeMetres);
  }

  get processorCelsius(): number {
    return this.temperatureCelsius + 22 + this.work.value;
  }

  get diskUsedPercent(): number {
    return this.diskPercent;
  }

  protected step(): void {
    for (const wandering of [this.front, this.dryness, this.pressure, this.work]) wandering.step();
    // The air takes up and gives off water over hours; dew takes it at once.
    this.dewPoint += (this.wantedDewPoint() - this.dewPoint) * (STEP_MS / (12 * HOUR_MS));
    this.dewPoint = Math.min(this.dewPoint, this.temperatureCelsius);
    this.diskPercent += DISK_PERCENT_PER_STEP;
    if (this.diskPercent > DISK_FULL_PERCENT) this.diskPercent = DISK_THINNED_PERCENT;
  }

  private get dayMeanCelsius(): number {
    const { meanCelsius, seasonCelsius, place } = this.parameters;
    return meanCelsius + seasonCelsius * summerness(this.nowMicros, place) + this.front.value;
  }

  /** Near the night's lowest temperature, and lower in dry weather. */
  private wantedDewPoint(): number {
    return this.dayMeanCelsius - this.parameters.dayCelsius / 2 - this.dryness.value;
  }
}

/** Of the International Standard Atmosphere, ISO 2533:1975, below 11 km: how much of the sea's pressure is left. */
function standardPressureShare(altitudeMetres: number): number {
  return (1 - 2.25577e-5 * altitudeMetres) ** 5.25588;
}
