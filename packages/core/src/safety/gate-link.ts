import { pauseMs } from "./envelope.ts";
import type { GateLimits } from "./gate-limits.ts";
import type { GateMemory } from "./gate-memory.ts";
import type { GateOutputs } from "./gate-outputs.ts";
import type { GateClock } from "./gate-ports.ts";

export interface LinkParts {
  readonly keys: readonly string[];
  readonly clock: GateClock;
  readonly memory: GateMemory;
  readonly outputs: GateOutputs;
  readonly limits: (key: string) => GateLimits;
  readonly isInterlocked: (key: string) => boolean;
}

/** The server has this long to say something before a safe state ends. */
export const SAFE_HANDOVER_MS = 60_000;

/**
 * The link of a device, and what its outputs do without one. It is
 *
 *   booting   no link has been seen since the boot: safe states are wanted at once
 *   up        the server can be heard: a safe state goes on for SAFE_HANDOVER_MS, in which a command may take it over
 *   lost      each actuator has its `linkLossMs`; then its run ends, or becomes its safe state, and safe states are wanted
 *
 * A safe state that is wanted begins as soon as no hold, no other member of the interlock group and no pause stands against it.
 */
export class GateLink {
  private readonly parts: LinkParts;
  private state: "booting" | "up" | "lost" = "booting";
  /** Those whose `linkLossMs` has passed. */
  private readonly abandoned = new Set<string>();
  private readonly lossTimers = new Map<string, () => void>();
  private readonly safeTimers = new Map<string, () => void>();

  constructor(parts: LinkParts) {
    this.parts = parts;
  }

  lost(lastSeenMonoMs: number): void {
    if (this.state === "lost") return;
    const { keys, outputs, clock } = this.parts;
    const lostForMs = Math.max(0, clock.monotonicMs() - lastSeenMonoMs);
    if (this.state === "booting") for (const key of keys) this.abandoned.add(key);
    this.state = "lost";
    for (const key of keys) {
      outputs.keepSafe(key);
      this.armLoss(key, lostForMs);
    }
  }

  up(): void {
    this.state = "up";
    this.abandoned.clear();
    this.forgetTimers();
    for (const key of this.parts.outputs.keysInSafeState()) this.parts.outputs.endSafeAfter(key, SAFE_HANDOVER_MS);
  }

  /** A run that begins after its `linkLossMs` has passed may go without a link for as long again. */
  runStarted(key: string): void {
    if (this.state === "lost" && this.abandoned.has(key)) this.armLoss(key, 0);
  }

  /** Begins a safe state that is wanted, as soon as it may. */
  considerSafe(key: string): void {
    const { memory, outputs, limits, isInterlocked } = this.parts;
    const { safeState } = limits(key);
    if (safeState === "off" || !this.isSafeWanted(key) || outputs.isOn(key)) return;
    if (this.isHeld(key) || isInterlocked(key)) return;
    const remainingMs = memory.cooldownRemainingMs(key, pauseMs(limits(key)));
    if (remainingMs > 0) {
      this.considerAfter(key, Math.ceil(remainingMs));
      return;
    }
    memory.owePause(key, pauseMs(limits(key)));
    outputs.driveSafe(key, safeState, this.state === "booting" ? "boot" : "link_loss");
  }

  /** Something that stood against a safe state may be gone: each is looked at after what is under way now. */
  reconsider(): void {
    for (const key of this.parts.keys) if (this.isSafeWanted(key)) this.considerAfter(key, 0);
  }

  forgetTimers(): void {
    for (const timers of [this.lossTimers, this.safeTimers]) {
      for (const cancel of timers.values()) cancel();
      timers.clear();
    }
  }

  private armLoss(key: string, lostForMs: number): void {
    const { linkLossMs } = this.parts.limits(key);
    if (!Number.isFinite(linkLossMs)) return;
    this.lossTimers.get(key)?.();
    this.lossTimers.set(
      key,
      this.parts.clock.after(Math.max(0, linkLossMs - lostForMs), () => this.abandon(key)),
    );
  }

  private abandon(key: string): void {
    const { outputs, limits } = this.parts;
    const { safeState } = limits(key);
    this.abandoned.add(key);
    if (outputs.of(key)?.kind !== "run") this.considerSafe(key);
    else if (safeState === "off" || this.isHeld(key)) outputs.switchOff(key, { state: "ABORTED", reason: "link_loss" });
    else outputs.driveSafe(key, safeState, "link_loss");
  }

  private considerAfter(key: string, delayMs: number): void {
    this.safeTimers.get(key)?.();
    this.safeTimers.set(
      key,
      this.parts.clock.after(delayMs, () => this.considerSafe(key)),
    );
  }

  private isSafeWanted(key: string): boolean {
    return this.state === "booting" || this.abandoned.has(key);
  }

  private isHeld(key: string): boolean {
    return this.parts.memory.actuator(key).holds.length > 0;
  }
}
