import { oxygenAtEquilibriumMgPerLitre } from "../oxygen-at-equilibrium.ts";
import { localHour, summerness, type WorldPlace } from "../place.ts";
import { memberSeed, seededRandom } from "../random.ts";
import { SteppingWorld } from "../stepping-world.ts";
import { Wandering } from "../wandering.ts";
import { type Contamination, contaminationAt, strengthAt } from "./contamination.ts";

/**
 * Drinking water where one station watches it. It comes chlorinated from the plant and is as old as people let it become: oldest
 * before they get up. Chlorine decays with that age, twice as fast for every 10 °C (an assumption that is usual for reaction
 * rates); oxygen follows its saturation.
 *
 * What happens to the water happens to all that is measured at once:
 * - chlorine loss: the plant's dosing stops;
 * - intrusion: a share of raw water mixes in, which clouds it, conducts better, and uses up chlorine;
 * - spill: an acid or base with its salts.
 */
export interface WaterParameters {
  readonly place: WorldPlace;
  readonly contaminationsPerDay: number;
  readonly doseMgPerLitre: number;
  /** At 20 °C. */
  readonly decayPerHour: number;
  readonly meanCelsius: number;
  readonly seasonCelsius: number;
  readonly ph: number;
  readonly conductivity: number;
  readonly turbidity: number;
  readonly nitrate: number;
}

/** All that is in the water, in the units of the solution's profile. */
export interface WaterSample {
  readonly ph: number;
  readonly turbidity: number;
  readonly dissolved_oxygen: number;
  readonly temperature: number;
  readonly conductivity: number;
  readonly chlorine: number;
  readonly nitrate: number;
  readonly phosphate: number;
  readonly lead: number;
  readonly copper: number;
  readonly iron: number;
  readonly arsenic: number;
}

const STEP_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Young water by day, old by night. */
const YOUNGEST_HOURS = 4;
const OLDEST_HOURS = 12;
const OLDEST_AT_HOUR = 5;
/** Water of a river, unlike the plant's. */
const RAW = { turbidity: 25, conductivity: 950, ph: 6.9, nitrate: 30, phosphate: 0.8, iron: 900 };
/** The share of raw water in the worst intrusion. */
const MOST_RAW_SHARE = 0.4;
/** What a litre of raw water takes of chlorine. */
const RAW_CHLORINE_DEMAND_MG_PER_LITRE = 3;
/** Of the worst spill. */
const SPILL_PH = 2.2;
const SPILL_CONDUCTIVITY_SHARE = 0.8;
/** Without dosing the residual is used up and flushed out this fast. */
const LOSS_MEMORY_HOURS = 0.2;

export class Water extends SteppingWorld {
  readonly parameters: WaterParameters;
  private readonly seed: number;
  private readonly onEnd: (contamination: Contamination) => void;
  private readonly warmth: Wandering;
  private readonly salts: Wandering;
  private readonly clouding: Wandering;
  private readonly acidity: Wandering;
  private readonly demand: Wandering;
  private current: Contamination | undefined;
  /** Of the plant's dose that arrives: falls while dosing has stopped. */
  private dosedShare = 1;

  constructor(
    seed: number,
    parameters: WaterParameters,
    startMicros: number,
    onEnd: (contamination: Contamination) => void,
  ) {
    super(startMicros, STEP_MS);
    this.seed = seed;
    this.parameters = parameters;
    this.onEnd = onEnd;
    const wandering = (number: number, deviation: number, memoryMs: number) =>
      new Wandering(seededRandom(memberSeed(seed, number)), 0, deviation, STEP_MS, memoryMs);
    this.warmth = wandering(1, 0.4, 2 * DAY_MS);
    this.salts = wandering(2, 0.015, DAY_MS);
    this.clouding = wandering(3, 0.15, 6 * HOUR_MS);
    this.acidity = wandering(4, 0.04, DAY_MS);
    this.demand = wandering(5, 0.05, 12 * HOUR_MS);
    this.current = this.drawnNow();
  }

  /** What happens to the water now, if anything does. */
  get contamination(): Contamination | undefined {
    return this.current !== undefined && strengthAt(this.current, this.nowMicros) > 0 ? this.current : undefined;
  }

  get sample(): WaterSample {
    const rawShare = MOST_RAW_SHARE * this.strengthOf("intrusion");
    const spilled = this.strengthOf("spill") * (this.current?.isAcid === true ? -1 : 1);
    const { parameters, temperatureCelsius: temperature } = this;
    const mixed = (clean: number, raw: number) => clean + (raw - clean) * rawShare;
    const cleanPh = parameters.ph + this.acidity.value;
    const conductivity = mixed(parameters.conductivity * (1 + this.salts.value), RAW.conductivity);
    return {
      temperature,
      ph: mixed(cleanPh, RAW.ph) + SPILL_PH * spilled,
      turbidity: mixed(parameters.turbidity * Math.exp(this.clouding.value), RAW.turbidity),
      dissolved_oxygen: oxygenAtEquilibriumMgPerLitre(temperature) * (0.92 - 0.4 * rawShare),
      conductivity: conductivity * (1 + SPILL_CONDUCTIVITY_SHARE * Math.abs(spilled)),
      chlorine: Math.max(0, this.residual * (1 - rawShare) - RAW_CHLORINE_DEMAND_MG_PER_LITRE * rawShare),
      nitrate: mixed(parameters.nitrate, RAW.nitrate),
      phosphate: mixed(0.05, RAW.phosphate),
      // Old water has taken more from the pipes.
      lead: 0.2 + 0.1 * this.ageHours,
      copper: 0.02 + 0.01 * this.ageHours,
      iron: mixed(30, RAW.iron),
      arsenic: 0.8,
    };
  }

  protected step(): void {
    for (const wandering of [this.warmth, this.salts, this.clouding, this.acidity, this.demand]) wandering.step();
    const dosing = 1 - this.strengthOf("chlorine-loss");
    this.dosedShare += (dosing - this.dosedShare) * (1 - Math.exp(-STEP_MS / (LOSS_MEMORY_HOURS * HOUR_MS)));
    const next = this.drawnNow();
    const ended = this.current;
    if (ended !== undefined && this.nowMicros >= ended.endMicros) {
      this.current = undefined;
      this.onEnd(ended);
    }
    if (next !== undefined && this.nowMicros < next.endMicros) this.current = next;
  }

  private drawnNow(): Contamination | undefined {
    return contaminationAt(this.seed, this.nowMicros, this.parameters.contaminationsPerDay);
  }

  private strengthOf(kind: Contamination["kind"]): number {
    return this.current?.kind === kind ? strengthAt(this.current, this.nowMicros) : 0;
  }

  private get residual(): number {
    const { doseMgPerLitre, decayPerHour } = this.parameters;
    const decay = decayPerHour * 2 ** ((this.temperatureCelsius - 20) / 10) * (1 + this.demand.value);
    return doseMgPerLitre * this.dosedShare * Math.exp(-decay * this.ageHours);
  }

  private get ageHours(): number {
    const hour = localHour(this.nowMicros, this.parameters.place);
    const night = (1 + Math.cos((2 * Math.PI * (hour - OLDEST_AT_HOUR)) / 24)) / 2;
    return YOUNGEST_HOURS + (OLDEST_HOURS - YOUNGEST_HOURS) * night;
  }

  private get temperatureCelsius(): number {
    const { meanCelsius, seasonCelsius, place } = this.parameters;
    const day = 0.4 * Math.cos((2 * Math.PI * (localHour(this.nowMicros, place) - 17)) / 24);
    return Math.max(0.5, meanCelsius + seasonCelsius * summerness(this.nowMicros, place) + day + this.warmth.value);
  }
}
