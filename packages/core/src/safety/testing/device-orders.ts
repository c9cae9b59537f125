import type { DoseMessage, RunMessage, SetMessage, StopMessage } from "../../commands/messages.ts";
import type { VirtualDevice } from "./virtual-device.ts";

/** Commands for the pump of a virtual device. */
export const COOLDOWN_MS = 900_000;
export const LIMITS = { pump: { maxRunMs: 30_000, cooldownMs: COOLDOWN_MS } };

export function run(device: VirtualDevice, fence: number, change: Partial<RunMessage> = {}): RunMessage {
  return {
    id: `run-${fence}`,
    actuator: "pump",
    kind: "RUN",
    fence,
    durationMs: 20_000,
    cooldownMs: COOLDOWN_MS,
    bootId: device.bootId,
    validUntilMonoMs: device.monoMs + 10_000,
    ...change,
  };
}

export function dose(device: VirtualDevice, fence: number, change: Partial<DoseMessage> = {}): DoseMessage {
  return { ...run(device, fence), id: `dose-${fence}`, kind: "DOSE", amount: 5, unit: "L", ...change };
}

export function stop(id: string, change: Partial<StopMessage> = {}): StopMessage {
  return { id, actuator: "pump", kind: "STOP", ...change };
}

export function release(fence: number, ...ids: string[]): SetMessage {
  return { id: `set-${fence}`, actuator: "pump", kind: "SET", fence, release: ids };
}

export function setPoint(fence: number, value: number, change: Partial<SetMessage> = {}): SetMessage {
  return { ...release(fence), value, ...change };
}

/**
 * Edges by time since boot, with the fence of their command, or the reason when it was none that caused them. The OFF of a
 * boot is left out.
 */
export function edges(device: VirtualDevice): string[] {
  return device.log.flatMap((event) => {
    if (event.event === "on") return [`on ${event.fence} at ${event.monoMs}`];
    if (event.event === "safe") return [`${event.state} by ${event.reason} at ${event.monoMs}`];
    if (event.event !== "off" || event.reason === "boot") return [];
    return [
      event.fence === undefined ? `off by ${event.reason} at ${event.monoMs}` : `off ${event.fence} at ${event.monoMs}`,
    ];
  });
}
