import type { CommandState } from "../commands/command.ts";
import type { Envelope } from "./envelope.ts";

/**
 * May this actuator run now? Pure: the caller holds the actuator's lock, has read everything below it, and takes `nowMicros`
 * from the database's clock after locking.
 *
 * accept: reserve and send. refuse: never for this request. defer: not now; ask again at `untilMicros`.
 */
export type Decision =
  | { readonly outcome: "accept" }
  | { readonly outcome: "refuse"; readonly limit: Limit; readonly message: string; readonly retryAtMicros?: number }
  | { readonly outcome: "defer"; readonly limit: Limit; readonly message: string; readonly untilMicros: number };

/** Which limit spoke; the last part of the error code that a person sees (`actuator.cooldown`). */
export type Limit =
  | "invalid_duration"
  | "max_run"
  | "locked_out"
  | "manual_mode"
  | "held"
  | "unknown"
  | "running"
  | "cooldown"
  | "offline"
  | "stale_reading";

export type ActuatorMode = "auto" | "manual" | "locked-out";

/** In falling order of right of way; STOP, trip and hold are above all of them and ask nobody. */
export type Priority = "MANUAL" | "EMERGENCY" | "SCHEDULED" | "THRESHOLD";

export interface ActuatorSituation {
  readonly mode: ActuatorMode;
  /** Who locked it out. */
  readonly lockedBy?: string | undefined;
  readonly isHeld: boolean;
  /** The RUN that may be on, or may yet go on. */
  readonly live?: { readonly state: CommandState; readonly runEndMicros: number } | undefined;
  /** End of the last reservation, cooldown included; 0 before the first. */
  readonly lockEndMicros: number;
  /** Whether its device has a session now. */
  readonly isReachable: boolean;
}

export interface RunRequest {
  readonly durationMs: number;
  readonly priority: Priority;
  /** Time of the newest reading that the request rests on; undefined when it rests on none, or none is known. */
  readonly readingMicros?: number | undefined;
  /** The reading must be newer than this: a run is not repeated for what was measured before it. */
  readonly readingNeededAfterMicros?: number | undefined;
}

/** An automatic request for a device without a session is asked again after this long, or when the device comes. */
export const OFFLINE_RECHECK_MS = 60_000;
export const STALE_READING_RECHECK_MS = 10_000;

export function decide(
  envelope: Envelope,
  actuator: ActuatorSituation,
  request: RunRequest,
  nowMicros: number,
): Decision {
  return (
    refusal(envelope, actuator, request) ?? obstacle(envelope, actuator, request, nowMicros) ?? { outcome: "accept" }
  );
}

/** What will not pass with time. */
function refusal(envelope: Envelope, actuator: ActuatorSituation, request: RunRequest): Decision | undefined {
  const { durationMs, priority } = request;
  if (!Number.isSafeInteger(durationMs) || durationMs < 1) {
    return refuse("invalid_duration", "A run lasts a whole number of milliseconds, at least 1.");
  }
  if (durationMs > envelope.maxRunMs) {
    return refuse("max_run", `A run of ${durationMs} ms is longer than the maximum of ${envelope.maxRunMs} ms.`);
  }
  if (actuator.mode === "locked-out") {
    return refuse("locked_out", `The actuator is locked out by ${actuator.lockedBy ?? "a person"}.`);
  }
  if (actuator.mode === "manual" && priority !== "MANUAL") {
    return refuse("manual_mode", "The actuator is in manual mode: only people start it.");
  }
  return actuator.isHeld ? refuse("held", "A STOP holds the actuator until a person releases it.") : undefined;
}

/** What passes with time: automation waits for it, a person is told when to try again. */
function obstacle(
  envelope: Envelope,
  actuator: ActuatorSituation,
  request: RunRequest,
  nowMicros: number,
): Decision | undefined {
  const isPerson = request.priority === "MANUAL";
  const wait = (limit: Limit, message: string, untilMicros: number): Decision =>
    isPerson
      ? { outcome: "refuse", limit, message, retryAtMicros: untilMicros }
      : { outcome: "defer", limit, message, untilMicros };
  const { live } = actuator;
  const freeAtMicros = Math.max(actuator.lockEndMicros, live?.runEndMicros ?? 0, nowMicros + 1);
  if (live?.state === "UNKNOWN") return wait("unknown", "Nobody knows whether the last run has ended.", freeAtMicros);
  if (live !== undefined) return wait("running", "A run is under way.", freeAtMicros);
  if (actuator.lockEndMicros > nowMicros) return wait("cooldown", "The actuator is cooling down.", freeAtMicros);
  if (isPerson) return undefined;
  if (!actuator.isReachable) {
    return wait("offline", "The device is not connected.", nowMicros + OFFLINE_RECHECK_MS * 1000);
  }
  return isReadingTooOld(envelope, request, nowMicros)
    ? wait("stale_reading", "No fresh reading says that it is needed.", nowMicros + STALE_READING_RECHECK_MS * 1000)
    : undefined;
}

function isReadingTooOld(envelope: Envelope, request: RunRequest, nowMicros: number): boolean {
  const { readingMicros = Number.NEGATIVE_INFINITY, readingNeededAfterMicros } = request;
  if (readingNeededAfterMicros !== undefined && readingMicros <= readingNeededAfterMicros) return true;
  return envelope.maxReadingAgeMs !== undefined && nowMicros - readingMicros > envelope.maxReadingAgeMs * 1000;
}

function refuse(limit: Limit, message: string): Decision {
  return { outcome: "refuse", limit, message };
}
