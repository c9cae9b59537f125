import type { DeviceLimits } from "../commands/messages.ts";
import type { StopEvent } from "./device-log.ts";
import { pauseMs } from "./envelope.ts";
import { DEFAULT_LINK_LOSS_MS } from "./gate-limits.ts";
import type { OnEdge } from "./gate-ports.ts";

/** What a log shows of the link. */
export interface WatchedLink {
  /** Since the boot or the loss, whichever came first; undefined while it is up. */
  readonly absentSinceMs: number | undefined;
  /** Since a link that had been there was lost. */
  readonly lostAtMs: number | undefined;
}

/** What an interval may last beyond its limit: the resolution of a device's timer. */
export const BOUND_TOLERANCE_MS = 100;

/** One actuator as its device's log shows it. All times are an observer's, in milliseconds. */
export class WatchedActuator {
  readonly key: string;
  readonly limits: DeviceLimits;
  /** What its output is doing; undefined: it is off. */
  output: { readonly run: OnEdge | undefined; readonly sinceMs: number } | undefined;
  /** The boot has brought it into its safe state. */
  hasBooted = false;
  lastFence = 0;
  stopFence = 0;
  /** Since when it is known to be off; undefined before its first time on. */
  private offSinceMs: number | undefined;
  /** A pause that is counted from here is over at the latest. */
  private restSinceMs = 0;
  /** The longest pause asked for by a command since it was last off. */
  private askedPauseMs = 0;
  private readonly holds = new Set<string>();
  /** Of STOPs that were not acknowledged: they may hold, or may not. */
  private readonly doubtfulHolds = new Set<string>();
  /** Until when a hold or its interlock group has kept it from its safe state. */
  private blockedUntilMs = 0;
  private readonly reported = new Set<string>();

  constructor(key: string, limits: DeviceLimits) {
    this.key = key;
    this.limits = limits;
  }

  get isHeld(): boolean {
    return this.holds.size > 0;
  }

  get hasDrivenSafeState(): boolean {
    return (this.limits.safeState ?? "off") !== "off";
  }

  isInGroupWith(other: WatchedActuator): boolean {
    const { interlockGroup } = this.limits;
    return other !== this && interlockGroup !== undefined && other.limits.interlockGroup === interlockGroup;
  }

  /** Power was away. What was on has been off since some moment that nobody saw: its pause counts from here. */
  boot(atMs: number, recordedPauseMs: number): void {
    this.askedPauseMs = Math.max(this.askedPauseMs, recordedPauseMs);
    if (this.output !== undefined) this.offSinceMs = atMs;
    this.output = undefined;
    this.hasBooted = false;
    this.restSinceMs = atMs;
    this.blockedUntilMs = atMs;
    this.reported.clear();
  }

  goOn(edge: OnEdge, nowMs: number): void {
    this.askedPauseMs = Math.max(edge.cooldownMs, this.output === undefined ? 0 : this.askedPauseMs);
    this.output = { run: edge, sinceMs: nowMs };
    this.lastFence = Math.max(this.lastFence, edge.fence);
    this.reported.clear();
  }

  goSafe(nowMs: number): void {
    if (this.output === undefined) this.askedPauseMs = 0;
    this.output = { run: undefined, sinceMs: nowMs };
    this.hasBooted = true;
    this.reported.clear();
  }

  goOff(nowMs: number): void {
    this.hasBooted = true;
    if (this.output === undefined) return;
    this.output = undefined;
    this.offSinceMs = nowMs;
    this.restSinceMs = nowMs;
    this.reported.clear();
  }

  stop({ id, fence = 0, isHold, isAcknowledged }: StopEvent): void {
    if (isAcknowledged) this.stopFence = Math.max(this.stopFence, fence);
    if (isHold) (isAcknowledged ? this.holds : this.doubtfulHolds).add(id);
  }

  release(ids: readonly string[]): void {
    for (const id of ids) {
      this.holds.delete(id);
      this.doubtfulHolds.delete(id);
    }
  }

  /** The pause before `nowMs`, if it is shorter than it has to be; an override may end it after the minimum off time. */
  tooShortPause(nowMs: number, isOverride: boolean): number | undefined {
    if (this.output !== undefined || this.offSinceMs === undefined) return undefined;
    const pausedMs = nowMs - this.offSinceMs;
    return pausedMs < (isOverride ? (this.limits.minOffMs ?? 0) : this.requiredPauseMs()) ? pausedMs : undefined;
  }

  /** What the time shows: how a run, or the absence of a safe state, has become too long. Each is told once. */
  overdue(nowMs: number, link: WatchedLink, isInterlocked: boolean): { clause: 2 | 8; what: string } | undefined {
    const found =
      this.output === undefined ? this.missingSafeState(nowMs, link, isInterlocked) : this.tooLong(nowMs, link);
    if (found === undefined || this.reported.has(`${found.clause}`)) return undefined;
    this.reported.add(`${found.clause}`);
    return found;
  }

  private tooLong(nowMs: number, { lostAtMs }: WatchedLink): { clause: 2 | 8; what: string } | undefined {
    if (this.output?.run === undefined) return undefined;
    const { run, sinceMs } = this.output;
    const limitMs = Math.min(run.durationMs, run.limitMs, this.limits.maxRunMs);
    if (nowMs - sinceMs > limitMs + BOUND_TOLERANCE_MS) {
      return { clause: 2, what: `has been on for ${nowMs - sinceMs} ms` };
    }
    const lostForMs = nowMs - Math.max(sinceMs, lostAtMs ?? nowMs);
    if (lostForMs <= this.linkLossMs() + BOUND_TOLERANCE_MS) return undefined;
    return { clause: 8, what: `is on ${lostForMs} ms after the link was lost` };
  }

  private missingSafeState(
    nowMs: number,
    { absentSinceMs }: WatchedLink,
    isInterlocked: boolean,
  ): { clause: 8; what: string } | undefined {
    if (!this.hasDrivenSafeState || absentSinceMs === undefined) return undefined;
    if (this.isHeld || this.doubtfulHolds.size > 0 || isInterlocked) {
      this.blockedUntilMs = nowMs;
      return undefined;
    }
    const restedMs = this.restSinceMs + this.requiredPauseMs();
    const dueMs = Math.max(absentSinceMs + this.linkLossMs(), restedMs, this.blockedUntilMs);
    if (nowMs <= dueMs + BOUND_TOLERANCE_MS) return undefined;
    return { clause: 8, what: `is not in its safe state ${nowMs - dueMs} ms after it should be` };
  }

  private requiredPauseMs(): number {
    return Math.max(pauseMs(this.limits), this.askedPauseMs);
  }

  private linkLossMs(): number {
    return this.limits.linkLossMs ?? (this.hasDrivenSafeState ? DEFAULT_LINK_LOSS_MS : Number.POSITIVE_INFINITY);
  }
}
