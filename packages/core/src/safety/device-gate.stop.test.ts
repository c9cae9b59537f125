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

  it("with a fence keeps every lower one from starting, across boots as well", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(stop("stop-5", { fence: 5 }));
    device.boot();
    const wallClock = { bootId: undefined, validUntilMonoMs: undefined, expiresAtMicros: 1e18 };
    for (const fence of [1, 4, 5]) device.deliver(run(device, fence, wallClock));
    expect(edges(device)).toEqual([]);
    device.deliver(run(device, 6, wallClock));
    expect(edges(device)).toEqual(["on 6 at 0"]);
  });

  it("with a fence that could not be saved counts all the same, though nothing is claimed about what it keeps off", () => {
    const device = new VirtualDevice(LIMITS);
    device.failures.storage = true;
    device.deliver(stop("stop-5", { fence: 5 }));
    device.failures.storage = false;
    device.deliver(run(device, 4));
    expect(edges(device)).toEqual([]);
    expect(device.states("run-4")).toEqual([]);
    expect(device.gate?.hello().fences).toEqual({ pump: 0 });
  });

  it("with a reason is a trip: it holds, and its entry keeps the reason", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(stop("trip", { fence: 1, reason: "no_flow" }));
    device.deliver(run(device, 2));
    expect(device.states("trip")).toEqual(["COMPLETED no_flow"]);
    expect(device.states("run-2")).toEqual(["REJECTED held"]);
    device.boot();
    expect(device.gate?.hello().journal[0]).toMatchObject({ id: "trip", kind: "STOP", reason: "no_flow" });
  });

  it("after a first trip leaves that the first, and releasing the later one releases nothing else", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(stop("first", { reason: "no_flow" }));
    device.deliver(stop("second", { reason: "overpressure" }));
    expect(device.gate?.hello().holds.map(({ id }) => id)).toEqual(["first", "second"]);
    device.deliver(release(1, "second"));
    device.deliver(run(device, 2));
    expect(device.states("run-2")).toEqual(["REJECTED held"]);
  });

  it("that its output does not follow holds all the same, and is said only once it has", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1));
    device.failures.off = true;
    device.deliver(stop("halt"));
    expect(device.states("halt")).toEqual([]);
    device.boot();
    expect(device.gate?.hello().holds).toEqual([{ actuator: "pump", id: "halt" }]);
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
