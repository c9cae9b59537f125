import type { RunMessage } from "../commands/messages.ts";
import type { EffectiveLimits } from "./envelope.ts";
import type { ActuatorRecord } from "./gate-record.ts";

/** Everything a device knows when it is asked to run. */
export interface RunSituation {
  readonly bootId: string;
  readonly record: ActuatorRecord;
  readonly limits: EffectiveLimits;
  readonly isRunning: boolean;
  readonly isInterlocked: boolean;
  /** Undefined: the actuator has never run. */
  readonly cooldownElapsedMs: number | undefined;
  readonly monoMs: number;
  readonly wallClockMicros: number | undefined;
}

/** The reasons that a device gives with REJECTED; they are part of the device protocol. */
export type RefusalReason =
  | "held"
  | "already_running"
  | "interlock"
  | "invalid_duration"
  | "no_deadline"
  | "other_boot"
  | "no_clock"
  | "expired"
  | "cooldown";

/** Undefined: it may run. The fence is checked before. */
export function refusalOfRun(message: RunMessage, situation: RunSituation): RefusalReason | undefined {
  if (situation.record.holds.length > 0) return "held";
  if (situation.isRunning) return "already_running";
  if (situation.isInterlocked) return "interlock";
  if (!Number.isSafeInteger(message.durationMs) || message.durationMs < 1) return "invalid_duration";
  return deadlineRefusal(message, situation) ?? cooldownRefusal(message, situation);
}

function deadlineRefusal(message: RunMessage, situation: RunSituation): RefusalReason | undefined {
  const { validUntilMonoMs, expiresAtMicros } = message;
  if (validUntilMonoMs === undefined && expiresAtMicros === undefined) return "no_deadline";
  if (validUntilMonoMs !== undefined && message.bootId !== situation.bootId) return "other_boot";
  if (expiresAtMicros !== undefined && situation.wallClockMicros === undefined) return "no_clock";
  return hasExpired(message, situation.monoMs, situation.wallClockMicros) ? "expired" : undefined;
}

/** At its deadline a RUN is late; a device that does not know the time is past every wall-clock deadline. */
export function hasExpired(message: RunMessage, monoMs: number, wallClockMicros: number | undefined): boolean {
  const { validUntilMonoMs, expiresAtMicros } = message;
  if (validUntilMonoMs !== undefined && monoMs >= validUntilMonoMs) return true;
  return expiresAtMicros !== undefined && (wallClockMicros === undefined || wallClockMicros >= expiresAtMicros);
}

function cooldownRefusal(message: RunMessage, situation: RunSituation): RefusalReason | undefined {
  const { cooldownElapsedMs, record, limits } = situation;
  if (cooldownElapsedMs === undefined) return undefined;
  const requiredMs = Math.max(limits.cooldownMs, message.cooldownMs, record.cooldown?.requiredMs ?? 0);
  return cooldownElapsedMs < requiredMs ? "cooldown" : undefined;
}
