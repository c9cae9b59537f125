import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";

/**
 * How much water to exchange until something dissolved in a pond has come down (or up) to a target. Concentrations in one unit,
 * whichever; volumes in shares of the pond's own. The pond is taken to be mixed.
 *
 * Conservation of mass: of a pond drained by a share f and filled again there remains C = C₀·(1 − f) + Cᵢ·f; of one that overflows
 * while it is filled, C = Cᵢ + (C₀ − Cᵢ)·exp(−V/V₀).
 */
export interface Exchange {
  /** What is poison is to come down to the target; oxygen is to rise to it. */
  readonly aim: "lower" | "raise";
  readonly concentration: number;
  readonly target: number;
  /** Of the water that comes in. */
  readonly incoming: number;
}

/** More water than this, in ponds, is no exchange any more: the target lies too close to the water that comes in. */
export const MOST_POND_VOLUMES = 10;

/** What is left after draining a share of the pond, 0 to 1, and filling it again. */
export function afterDrainAndFill(concentration: number, incoming: number, share: number): number {
  return concentration * (1 - share) + incoming * share;
}

/** What is left after letting in so many pond volumes while as much flows over. */
export function afterFlowThrough(concentration: number, incoming: number, pondVolumes: number): number {
  return incoming + (concentration - incoming) * Math.exp(-pondVolumes);
}

/** The share of the pond to drain and fill again, 0 to 1; 0 where the target is met. */
export function shareToDrain(exchange: Exchange): Determined<number> {
  const remaining = shareRemaining(exchange);
  return remaining.value === undefined ? remaining : determined(1 - remaining.value);
}

/** Pond volumes to let in while as much flows over; 0 where the target is met. */
export function volumesToFlowThrough(exchange: Exchange): Determined<number> {
  const remaining = shareRemaining(exchange);
  if (remaining.value === undefined) return remaining;
  const volumes = remaining.value === 1 ? 0 : -Math.log(remaining.value);
  if (volumes <= MOST_POND_VOLUMES) return determined(volumes);
  return undetermined("it would take more than 10 times the water of the pond");
}

/** Minutes for which an inlet has to be open to let in so many pond volumes. */
export function minutesOfFlow(pondVolumes: number, pondLitres: number, litresPerMinute: number): Determined<number> {
  if (!(litresPerMinute > 0)) return undetermined("nothing flows in");
  if (!(pondVolumes >= 0 && pondLitres > 0))
    return undetermined("the water of the pond, or the share of it, is missing");
  return determined((pondVolumes * pondLitres) / litresPerMinute);
}

/** The share of the pond's own water that may remain, 0 to 1. */
function shareRemaining({ aim, concentration, target, incoming }: Exchange): Determined<number> {
  if (!(concentration >= 0 && target >= 0 && incoming >= 0)) {
    return undetermined("a concentration is missing or negative");
  }
  if (aim === "lower" ? concentration <= target : concentration >= target) return determined(1);
  if (aim === "lower" ? incoming > target : incoming < target) {
    return undetermined("the water that comes in is no better than the target");
  }
  return determined((target - incoming) / (concentration - incoming));
}
