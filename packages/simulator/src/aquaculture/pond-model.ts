import { aquaculturePondProfile } from "@sluice/solutions/aquaculture/profile.ts";
import type { Clock } from "../clock.ts";
import type { DeviceModel } from "../device-model.ts";
import { memberSeed, normal, type Random, seededRandom } from "../random.ts";
import type { OutgoingValue } from "../senders/outgoing-reading.ts";
import { DEFAULT_POND, POND_OUTPUTS, Pond, type PondOutput, type PondParameters, type PondState } from "./pond.ts";

export interface PondModelOptions {
  readonly seed: number;
  /** How many times faster than the clock the pond lives. */
  readonly speedFactor: number;
  readonly pond?: Partial<PondParameters>;
  /** Where a former run left the pond. */
  readonly state?: PondState | undefined;
}

/** Standard deviation of one reading of each probe, in the metric's unit. */
const NOISE: Readonly<Record<string, number>> = {
  dissolved_oxygen: 0.03,
  temperature: 0.05,
  ph: 0.02,
  ammonia: 0.02,
  salinity: 0.05,
  turbidity: 1,
  level: 0.003,
};

/** Apart from the pond's own seeds of days and hours. */
const PROBES = 0x70726f62;

const AERATED_BELOW_MG_PER_LITRE = 4;
const AERATED_TO_MG_PER_LITRE = 5;

/** A pond and its probes, carried along by a clock. */
export class PondModel implements DeviceModel {
  private readonly clock: Clock;
  private readonly speedFactor: number;
  private readonly pond: Pond;
  private readonly random: Random;
  private lastMs: number;

  constructor(clock: Clock, { seed, speedFactor, pond, state }: PondModelOptions) {
    this.clock = clock;
    this.speedFactor = speedFactor;
    this.pond = new Pond(seed, { ...DEFAULT_POND, ...pond }, state);
    this.random = seededRandom(memberSeed(seed, PROBES));
    this.lastMs = clock.monotonicMs();
  }

  read(): readonly OutgoingValue[] {
    this.advanceToNow();
    const { pond } = this;
    const values: Readonly<Record<string, number>> = {
      dissolved_oxygen: pond.oxygenMgPerLitre,
      temperature: pond.temperatureCelsius,
      ph: pond.ph,
      ammonia: pond.ammoniaMgPerLitre,
      salinity: pond.salinityGramsPerKg,
      turbidity: pond.turbidityNtu,
      level: pond.depthMetres,
    };
    return aquaculturePondProfile.metrics.map(({ key, precision, minimum }) => {
      const noisy = values[key]! + NOISE[key]! * normal(this.random);
      return [key, Number(Math.max(minimum, noisy).toFixed(precision))];
    });
  }

  setOutput(actuator: string, isOn: boolean): void {
    this.advanceToNow();
    this.pond.setOutput(outputOf(actuator), isOn);
  }

  /** The solution's own rule: on below, off above. */
  tend(): void {
    const oxygen = this.water.oxygenMgPerLitre;
    if (oxygen < AERATED_BELOW_MG_PER_LITRE) this.pond.setOutput("aerator", true);
    if (oxygen > AERATED_TO_MG_PER_LITRE) this.pond.setOutput("aerator", false);
  }

  /** Grams of feed; other outputs count nothing. */
  metered(actuator: string): number {
    this.advanceToNow();
    return actuator === "feeder" ? this.pond.fedGrams : 0;
  }

  /** The pond as it truly is. */
  get water(): Pond {
    this.advanceToNow();
    return this.pond;
  }

  private advanceToNow(): void {
    const nowMs = this.clock.monotonicMs();
    this.pond.advance((nowMs - this.lastMs) * this.speedFactor);
    this.lastMs = nowMs;
  }
}

function outputOf(actuator: string): PondOutput {
  const output = POND_OUTPUTS.find((known) => known === actuator);
  if (output === undefined) throw new Error(`a pond has no output ${actuator}`);
  return output;
}
