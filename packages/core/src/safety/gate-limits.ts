import type { DeviceLimits, Dose, SafeState } from "../commands/messages.ts";
import { type EffectiveLimits, stricterLimits } from "./envelope.ts";

/** What counts for one actuator at this moment: the stricter of the device's own limits and of its configuration. */
export interface GateLimits extends EffectiveLimits {
  readonly safeState: SafeState;
  /** The largest DOSE; undefined: it cannot dose. */
  readonly maxDose: Dose | undefined;
}

/** How long an actuator with a safe state of "on" or "local" may go without its link when nothing else is said. */
export const DEFAULT_LINK_LOSS_MS = 30_000;

/**
 * Only the device itself says what its safe state is, and whether it has a meter: what may energise an output without a
 * command is built in, and comes over no wire.
 */
export function gateLimits(own: DeviceLimits, given: DeviceLimits | undefined): GateLimits {
  const stricter = stricterLimits(own, given);
  const safeState = own.safeState ?? "off";
  const isPatientForEver = !Number.isFinite(stricter.linkLossMs) && safeState !== "off";
  const linkLossMs = isPatientForEver ? DEFAULT_LINK_LOSS_MS : stricter.linkLossMs;
  return { ...stricter, linkLossMs, safeState, maxDose: smallerDose(own.maxDose, given?.maxDose) };
}

/** A maximum in another unit is one that the device cannot count by; its own holds. */
function smallerDose(own: Dose | undefined, given: Dose | undefined): Dose | undefined {
  if (own === undefined || given === undefined || given.unit !== own.unit) return own;
  return given.amount < own.amount ? given : own;
}

/** Of two outputs of a group that go on when the link is lost, one could never have its safe state. */
export function assertOneSafeMemberPerGroup(own: Readonly<Record<string, DeviceLimits>>): void {
  const memberOf = new Map<string, string>();
  for (const [key, { interlockGroup, safeState = "off" }] of Object.entries(own)) {
    if (safeState === "off" || interlockGroup === undefined) continue;
    const other = memberOf.get(interlockGroup);
    if (other !== undefined) {
      throw new Error(
        `${other} and ${key} of the interlock group ${interlockGroup} both have a safe state that is not off`,
      );
    }
    memberOf.set(interlockGroup, key);
  }
}
