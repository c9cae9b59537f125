import type { RunMessage, SetMessage, StopMessage } from "../../commands/messages.ts";
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

export function stop(id: string, change: Partial<StopMessage> = {}): StopMessage {
  return { id, actuator: "pump", kind: "STOP", ...change };
}

export function release(fence: number, ...ids: string[]): SetMessage {
  return { id: `set-${fence}`, actuator: "pump", kind: "SET", fence, release: ids };
}

/** ON and OFF edges by fence and time since boot; the OFF of a boot has no fence and is left out. */
export function edges(device: VirtualDevice): string[] {
  return device.log.flatMap((event) => {
    if (event.event === "on") return [`on ${event.fence} at ${event.monoMs}`];
    return event.event === "off" && event.fence !== undefined ? [`off ${event.fence} at ${event.monoMs}`] : [];
  });
}
