import type {
  CommandMessage,
  DeviceConfigMessage,
  DeviceLimits,
  HelloMessage,
  JournalEntry,
  RunMessage,
  SetMessage,
  StopMessage,
} from "../commands/messages.ts";
import { type EffectiveLimits, stricterLimits } from "./envelope.ts";
import { GateMemory } from "./gate-memory.ts";
import type { GatePorts, OffReason } from "./gate-ports.ts";
import { entryOf, isOpen, MAX_HOLDS, MAX_RELEASED, withEntry, withReplacedEntry } from "./gate-record.ts";
import { hasExpired, refusalOfRun } from "./gate-refusal.ts";
import { GateReporter } from "./gate-reporter.ts";

/**
 * The device's side of the safety contract: the only thing that may switch an output on, the same on a simulated device and
 * on the agent beside the hardware. It trusts nobody: a command may come twice, late, in the wrong order, or from a server
 * that has lost its database.
 *
 *   off → RUN taken (fence saved, timer armed) → on → own timer, STOP or link loss → off, cooling down
 *
 * Order is everything here: the fence and an open journal entry are saved *before* the output goes on; the output goes off
 * *before* anything is saved or said. A crash between any two lines leaves a record that is stricter than what happened.
 */
export interface DeviceGateOptions {
  /** New at every boot, never used before: it tells which boot a monotonic time belongs to. */
  readonly bootId: string;
  /** Actuator key → the device's own limits, which no configuration can loosen. */
  readonly actuators: Readonly<Record<string, DeviceLimits>>;
  readonly ports: GatePorts;
}

/** An output that could not be switched off is tried again this often, for as long as it takes. */
export const OFF_RETRY_MS = 100;

interface LiveRun {
  readonly message: RunMessage;
  readonly limitMs: number;
  readonly startedMonoMs: number;
  cancelTimer: () => void;
  cancelLinkTimer: () => void;
}

export class DeviceGate {
  private readonly bootId: string;
  private readonly own: Readonly<Record<string, DeviceLimits>>;
  private readonly ports: GatePorts;
  private readonly memory: GateMemory;
  private readonly reporter: GateReporter;
  private readonly running = new Map<string, LiveRun>();
  private readonly cooldownTimers = new Map<string, () => void>();
  private isLinkLost = false;

  constructor(options: DeviceGateOptions) {
    this.bootId = options.bootId;
    this.own = options.actuators;
    this.ports = options.ports;
    this.memory = new GateMemory(options.ports, (actuator) => this.running.has(actuator));
    const isRunning = (actuator: string, id: string): boolean => this.running.get(actuator)?.message.id === id;
    this.reporter = new GateReporter(options.bootId, options.ports, this.memory, isRunning);
  }

  /**
   * Boots: every output off first, whatever the storage says; then what was open is closed as INTERRUPTED, and cooldowns go
   * on from where they were saved. Throws when the storage cannot be read: such a device stays off.
   */
  start(): void {
    const monoMs = this.now();
    const keys = Object.keys(this.own);
    for (const actuator of keys) this.ports.driver.off({ actuator, monoMs, reason: "boot" });
    this.memory.load(keys, monoMs);
    for (const key of keys) {
      for (const entry of this.memory.actuator(key).journal.filter(isOpen)) {
        this.memory.restartCooldown(key, monoMs);
        this.close({ ...entry, state: "INTERRUPTED" });
      }
      this.armCooldownTimer(key);
    }
  }

  /** Switches everything off and forgets its timers; the gate takes no command until it starts again. */
  shutdown(): void {
    for (const key of [...this.running.keys()]) this.endRun(key, "ABORTED", "shutdown");
    for (const run of this.running.values()) run.cancelTimer();
    for (const cancel of this.cooldownTimers.values()) cancel();
    this.cooldownTimers.clear();
    this.memory.unload();
  }

  /** Takes one command from the link. Never throws: what cannot be saved is not done, and is told as a fault. */
  handle(message: CommandMessage): void {
    if (!this.memory.knows(message.actuator)) {
      this.reporter.tell({ ...this.reporter.entry(message), state: "REJECTED", reason: "unknown_actuator" });
      return;
    }
    if (this.isAnswered(message)) return;
    if (message.kind === "RUN") this.handleRun(message);
    else if (message.kind === "STOP") this.handleStop(message);
    else this.handleSet(message);
  }

  /** Keeps a newer configuration; the stricter of it and the device's own limits counts from the next RUN on. */
  handleConfig(config: DeviceConfigMessage): void {
    if (config.version > this.memory.configVersion) this.memory.saveConfig(config);
  }

  linkLost(): void {
    if (this.isLinkLost) return;
    this.isLinkLost = true;
    for (const [key, run] of this.running) this.armLinkLoss(key, run);
  }

  linkUp(): void {
    this.isLinkLost = false;
    for (const run of this.running.values()) run.cancelLinkTimer();
  }

  /** What the device says of itself on every connection, and when it is asked. */
  hello(): HelloMessage {
    return this.reporter.hello();
  }

  /** Whether an output is on, for a model of the world beside it. */
  isOn(actuator: string): boolean {
    return this.running.has(actuator);
  }

  /**
   * True for a command that needs no further thought: one taken before is acknowledged again and extends nothing; a RUN or
   * SET whose fence has been passed is refused, unless its entry may have left the journal: then silence is the only truth.
   */
  private isAnswered(message: CommandMessage): boolean {
    const actuator = this.memory.actuator(message.actuator);
    const known = entryOf(actuator, message);
    if (known !== undefined) {
      this.reporter.tell(this.reporter.asSeenNow(known));
      return true;
    }
    if (message.kind === "STOP") return false;
    if (Number.isSafeInteger(message.fence) && message.fence > actuator.fence) return false;
    if (message.fence > actuator.forgottenFence) {
      this.reporter.tell({ ...this.reporter.entry(message), state: "REJECTED", reason: "stale_fence" });
    }
    return true;
  }

  private handleRun(message: RunMessage): void {
    const key = message.actuator;
    const refusal = refusalOfRun(message, {
      bootId: this.bootId,
      record: this.memory.actuator(key),
      limits: this.limits(key),
      isRunning: this.running.has(key),
      isInterlocked: this.isInterlocked(key),
      cooldownElapsedMs: this.memory.cooldownElapsedMs(key),
      monoMs: this.now(),
      wallClockMicros: this.ports.clock.wallClockMicros(),
    });
    if (refusal === undefined) this.accept(message);
    // Saved before it is said, so that the refused RUN cannot start when it comes again.
    else this.saveThenTell({ ...this.reporter.entry(message), state: "REJECTED", reason: refusal });
  }

  private accept(message: RunMessage): void {
    const key = message.actuator;
    const before = this.memory.actuator(key);
    const limits = this.limits(key);
    const accepted: JournalEntry = { ...this.reporter.entry(message), state: "ACCEPTED" };
    const requiredMs = Math.max(limits.cooldownMs, message.cooldownMs);
    const cooldown = { requiredMs, elapsedMs: 0, asOfMonoMs: this.now() };
    if (!this.memory.save(key, { ...withEntry(before, accepted), cooldown })) return;
    this.reporter.tell(accepted);
    if (hasExpired(message, this.now(), this.ports.clock.wallClockMicros())) {
      // Saving took too long: the start deadline is for the edge, not for the decision.
      this.memory.keep(key, { ...this.memory.actuator(key), cooldown: before.cooldown });
      this.close({ ...accepted, state: "ABORTED", reason: "expired", ranMs: 0 });
      return;
    }
    this.switchOn(message, Math.min(message.durationMs, limits.maxRunMs));
  }

  private switchOn(message: RunMessage, limitMs: number): void {
    const key = message.actuator;
    const startedMonoMs = this.now();
    const run: LiveRun = { message, limitMs, startedMonoMs, cancelTimer: () => {}, cancelLinkTimer: () => {} };
    this.running.set(key, run);
    this.armTimer(key, run, limitMs);
    if (this.isLinkLost) this.armLinkLoss(key, run);
    try {
      const { id: commandId, fence } = message;
      this.ports.driver.on({ actuator: key, commandId, fence, limitMs, monoMs: startedMonoMs });
    } catch (error) {
      this.ports.fault("driver", error);
      this.endRun(key, "ABORTED", "driver_fault");
      return;
    }
    this.reporter.tell({ ...this.reporter.entry(message), state: "RUNNING" });
  }

  /** A timer that fires early is set again, so that COMPLETED means the whole duration. */
  private armTimer(key: string, run: LiveRun, delayMs: number): void {
    run.cancelTimer = this.ports.clock.after(delayMs, () => {
      const remainingMs = run.startedMonoMs + run.limitMs - this.now();
      if (remainingMs > 0) this.armTimer(key, run, remainingMs);
      else this.endRun(key, "COMPLETED", "duration");
    });
  }

  private armLinkLoss(key: string, run: LiveRun): void {
    const { linkLossMs } = this.limits(key);
    if (!Number.isFinite(linkLossMs)) return;
    run.cancelLinkTimer = this.ports.clock.after(linkLossMs, () => this.endRun(key, "ABORTED", "link_loss"));
  }

  private endRun(key: string, state: "COMPLETED" | "ABORTED", reason: OffReason): void {
    const run = this.running.get(key);
    if (run === undefined) return;
    run.cancelTimer();
    run.cancelLinkTimer();
    const monoMs = this.now();
    const { id: commandId, fence } = run.message;
    try {
      this.ports.driver.off({ actuator: key, commandId, fence, reason, monoMs });
    } catch (error) {
      // Still on, as far as anybody knows: it goes on counting as running, and nothing is claimed about it.
      run.cancelTimer = this.ports.clock.after(OFF_RETRY_MS, () => this.endRun(key, state, reason));
      this.ports.fault("driver", error);
      return;
    }
    this.running.delete(key);
    this.memory.restartCooldown(key, monoMs);
    this.close({ ...this.reporter.entry(run.message), state, reason, ranMs: Math.max(0, monoMs - run.startedMonoMs) });
    this.armCooldownTimer(key);
  }

  /** The hold is in memory before anything else, so that nothing below can lose it; it is said once it is saved. */
  private handleStop(message: StopMessage): void {
    const key = message.actuator;
    const actuator = this.memory.actuator(key);
    const isReleased = actuator.released.includes(message.id);
    const isHold = !isReleased && (message.fence === undefined || message.reason !== undefined);
    const isFull = actuator.holds.length >= MAX_HOLDS;
    if (isHold && !isFull && !actuator.holds.includes(message.id)) {
      this.memory.keep(key, { ...actuator, holds: [...actuator.holds, message.id] });
    }
    this.endRun(key, "ABORTED", "stop");
    if (this.running.has(key)) return;
    const entry = this.reporter.entry(message);
    if (isHold && isFull) this.saveThenTell({ ...entry, state: "REJECTED", reason: "too_many_holds" });
    else this.saveThenTell({ ...entry, state: "COMPLETED" });
  }

  private handleSet(message: SetMessage): void {
    const key = message.actuator;
    const actuator = this.memory.actuator(key);
    const holds = actuator.holds.filter((id) => !message.release.includes(id));
    const completed: JournalEntry = { ...this.reporter.entry(message), state: "COMPLETED" };
    const released = [...actuator.released, ...message.release].slice(-MAX_RELEASED);
    if (this.memory.save(key, { ...withEntry(actuator, completed), holds, released })) this.reporter.tell(completed);
  }

  private saveThenTell(entry: JournalEntry): void {
    const actuator = this.memory.actuator(entry.actuator);
    if (this.memory.save(entry.actuator, withEntry(actuator, entry))) this.reporter.tell(entry);
  }

  /** Ends an open entry. It is told even if the save fails: the output is off, and a later boot can only be stricter. */
  private close(entry: JournalEntry): void {
    const closed = withReplacedEntry(this.memory.actuator(entry.actuator), entry);
    this.memory.keep(entry.actuator, closed);
    this.memory.save(entry.actuator, closed);
    this.reporter.tell(entry);
  }

  private isInterlocked(key: string): boolean {
    const groups = this.limits(key).interlockGroups;
    const others = [...this.running.keys()].filter((other) => other !== key);
    return others.some((other) => this.limits(other).interlockGroups.some((group) => groups.includes(group)));
  }

  /** Saves once more when a cooldown is over, so that a boot the day after does not begin it again. */
  private armCooldownTimer(key: string): void {
    this.cooldownTimers.get(key)?.();
    const remainingMs = this.memory.cooldownRemainingMs(key);
    if (remainingMs <= 0) return;
    const cancel = this.ports.clock.after(Math.ceil(remainingMs), () => {
      if (!this.running.has(key)) this.memory.save(key, this.memory.actuator(key));
    });
    this.cooldownTimers.set(key, cancel);
  }

  private limits(key: string): EffectiveLimits {
    return stricterLimits(this.own[key]!, this.memory.configuredLimits(key));
  }

  private now(): number {
    return this.ports.clock.monotonicMs();
  }
}
