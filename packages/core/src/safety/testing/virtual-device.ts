import type { CommandMessage, DeviceLimits, EvidenceMessage, StopMessage } from "../../commands/messages.ts";
import type { DeviceLogEvent } from "../check-device-log.ts";
import { DeviceGate } from "../device-gate.ts";
import type { FaultPlace, GatePorts } from "../gate-ports.ts";
import type { GateRecord } from "../gate-record.ts";

/**
 * A device in a world of virtual time around the real gate. Its power can be cut inside any call of the gate to a port,
 * before or after the call had its effect; what was saved is there at the next boot, everything else is gone.
 */
export class VirtualDevice {
  readonly log: DeviceLogEvent[] = [];
  readonly evidence: EvidenceMessage[] = [];
  readonly faults: FaultPlace[] = [];
  worldMs = 1_000_000;
  bootCount = 0;
  /** Times that the power went inside a call, which is where it hurts. */
  cutsInCalls = 0;
  failures = { storage: false, on: false, off: false, link: false };
  /** Time that passes with every look at the clock. */
  tickMs = 0;
  /** Time that a save takes. */
  saveMs = 0;
  /** False: `save` returns before it is durable, and the power can take it. For negative controls. */
  savesAtOnce = true;
  /** True: a boot finds nothing of what was saved. For negative controls. */
  forgets = false;
  /** False: timers never fire. For negative controls. */
  hasTimers = true;
  gate: DeviceGate | undefined;

  private readonly limits: Readonly<Record<string, DeviceLimits>>;
  private disk: string | undefined;
  private unsaved: string | undefined;
  private bootedAtMs = 0;
  private poweredBoot: number | undefined;
  private timers: { readonly dueMs: number; readonly order: number; readonly callback: () => void }[] = [];
  private timerOrder = 0;
  private callsUntilCut: number | undefined;
  private cutsAfterEffect = false;

  constructor(limits: Readonly<Record<string, DeviceLimits>>) {
    this.limits = limits;
    this.boot();
  }

  get bootId(): string {
    return `boot-${this.bootCount}`;
  }

  get monoMs(): number {
    return this.worldMs - this.bootedAtMs;
  }

  get isPowered(): boolean {
    return this.gate !== undefined;
  }

  boot(): void {
    this.cutPower();
    this.bootCount += 1;
    this.bootedAtMs = this.worldMs;
    this.poweredBoot = this.bootCount;
    this.gate = new DeviceGate({ bootId: this.bootId, actuators: this.limits, ports: this.portsOfThisBoot() });
    this.log.push({ event: "boot", bootId: this.bootId, atMs: this.worldMs });
    try {
      this.gate.start();
    } catch (error) {
      if (this.isPowered) throw error;
    }
  }

  cutPower(): void {
    this.poweredBoot = undefined;
    this.gate = undefined;
    this.timers = [];
    this.callsUntilCut = undefined;
    this.unsaved = undefined;
  }

  /** The power goes at the `calls`-th call to a port from now. */
  cutPowerAtCall(calls: number, afterEffect: boolean): void {
    this.callsUntilCut = calls;
    this.cutsAfterEffect = afterEffect;
  }

  /** A device without power gets nothing, and nobody tells the sender. */
  deliver(message: CommandMessage): void {
    if (this.gate === undefined) return;
    const isRepeated = this.gate.hello().journal.some(({ id }) => id === message.id);
    this.gate.handle(message);
    if (isRepeated) return;
    const heldIds = this.savedHolds(message.actuator);
    if (message.kind === "STOP") this.logStop(message, heldIds.has(message.id));
    if (message.kind !== "SET") return;
    const ids = message.release.filter((id) => !heldIds.has(id));
    this.log.push({ event: "release", actuator: message.actuator, ids });
  }

  /** What was not acknowledged may not be saved, and may go with the power: the log keeps what the device promised. */
  private logStop({ actuator, id, fence }: StopMessage, isHold: boolean): void {
    if (!this.evidence.some((evidence) => evidence.id === id && evidence.state === "COMPLETED")) return;
    this.log.push({ event: "stop", actuator, id, isHold, ...(fence === undefined ? {} : { fence }) });
  }

  private savedHolds(actuator: string): ReadonlySet<string> {
    const record = JSON.parse(this.disk ?? "{}") as Partial<GateRecord>;
    return new Set(record.actuators?.[actuator]?.holds);
  }

  loseLink(): void {
    this.log.push({ event: "link_lost", monoMs: this.monoMs });
    this.gate?.linkLost();
  }

  regainLink(): void {
    this.log.push({ event: "link_up", monoMs: this.monoMs });
    this.gate?.linkUp();
  }

  advance(ms: number): void {
    const untilMs = this.worldMs + ms;
    for (;;) {
      const next = this.timers
        .filter(({ dueMs }) => dueMs <= untilMs)
        .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
      if (next === undefined) break;
      this.worldMs = Math.max(this.worldMs, next.dueMs);
      this.timers = this.timers.filter((timer) => timer !== next);
      next.callback();
    }
    this.worldMs = untilMs;
    this.disk = this.unsaved ?? this.disk;
  }

  states(id: string): string[] {
    return this.evidence
      .filter((evidence) => evidence.id === id)
      .map(({ state, reason }) => (reason ? `${state} ${reason}` : state));
  }

  onEdges(actuator?: string): number {
    return this.log.filter((event) => event.event === "on" && (actuator ?? event.actuator) === event.actuator).length;
  }

  /** Calls of a boot that has lost its power reach nothing, however much of it is still on the stack. */
  private portsOfThisBoot(): GatePorts {
    const boot = this.bootCount;
    const assertPower = (): void => {
      if (this.poweredBoot !== boot) throw new Error("no power");
    };
    const call = (effect: () => void): void => {
      assertPower();
      const isCut = this.callsUntilCut !== undefined && --this.callsUntilCut <= 0;
      if (isCut) this.cutsInCalls += 1;
      if (isCut && !this.cutsAfterEffect) this.cutPower();
      assertPower();
      effect();
      if (isCut) this.cutPower();
      assertPower();
    };
    return {
      storage: {
        load: () => (this.disk === undefined || this.forgets ? undefined : (JSON.parse(this.disk) as GateRecord)),
        save: (record) =>
          call(() => {
            if (this.failures.storage) throw new Error("the disk is full");
            this.worldMs += this.saveMs;
            this.unsaved = JSON.stringify(record);
            if (this.savesAtOnce) this.disk = this.unsaved;
          }),
      },
      driver: {
        on: (edge) =>
          call(() => {
            if (this.failures.on) throw new Error("the relay does not answer");
            this.log.push({ event: "on", ...edge });
          }),
        off: (edge) =>
          call(() => {
            if (this.failures.off) throw new Error("the relay does not answer");
            this.log.push({ event: "off", ...edge });
          }),
      },
      clock: {
        monotonicMs: () => {
          this.worldMs += this.tickMs;
          return this.monoMs;
        },
        wallClockMicros: () => this.worldMs * 1000,
        after: (delayMs, callback) => (this.poweredBoot === boot ? this.addTimer(delayMs, callback) : () => {}),
      },
      send: (evidence) =>
        call(() => {
          if (this.failures.link) throw new Error("the link is gone");
          this.evidence.push(evidence);
        }),
      fault: (where) => {
        this.faults.push(where);
      },
    };
  }

  private addTimer(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.worldMs + delayMs, order: this.timerOrder++, callback };
    if (this.hasTimers) this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
}
