/** In falling order of right of way; STOP, trip and hold are above all of them and ask nobody. */
export type Priority = "MANUAL" | "EMERGENCY" | "SCHEDULED" | "THRESHOLD";
export const PRIORITIES: readonly Priority[] = ["MANUAL", "EMERGENCY", "SCHEDULED", "THRESHOLD"];

/**
 * What has been passed over for this long goes before newcomers of higher priority, except people and emergencies: longer than
 * the longest pauses that are usual between two runs of a machine (15 minutes for a pump that waters), so that it is not the
 * machine's own rhythm, and short enough that what hangs on it (a pond's oxygen, a zone's water) can wait so long once.
 */
export const PASSED_OVER_MS = 15 * 60_000;

/** Whoever wants a machine, or has it. */
export interface Claim {
  readonly priority: Priority;
  /** It has waited for other runs, and the pauses after them, for at least PASSED_OVER_MS and for nothing else since. */
  readonly isPassedOver?: boolean | undefined;
}

/** True when the first may stop the second, and starts before it. Nobody is above an equal: that would go to and fro for ever. */
export function hasRightOfWay(claim: Claim, other: Claim): boolean {
  return rankOf(claim) < rankOf(other);
}

/** How long somebody has been passed over: since then, or never. Both times are in microseconds. */
export function isPassedOver(sinceMicros: number | null, nowMicros: number): boolean {
  return sinceMicros !== null && nowMicros - sinceMicros >= PASSED_OVER_MS * 1000;
}

/** The lower, the more right of way. */
export function rankOf({ priority, isPassedOver = false }: Claim): number {
  switch (priority) {
    case "MANUAL":
      return 0;
    case "EMERGENCY":
      return 1;
    case "SCHEDULED":
      return isPassedOver ? 2 : 3;
    case "THRESHOLD":
      return isPassedOver ? 2 : 4;
  }
}

export function isAbove(priority: Priority, other: Priority): boolean {
  return hasRightOfWay({ priority }, { priority: other });
}
