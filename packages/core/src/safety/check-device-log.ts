import type { OffEdge, OnEdge } from "./gate-ports.ts";

/**
 * Reads a device's own log and says where it breaks the safety contract, clause by clause (those that the log alone can
 * show). Tests, simulations and real devices are judged by this one function, never by what a server believes.
 */
export type DeviceLogEvent =
  /** `atMs` is an observer's time of the boot, which makes one time line of all boots. */
  | { readonly event: "boot"; readonly bootId: string; readonly atMs: number }
  | ({ readonly event: "on" } & OnEdge)
  | ({ readonly event: "off" } & OffEdge)
  /** A STOP was taken for the first time; repeated, it is only acknowledged again. */
  | {
      readonly event: "stop";
      readonly actuator: string;
      readonly id: string;
      readonly fence?: number;
      readonly isHold: boolean;
    }
  | { readonly event: "release"; readonly actuator: string; readonly ids: readonly string[] }
  | { readonly event: "link_lost"; readonly monoMs: number }
  | { readonly event: "link_up"; readonly monoMs: number };

export interface CheckedLimits {
  readonly maxRunMs: number;
  readonly cooldownMs: number;
  readonly linkLossMs?: number;
  readonly interlockGroup?: string;
}

export interface Violation {
  readonly clause: 1 | 2 | 5 | 6 | 7 | 8;
  readonly actuator: string;
  readonly what: string;
  /** Index in the log. */
  readonly at: number;
}

/** What an interval may last beyond its limit: the resolution of a device's timer. */
export const BOUND_TOLERANCE_MS = 100;

interface Watched {
  readonly limits: CheckedLimits;
  on: OnEdge | undefined;
  lastFence: number;
  stopFence: number;
  /** Observer's time since which the output is known to be off; undefined before its first run. */
  offSinceMs: number | undefined;
  readonly holds: Set<string>;
}

export function checkDeviceLog(
  log: readonly DeviceLogEvent[],
  limits: Readonly<Record<string, CheckedLimits>>,
): readonly Violation[] {
  const checker = new LogChecker(limits);
  log.forEach((event, at) => {
    checker.take(event, at);
  });
  return checker.violations;
}

class LogChecker {
  readonly violations: Violation[] = [];
  private readonly watched = new Map<string, Watched>();
  private linkLostAtMs: number | undefined;
  private bootedAtMs = 0;
  private at = 0;

  constructor(limits: Readonly<Record<string, CheckedLimits>>) {
    for (const [key, limit] of Object.entries(limits)) {
      const none = { on: undefined, lastFence: 0, stopFence: 0, offSinceMs: undefined };
      this.watched.set(key, { ...none, limits: limit, holds: new Set() });
    }
  }

  take(event: DeviceLogEvent, at: number): void {
    this.at = at;
    if (event.event === "boot") this.boot(event.atMs);
    else if (event.event === "on") this.on(event, this.find(event.actuator));
    else if (event.event === "off") this.off(event, this.find(event.actuator));
    else if (event.event === "stop") this.stop(event, this.find(event.actuator));
    else if (event.event === "release") for (const id of event.ids) this.find(event.actuator).holds.delete(id);
    else this.linkLostAtMs = event.event === "link_up" ? undefined : (this.linkLostAtMs ?? event.monoMs);
  }

  /** Power was away. What was on has been off since some moment that nobody saw: its cooldown counts from here. */
  private boot(atMs: number): void {
    this.bootedAtMs = atMs;
    this.linkLostAtMs = undefined;
    for (const watched of this.watched.values()) {
      if (watched.on !== undefined) watched.offSinceMs = atMs;
      watched.on = undefined;
    }
  }

  private on(edge: OnEdge, watched: Watched): void {
    const { cooldownMs, interlockGroup } = watched.limits;
    if (watched.on !== undefined) this.violation(1, edge.actuator, "on while it was on");
    if (edge.fence <= watched.lastFence)
      this.violation(1, edge.actuator, `fence ${edge.fence} after ${watched.lastFence}`);
    if (edge.fence < watched.stopFence) this.violation(6, edge.actuator, `fence ${edge.fence} after its STOP`);
    if (watched.holds.size > 0) this.violation(6, edge.actuator, "on under a hold");
    const pausedMs = this.bootedAtMs + edge.monoMs - (watched.offSinceMs ?? Number.NEGATIVE_INFINITY);
    if (pausedMs < cooldownMs) this.violation(5, edge.actuator, `on after a pause of ${pausedMs} ms`);
    for (const [key, other] of this.watched) {
      const isTogether = key !== edge.actuator && other.on !== undefined && interlockGroup !== undefined;
      if (isTogether && other.limits.interlockGroup === interlockGroup)
        this.violation(7, edge.actuator, `on with ${key}`);
    }
    watched.on = edge;
    watched.lastFence = Math.max(watched.lastFence, edge.fence);
  }

  private off(edge: OffEdge, watched: Watched): void {
    const { on, limits } = watched;
    if (on === undefined) return;
    const ranMs = edge.monoMs - on.monoMs;
    if (ranMs > Math.min(on.limitMs, limits.maxRunMs) + BOUND_TOLERANCE_MS) {
      this.violation(2, edge.actuator, `was on for ${ranMs} ms`);
    }
    const lostSinceMs = edge.monoMs - Math.max(on.monoMs, this.linkLostAtMs ?? edge.monoMs);
    if (limits.linkLossMs !== undefined && lostSinceMs > limits.linkLossMs + BOUND_TOLERANCE_MS) {
      this.violation(8, edge.actuator, `was on ${lostSinceMs} ms after the link was lost`);
    }
    watched.on = undefined;
    watched.offSinceMs = this.bootedAtMs + edge.monoMs;
  }

  private stop(event: { actuator: string; id: string; fence?: number; isHold: boolean }, watched: Watched): void {
    if (watched.on !== undefined) this.violation(6, event.actuator, "still on after a STOP");
    watched.stopFence = Math.max(watched.stopFence, event.fence ?? 0);
    if (event.isHold) watched.holds.add(event.id);
  }

  private find(actuator: string): Watched {
    const watched = this.watched.get(actuator);
    if (watched === undefined) throw new Error(`the log names the actuator ${actuator}, which has no limits to check`);
    return watched;
  }

  private violation(clause: Violation["clause"], actuator: string, what: string): void {
    this.violations.push({ clause, actuator, what, at: this.at });
  }
}
