import type { DeviceLimits, RunMessage } from "../../commands/messages.ts";
import { checkDeviceLog, type Violation } from "../check-device-log.ts";
import { SAFE_HANDOVER_MS } from "../gate-link.ts";
import { run } from "./device-orders.ts";
import { VirtualDevice } from "./virtual-device.ts";

/** An output on which fish live. It is called a pump, as in all orders of these tests. */
export const AERATOR: DeviceLimits = {
  maxRunMs: 3_600_000,
  cooldownMs: 10_000,
  minOffMs: 4_000,
  linkLossMs: 5_000,
  safeState: "on",
};
export const AERATED = { pump: AERATOR };

type Limits = Readonly<Record<string, DeviceLimits>>;

export function aerate(device: VirtualDevice, fence: number, change: Partial<RunMessage> = {}): RunMessage {
  return run(device, fence, { cooldownMs: 0, ...change });
}

/** A device whose link is up, whose output has been off for long, and whose log begins here. */
export function resting(limits: Limits = AERATED): VirtualDevice {
  const device = new VirtualDevice(limits);
  device.advance(SAFE_HANDOVER_MS + 100_000);
  device.log.length = 0;
  device.log.push({ event: "boot", bootId: device.bootId, atMs: device.worldMs - device.monoMs });
  device.log.push({ event: "off", actuator: "pump", monoMs: 0, reason: "boot" });
  device.log.push({ event: "link_up", monoMs: 0 });
  return device;
}

export function violationsOf(device: VirtualDevice, limits: Limits = AERATED): readonly Violation[] {
  return checkDeviceLog(device.log, limits, { endMs: device.worldMs });
}
