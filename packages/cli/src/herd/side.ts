import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import type { Clock } from "@sluice/simulator/clock.ts";
import type { PumpVerdict } from "./judge-pump-log.ts";

/** What every side is asked for, and what its pump is. */
export interface Trial {
  readonly readings: number;
  readonly clock: Clock;
  /** Holds the pumps' logs. */
  readonly stateDirectory: string;
  readonly interruption: AbortSignal;
}

/** What one side did about the same readings, with the same answer lost. */
export interface SideReport extends PumpVerdict {
  readonly name: string;
  readonly readingsSent: number;
  /** Starts that went over the wire to the pump. */
  readonly startsSent: number;
  readonly answersLost: number;
}

/** A short run, so that all of it is seen; the cooldown is that of the irrigation solution. */
export const PUMP_LIMITS: DeviceLimits = { maxRunMs: 1_000, cooldownMs: 15 * 60_000, linkLossMs: 10_000 };
