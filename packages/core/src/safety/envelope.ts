import type { DeviceLimits } from "../commands/messages.ts";
import { SluiceError } from "../errors.ts";

/** The state an actuator takes when nobody may decide; "on" (an aerator) and "local" are not built yet. */
export type SafeState = "off";

/** The limits of one actuator. Nothing passes `maxRunMs`; `cooldownMs` lies between an OFF and the next ON. */
export interface Envelope extends DeviceLimits {
  readonly safeState: SafeState;
  /** Readings that a decision rests on must be younger; undefined: their age does not matter. */
  readonly maxReadingAgeMs?: number;
}

/** A day: what runs longer is no run but a state, and belongs to a SET. */
export const LONGEST_RUN_MS = 24 * 3_600_000;
export const LONGEST_COOLDOWN_MS = 7 * 24 * 3_600_000;

/** Throws `actuator.envelope_invalid` for limits that could not protect anything. */
export function assertEnvelope(envelope: Envelope): void {
  assertBetween("maxRunMs", envelope.maxRunMs, 1, LONGEST_RUN_MS);
  assertBetween("cooldownMs", envelope.cooldownMs, 0, LONGEST_COOLDOWN_MS);
  if (envelope.linkLossMs !== undefined) assertBetween("linkLossMs", envelope.linkLossMs, 0, LONGEST_RUN_MS);
  if (envelope.maxReadingAgeMs !== undefined) {
    assertBetween("maxReadingAgeMs", envelope.maxReadingAgeMs, 1, LONGEST_COOLDOWN_MS);
  }
}

function assertBetween(field: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new SluiceError(
    "invalid",
    "actuator.envelope_invalid",
    `${field} must be a whole number from ${least} to ${most}`,
    {
      details: { field, given: String(value), least, most },
    },
  );
}

/** The stricter of two sets of limits, limit by limit. Groups of both apply, so the device keeps them in a list. */
export function stricterLimits(own: DeviceLimits, given: DeviceLimits | undefined): EffectiveLimits {
  const groups = [own.interlockGroup, given?.interlockGroup].filter((group) => group !== undefined);
  return {
    maxRunMs: Math.min(own.maxRunMs, given?.maxRunMs ?? Number.POSITIVE_INFINITY),
    cooldownMs: Math.max(own.cooldownMs, given?.cooldownMs ?? 0),
    linkLossMs: Math.min(own.linkLossMs ?? Number.POSITIVE_INFINITY, given?.linkLossMs ?? Number.POSITIVE_INFINITY),
    interlockGroups: groups,
  };
}

export interface EffectiveLimits {
  readonly maxRunMs: number;
  readonly cooldownMs: number;
  /** Infinity: the loss of the link ends nothing. */
  readonly linkLossMs: number;
  readonly interlockGroups: readonly string[];
}
