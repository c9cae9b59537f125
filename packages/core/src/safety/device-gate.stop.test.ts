import { describe, expect, it } from "vitest";
import { MAX_HOLDS } from "./gate-record.ts";
import { edges, LIMITS, release, run, stop } from "./testing/device-orders.ts";
import { VirtualDevice } from "./testing/virtual-device.ts";

describe("STOP", () => {
  it("without a fence ends a run at once and holds until it is released", () => {
    const device = new VirtualDevice({ pump: { maxRunMs: 30_000, cooldownMs: 0 } });
    device.deliver(run(device, 1, { cooldownMs: 0 }));
    device.advance(5_000);
    device.deliver(stop("stop-a"));
    expect(edges(device)).toEqual(["on 1 at 0", "off 1 at 5000"]);
    expect(device.states("run-1").at(-1)).toBe("ABORTED stop");
    expect(device.states("stop-a")).toEqual(["COMPLETED"]);
    device.deliver(run(device, 2, { cooldownMs: 0 }));
    expect(device.states("run-2")).toEqual(["REJECTED held"]);
    device.deliver(release(3, "stop-a"));
    device.deliver(run(device, 4, { cooldownMs: 0 }));
    expect(device.isPowered && device.gate?.isOn("pump")).toBe(true);
  });

  it("with a fence refuses the RUN below it that arrives later, and holds nothing", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(stop("stop-2", { fence: 2 }));
    device.deliver(run(device, 1));
    device.deliver(run(device, 3));
    expect(device.states("run-1")).toEqual(["REJECTED stale_fence"]);
    expect(edges(device)).toEqual(["on 3 at 0"]);
  });

  it("with a reason is a trip and holds", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(stop("trip", { fence: 1, reason: "no_flow" }));
    device.deliver(run(device, 2));
    expect(device.states("run-2")).toEqual(["REJECTED held"]);
  });

  it("keeps its hold across a boot; a late release clears no newer hold, a late duplicate holds nothing again", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(stop("a"));
    device.deliver(stop("b"));
    device.boot();
    device.deliver(release(1, "a"));
    device.deliver(stop("a"));
    expect(device.gate?.hello().holds).toEqual([{ actuator: "pump", id: "b" }]);
  });

  it("that arrives after its own release stops, and holds nothing", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(release(1, "late"));
    device.deliver(run(device, 2));
    device.deliver(stop("late"));
    expect(device.states("run-2").at(-1)).toBe("ABORTED stop");
    expect(device.states("late")).toEqual(["COMPLETED"]);
    expect(device.gate?.hello().holds).toEqual([]);
  });

  it("works on a device whose disk is full, though it is not said to be kept", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1));
    device.failures.storage = true;
    device.deliver(stop("stop-a"));
    expect(device.gate?.isOn("pump")).toBe(false);
    expect(device.states("stop-a")).toEqual([]);
    device.failures.storage = false;
    device.deliver(stop("stop-a"));
    expect(device.states("stop-a")).toEqual(["COMPLETED"]);
    expect(device.gate?.hello().holds).toHaveLength(1);
  });

  it("stops even when there is no room for a further hold", () => {
    const device = new VirtualDevice(LIMITS);
    for (let i = 0; i <= MAX_HOLDS; i++) device.deliver(stop(`stop-${i}`));
    expect(device.states(`stop-${MAX_HOLDS}`)).toEqual(["REJECTED too_many_holds"]);
    expect(device.gate?.hello().holds).toHaveLength(MAX_HOLDS);
  });
});
