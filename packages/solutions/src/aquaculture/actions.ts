/** What a fish farmer asks a pond to do, in the words of the trade, as runs and doses of its actuators. */
export interface PondAction {
  /** What is asked along with it. */
  readonly takes: "grams" | "minutes";
  /** Actuators of the pond, one after the other. */
  readonly steps: readonly { readonly actuator: string; readonly kind: "RUN" | "DOSE" }[];
}

export const POND_ACTION_NAMES = ["FEED", "AERATE", "WATER_DRAIN", "WATER_FILL", "WATER_FLUSH"] as const;
export type PondActionName = (typeof POND_ACTION_NAMES)[number];

/** The unit that a feeder's dose is in. */
export const FEED_UNIT = "g";

export const pondActions: Readonly<Record<PondActionName, PondAction>> = {
  FEED: { takes: "grams", steps: [{ actuator: "feeder", kind: "DOSE" }] },
  AERATE: { takes: "minutes", steps: [{ actuator: "aerator", kind: "RUN" }] },
  WATER_DRAIN: { takes: "minutes", steps: [{ actuator: "outlet", kind: "RUN" }] },
  WATER_FILL: { takes: "minutes", steps: [{ actuator: "inlet", kind: "RUN" }] },
  // As long out as in: the pond ends as full as it began, where both valves let the same through.
  WATER_FLUSH: {
    takes: "minutes",
    steps: [
      { actuator: "outlet", kind: "RUN" },
      { actuator: "inlet", kind: "RUN" },
    ],
  },
};
