import { normal, type Random } from "../random.ts";

/**
 * What a broken probe makes of a true reading: another number, or `undefined` when it says nothing. `atMs` is the time of
 * the simulation. Stuck values, spikes, drift and drop-outs are functions of this shape.
 */
export type ProbeFault = (readingPercent: number, atMs: number) => number | undefined;

export interface ProbeParameters {
  /** Standard deviation of one reading. */
  readonly noisePercent: number;
  /** Smallest step that the probe can tell. */
  readonly resolutionPercent: number;
}

/** A capacitive probe of the better kind: ± 0.1 % from one reading to the next, shown with one digit. */
export const DEFAULT_PROBE: ProbeParameters = { noisePercent: 0.1, resolutionPercent: 0.1 };

/** Turns the true moisture into what the device reports. */
export class MoistureProbe {
  private readonly random: Random;
  private readonly parameters: ProbeParameters;
  private readonly fault: ProbeFault | undefined;

  constructor(random: Random, parameters: ProbeParameters = DEFAULT_PROBE, fault?: ProbeFault) {
    this.random = random;
    this.parameters = parameters;
    this.fault = fault;
  }

  /** A reading in percent, or undefined when the probe has dropped out. */
  read(truePercent: number, atMs: number): number | undefined {
    const noisy = truePercent + this.parameters.noisePercent * normal(this.random);
    const reading = this.fault === undefined ? noisy : this.fault(noisy, atMs);
    if (reading === undefined) return undefined;
    return quantise(Math.min(100, Math.max(0, reading)), this.parameters.resolutionPercent);
  }
}

/** The nearest multiple, without the binary tail: 0.1 steps read 31.4, not 31.400000000000002. */
function quantise(value: number, resolution: number): number {
  const steps = Math.round(value / resolution);
  const perUnit = 1 / resolution;
  return Number.isInteger(perUnit) ? steps / perUnit : steps * resolution;
}
