import { describe, expect, it } from "vitest";
import { checkDeviceLog } from "./check-device-log.ts";
import { edges, run } from "./testing/device-orders.ts";
import { VirtualDevice } from "./testing/virtual-device.ts";

const LIMITS = { pump: { maxRunMs: 30_000, cooldownMs: 60_000, minOffMs: 10_000 } };

/** A device whose pump went off so long ago. */
function pausing(ms: number): VirtualDevice {
  const device = new VirtualDevice(LIMITS);
  device.deliver(run(device, 1, { cooldownMs: 0 }));
  device.advance(20_000 + ms);
  return device;
}

describe("the pause before a start", () => {
  it("is at least the minimum off time, which is told apart from a cooldown", () => {
    const device = pausing(9_999);
    device.deliver(run(device, 2));
    device.advance(1);
    device.deliver(run(device, 3));
    expect(device.states("run-2")).toEqual(["REJECTED min_off"]);
    expect(device.states("run-3")).toEqual(["REJECTED cooldown"]);
  });

  it("is the longest of the device's own, the configuration's, the command's and the last run's", () => {
    const device = new VirtualDevice({ pump: { maxRunMs: 30_000, cooldownMs: 1_000 } });
    device.gate?.handleConfig({
      version: 1,
      actuators: { pump: { maxRunMs: 30_000, cooldownMs: 0, minOffMs: 2_000 } },
    });
    device.deliver(run(device, 1, { cooldownMs: 3_000, durationMs: 1_000 }));
    device.advance(3_999);
    device.deliver(run(device, 2, { cooldownMs: 0 }));
    device.advance(1);
    device.deliver(run(device, 3, { cooldownMs: 4_000 }));
    device.deliver(run(device, 4, { cooldownMs: 0 }));
    expect(device.states("run-2")).toEqual(["REJECTED cooldown"]);
    expect(device.states("run-3")).toEqual(["REJECTED cooldown"]);
    expect(device.states("run-4").at(-1)).toBe("RUNNING");
  });
});

describe("an override", () => {
  it("passes the cooldown, and its edge says so", () => {
    const device = pausing(10_000);
    device.deliver(run(device, 2, { override: true }));
    expect(edges(device).at(-1)).toBe("on 2 at 30000");
    expect(device.log.at(-1)).toMatchObject({ event: "on", isOverride: true });
    expect(checkDeviceLog(device.log, LIMITS)).toEqual([]);
  });

  it("does not pass the minimum off time, the device's own or the configured one", () => {
    const device = pausing(9_999);
    device.deliver(run(device, 2, { override: true }));
    expect(device.states("run-2")).toEqual(["REJECTED min_off"]);
    device.gate?.handleConfig({
      version: 1,
      actuators: { pump: { maxRunMs: 30_000, cooldownMs: 0, minOffMs: 15_000 } },
    });
    device.advance(5_000);
    device.deliver(run(device, 3, { override: true }));
    expect(device.states("run-3")).toEqual(["REJECTED min_off"]);
  });

  it("leaves behind the whole pause, for whoever comes next", () => {
    const device = pausing(10_000);
    device.deliver(run(device, 2, { override: true }));
    device.advance(20_000 + 59_999);
    device.deliver(run(device, 3));
    expect(device.states("run-3")).toEqual(["REJECTED cooldown"]);
  });

  it("passes nothing else", () => {
    const device = pausing(10_000);
    device.deliver(run(device, 2, { override: true, durationMs: 3_600_000 }));
    device.deliver(run(device, 3, { override: true }));
    device.advance(100_000);
    device.deliver(run(device, 4, { override: true, bootId: "boot-0" }));
    expect(edges(device)).toEqual(["on 1 at 0", "off 1 at 20000", "on 2 at 30000", "off 2 at 60000"]);
    expect(device.states("run-3")).toEqual(["REJECTED already_running"]);
    expect(device.states("run-4")).toEqual(["REJECTED other_boot"]);
  });

  it("after a boot has to wait for the minimum off time from then on", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1));
    device.boot();
    device.advance(9_999);
    device.deliver(run(device, 2, { override: true }));
    device.advance(1);
    device.deliver(run(device, 3, { override: true }));
    expect(device.states("run-2")).toEqual(["REJECTED min_off"]);
    expect(device.states("run-3").at(-1)).toBe("RUNNING");
    expect(checkDeviceLog(device.log, LIMITS)).toEqual([]);
  });
});
