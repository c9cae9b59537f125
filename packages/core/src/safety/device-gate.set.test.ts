import { describe, expect, it } from "vitest";
import { release, run, setPoint, stop } from "./testing/device-orders.ts";
import { VirtualDevice } from "./testing/virtual-device.ts";

const LIMITS = { pump: { maxRunMs: 30_000, cooldownMs: 0 } };

describe("SET", () => {
  it("hands a set-point to the driver and energises nothing", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(setPoint(1, 40, { unit: "%" }));
    expect(device.setPoints.get("pump")).toEqual({ value: 40, unit: "%" });
    expect(device.states("set-1")).toEqual(["COMPLETED"]);
    expect(device.gate?.isOn("pump")).toBe(false);
    expect(device.onEdges()).toBe(0);
  });

  it("is kept: a boot gives it back to the driver before anything can start", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(setPoint(1, 40));
    device.boot();
    expect(device.setPoints.get("pump")).toEqual({ value: 40 });
    const events = device.log
      .slice(device.log.findLastIndex(({ event }) => event === "boot"))
      .map(({ event }) => event);
    expect(events).toEqual(["boot", "off", "set", "link_up"]);
  });

  it("changes what runs without an edge", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1));
    device.deliver(setPoint(2, 70));
    expect(device.setPoints.get("pump")).toEqual({ value: 70 });
    expect(device.gate?.isOn("pump")).toBe(true);
  });

  it("may release and set at once", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(stop("halt"));
    device.deliver(setPoint(1, 70, { release: ["halt"] }));
    expect(device.gate?.hello().holds).toEqual([]);
    expect(device.setPoints.get("pump")).toEqual({ value: 70 });
  });

  it("without either does nothing, and is taken", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(release(1));
    expect(device.states("set-1")).toEqual(["COMPLETED"]);
    expect(device.setPoints.size).toBe(0);
    expect(device.gate?.hello().fences).toEqual({ pump: 1 });
  });

  it("that comes late is stale: an older value does not replace a newer one", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(setPoint(2, 70));
    device.deliver(setPoint(1, 40));
    expect(device.states("set-1")).toEqual(["REJECTED stale_fence"]);
    expect(device.setPoints.get("pump")).toEqual({ value: 70 });
  });

  it("that the driver does not take is refused whole: nothing is released, and the old set-point comes back", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(setPoint(1, 40));
    device.deliver(stop("halt"));
    device.failures.set = true;
    device.deliver(setPoint(2, 70, { release: ["halt"] }));
    expect(device.states("set-2")).toEqual(["REJECTED driver_fault"]);
    expect(device.gate?.hello().holds).toHaveLength(1);
    device.deliver(release(3, "halt"));
    device.deliver(run(device, 4));
    expect(device.states("run-4")).toEqual(["REJECTED driver_fault"]);
    device.failures.set = false;
    device.deliver(run(device, 5));
    expect(device.setPoints.get("pump")).toEqual({ value: 40 });
    expect(device.gate?.isOn("pump")).toBe(true);
  });

  it("that cannot be saved is not done: the driver gets the old set-point back, and nothing is said", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(setPoint(1, 40));
    device.failures.storage = true;
    device.deliver(setPoint(2, 70));
    expect(device.setPoints.get("pump")).toEqual({ value: 40 });
    expect(device.states("set-2")).toEqual([]);
  });

  it.each([false, true])("that loses its power in the driver (after its effect: %s) was never taken", (afterEffect) => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(setPoint(1, 40));
    device.cutPowerAtCall(1, afterEffect);
    device.deliver(setPoint(2, 70));
    expect(device.cutsInCalls.set).toBe(1);
    device.boot();
    expect(device.setPoints.get("pump")).toEqual({ value: 40 });
    expect(device.gate?.hello().fences).toEqual({ pump: 1 });
  });

  it("whose value a boot cannot restore keeps the output from starting", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(setPoint(1, 40));
    device.failures.set = true;
    device.boot();
    device.deliver(run(device, 2));
    expect(device.states("run-2")).toEqual(["REJECTED driver_fault"]);
    expect(device.faults).toContain("driver");
  });
});
