import type { DeviceLimits, Dose } from "../commands/messages.ts";
import { SluiceError } from "../errors.ts";

/** The limits of one actuator. Nothing passes `maxRunMs`; `cooldownMs` lies between an OFF and the next ON. */
export interface Envelope extends DeviceLimits {
  /** ON edges in a day of the site. */
  readonly maxStartsPerDay?: number;
  /** Time on in a day of the site. */
  readonly maxRunMsPerDay?: number;
  /** Readings that a decision rests on must be younger; undefined: their age does not matter. */
  readonly maxReadingAgeMs?: number;
  /** Conditions that must all be seen to hold, on fresh readings, whoever asks. */
  readonly permissives?: readonly Permissive[];
}

/** "The tank is above 10 %": a reading of this or another device, without which nothing starts. */
export interface Permissive {
  /** Uid; absent: the actuator's own device. */
  readonly device?: string;
  readonly metric: string;
  readonly operator: "above" | "below";
  readonly value: number;
  /** Absent: the envelope's `maxReadingAgeMs`, or else DEFAULT_PERMISSIVE_AGE_MS. */
  readonly maxAgeMs?: number;
}

/** A day: what runs longer is no run but a state, and belongs to a SET. */
export const LONGEST_RUN_MS = 24 * 3_600_000;
export const LONGEST_COOLDOWN_MS = 7 * 24 * 3_600_000;
export const MOST_STARTS_PER_DAY = 100_000;
export const MAX_PERMISSIVES = 8;
export const DEFAULT_PERMISSIVE_AGE_MS = 600_000;

/** Throws `actuator.envelope_invalid` for limits that could not protect anything. */
export function assertEnvelope(envelope: Envelope): void {
  assertBetween("maxRunMs", envelope.maxRunMs, 1, LONGEST_RUN_MS);
  assertBetween("cooldownMs", envelope.cooldownMs, 0, LONGEST_COOLDOWN_MS);
  assertBetween("minOffMs", envelope.minOffMs, 0, LONGEST_COOLDOWN_MS);
  assertBetween("linkLossMs", envelope.linkLossMs, 0, LONGEST_RUN_MS);
  assertBetween("maxReadingAgeMs", envelope.maxReadingAgeMs, 1, LONGEST_COOLDOWN_MS);
  assertBetween("maxStartsPerDay", envelope.maxStartsPerDay, 0, MOST_STARTS_PER_DAY);
  assertBetween("maxRunMsPerDay", envelope.maxRunMsPerDay, 0, LONGEST_RUN_MS);
  if (envelope.safeState !== undefined && !["off", "on", "local"].includes(envelope.safeState)) {
    throw invalid("safeState", envelope.safeState, 'safeState must be "off", "on" or "local"');
  }
  if (envelope.maxDose !== undefined) assertDose(envelope.maxDose);
  const permissives = envelope.permissives ?? [];
  if (permissives.length > MAX_PERMISSIVES) {
    throw invalid("permissives", permissives.length, `there may be at most ${MAX_PERMISSIVES} permissives`);
  }
  for (const permissive of permissives) assertPermissive(permissive);
}

function assertDose({ amount, unit }: Dose): void {
  if (!(Number.isFinite(amount) && amount > 0)) throw invalid("maxDose", amount, "maxDose.amount must be above 0");
  if (unit.length === 0 || unit.length > 16) throw invalid("maxDose", unit, "maxDose.unit has 1 to 16 characters");
}

function assertPermissive({ metric, operator, value, maxAgeMs }: Permissive): void {
  if (metric.length === 0) throw invalid("permissives", metric, "a permissive needs a metric");
  if (operator !== "above" && operator !== "below") {
    throw invalid("permissives", operator, 'the operator of a permissive is "above" or "below"');
  }
  if (!Number.isFinite(value)) throw invalid("permissives", value, "the value of a permissive is a number");
  assertBetween("permissives.maxAgeMs", maxAgeMs, 1, LONGEST_COOLDOWN_MS);
}

function assertBetween(field: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw invalid(field, value, `${field} must be a whole number from ${least} to ${most}`, { least, most });
}

function invalid(field: string, given: unknown, message: string, bounds: object = {}): SluiceError {
  return new SluiceError("invalid", "actuator.envelope_invalid", message, {
    details: { field, given: String(given), ...bounds },
  });
}

/** The pause after a run: the longer of cooldown and minimum off time. An override leaves the latter. */
export function pauseMs(limits: { readonly cooldownMs: number; readonly minOffMs?: number | undefined }): number {
  return Math.max(limits.cooldownMs, limits.minOffMs ?? 0);
}

/** The stricter of two sets of limits, limit by limit. Groups of both apply, so the device keeps them in a list. */
export function stricterLimits(own: DeviceLimits, given: DeviceLimits | undefined): EffectiveLimits {
  const groups = [own.interlockGroup, given?.interlockGroup].filter((group) => group !== undefined);
  return {
    maxRunMs: Math.min(own.maxRunMs, given?.maxRunMs ?? Number.POSITIVE_INFINITY),
    cooldownMs: Math.max(own.cooldownMs, given?.cooldownMs ?? 0),
    minOffMs: Math.max(own.minOffMs ?? 0, given?.minOffMs ?? 0),
    linkLossMs: Math.min(own.linkLossMs ?? Number.POSITIVE_INFINITY, given?.linkLossMs ?? Number.POSITIVE_INFINITY),
    interlockGroups: groups,
  };
}

export interface EffectiveLimits {
  readonly maxRunMs: number;
  readonly cooldownMs: number;
  readonly minOffMs: number;
  /** Infinity: the loss of the link ends nothing. */
  readonly linkLossMs: number;
  readonly interlockGroups: readonly string[];
}
