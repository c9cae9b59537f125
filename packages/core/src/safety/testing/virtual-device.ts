import type { CommandMessage, DeviceLimits, EvidenceMessage, StopMessage } from "../../commands/messages.ts";
import { DeviceGate } from "../device-gate.ts";
import type { DeviceLogEvent } from "../device-log.ts";
import type { FaultPlace, GatePorts } from "../gate-ports.ts";
import type { GateRecord, SetPoint } from "../gate-record.ts";
import { type PortName, type PortWorld, type Sabotage, virtualPorts } from "./virtual-ports.ts";
import { VirtualTimers } from "./virtual-timers.ts";

/** A timer that is meant for less than this does not fire early. */
const SHORTEST_EARLY_TIMER_MS = 50;

/**
 * A device in a world of virtual time around the real gate. Its power can be cut inside any call of the gate to a port,
 * before or after the call had its effect; what was saved is there at the next boot, everything else is gone.
 */
export class VirtualDevice implements PortWorld {
  readonly log: DeviceLogEvent[] = [];
  readonly evidence: EvidenceMessage[] = [];
  readonly faults: FaultPlace[] = [];
  /** What the driver was told last, which a power cut takes. */
  readonly setPoints = new Map<string, SetPoint>();
  worldMs = 1_000_000;
  /** Of the device's wall clock against the time of the world. */
  wallClockOffsetMs = 0;
  knowsTime = true;
  bootCount = 0;
  /** Whether there is a link, now and at the next boot. */
  hasLink: boolean;
  /** Times that the power went inside a call, which is where it hurts. */
  readonly cutsInCalls: Record<PortName, number> = { save: 0, on: 0, off: 0, safe: 0, set: 0, send: 0 };
  failures = { storage: false, on: false, off: false, safe: false, set: false, link: false };
  sabotage: Sabotage = {
    durability: "at-once",
    forgets: false,
    hasNoTimers: false,
    isDeafToStops: false,
    isDeafToLinkLoss: false,
    bootsAsItWas: false,
    wallClockStands: false,
  };
  /** Time that passes with every look at the clock. */
  tickMs = 0;
  /** Time that a save takes. */
  saveMs = 0;
  /** By how much timers fire late, or, below 0, early. */
  timerSkewMs = 0;
  /** Timers that fired at another time than they were meant for, and saves that took time. */
  readonly delays = { early: 0, late: 0, slowSaves: 0 };
  gate: DeviceGate | undefined;
  disk: string | undefined;
  unsaved: string | undefined;

  private readonly limits: Readonly<Record<string, DeviceLimits>>;
  private readonly timers = new VirtualTimers();
  private readonly lastCommands = new Map<string, string>();
  private bootedAtMs = 0;
  private poweredBoot: number | undefined;
  private callsUntilCut: number | undefined;
  private cutsAfterEffect = false;

  constructor(limits: Readonly<Record<string, DeviceLimits>>, hasLink = true) {
    this.limits = limits;
    this.hasLink = hasLink;
    this.boot();
  }

  get bootId(): string {
    return `boot-${this.bootCount}`;
  }

  get monoMs(): number {
    return this.worldMs - this.bootedAtMs;
  }

  get wallClockMicros(): number | undefined {
    return this.knowsTime ? (this.worldMs + this.wallClockOffsetMs) * 1000 : undefined;
  }

  get isPowered(): boolean {
    return this.gate !== undefined;
  }

  /** In the device's own time: when something happens without anybody's doing. */
  get nextTimerMs(): number | undefined {
    return this.timers.nextDueMs;
  }

  boot(): void {
    this.cutPower();
    this.bootCount += 1;
    this.bootedAtMs = this.worldMs;
    this.poweredBoot = this.bootCount;
    this.gate = new DeviceGate({ bootId: this.bootId, actuators: this.limits, ports: this.portsOfThisBoot() });
    this.log.push({ event: "boot", bootId: this.bootId, atMs: this.worldMs, pausesMs: this.savedPausesMs() });
    try {
      this.gate.start();
    } catch (error) {
      if (this.isPowered) throw error;
    }
    if (this.isPowered && this.hasLink) this.regainLink();
  }

  cutPower(): void {
    this.poweredBoot = undefined;
    this.gate = undefined;
    this.timers.clear();
    this.callsUntilCut = undefined;
    this.unsaved = undefined;
    this.setPoints.clear();
  }

  /** The power goes at the `calls`-th call to a port from now. */
  cutPowerAtCall(calls: number, afterEffect: boolean): void {
    this.callsUntilCut = calls;
    this.cutsAfterEffect = afterEffect;
  }

  /** A device without power gets nothing, and nobody tells the sender. */
  deliver(message: CommandMessage): void {
    this.advance(0);
    if (this.gate === undefined) return;
    const isRepeated = this.gate.hello().journal.some(({ id }) => id === message.id);
    const isUnheard = this.sabotage.isDeafToStops && message.kind === "STOP";
    if (!isUnheard) this.gate.handle(message);
    if (isRepeated || !Object.hasOwn(this.limits, message.actuator)) return;
    const heldIds = this.heldIds(message.actuator);
    if (message.kind === "STOP") this.logStop(message, isUnheard || heldIds.has(message.id), isUnheard);
    if (message.kind !== "SET") return;
    const ids = message.release.filter((id) => !heldIds.has(id));
    this.log.push({ event: "release", actuator: message.actuator, ids, monoMs: this.monoMs });
  }

  /** What the meter of an actuator has counted since its output went on. */
  count(actuator: string, amount: number): void {
    this.advance(0);
    this.gate?.counted(actuator, this.lastCommands.get(actuator) ?? "", amount);
  }

  loseLink(): void {
    this.hasLink = false;
    if (this.gate === undefined) return;
    this.log.push({ event: "link_lost", monoMs: this.monoMs });
    if (!this.sabotage.isDeafToLinkLoss) this.gate.linkLost();
  }

  regainLink(): void {
    this.hasLink = true;
    if (this.gate === undefined) return;
    this.log.push({ event: "link_up", monoMs: this.monoMs });
    this.gate.linkUp();
  }

  /** Lets time pass. What a timer does may take time itself; then the next is late by that. */
  advance(ms: number): void {
    const untilMs = this.worldMs + ms;
    for (;;) {
      const next = this.timers.take(Math.max(untilMs, this.worldMs));
      if (next === undefined) break;
      this.worldMs = Math.max(this.worldMs, next.dueMs);
      next.callback();
    }
    this.worldMs = Math.max(untilMs, this.worldMs);
    this.becomeDurable();
  }

  states(id: string): string[] {
    return this.evidence
      .filter((evidence) => evidence.id === id)
      .map(({ state, reason }) => (reason ? `${state} ${reason}` : state));
  }

  onEdges(actuator?: string): number {
    return this.log.filter((event) => event.event === "on" && (actuator ?? event.actuator) === event.actuator).length;
  }

  savedSetPoint(actuator: string): SetPoint | undefined {
    return this.saved().actuators?.[actuator]?.setPoint;
  }

  becomeDurable(): void {
    this.disk = this.unsaved ?? this.disk;
  }

  /** What was not acknowledged may not be saved, and may go with the power: the log says what the device promised. */
  private logStop({ actuator, id, fence }: StopMessage, isHold: boolean, isPretended: boolean): void {
    const isAcknowledged = isPretended || this.evidence.some((said) => said.id === id && said.state === "COMPLETED");
    const { monoMs } = this;
    this.log.push({
      event: "stop",
      actuator,
      id,
      isHold,
      isAcknowledged,
      monoMs,
      ...(fence === undefined ? {} : { fence }),
    });
  }

  private heldIds(actuator: string): ReadonlySet<string> {
    const inMemory = this.gate?.hello().holds.filter((hold) => hold.actuator === actuator) ?? [];
    return new Set([...(this.saved().actuators?.[actuator]?.holds ?? []), ...inMemory.map(({ id }) => id)]);
  }

  private savedPausesMs(): Record<string, number> {
    const records = Object.entries(this.saved().actuators ?? {});
    return Object.fromEntries(records.map(([key, { cooldown }]) => [key, cooldown?.requiredMs ?? 0]));
  }

  private saved(): Partial<GateRecord> {
    return JSON.parse(this.disk ?? "{}") as Partial<GateRecord>;
  }

  /** Calls of a boot that has lost its power reach nothing, however much of it is still on the stack. */
  private portsOfThisBoot(): GatePorts {
    const boot = this.bootCount;
    return virtualPorts(this, {
      call: (port, effect) => this.call(boot, port, effect),
      after: (delayMs, callback) => (this.poweredBoot === boot ? this.addTimer(delayMs, callback) : () => {}),
      wentOn: (actuator, commandId) => this.lastCommands.set(actuator, commandId),
    });
  }

  private call(boot: number, port: PortName, effect: () => void): void {
    this.assertPower(boot);
    const isCut = this.callsUntilCut !== undefined && --this.callsUntilCut <= 0;
    if (isCut) this.cutsInCalls[port] += 1;
    if (isCut && !this.cutsAfterEffect) this.cutPower();
    this.assertPower(boot);
    effect();
    if (isCut) this.cutPower();
    this.assertPower(boot);
  }

  private assertPower(boot: number): void {
    if (this.poweredBoot !== boot) throw new Error("no power");
  }

  private addTimer(delayMs: number, callback: () => void): () => void {
    if (this.sabotage.hasNoTimers) return () => {};
    const skewMs = delayMs < SHORTEST_EARLY_TIMER_MS ? Math.max(0, this.timerSkewMs) : this.timerSkewMs;
    return this.timers.add(this.worldMs + delayMs + skewMs, () => {
      if (skewMs !== 0) this.delays[skewMs < 0 ? "early" : "late"] += 1;
      callback();
    });
  }
}
