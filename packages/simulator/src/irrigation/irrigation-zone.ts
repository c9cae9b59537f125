/**
 * The soil of one irrigated zone as three stores of water, in millimetres (1 mm = 1 litre a square metre):
 *
 *   pump ─▶ ponded (on the surface) ─▶ wetting (on its way down) ─▶ root zone, where the probe sits ─▶ drainage
 *              └▶ runoff                                              └▶ evapotranspiration
 *
 * Two stores in a row give the probe the delay and the smooth rise that real probes show after watering. Every flow is
 * counted, so the balance closes: applied = stored + evaporated + drained + run off.
 *
 * Drying follows FAO Irrigation and Drainage Paper 56: water contents of a loamy sand from its table 19, the stress
 * coefficient from its equation 84 with p = 0.5. Evapotranspiration follows the sun as half a sine from 6 to 18 h.
 */
export interface ZoneParameters {
  readonly areaSquareMetres: number;
  readonly rootDepthMm: number;
  /** Volumetric water contents in percent. */
  readonly wiltingPointPercent: number;
  readonly fieldCapacityPercent: number;
  readonly saturationPercent: number;
  readonly startPercent: number;
  /** Water that well-watered plants and soil lose on a day. */
  readonly evapotranspirationMmPerDay: number;
  readonly pumpLitresPerMinute: number;
  /** Hour of the day, 0 to 24, at which the zone's time starts. */
  readonly startHour: number;
}

export const DEFAULT_ZONE: ZoneParameters = {
  areaSquareMetres: 20,
  rootDepthMm: 300,
  wiltingPointPercent: 5,
  fieldCapacityPercent: 15,
  saturationPercent: 40,
  startPercent: 14,
  evapotranspirationMmPerDay: 6,
  pumpLitresPerMinute: 3,
  startHour: 10,
};

export interface WaterBalance {
  readonly startMm: number;
  readonly appliedMm: number;
  readonly evaporatedMm: number;
  readonly drainedMm: number;
  readonly runoffMm: number;
  readonly storedMm: number;
}

/** What a restart needs to go on where the zone was. */
export interface ZoneState {
  readonly elapsedMs: number;
  /** Time, and time with the pump on, since the model's last step. */
  readonly carriedMs: number;
  readonly carriedPumpMs: number;
  readonly pondedMm: number;
  readonly wettingMm: number;
  readonly rootMm: number;
}

/** The model's own step: much shorter than its fastest process, so that plain steps are accurate. */
const STEP_MS = 10_000;
const STEP_HOURS = STEP_MS / 3_600_000;
const HOUR_MS = 3_600_000;

const PONDED_LIMIT_MM = 10;
const WETTING_LIMIT_MM = 30;
/** FAO-56 table 22: most vegetables and orchards stand a depletion of half the available water without stress. */
const DEPLETION_WITHOUT_STRESS = 0.5;
/** The share of a store that leaves it in one step, for time constants of 6 min, 10 min and 6 h. */
const INFILTRATION_SHARE = 1 - Math.exp(-STEP_HOURS / (6 / 60));
const PERCOLATION_SHARE = 1 - Math.exp(-STEP_HOURS / (10 / 60));
const DRAINAGE_SHARE = 1 - Math.exp(-STEP_HOURS / 6);
/** Half a sine over 12 hours of daylight holds 24 / π hours of its peak. */
const DAYLIGHT_PEAK_HOURS = 24 / Math.PI;

export class IrrigationZone {
  readonly parameters: ZoneParameters;
  private isPumpOn = false;
  private elapsedMs = 0;
  private carriedMs = 0;
  private carriedPumpMs = 0;
  private pondedMm = 0;
  private wettingMm = 0;
  private rootMm: number;
  private startMm: number;
  private appliedMm = 0;
  private evaporatedMm = 0;
  private drainedMm = 0;
  private runoffMm = 0;

  constructor(parameters: ZoneParameters = DEFAULT_ZONE, state?: ZoneState) {
    this.parameters = parameters;
    this.rootMm = this.toMm(Math.min(parameters.startPercent, parameters.saturationPercent));
    if (state !== undefined) {
      this.elapsedMs = state.elapsedMs;
      this.carriedMs = state.carriedMs;
      this.carriedPumpMs = state.carriedPumpMs;
      this.pondedMm = state.pondedMm;
      this.wettingMm = state.wettingMm;
      this.rootMm = state.rootMm;
    }
    this.startMm = this.pondedMm + this.wettingMm + this.rootMm;
  }

  /** Volumetric water content at the probe, in percent. */
  get moisturePercent(): number {
    return (this.rootMm / this.parameters.rootDepthMm) * 100;
  }

  get hourOfDay(): number {
    return (this.parameters.startHour + this.elapsedMs / HOUR_MS) % 24;
  }

  /** Switches the water from now on: advance the zone to now before. */
  setPump(isOn: boolean): void {
    this.isPumpOn = isOn;
  }

  /** Lets time pass. How the time is cut into calls changes nothing: the model steps on a grid of its own. */
  advance(durationMs: number): void {
    let leftMs = durationMs;
    while (leftMs > 0) {
      const partMs = Math.min(leftMs, STEP_MS - this.carriedMs);
      leftMs -= partMs;
      this.carriedMs += partMs;
      if (this.isPumpOn) this.carriedPumpMs += partMs;
      if (this.carriedMs >= STEP_MS) this.step();
    }
  }

  get balance(): WaterBalance {
    return {
      startMm: this.startMm,
      appliedMm: this.appliedMm,
      evaporatedMm: this.evaporatedMm,
      drainedMm: this.drainedMm,
      runoffMm: this.runoffMm,
      storedMm: this.pondedMm + this.wettingMm + this.rootMm,
    };
  }

  get state(): ZoneState {
    const { elapsedMs, carriedMs, carriedPumpMs, pondedMm, wettingMm, rootMm } = this;
    return { elapsedMs, carriedMs, carriedPumpMs, pondedMm, wettingMm, rootMm };
  }

  private applyWater(): void {
    const { pumpLitresPerMinute, areaSquareMetres } = this.parameters;
    const appliedMm = (pumpLitresPerMinute / areaSquareMetres) * (this.carriedPumpMs / 60_000);
    this.appliedMm += appliedMm;
    this.pondedMm += appliedMm;
  }

  private step(): void {
    this.percolate();
    this.infiltrate();
    this.drain();
    this.evaporate();
    this.applyWater();
    this.elapsedMs += STEP_MS;
    this.carriedMs = 0;
    this.carriedPumpMs = 0;
  }

  private percolate(): void {
    const room = this.toMm(this.parameters.saturationPercent) - this.rootMm;
    const moved = Math.min(this.wettingMm * PERCOLATION_SHARE, Math.max(0, room));
    this.wettingMm -= moved;
    this.rootMm += moved;
  }

  private infiltrate(): void {
    const moved = Math.min(this.pondedMm * INFILTRATION_SHARE, Math.max(0, WETTING_LIMIT_MM - this.wettingMm));
    this.pondedMm -= moved;
    this.wettingMm += moved;
    const excess = Math.max(0, this.pondedMm - PONDED_LIMIT_MM);
    this.pondedMm -= excess;
    this.runoffMm += excess;
  }

  private drain(): void {
    const excess = Math.max(0, this.rootMm - this.toMm(this.parameters.fieldCapacityPercent));
    const moved = excess * DRAINAGE_SHARE;
    this.rootMm -= moved;
    this.drainedMm += moved;
  }

  private evaporate(): void {
    const available = Math.max(0, this.rootMm - this.toMm(this.parameters.wiltingPointPercent));
    const wanted = evapotranspirationMmPerHour(this.parameters, this.hourOfDay) * STEP_HOURS;
    const moved = Math.min(available, wanted * this.stressCoefficient());
    this.rootMm -= moved;
    this.evaporatedMm += moved;
  }

  /** FAO-56 equation 84: 1 while the plants take water freely, falling to 0 at the wilting point. */
  private stressCoefficient(): number {
    const { fieldCapacityPercent, wiltingPointPercent } = this.parameters;
    const totalAvailable = this.toMm(fieldCapacityPercent - wiltingPointPercent);
    const left = this.rootMm - this.toMm(wiltingPointPercent);
    return Math.min(1, Math.max(0, left / ((1 - DEPLETION_WITHOUT_STRESS) * totalAvailable)));
  }

  private toMm(percent: number): number {
    return (percent / 100) * this.parameters.rootDepthMm;
  }
}

/** Nothing at night; the integral over a day is the day's evapotranspiration. */
export function evapotranspirationMmPerHour(parameters: ZoneParameters, hourOfDay: number): number {
  const elevation = Math.sin((Math.PI * (hourOfDay - 6)) / 12);
  return (parameters.evapotranspirationMmPerDay / DAYLIGHT_PEAK_HOURS) * Math.max(0, elevation);
}
