import type { DeviceLogEvent } from "../device-log.ts";

/** Events of a log written by hand: of a pump in a boot `b1`, if nothing else is said. */
export type Change<Kind extends DeviceLogEvent["event"]> = Partial<Extract<DeviceLogEvent, { readonly event: Kind }>>;

export const on = (monoMs: number, fence: number, change: Change<"on"> = {}): DeviceLogEvent => ({
  event: "on",
  actuator: "pump",
  commandId: `run-${fence}`,
  fence,
  durationMs: 20_000,
  limitMs: 20_000,
  cooldownMs: 0,
  deadline: { bootId: "b1", validUntilMonoMs: monoMs + 1 },
  monoMs,
  ...change,
});
export const off = (monoMs: number, change: Change<"off"> = {}): DeviceLogEvent => ({
  event: "off",
  actuator: "pump",
  reason: "duration",
  monoMs,
  ...change,
});
export const safe = (monoMs: number, change: Change<"safe"> = {}): DeviceLogEvent => ({
  event: "safe",
  actuator: "aerator",
  state: "on",
  reason: "link_loss",
  monoMs,
  ...change,
});
export const stop = (monoMs: number, change: Change<"stop"> = {}): DeviceLogEvent => ({
  event: "stop",
  actuator: "pump",
  id: "halt",
  isHold: true,
  isAcknowledged: true,
  monoMs,
  ...change,
});
export const release = (monoMs: number, actuator = "pump"): DeviceLogEvent => ({
  event: "release",
  actuator,
  ids: ["halt"],
  monoMs,
});
export const linkUp = (monoMs: number): DeviceLogEvent => ({ event: "link_up", monoMs });
export const linkLost = (monoMs: number): DeviceLogEvent => ({ event: "link_lost", monoMs });
