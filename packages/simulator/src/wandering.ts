import { normal, type Random } from "./random.ts";

/**
 * A quantity that wanders about a mean and comes back to it: the process of Uhlenbeck and Ornstein (Physical Review 36, 1930), in
 * its exact form for steps of equal length. Its spread is `deviation` from the first step on, and what it was is forgotten over
 * `memoryMs`.
 */
export class Wandering {
  private readonly random: Random;
  private readonly mean: number;
  private readonly kept: number;
  private readonly stirred: number;
  private deviationNow: number;

  constructor(random: Random, mean: number, deviation: number, stepMs: number, memoryMs: number) {
    this.random = random;
    this.mean = mean;
    this.kept = Math.exp(-stepMs / memoryMs);
    this.stirred = deviation * Math.sqrt(1 - this.kept ** 2);
    this.deviationNow = deviation * normal(random);
  }

  get value(): number {
    return this.mean + this.deviationNow;
  }

  step(): void {
    this.deviationNow = this.kept * this.deviationNow + this.stirred * normal(this.random);
  }
}
