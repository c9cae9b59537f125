import type { DeviceLimits } from "../commands/messages.ts";
import type { BootEvent, DeviceLogEvent, StopEvent } from "./device-log.ts";
import type { OnEdge, SafeEdge } from "./gate-ports.ts";
import { WatchedActuator } from "./watched-actuator.ts";

/**
 * Reads a device's own log and says where it breaks the safety contract, clause by clause (those that the log alone can
 * show). Tests, simulations and real devices are judged by this one function, never by what a server believes.
 *
 * It judges by the limits it is given: the device's own, made stricter by its configuration where that counts.
 */
export interface Violation {
  readonly clause: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  readonly actuator: string;
  readonly what: string;
  /** Index in the log; its length for what only its end shows. */
  readonly at: number;
}

export interface CheckOptions {
  /** An observer's time until which the device has had power and the log is complete: by then nothing may be overdue. */
  readonly endMs?: number | undefined;
}

export function checkDeviceLog(
  log: readonly DeviceLogEvent[],
  limits: Readonly<Record<string, DeviceLimits>>,
  { endMs }: CheckOptions = {},
): readonly Violation[] {
  const checker = new LogChecker(limits);
  log.forEach((event, at) => {
    checker.take(event, at);
  });
  if (endMs !== undefined) checker.passTime(endMs, log.length);
  return checker.violations;
}

class LogChecker {
  readonly violations: Violation[] = [];
  private readonly watched: ReadonlyMap<string, WatchedActuator>;
  private readonly bootOfCommand = new Map<string, string>();
  private bootId = "";
  private bootedAtMs = 0;
  private linkAbsentSinceMs: number | undefined;
  private linkLostAtMs: number | undefined;
  private at = 0;

  constructor(limits: Readonly<Record<string, DeviceLimits>>) {
    const watched = Object.entries(limits).map(([key, limit]) => [key, new WatchedActuator(key, limit)] as const);
    this.watched = new Map(watched);
  }

  take(event: DeviceLogEvent, at: number): void {
    this.at = at;
    if (event.event === "boot") {
      this.boot(event);
      return;
    }
    const nowMs = this.bootedAtMs + event.monoMs;
    this.passTime(nowMs, at);
    if (event.event === "link_up") this.linkUp();
    else if (event.event === "link_lost") this.linkLost(this.bootedAtMs + (event.lastSeenMonoMs ?? event.monoMs));
    else this.change(event, this.find(event.actuator), nowMs);
  }

  /** Judges what the log shows to have lasted until now. */
  passTime(nowMs: number, at: number): void {
    this.at = at;
    const link = { absentSinceMs: this.linkAbsentSinceMs, lostAtMs: this.linkLostAtMs };
    for (const watched of this.watched.values()) {
      const found = watched.overdue(nowMs, link, this.othersOn(watched).length > 0);
      if (found !== undefined) this.violation(found.clause, watched.key, found.what);
    }
  }

  private boot({ bootId, atMs, pausesMs = {} }: BootEvent): void {
    this.bootId = bootId;
    this.bootedAtMs = atMs;
    this.linkAbsentSinceMs = atMs;
    this.linkLostAtMs = undefined;
    for (const watched of this.watched.values()) watched.boot(atMs, pausesMs[watched.key] ?? 0);
  }

  private linkUp(): void {
    this.linkAbsentSinceMs = undefined;
    this.linkLostAtMs = undefined;
  }

  private linkLost(atMs: number): void {
    this.linkAbsentSinceMs ??= atMs;
    this.linkLostAtMs ??= atMs;
  }

  private change(
    event: Exclude<DeviceLogEvent, { readonly event: "boot" | "link_up" | "link_lost" }>,
    watched: WatchedActuator,
    nowMs: number,
  ): void {
    if (event.event === "on") this.on(event, event.wallClockMicros, watched, nowMs);
    else if (event.event === "safe") this.safe(event, watched, nowMs);
    else if (event.event === "off") watched.goOff(nowMs);
    else if (event.event === "stop") this.stop(event, watched);
    else if (event.event === "release") watched.release(event.ids);
  }

  private on(edge: OnEdge, wallClockMicros: number | undefined, watched: WatchedActuator, nowMs: number): void {
    const { key, lastFence, stopFence } = watched;
    if (watched.output?.run !== undefined) this.violation(1, key, "on while it was on");
    if (edge.fence <= lastFence) this.violation(1, key, `fence ${edge.fence} after ${lastFence}`);
    if (edge.fence < stopFence) this.violation(6, key, `fence ${edge.fence} after its STOP`);
    if (!watched.hasBooted) this.violation(4, key, "on before it was in its safe state");
    this.checkDeadline(edge, wallClockMicros);
    this.checkResumption(edge);
    this.checkStart(watched, nowMs, edge.isOverride === true);
    watched.goOn(edge, nowMs);
  }

  private safe(edge: SafeEdge, watched: WatchedActuator, nowMs: number): void {
    if (edge.state !== watched.limits.safeState)
      this.violation(8, edge.actuator, `its safe state is not ${edge.state}`);
    this.checkStart(watched, nowMs, false);
    watched.goSafe(nowMs);
  }

  private stop(event: StopEvent, watched: WatchedActuator): void {
    if (event.isAcknowledged && watched.output !== undefined) {
      this.violation(6, event.actuator, "still on after a STOP");
    }
    watched.stop(event);
  }

  /** What holds for every output that goes on, by a command or as its safe state. */
  private checkStart(watched: WatchedActuator, nowMs: number, isOverride: boolean): void {
    const pausedMs = watched.tooShortPause(nowMs, isOverride);
    if (pausedMs !== undefined) this.violation(5, watched.key, `on after a pause of ${pausedMs} ms`);
    if (watched.isHeld) this.violation(6, watched.key, "on under a hold");
    for (const other of this.othersOn(watched)) this.violation(7, watched.key, `on with ${other.key}`);
  }

  private checkDeadline({ actuator, deadline, monoMs }: OnEdge, wallClockMicros: number | undefined): void {
    const { bootId, validUntilMonoMs, expiresAtMicros } = deadline;
    if (validUntilMonoMs === undefined && expiresAtMicros === undefined) {
      this.violation(3, actuator, "on by a command without a deadline");
    }
    if (validUntilMonoMs !== undefined && bootId !== this.bootId) {
      this.violation(3, actuator, `on in ${this.bootId} by a command for ${bootId}`);
    }
    if (validUntilMonoMs !== undefined && monoMs >= validUntilMonoMs) {
      this.violation(3, actuator, `on ${monoMs - validUntilMonoMs} ms too late`);
    }
    if (expiresAtMicros !== undefined && !(wallClockMicros !== undefined && wallClockMicros < expiresAtMicros)) {
      this.violation(3, actuator, "on after its expiry by the wall clock");
    }
  }

  private checkResumption({ actuator, commandId }: OnEdge): void {
    const bootId = this.bootOfCommand.get(commandId);
    if (bootId !== undefined && bootId !== this.bootId) {
      this.violation(4, actuator, `${commandId} of ${bootId} resumed in ${this.bootId}`);
    }
    this.bootOfCommand.set(commandId, this.bootId);
  }

  private othersOn(watched: WatchedActuator): readonly WatchedActuator[] {
    return [...this.watched.values()].filter((other) => other.output !== undefined && watched.isInGroupWith(other));
  }

  private find(actuator: string): WatchedActuator {
    const watched = this.watched.get(actuator);
    if (watched === undefined) throw new Error(`the log names the actuator ${actuator}, which has no limits to check`);
    return watched;
  }

  private violation(clause: Violation["clause"], actuator: string, what: string): void {
    this.violations.push({ clause, actuator, what, at: this.at });
  }
}
