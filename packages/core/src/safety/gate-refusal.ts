import type { StartMessage } from "../commands/messages.ts";
import { pauseMs } from "./envelope.ts";
import type { GateLimits } from "./gate-limits.ts";
import type { LiveOutput } from "./gate-outputs.ts";
import type { ActuatorRecord } from "./gate-record.ts";

/** Everything a device knows when it is asked to run. */
export interface StartSituation {
  readonly bootId: string;
  readonly record: ActuatorRecord;
  readonly limits: GateLimits;
  /** What its output is doing; undefined: it is off. */
  readonly output: LiveOutput | undefined;
  readonly isInterlocked: boolean;
  /** Undefined: the actuator has never been on. */
  readonly cooldownElapsedMs: number | undefined;
  readonly now: Moment;
}

export interface Moment {
  readonly monoMs: number;
  /** Undefined while the device does not know the time. */
  readonly wallClockMicros: number | undefined;
}

/** The reasons that a device gives with REJECTED; they are part of the device protocol. */
export const REFUSAL_REASONS = [
  "unknown_actuator",
  "stale_fence",
  "held",
  "already_running",
  "interlock",
  "invalid_duration",
  "dose_unsupported",
  "invalid_amount",
  "no_deadline",
  "other_boot",
  "no_clock",
  "expired",
  "min_off",
  "cooldown",
  "driver_fault",
  "too_many_holds",
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why this RUN or DOSE must not start, or undefined if it may. Its fence has been compared already. */
export function refusalOfStart(message: StartMessage, situation: StartSituation): RefusalReason | undefined {
  if (situation.record.holds.length > 0) return "held";
  if (isBusy(situation.output)) return "already_running";
  if (situation.isInterlocked) return "interlock";
  if (!isDuration(message.durationMs, 1) || !isDuration(message.cooldownMs, 0)) return "invalid_duration";
  return (
    doseRefusal(message, situation.limits) ?? deadlineRefusal(message, situation) ?? pauseRefusal(message, situation)
  );
}

/** A safe state that has been reached is handed over; whatever else may be on has to end first. */
function isBusy(output: LiveOutput | undefined): boolean {
  if (output === undefined) return false;
  return output.kind !== "safe" || output.isEnding || !output.isReached;
}

function isDuration(ms: number, least: number): boolean {
  return Number.isSafeInteger(ms) && ms >= least;
}

function doseRefusal(message: StartMessage, { maxDose }: GateLimits): RefusalReason | undefined {
  if (message.kind !== "DOSE") return undefined;
  if (maxDose === undefined) return "dose_unsupported";
  const { amount, unit } = message;
  const isCountable = Number.isFinite(amount) && amount > 0 && amount <= maxDose.amount && unit === maxDose.unit;
  return isCountable ? undefined : "invalid_amount";
}

function deadlineRefusal(message: StartMessage, { bootId, now }: StartSituation): RefusalReason | undefined {
  const { validUntilMonoMs, expiresAtMicros } = message;
  if (validUntilMonoMs === undefined && expiresAtMicros === undefined) return "no_deadline";
  if (validUntilMonoMs !== undefined && message.bootId !== bootId) return "other_boot";
  if (expiresAtMicros !== undefined && now.wallClockMicros === undefined) return "no_clock";
  return hasExpired(message, now) ? "expired" : undefined;
}

/** At its deadline a RUN is late; a device that does not know the time is past every wall-clock deadline. */
export function hasExpired(message: StartMessage, { monoMs, wallClockMicros }: Moment): boolean {
  const { validUntilMonoMs, expiresAtMicros } = message;
  if (validUntilMonoMs !== undefined && monoMs >= validUntilMonoMs) return true;
  return expiresAtMicros !== undefined && (wallClockMicros === undefined || wallClockMicros >= expiresAtMicros);
}

/** Out of a safe state there is no ON edge that could come too soon. */
function pauseRefusal(message: StartMessage, situation: StartSituation): RefusalReason | undefined {
  const { output, cooldownElapsedMs, record, limits } = situation;
  if (output !== undefined || cooldownElapsedMs === undefined) return undefined;
  if (cooldownElapsedMs < limits.minOffMs) return "min_off";
  const requiredMs = Math.max(pauseMs(limits), message.cooldownMs, record.cooldown?.requiredMs ?? 0);
  return cooldownElapsedMs < requiredMs && message.override !== true ? "cooldown" : undefined;
}
