import type {
  CommandMessage,
  DeviceConfigMessage,
  DeviceLimits,
  HelloMessage,
  JournalEntry,
  StartMessage,
} from "../commands/messages.ts";
import { pauseMs } from "./envelope.ts";
import { GateInstructions } from "./gate-instructions.ts";
import { assertOneSafeMemberPerGroup, type GateLimits, gateLimits } from "./gate-limits.ts";
import { GateLink } from "./gate-link.ts";
import { GateMemory } from "./gate-memory.ts";
import { type Ending, GateOutputs, type LiveOutput, type Run } from "./gate-outputs.ts";
import type { GatePorts } from "./gate-ports.ts";
import { entryOf, isOpen, withEntry } from "./gate-record.ts";
import { hasExpired, type Moment, refusalOfStart } from "./gate-refusal.ts";
import { GateReporter } from "./gate-reporter.ts";
import { GateSetPoints } from "./gate-set-points.ts";

/**
 * The device's side of the safety contract: the only thing that may switch an output on, the same on a simulated device and
 * on the agent beside the hardware. It trusts nobody: a command may come twice, late, in the wrong order, or from a server
 * that has lost its database. `gate-outputs.ts` lists what an output can be doing, `gate-link.ts` what happens without a link.
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

export class DeviceGate {
  private readonly bootId: string;
  private readonly own: Readonly<Record<string, DeviceLimits>>;
  private readonly keys: readonly string[];
  private readonly ports: GatePorts;
  private readonly memory: GateMemory;
  private readonly outputs: GateOutputs;
  private readonly reporter: GateReporter;
  private readonly setPoints: GateSetPoints;
  private readonly link: GateLink;
  private readonly instructions: GateInstructions;
  private readonly cooldownTimers = new Map<string, () => void>();

  constructor({ bootId, actuators, ports }: DeviceGateOptions) {
    assertOneSafeMemberPerGroup(actuators);
    this.bootId = bootId;
    this.own = actuators;
    this.keys = Object.keys(actuators);
    this.ports = ports;
    this.outputs = new GateOutputs(ports, {
      started: (run) => this.started(run),
      ended: (key, output, ending, monoMs) => this.ended(key, output, ending, monoMs),
      passed: (run, ending, monoMs) => this.closeRun(run, ending, monoMs),
    });
    this.memory = new GateMemory(ports);
    this.reporter = new GateReporter(bootId, ports, this.memory, this.outputs);
    this.setPoints = new GateSetPoints(ports, this.memory);
    const { keys, memory, outputs, reporter, setPoints } = this;
    const limits = (key: string) => this.limits(key);
    const isInterlocked = (key: string) => this.isInterlocked(key);
    this.link = new GateLink({ keys, clock: ports.clock, memory, outputs, limits, isInterlocked });
    const onReleased = () => this.link.reconsider();
    this.instructions = new GateInstructions({ memory, outputs, reporter, setPoints, onReleased });
  }

  /**
   * Boots: every output off first, whatever the storage says; then what was open is closed as INTERRUPTED, cooldowns go on from
   * where they were saved, set-points go back to the driver, and safe states begin. Throws when the storage cannot be read:
   * such a device stays off.
   */
  start(): void {
    for (const key of this.keys) this.outputs.switchOffAtBoot(key);
    const monoMs = this.now();
    this.memory.load(this.keys, monoMs);
    for (const key of this.keys) if (!this.outputs.isOn(key)) this.interrupt(key, monoMs, this.mayHaveBeenSafe(key));
    this.setPoints.restoreAll(this.keys);
    for (const key of this.keys) {
      this.armCooldownTimer(key);
      this.link.considerSafe(key);
    }
  }

  /**
   * Switches everything off, or leaves it to its safe state, and forgets its timers; the gate takes no command until it starts
   * again.
   */
  shutdown(): void {
    for (const key of this.outputs.keysOn()) this.abandon(key);
    this.outputs.forgetTimers();
    this.link.forgetTimers();
    for (const cancel of this.cooldownTimers.values()) cancel();
    this.cooldownTimers.clear();
    this.memory.unload();
  }

  /** Takes one command from the link. Never throws: what cannot be saved is not done, and is told as a fault. */
  handle(message: CommandMessage): void {
    if (!this.memory.isLoaded) return;
    if (!this.memory.knows(message.actuator)) {
      this.reporter.tell({ ...this.reporter.entry(message), state: "REJECTED", reason: "unknown_actuator" });
      return;
    }
    if (this.isAnswered(message)) return;
    if (message.kind === "STOP") this.instructions.stop(message);
    else if (message.kind === "SET") this.instructions.set(message);
    else this.handleStart(message);
  }

  /** Keeps a newer configuration; the stricter of it and the device's own limits counts from the next start on. */
  handleConfig(config: DeviceConfigMessage): void {
    if (!this.memory.isLoaded || config.version <= this.memory.configVersion) return;
    this.memory.saveConfig(config);
    this.link.reconsider();
  }

  /** The meter's total of a DOSE so far, from its driver. */
  counted(actuator: string, commandId: string, amount: number): void {
    this.outputs.count(actuator, commandId, amount);
  }

  /** `lastSeenMonoMs`: when the server was last heard; a link is lost from then on, however late that is noticed. */
  linkLost(lastSeenMonoMs = this.now()): void {
    if (this.memory.isLoaded) this.link.lost(lastSeenMonoMs);
  }

  linkUp(): void {
    if (this.memory.isLoaded) this.link.up();
  }

  /** What the device says of itself on every connection, and when it is asked. */
  hello(): HelloMessage {
    return this.reporter.hello();
  }

  /** Whether an output is on, by a command or as its safe state, for a model of the world beside it. */
  isOn(actuator: string): boolean {
    return this.outputs.isOn(actuator);
  }

  /**
   * True for a command that needs no further thought: one taken before is acknowledged again and extends nothing; one whose
   * fence has been passed is refused, unless its entry may have left the journal, or the fence that passed it is not saved: then
   * silence is the only truth.
   */
  private isAnswered(message: CommandMessage): boolean {
    const actuator = this.memory.actuator(message.actuator);
    const known = entryOf(actuator, message);
    if (known !== undefined) {
      this.reporter.tell(this.reporter.asSeenNow(known));
      return true;
    }
    if (message.kind === "STOP") return false;
    if (Number.isSafeInteger(message.fence) && message.fence > actuator.fence) {
      return this.instructions.isStopped(message.actuator, message.fence);
    }
    if (message.fence > actuator.forgottenFence) {
      this.reporter.tell({ ...this.reporter.entry(message), state: "REJECTED", reason: "stale_fence" });
    }
    return true;
  }

  private handleStart(message: StartMessage): void {
    const key = message.actuator;
    const refusal = refusalOfStart(message, {
      bootId: this.bootId,
      record: this.memory.actuator(key),
      limits: this.limits(key),
      output: this.outputs.of(key),
      isInterlocked: this.isInterlocked(key),
      cooldownElapsedMs: this.memory.cooldownElapsedMs(key),
      now: this.moment(),
    });
    if (refusal === undefined && this.setPoints.restore(key)) {
      this.accept(message);
      return;
    }
    // Saved before it is said, so that what was refused cannot start when it comes again.
    const reason = refusal ?? "driver_fault";
    this.reporter.saveThenTell({ ...this.reporter.entry(message), state: "REJECTED", reason });
  }

  private accept(message: StartMessage): void {
    const key = message.actuator;
    const before = this.memory.actuator(key);
    const limits = this.limits(key);
    const accepted: JournalEntry = { ...this.reporter.entry(message), state: "ACCEPTED" };
    const owedMs = this.outputs.isOn(key) ? (before.cooldown?.requiredMs ?? 0) : 0;
    const requiredMs = Math.max(pauseMs(limits), message.cooldownMs, owedMs);
    const cooldown = { requiredMs, elapsedMs: 0, asOfMonoMs: this.now() };
    if (!this.memory.save(key, { ...withEntry(before, accepted), cooldown })) return;
    this.reporter.tell(accepted);
    const now = this.moment();
    if (hasExpired(message, now)) {
      // Saving took too long: the start deadline is for the edge, not for the decision.
      this.memory.keep(key, { ...this.memory.actuator(key), cooldown: before.cooldown });
      this.reporter.close({ ...accepted, state: "ABORTED", reason: "expired", ranMs: 0, ...amountOf(message, 0) });
      return;
    }
    this.outputs.switchOn(message, Math.min(message.durationMs, limits.maxRunMs), now.monoMs);
  }

  private started(run: Run): void {
    this.link.runStarted(run.message.actuator);
    this.reporter.tell({ ...this.reporter.entry(run.message), state: "RUNNING" });
  }

  private ended(key: string, output: LiveOutput, ending: Ending, monoMs: number): void {
    if (!this.memory.isLoaded) return;
    if (output.kind === "unknown") {
      this.interrupt(key, monoMs, true);
    } else {
      this.memory.restartCooldown(key, monoMs, pauseMs(this.limits(key)));
      if (output.kind === "run") this.closeRun(output, ending, monoMs);
    }
    this.armCooldownTimer(key);
    this.link.reconsider();
  }

  private closeRun({ message, startedMonoMs, countedAmount }: Run, { state, reason }: Ending, monoMs: number): void {
    const ranMs = Math.max(0, monoMs - startedMonoMs);
    this.reporter.close({ ...this.reporter.entry(message), state, reason, ranMs, ...amountOf(message, countedAmount) });
  }

  /** The output is off, and may have been on until some moment of a former boot: surely if an entry is open. */
  private interrupt(key: string, monoMs: number, mayHaveBeenOn: boolean): void {
    const open = this.memory.actuator(key).journal.filter(isOpen);
    if (open.length > 0 || mayHaveBeenOn) this.memory.restartCooldown(key, monoMs, pauseMs(this.limits(key)));
    for (const entry of open) this.reporter.close({ ...entry, state: "INTERRUPTED" });
  }

  /** Safe states are not saved, since they have to begin even on a full disk: only an actuator's first boot is in no doubt. */
  private mayHaveBeenSafe(key: string): boolean {
    if (this.limits(key).safeState === "off") return false;
    return !this.memory.isNew(key) || !this.memory.save(key, this.memory.actuator(key));
  }

  private abandon(key: string): void {
    const { safeState } = this.limits(key);
    const output = this.outputs.of(key);
    if (output?.kind === "safe" && !output.isEnding) return;
    if (safeState === "off" || output?.isEnding) this.outputs.switchOff(key, { state: "ABORTED", reason: "shutdown" });
    else this.outputs.driveSafe(key, safeState, "shutdown");
  }

  private isInterlocked(key: string): boolean {
    const groups = this.limits(key).interlockGroups;
    const others = this.outputs.keysOn().filter((other) => other !== key);
    return others.some((other) => this.limits(other).interlockGroups.some((group) => groups.includes(group)));
  }

  /** Saves once more when a cooldown is over, so that a boot the day after does not begin it again. */
  private armCooldownTimer(key: string): void {
    this.cooldownTimers.get(key)?.();
    const remainingMs = this.memory.cooldownRemainingMs(key, 0);
    if (remainingMs <= 0) return;
    const cancel = this.ports.clock.after(Math.ceil(remainingMs), () => {
      if (!this.outputs.isOn(key)) this.memory.save(key, this.memory.actuator(key));
    });
    this.cooldownTimers.set(key, cancel);
  }

  private limits(key: string): GateLimits {
    return gateLimits(this.own[key]!, this.memory.configuredLimits(key));
  }

  private moment(): Moment {
    return { monoMs: this.now(), wallClockMicros: this.ports.clock.wallClockMicros() };
  }

  private now(): number {
    return this.ports.clock.monotonicMs();
  }
}

/** Every end of a DOSE says how much was counted out. */
function amountOf({ kind }: StartMessage, amount: number): { readonly amount?: number } {
  return kind === "DOSE" ? { amount } : {};
}
