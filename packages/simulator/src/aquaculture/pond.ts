import { oxygenAtEquilibriumMgPerLitre } from "../oxygen-at-equilibrium.ts";
import { memberSeed, seededRandom } from "../random.ts";

/**
 * A fish pond as one stirred volume of water, with what is dissolved in it counted in grams:
 *
 *   sun ─▶ photosynthesis ─▶ oxygen ─▶ respiration of plankton and mud, of fish, and of what they digest
 *   wind, aerator ─▶ exchange with the air, towards saturation
 *   feed ─▶ eaten ─▶ digested: oxygen taken and ammonia given off hours later
 *   inlet ─▶ water ─▶ outlet, overflow
 *
 * Every flow is counted, so the balances close. Weather is drawn from the seed by day and by hour: the same seed and the same
 * switching give the same pond, however the time is cut.
 *
 * Aeration after Boyd, "Pond water aeration systems" (Aquacultural Engineering 18, 1998): OTR = SOTR · (Cs − C) / 9.09 ·
 * 1.024^(T − 20) · 0.85. Oxygen and ammonia of feeding after Timmons and Ebeling, Recirculating Aquaculture: 0.25 g of oxygen
 * and 0.092 · 32 % g of nitrogen a gram of feed.
 */
export interface PondParameters {
  readonly areaSquareMetres: number;
  /** At which it overflows. */
  readonly fullDepthMetres: number;
  readonly startDepthMetres: number;
  readonly startOxygenMgPerLitre: number;
  readonly startAmmoniaMgPerLitre: number;
  readonly startSalinityGramsPerKg: number;
  /** The mean of a day, and how far the afternoon is above it. */
  readonly temperatureCelsius: number;
  readonly temperatureSwingCelsius: number;
  readonly fishKg: number;
  /** At noon of a clear day. */
  readonly photosynthesisMgPerLitreHour: number;
  /** Of plankton and mud. */
  readonly respirationMgPerLitreHour: number;
  /** Standard oxygen transfer rate of the aerator: into water of 20 °C without oxygen. */
  readonly aeratorKgPerHour: number;
  readonly inletCubicMetresPerHour: number;
  readonly outletCubicMetresPerHour: number;
  readonly feederGramsPerSecond: number;
  /** Hour of the day, 0 to 24, at which the pond's time starts. */
  readonly startHour: number;
}

export const DEFAULT_POND: PondParameters = {
  areaSquareMetres: 1_000,
  fullDepthMetres: 1.2,
  startDepthMetres: 1.2,
  startOxygenMgPerLitre: 6,
  startAmmoniaMgPerLitre: 0.3,
  startSalinityGramsPerKg: 2,
  temperatureCelsius: 26,
  temperatureSwingCelsius: 1.5,
  fishKg: 600,
  photosynthesisMgPerLitreHour: 1.6,
  respirationMgPerLitreHour: 0.35,
  aeratorKgPerHour: 4,
  inletCubicMetresPerHour: 120,
  outletCubicMetresPerHour: 150,
  feederGramsPerSecond: 20,
  startHour: 10,
};

export const POND_OUTPUTS = ["aerator", "inlet", "outlet", "feeder"] as const;
export type PondOutput = (typeof POND_OUTPUTS)[number];

/** Grams. What is stored now is what was there, plus all that came, minus all that went. */
export interface Balance {
  readonly start: number;
  readonly came: number;
  readonly went: number;
  readonly stored: number;
}

/** What a restart needs to go on where the pond was. */
export interface PondState {
  readonly elapsedMs: number;
  readonly carriedMs: number;
  /** Milliseconds that each output was on since the model's last step. */
  readonly carriedOnMs: Readonly<Record<PondOutput, number>>;
  readonly waterCubicMetres: number;
  readonly oxygenGrams: number;
  readonly ammoniaGrams: number;
  readonly saltGrams: number;
  readonly eatenGrams: number;
  readonly digestingGrams: number;
}

const STEP_MS = 10_000;
const HOUR_MS = 3_600_000;
const STEP_HOURS = STEP_MS / HOUR_MS;
/** Two stores in a row of this time constant: the demand of a meal is highest some two hours after it. */
const DIGESTION_SHARE = 1 - Math.exp(-STEP_HOURS / 2);
const OXYGEN_PER_FEED = 0.25;
const AMMONIA_PER_FEED = 0.092 * 0.32;
/** Taken up by plankton and bacteria: a third a day. */
const AMMONIA_UPTAKE_SHARE = 1 - Math.exp((-0.4 * STEP_HOURS) / 24);
/** Of resting fish at 26 °C. */
const FISH_GRAMS_PER_KG_HOUR = 0.25;
/** Of gases through the surface: from a calm to a windy hour. */
const CALM_METRES_PER_HOUR = 0.01;
const WINDY_METRES_PER_HOUR = 0.08;
const MOST_CLOUDS = 0.5;
/** The mud keeps this much. */
const LEAST_DEPTH_METRES = 0.05;

export class Pond {
  readonly parameters: PondParameters;
  private readonly seed: number;
  private readonly isOn: Record<PondOutput, boolean> = { aerator: false, inlet: false, outlet: false, feeder: false };
  private elapsedMs = 0;
  private carriedMs = 0;
  private carriedOnMs: Record<PondOutput, number> = { aerator: 0, inlet: 0, outlet: 0, feeder: 0 };
  private readonly water: Store;
  private readonly oxygen: Store;
  private readonly ammonia: Store;
  private readonly salt: Store;
  private readonly eaten: Store;
  private readonly digesting: Store;

  constructor(seed: number, parameters: PondParameters = DEFAULT_POND, state?: PondState) {
    this.seed = seed;
    this.parameters = parameters;
    const { areaSquareMetres, startDepthMetres, startOxygenMgPerLitre, startAmmoniaMgPerLitre } = parameters;
    const waterCubicMetres = areaSquareMetres * startDepthMetres;
    this.water = new Store(state?.waterCubicMetres ?? waterCubicMetres);
    // Milligrams a litre are grams a cubic metre, and grams a kilogram of salt are kilograms.
    this.oxygen = new Store(state?.oxygenGrams ?? startOxygenMgPerLitre * waterCubicMetres);
    this.ammonia = new Store(state?.ammoniaGrams ?? startAmmoniaMgPerLitre * waterCubicMetres);
    this.salt = new Store(state?.saltGrams ?? parameters.startSalinityGramsPerKg * 1_000 * waterCubicMetres);
    this.eaten = new Store(state?.eatenGrams ?? 0);
    this.digesting = new Store(state?.digestingGrams ?? 0);
    if (state === undefined) return;
    this.elapsedMs = state.elapsedMs;
    this.carriedMs = state.carriedMs;
    this.carriedOnMs = { ...state.carriedOnMs };
  }

  get oxygenMgPerLitre(): number {
    return this.oxygen.amount / this.water.amount;
  }

  get ammoniaMgPerLitre(): number {
    return this.ammonia.amount / this.water.amount;
  }

  get salinityGramsPerKg(): number {
    return this.salt.amount / (1_000 * this.water.amount);
  }

  get depthMetres(): number {
    return this.water.amount / this.parameters.areaSquareMetres;
  }

  /** Warmest at three in the afternoon. */
  get temperatureCelsius(): number {
    const { temperatureCelsius, temperatureSwingCelsius } = this.parameters;
    return temperatureCelsius + temperatureSwingCelsius * Math.sin((2 * Math.PI * (this.hourOfDay - 9)) / 24);
  }

  /** Plankton that makes oxygen takes the carbonic acid: both rise and fall together. */
  get ph(): number {
    return Math.min(9.5, 7 + 0.14 * this.oxygenMgPerLitre);
  }

  /** Clear water, and what feeding leaves in it. */
  get turbidityNtu(): number {
    return 20 + (this.eaten.amount + this.digesting.amount) / (10 * this.water.amount);
  }

  /** All that the feeder has counted out. */
  get fedGrams(): number {
    return this.eaten.balance.came + this.feedOf(this.carriedOnMs.feeder);
  }

  get hourOfDay(): number {
    return (this.parameters.startHour + this.elapsedMs / HOUR_MS) % 24;
  }

  get saturationMgPerLitre(): number {
    return oxygenAtEquilibriumMgPerLitre(this.temperatureCelsius, this.salinityGramsPerKg);
  }

  get balances(): Readonly<Record<"water" | "oxygen" | "ammonia" | "salt" | "feed", Balance>> {
    const feed = { ...this.digesting.balance, start: this.eaten.balance.start + this.digesting.balance.start };
    const stored = this.eaten.amount + this.digesting.amount;
    return {
      water: this.water.balance,
      oxygen: this.oxygen.balance,
      ammonia: this.ammonia.balance,
      salt: this.salt.balance,
      feed: { ...feed, came: this.eaten.balance.came, stored },
    };
  }

  /** Switches an output from now on: advance the pond to now before. */
  setOutput(output: PondOutput, isOn: boolean): void {
    this.isOn[output] = isOn;
  }

  /** Lets time pass. How the time is cut into calls changes nothing: the model steps on a grid of its own. */
  advance(durationMs: number): void {
    let leftMs = durationMs;
    while (leftMs > 0) {
      const partMs = Math.min(leftMs, STEP_MS - this.carriedMs);
      leftMs -= partMs;
      this.carriedMs += partMs;
      for (const output of POND_OUTPUTS) if (this.isOn[output]) this.carriedOnMs[output] += partMs;
      if (this.carriedMs >= STEP_MS) this.step();
    }
  }

  get state(): PondState {
    return {
      elapsedMs: this.elapsedMs,
      carriedMs: this.carriedMs,
      carriedOnMs: { ...this.carriedOnMs },
      waterCubicMetres: this.water.amount,
      oxygenGrams: this.oxygen.amount,
      ammoniaGrams: this.ammonia.amount,
      saltGrams: this.salt.amount,
      eatenGrams: this.eaten.amount,
      digestingGrams: this.digesting.amount,
    };
  }

  private step(): void {
    this.photosynthesise();
    this.respire();
    this.digest();
    this.exchangeWithAir();
    this.drain();
    this.fill();
    this.eaten.add(this.feedOf(this.carriedOnMs.feeder));
    this.elapsedMs += STEP_MS;
    this.carriedMs = 0;
    this.carriedOnMs = { aerator: 0, inlet: 0, outlet: 0, feeder: 0 };
  }

  private feedOf(onMs: number): number {
    return (onMs / 1_000) * this.parameters.feederGramsPerSecond;
  }

  private photosynthesise(): void {
    const sun = Math.max(0, Math.sin((Math.PI * (this.hourOfDay - 6)) / 12));
    const clouds = MOST_CLOUDS * this.drawn(Math.floor(this.elapsedMs / (24 * HOUR_MS)), 0);
    const mgPerLitreHour = this.parameters.photosynthesisMgPerLitreHour * sun * (1 - clouds);
    this.oxygen.add(mgPerLitreHour * this.water.amount * STEP_HOURS);
  }

  /** Nobody takes more than there is: fish that find none are dead, which this model does not tell. */
  private respire(): void {
    const { respirationMgPerLitreHour, fishKg } = this.parameters;
    const wanted = respirationMgPerLitreHour * this.water.amount + FISH_GRAMS_PER_KG_HOUR * fishKg;
    this.oxygen.take(wanted * STEP_HOURS);
    this.ammonia.take(this.ammonia.amount * AMMONIA_UPTAKE_SHARE);
  }

  private digest(): void {
    const digested = this.digesting.take(this.digesting.amount * DIGESTION_SHARE);
    this.digesting.add(this.eaten.take(this.eaten.amount * DIGESTION_SHARE));
    this.oxygen.take(digested * OXYGEN_PER_FEED);
    this.ammonia.add(digested * AMMONIA_PER_FEED);
  }

  private exchangeWithAir(): void {
    const deficit = this.saturationMgPerLitre - this.oxygenMgPerLitre;
    const wind = this.drawn(Math.floor(this.elapsedMs / HOUR_MS), 1);
    const metresPerHour = CALM_METRES_PER_HOUR + (WINDY_METRES_PER_HOUR - CALM_METRES_PER_HOUR) * wind;
    const throughSurface = metresPerHour * this.parameters.areaSquareMetres * deficit * STEP_HOURS;
    const aerated = this.aeratedGramsPerHour(deficit) * (this.carriedOnMs.aerator / HOUR_MS);
    const gained = throughSurface + aerated;
    if (gained > 0) this.oxygen.add(gained);
    else this.oxygen.take(-gained);
  }

  private aeratedGramsPerHour(deficit: number): number {
    const warmth = 1.024 ** (this.temperatureCelsius - 20);
    return this.parameters.aeratorKgPerHour * 1_000 * (deficit / 9.09) * warmth * 0.85;
  }

  private drain(): void {
    const { outletCubicMetresPerHour, areaSquareMetres } = this.parameters;
    const wanted = outletCubicMetresPerHour * (this.carriedOnMs.outlet / HOUR_MS);
    this.leave(Math.min(wanted, Math.max(0, this.water.amount - LEAST_DEPTH_METRES * areaSquareMetres)));
  }

  /** What comes in is fresh water in equilibrium with the air; it is mixed before the pond overflows. */
  private fill(): void {
    const { inletCubicMetresPerHour, areaSquareMetres, fullDepthMetres } = this.parameters;
    const cubicMetres = inletCubicMetresPerHour * (this.carriedOnMs.inlet / HOUR_MS);
    this.water.add(cubicMetres);
    this.oxygen.add(cubicMetres * oxygenAtEquilibriumMgPerLitre(this.temperatureCelsius));
    this.leave(Math.max(0, this.water.amount - fullDepthMetres * areaSquareMetres));
  }

  /** Water goes, and everything that is dissolved in it. */
  private leave(cubicMetres: number): void {
    const share = cubicMetres / this.water.amount;
    this.water.take(cubicMetres);
    for (const dissolved of [this.oxygen, this.ammonia, this.salt]) dissolved.take(dissolved.amount * share);
  }

  /** A number from 0 to 1 that belongs to this pond, a span of time and what is asked for. */
  private drawn(span: number, what: number): number {
    return seededRandom(memberSeed(this.seed, 2 * span + what))();
  }
}

/** An amount, and all that came to it and went from it. */
class Store {
  private readonly start: number;
  private came = 0;
  private went = 0;
  private now: number;

  constructor(start: number) {
    this.start = start;
    this.now = start;
  }

  get amount(): number {
    return this.now;
  }

  get balance(): Balance {
    return { start: this.start, came: this.came, went: this.went, stored: this.now };
  }

  add(amount: number): void {
    this.now += amount;
    this.came += amount;
  }

  /** Returns what was taken: never more than there is. */
  take(wanted: number): number {
    const taken = Math.min(wanted, this.now);
    this.now -= taken;
    this.went += taken;
    return taken;
  }
}
