import type { CommandState } from "../commands/command.ts";
import type { Dose } from "../commands/messages.ts";
import { type DayUse, dailyObstacles } from "./daily-budget.ts";
import type { Envelope } from "./envelope.ts";
import type { Limit, Obstacle } from "./obstacle.ts";
import { type PermissiveReading, permissiveObstacles } from "./permissives.ts";
import { type Claim, hasRightOfWay } from "./right-of-way.ts";

export { isAbove, PRIORITIES, type Priority } from "./right-of-way.ts";

/**
 * May this actuator run now? Pure: the caller holds the locks of the actuator and of its interlock group, has read everything
 * below them, and takes `nowMicros` from the database's clock after locking.
 *
 * accept: reserve and send. refuse: not for this request. defer: not now; ask again at `untilMicros`. preempt: stop the
 * `victims` first, then ask again, at the latest at `untilMicros`.
 */
export type Decision =
  | { readonly outcome: "accept" }
  | { readonly outcome: "refuse"; readonly limit: Limit; readonly message: string; readonly retryAtMicros?: number }
  | { readonly outcome: "defer"; readonly limit: Limit; readonly message: string; readonly untilMicros: number }
  | {
      readonly outcome: "preempt";
      readonly limit: Limit;
      readonly message: string;
      readonly untilMicros: number;
      readonly victims: readonly LiveRun[];
    };

export type ActuatorMode = "auto" | "manual" | "locked-out";

/** A RUN or DOSE that may be on, or may yet go on. */
export interface LiveRun extends Claim {
  readonly commandId: string;
  readonly actuatorId: number;
  readonly state: CommandState;
  /** Its worst case. */
  readonly runEndMicros: number;
  /** The pause after it. */
  readonly cooldownMs: number;
  /** A STOP of it is under way. */
  readonly isStopping: boolean;
}

export interface ActuatorSituation {
  readonly mode: ActuatorMode;
  /** Who locked it out. */
  readonly lockedBy?: string | undefined;
  readonly isHeld: boolean;
  readonly isSiteStopped: boolean;
  /** The first cause of its open trip. */
  readonly trip?: { readonly cause: string } | undefined;
  readonly live?: LiveRun | undefined;
  /** What is live on the other members of its interlock group. */
  readonly interlocked: readonly LiveRun[];
  /**
   * Of what waits for it or for its group, the one with the most right of way that has stopped a run for it, or has been passed
   * over for too long: it goes first. May be what is decided about.
   */
  readonly claimedBy?: Claim | undefined;
  /** End of the last run, by proof or by its worst case; 0 when it lies further back than the minimum off time. */
  readonly lastRunEndMicros: number;
  /** End of the last reservation, cooldown included; 0 before the first. */
  readonly lockEndMicros: number;
  /** Whether its device has a session now. */
  readonly isReachable: boolean;
  /** The days of its site, from the present one on, that a run may touch, and what has been used of each. */
  readonly days: readonly DayUse[];
}

export interface RunRequest extends Claim {
  readonly durationMs: number;
  /** Makes it a DOSE. */
  readonly dose?: Dose | undefined;
  /** An administrator's: passes the cooldown. */
  readonly isOverride?: boolean | undefined;
  /** A person waits no longer than this, and not at all when it is absent; automation waits as long as it takes. */
  readonly waitUntilMicros?: number | undefined;
  /** Time of the newest reading that the request rests on; undefined when it rests on none, or none is known. */
  readonly readingMicros?: number | undefined;
  /** The reading must be newer than this: a run is not repeated for what was measured before it. */
  readonly readingNeededAfterMicros?: number | undefined;
  /** The newest reading of each of the envelope's permissives, in their order; undefined: none is known. */
  readonly permissiveReadings?: readonly (PermissiveReading | undefined)[] | undefined;
}

/** An automatic request for a device without a session is asked again after this long, or when the device comes. */
export const OFFLINE_RECHECK_MS = 60_000;
export const STALE_READING_RECHECK_MS = 10_000;
/** Whoever goes first is decided at once; who lets it go first asks again after this. */
export const YIELDING_RECHECK_MS = 1_000;
/** A stop that preempts is heard of within this, where anything is heard at all. */
const STOP_ROUND_TRIP_MS = 1_000;

export function decide(
  envelope: Envelope,
  actuator: ActuatorSituation,
  request: RunRequest,
  nowMicros: number,
): Decision {
  const first = obstacles(envelope, actuator, request, nowMicros)[0];
  if (first === undefined) return { outcome: "accept" };
  const { limit, message, untilMicros } = first;
  if (untilMicros === undefined) return { outcome: "refuse", limit, message };
  const yielding = yieldingRuns(actuator, first, request);
  if (yielding.length > 0 && mayWait(request, startAfterStop(actuator, yielding, request, nowMicros))) {
    const victims = yielding.filter(({ isStopping }) => !isStopping);
    if (victims.length > 0) return { outcome: "preempt", limit, message, untilMicros, victims };
    const patienceMicros = Math.min(untilMicros, request.waitUntilMicros ?? untilMicros);
    const stopping = "What it waits for is being stopped.";
    return { outcome: "defer", limit: "preempting", message: stopping, untilMicros: patienceMicros };
  }
  if (mayWait(request, untilMicros)) return { outcome: "defer", limit, message, untilMicros };
  return { outcome: "refuse", limit, message, retryAtMicros: untilMicros };
}

/**
 * Everything that stands against a run at this moment, in the order in which it is decided by: first what no time helps
 * against, then what lies in the way of the machine, then what the request itself lacks.
 */
export function obstacles(
  envelope: Envelope,
  actuator: ActuatorSituation,
  request: RunRequest,
  nowMicros: number,
): readonly Obstacle[] {
  return [
    ...orderObstacles(envelope, request),
    ...standingObstacles(actuator, request),
    ...machineObstacles(envelope, actuator, request, nowMicros),
    ...dailyObstacles(envelope, actuator.days, request.durationMs, nowMicros),
    ...causeObstacles(envelope, actuator, request, nowMicros),
    ...permissiveObstacles(envelope, request.permissiveReadings ?? [], nowMicros),
  ];
}

/** What is wrong with the order itself. */
function orderObstacles(envelope: Envelope, { durationMs, dose }: RunRequest): Obstacle[] {
  if (!Number.isSafeInteger(durationMs) || durationMs < 1) {
    return [{ limit: "invalid_duration", message: "A run lasts a whole number of milliseconds, at least 1." }];
  }
  const found: Obstacle[] = [];
  if (durationMs > envelope.maxRunMs) {
    const message = `A run of ${durationMs} ms is longer than the maximum of ${envelope.maxRunMs} ms.`;
    found.push({ limit: "max_run", message });
  }
  if (dose !== undefined) found.push(...doseObstacles(envelope, dose));
  return found;
}

function doseObstacles({ maxDose }: Envelope, { amount, unit }: Dose): Obstacle[] {
  if (maxDose === undefined) return [{ limit: "dose_unsupported", message: "This actuator does not count a dose." }];
  if (!Number.isFinite(amount) || amount <= 0 || unit !== maxDose.unit) {
    return [{ limit: "invalid_amount", message: `A dose is an amount above 0 in ${maxDose.unit}.` }];
  }
  if (amount <= maxDose.amount) return [];
  const message = `A dose of ${amount} ${unit} is above the maximum of ${maxDose.amount} ${unit}.`;
  return [{ limit: "max_dose", message }];
}

/** What people and trips have said, which only people end. */
function standingObstacles(actuator: ActuatorSituation, { priority }: RunRequest): Obstacle[] {
  const found: Obstacle[] = [];
  if (actuator.mode === "locked-out") {
    const message = `The actuator is locked out by ${actuator.lockedBy ?? "a person"}.`;
    found.push({ limit: "locked_out", message });
  }
  if (actuator.mode === "manual" && priority !== "MANUAL") {
    found.push({ limit: "manual_mode", message: "The actuator is in manual mode: only people start it." });
  }
  if (actuator.trip !== undefined) {
    const message = `The actuator has tripped (${actuator.trip.cause}), until a person resets it.`;
    found.push({ limit: "tripped", message });
  }
  if (actuator.isSiteStopped) found.push({ limit: "site_stopped", message: "Its site is stopped by a person." });
  if (actuator.isHeld) {
    found.push({ limit: "held", message: "A STOP holds the actuator until a person releases it." });
  }
  return found;
}

/** What passes once the machine, or another of its group, is off for long enough. */
function machineObstacles(
  envelope: Envelope,
  actuator: ActuatorSituation,
  request: RunRequest,
  nowMicros: number,
): Obstacle[] {
  const { live, interlocked, claimedBy, lockEndMicros, lastRunEndMicros } = actuator;
  const found: Obstacle[] = [];
  const soonest = nowMicros + 1;
  const stand = (limit: Limit, message: string, untilMicros: number): void => {
    found.push({ limit, message, untilMicros: Math.max(untilMicros, soonest) });
  };
  if (live !== undefined) {
    const until = Math.max(live.runEndMicros, lockEndMicros);
    if (live.state === "UNKNOWN") stand("unknown", "Nobody knows whether the last run has ended.", until);
    else stand("running", "A run is under way.", until);
  }
  if (interlocked.length > 0) {
    const until = Math.max(...interlocked.map(({ runEndMicros }) => runEndMicros));
    stand("interlock", "Another actuator of its interlock group is on, or may be.", until);
  }
  if (live !== undefined) return found;
  const minOffEndMicros = lastRunEndMicros === 0 ? 0 : lastRunEndMicros + (envelope.minOffMs ?? 0) * 1000;
  if (minOffEndMicros > nowMicros) stand("min_off", "The machine has to stand still for its minimum.", minOffEndMicros);
  if (lockEndMicros > nowMicros && !request.isOverride) {
    stand("cooldown", "The actuator is cooling down.", lockEndMicros);
  }
  if (claimedBy !== undefined && hasRightOfWay(claimedBy, request)) {
    const why = claimedBy.isPassedOver ? "was passed over for too long" : "has stopped a run";
    const message = `A request of priority ${claimedBy.priority} ${why} for the actuator, or one of its group: it goes first.`;
    stand("yielding", message, nowMicros + YIELDING_RECHECK_MS * 1000);
  }
  return found;
}

/** What an automatic request rests on. */
function causeObstacles(
  envelope: Envelope,
  actuator: ActuatorSituation,
  request: RunRequest,
  nowMicros: number,
): Obstacle[] {
  if (request.priority === "MANUAL") return [];
  const found: Obstacle[] = [];
  if (!actuator.isReachable) {
    const untilMicros = nowMicros + OFFLINE_RECHECK_MS * 1000;
    found.push({ limit: "offline", message: "The device is not connected.", untilMicros });
  }
  if (isReadingTooOld(envelope, request, nowMicros)) {
    const untilMicros = nowMicros + STALE_READING_RECHECK_MS * 1000;
    found.push({ limit: "stale_reading", message: "No fresh reading says that it is needed.", untilMicros });
  }
  return found;
}

/** A schedule rests on no reading, and is not asked for one. */
function isReadingTooOld(envelope: Envelope, request: RunRequest, nowMicros: number): boolean {
  const { readingMicros = Number.NEGATIVE_INFINITY, readingNeededAfterMicros, priority } = request;
  if (readingNeededAfterMicros !== undefined && readingMicros <= readingNeededAfterMicros) return true;
  if (priority === "SCHEDULED" || envelope.maxReadingAgeMs === undefined) return false;
  return nowMicros - readingMicros > envelope.maxReadingAgeMs * 1000;
}

/** The runs that stand in the way, when all of them have to give way and can be asked to, or have been. */
function yieldingRuns(actuator: ActuatorSituation, { limit }: Obstacle, request: RunRequest): readonly LiveRun[] {
  if (limit !== "running" && limit !== "interlock") return [];
  const inTheWay = [...(actuator.live === undefined ? [] : [actuator.live]), ...actuator.interlocked];
  const mustYield = inTheWay.every((run) => run.state !== "UNKNOWN" && hasRightOfWay(request, run));
  return mustYield ? inTheWay : [];
}

/** When a run could begin if the victims stop as asked: the pause after one's own run has to pass as well. */
function startAfterStop(
  actuator: ActuatorSituation,
  victims: readonly LiveRun[],
  { isOverride }: RunRequest,
  nowMicros: number,
): number {
  const isOwn = victims.some((run) => run === actuator.live);
  const ownPauseMs = isOwn && !isOverride ? actuator.live!.cooldownMs : 0;
  return nowMicros + (STOP_ROUND_TRIP_MS + ownPauseMs) * 1000;
}

function mayWait({ priority, waitUntilMicros = 0 }: RunRequest, untilMicros: number): boolean {
  return priority !== "MANUAL" || untilMicros <= waitUntilMicros;
}
