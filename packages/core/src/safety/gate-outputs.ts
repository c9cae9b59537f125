import type { StartMessage } from "../commands/messages.ts";
import type { DrivenSafeState, GatePorts, OffEdge, OffReason, OnEdge, SafeEdge } from "./gate-ports.ts";

/** What an output is doing while it is on, or may be. */
export type LiveOutput = Run | SafeInterval | UnknownOutput;

interface Endable {
  /** Its OFF has failed, and is tried again. */
  isEnding: boolean;
  /** Of whatever ends it. */
  cancelTimer: () => void;
}

export interface Run extends Endable {
  readonly kind: "run";
  readonly message: StartMessage;
  readonly limitMs: number;
  readonly startedMonoMs: number;
  /** Of a DOSE: the meter's total so far. */
  countedAmount: number;
}

export interface SafeInterval extends Endable {
  readonly kind: "safe";
  readonly state: DrivenSafeState;
  /** False while the driver is still asked for it. */
  isReached: boolean;
  cancelRetry: () => void;
}

interface UnknownOutput extends Endable {
  readonly kind: "unknown";
}

/** How an output's interval ends; a command that ran in it ends likewise. */
export interface Ending {
  readonly state: "COMPLETED" | "ABORTED";
  readonly reason: OffReason;
}

/** Told after the output has changed, never before. */
export interface OutputListener {
  started(run: Run): void;
  ended(actuator: string, output: LiveOutput, ending: Ending, monoMs: number): void;
  /** A run has become a safe interval. */
  passed(run: Run, ending: Ending, monoMs: number): void;
}

/** An output that could not be switched off, or into its safe state, is tried again this often, for as long as it takes. */
export const DRIVER_RETRY_MS = 100;

const noTimer = (): void => {};
const UNREACHED = { isReached: false, isEnding: false, cancelTimer: noTimer, cancelRetry: noTimer };

/**
 * What the outputs of a device are doing, and the only place that drives them.
 *
 *   off  ── switchOn ──▶ run ── own timer, meter, switchOff ──▶ off
 *   off  ── driveSafe ─▶ safe ── switchOff ──▶ off
 *   run  ── driveSafe ─▶ safe        without an OFF between
 *   safe ── switchOn ──▶ run         without an OFF between
 *
 * An output whose OFF fails stays what it is, and on as far as anybody may rely on it, until a further try works; one that
 * could not be switched off at boot is `unknown` until then.
 */
export class GateOutputs {
  private readonly ports: GatePorts;
  private readonly listener: OutputListener;
  private readonly live = new Map<string, LiveOutput>();

  constructor(ports: GatePorts, listener: OutputListener) {
    this.ports = ports;
    this.listener = listener;
  }

  /** May be on, as far as anybody knows. */
  isOn(key: string): boolean {
    return this.live.has(key);
  }

  of(key: string): LiveOutput | undefined {
    return this.live.get(key);
  }

  keysOn(): readonly string[] {
    return [...this.live.keys()];
  }

  keysInSafeState(): readonly string[] {
    return this.keysOn().filter((key) => this.live.get(key)?.kind === "safe");
  }

  isRunning(key: string, commandId: string): boolean {
    const output = this.live.get(key);
    return output?.kind === "run" && output.message.id === commandId;
  }

  /** Nothing is known of an output when its device boots, but that it has to be off. */
  switchOffAtBoot(key: string): void {
    this.live.set(key, { kind: "unknown", isEnding: true, cancelTimer: noTimer });
    this.switchOff(key, { state: "ABORTED", reason: "boot" });
  }

  /** The timer that ends the run is armed before the output goes on. */
  switchOn(message: StartMessage, limitMs: number, startedMonoMs: number): void {
    const key = message.actuator;
    this.live.get(key)?.cancelTimer();
    const own = { countedAmount: 0, isEnding: false, cancelTimer: noTimer };
    const run: Run = { kind: "run", message, limitMs, startedMonoMs, ...own };
    this.live.set(key, run);
    this.armRunTimer(run, limitMs);
    try {
      this.ports.driver.on(onEdge(run));
    } catch (error) {
      this.ports.fault("driver", error);
      this.switchOff(key, { state: "ABORTED", reason: "driver_fault" });
      return;
    }
    if (this.live.get(key) === run && !run.isEnding) this.listener.started(run);
  }

  /** The meter's total of a DOSE so far. What a meter cannot have counted is a fault, and changes nothing. */
  count(key: string, commandId: string, amount: number): void {
    const run = this.live.get(key);
    if (run?.kind !== "run" || run.message.kind !== "DOSE" || run.message.id !== commandId) return;
    if (!Number.isFinite(amount) || amount < run.countedAmount) {
      this.ports.fault("meter", new Error(`counted ${amount} after ${run.countedAmount}`));
      return;
    }
    run.countedAmount = amount;
    if (amount >= run.message.amount) this.switchOff(key, { state: "COMPLETED", reason: "amount" });
  }

  switchOff(key: string, ending: Ending): void {
    const output = this.live.get(key);
    if (output === undefined) return;
    output.cancelTimer();
    const monoMs = this.ports.clock.monotonicMs();
    try {
      this.ports.driver.off({ actuator: key, reason: ending.reason, monoMs, ...commandOf(output) });
    } catch (error) {
      // Still on, as far as anybody knows: it goes on counting as that, and nothing is claimed about it.
      output.isEnding = true;
      output.cancelTimer = this.ports.clock.after(DRIVER_RETRY_MS, () => this.switchOff(key, ending));
      this.ports.fault("driver", error);
      return;
    }
    this.live.delete(key);
    this.listener.ended(key, output, ending, monoMs);
  }

  driveSafe(key: string, state: DrivenSafeState, reason: SafeEdge["reason"]): void {
    const before = this.live.get(key);
    before?.cancelTimer();
    const interval: SafeInterval = { kind: "safe", state, ...UNREACHED };
    this.live.set(key, interval);
    const monoMs = this.ports.clock.monotonicMs();
    this.trySafe(interval, { actuator: key, state, reason, monoMs });
    if (before?.kind === "run") this.listener.passed(before, { state: "ABORTED", reason }, monoMs);
  }

  /** Ends a safe interval after `delayMs`, unless something else ends it, or takes it over, before. */
  endSafeAfter(key: string, delayMs: number): void {
    const interval = this.live.get(key);
    if (interval?.kind !== "safe" || interval.isEnding) return;
    interval.cancelTimer();
    this.armSafeTimer(key, interval, this.ports.clock.monotonicMs() + delayMs);
  }

  keepSafe(key: string): void {
    const interval = this.live.get(key);
    if (interval?.kind === "safe" && !interval.isEnding) interval.cancelTimer();
  }

  forgetTimers(): void {
    for (const output of this.live.values()) {
      output.cancelTimer();
      if (output.kind === "safe") output.cancelRetry();
    }
  }

  /** A timer that fires early is set again, so that COMPLETED means the whole duration. */
  private armRunTimer(run: Run, delayMs: number): void {
    run.cancelTimer = this.ports.clock.after(delayMs, () => {
      const remainingMs = run.startedMonoMs + run.limitMs - this.ports.clock.monotonicMs();
      if (remainingMs > 0) this.armRunTimer(run, remainingMs);
      else this.switchOff(run.message.actuator, endingByTime(run));
    });
  }

  private armSafeTimer(key: string, interval: SafeInterval, endMonoMs: number): void {
    const remainingMs = endMonoMs - this.ports.clock.monotonicMs();
    interval.cancelTimer = this.ports.clock.after(Math.max(0, remainingMs), () => {
      if (this.ports.clock.monotonicMs() < endMonoMs) this.armSafeTimer(key, interval, endMonoMs);
      else this.switchOff(key, { state: "COMPLETED", reason: "handover" });
    });
  }

  private trySafe(interval: SafeInterval, edge: SafeEdge): void {
    if (this.live.get(edge.actuator) !== interval || interval.isEnding) return;
    try {
      this.ports.driver.safe(edge);
      interval.isReached = true;
    } catch (error) {
      const { clock } = this.ports;
      const again = () => this.trySafe(interval, { ...edge, monoMs: clock.monotonicMs() });
      interval.cancelRetry = clock.after(DRIVER_RETRY_MS, again);
      this.ports.fault("driver", error);
    }
  }
}

/** A DOSE that time ends has not counted out its amount. */
function endingByTime({ message }: Run): Ending {
  if (message.kind === "DOSE") return { state: "ABORTED", reason: "amount_not_reached" };
  return { state: "COMPLETED", reason: "duration" };
}

function onEdge({ message, limitMs, startedMonoMs }: Run): OnEdge {
  const { actuator, id: commandId, fence, durationMs, cooldownMs, override, kind } = message;
  const { bootId, validUntilMonoMs, expiresAtMicros } = message;
  return {
    ...{ actuator, commandId, fence, durationMs, limitMs, cooldownMs, monoMs: startedMonoMs },
    deadline: {
      ...(bootId === undefined ? {} : { bootId }),
      ...(validUntilMonoMs === undefined ? {} : { validUntilMonoMs }),
      ...(expiresAtMicros === undefined ? {} : { expiresAtMicros }),
    },
    ...(override ? { isOverride: true } : {}),
    ...(kind === "DOSE" ? { amount: message.amount, unit: message.unit } : {}),
  };
}

function commandOf(output: LiveOutput): Pick<OffEdge, "commandId" | "fence" | "amount"> {
  if (output.kind !== "run") return {};
  const { id: commandId, fence, kind } = output.message;
  return { commandId, fence, ...(kind === "DOSE" ? { amount: output.countedAmount } : {}) };
}
