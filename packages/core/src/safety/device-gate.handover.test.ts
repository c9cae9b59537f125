import { describe, expect, it } from "vitest";
import type { DeviceLimits } from "../commands/messages.ts";
import { DeviceGate } from "./device-gate.ts";
import { SAFE_HANDOVER_MS } from "./gate-link.ts";
import { AERATED, AERATOR, aerate, resting, violationsOf } from "./testing/aerator.ts";
import { edges, stop } from "./testing/device-orders.ts";
import { VirtualDevice } from "./testing/virtual-device.ts";

describe("a safe state of on ends", () => {
  function inSafeState(): VirtualDevice {
    const device = resting();
    device.loseLink();
    device.advance(20_000);
    return device;
  }

  it("at once by a STOP that holds, and stays ended", () => {
    const device = inSafeState();
    device.deliver(stop("halt"));
    expect(device.gate?.isOn("pump")).toBe(false);
    expect(device.states("halt")).toEqual(["COMPLETED"]);
    device.advance(1_000_000);
    expect(device.gate?.isOn("pump")).toBe(false);
    expect(violationsOf(device)).toEqual([]);
  });

  it("by a STOP that does not hold, and begins again after the pause while there is no link", () => {
    const device = inSafeState();
    const stoppedAt = device.monoMs;
    device.deliver(stop("pause", { fence: 9 }));
    device.advance(30_000);
    expect(edges(device).slice(1)).toEqual([`off by stop at ${stoppedAt}`, `on by link_loss at ${stoppedAt + 10_000}`]);
    expect(violationsOf(device)).toEqual([]);
  });

  it("at once by any STOP in its handover, and does not begin again", () => {
    const device = inSafeState();
    device.regainLink();
    device.deliver(stop("pause", { fence: 9 }));
    device.advance(1_000_000);
    expect(edges(device).slice(1)).toHaveLength(1);
    expect(violationsOf(device)).toEqual([]);
  });

  it("after its handover, unless the link is lost again before", () => {
    const device = inSafeState();
    device.regainLink();
    device.advance(SAFE_HANDOVER_MS - 1);
    device.loseLink();
    device.advance(1_000);
    expect(device.gate?.hello().safe).toEqual(["pump"]);
    device.regainLink();
    device.advance(SAFE_HANDOVER_MS - 1);
    expect(device.gate?.hello().safe).toEqual(["pump"]);
    device.advance(1);
    expect(device.gate?.hello().safe).toEqual([]);
    expect(violationsOf(device)).toEqual([]);
  });

  it("not before its handover is over, however early the timer fires", () => {
    const device = inSafeState();
    device.timerSkewMs = -20;
    device.regainLink();
    device.timerSkewMs = 0;
    device.advance(SAFE_HANDOVER_MS - 1);
    expect(device.gate?.isOn("pump")).toBe(true);
  });

  it("and is off for good when its driver failed until then", () => {
    const device = resting();
    device.failures.safe = true;
    device.loseLink();
    device.advance(5_000);
    device.deliver(stop("halt"));
    device.failures.safe = false;
    device.advance(1_000_000);
    expect(edges(device).at(-1)).toMatch(/^off by stop/);
  });

  it("before a RUN can begin, when it was not reached, or is not off yet", () => {
    const device = resting();
    device.failures.safe = true;
    device.loseLink();
    device.advance(5_000);
    device.deliver(aerate(device, 1));
    expect(device.states("run-1")).toEqual(["REJECTED already_running"]);
    device.failures.safe = false;
    device.regainLink();
    device.advance(SAFE_HANDOVER_MS - 1);
    device.failures.off = true;
    device.advance(1);
    device.deliver(aerate(device, 2));
    expect(device.states("run-2")).toEqual(["REJECTED already_running"]);
  });

  it("by a RUN that also owes the pause of the run before, which had no OFF", () => {
    const device = resting();
    device.deliver(aerate(device, 1, { cooldownMs: 100_000 }));
    device.loseLink();
    device.advance(5_000);
    device.regainLink();
    device.deliver(aerate(device, 2));
    device.advance(20_000 + 99_999);
    device.deliver(aerate(device, 3));
    device.advance(1);
    device.deliver(aerate(device, 4));
    expect(device.states("run-3")).toEqual(["REJECTED cooldown"]);
    expect(device.states("run-4").at(-1)).toBe("RUNNING");
    expect(violationsOf(device)).toEqual([]);
  });

  it("and its pause begins, as after any run", () => {
    const device = inSafeState();
    device.regainLink();
    device.advance(SAFE_HANDOVER_MS);
    device.deliver(aerate(device, 1));
    expect(device.states("run-1")).toEqual(["REJECTED min_off"]);
    device.advance(5_000);
    device.deliver(aerate(device, 2));
    expect(device.states("run-2")).toEqual(["REJECTED cooldown"]);
    device.advance(5_000);
    device.deliver(aerate(device, 3));
    expect(device.states("run-3").at(-1)).toBe("RUNNING");
    expect(violationsOf(device)).toEqual([]);
  });

  it("by a RUN that takes it over without an OFF and without a pause", () => {
    const device = inSafeState();
    device.regainLink();
    device.advance(1_000);
    const takenOverAt = device.monoMs;
    device.deliver(aerate(device, 1));
    device.advance(200_000);
    expect(edges(device).slice(1)).toEqual([`on 1 at ${takenOverAt}`, `off 1 at ${takenOverAt + 20_000}`]);
    expect(violationsOf(device)).toEqual([]);
  });

  it("not by a RUN that is refused, nor by one that expires while it is saved", () => {
    const device = inSafeState();
    device.regainLink();
    device.deliver(aerate(device, 1, { bootId: "boot-0" }));
    device.saveMs = 50;
    device.deliver(aerate(device, 2, { validUntilMonoMs: device.monoMs + 20 }));
    expect(device.states("run-2").at(-1)).toBe("ABORTED expired");
    expect(device.gate?.hello().safe).toEqual(["pump"]);
    device.advance(SAFE_HANDOVER_MS);
    expect(edges(device).at(-1)).toMatch(/^off by handover/);
    expect(violationsOf(device)).toEqual([]);
  });
});

describe("an interlock group with a safe state", () => {
  const member: DeviceLimits = { maxRunMs: 30_000, cooldownMs: 0, interlockGroup: "air" };
  const group = { pump: { ...AERATOR, interlockGroup: "air" }, blower: member };
  const blow = (device: VirtualDevice, fence: number) =>
    aerate(device, fence, { actuator: "blower", id: `blow-${fence}` });

  it("refuses its other members while it lasts", () => {
    const device = new VirtualDevice(group);
    device.deliver(blow(device, 1));
    expect(device.states("blow-1")).toEqual(["REJECTED interlock"]);
    expect(violationsOf(device, group)).toEqual([]);
  });

  it("waits for another member that is on, and begins when that is off", () => {
    const device = new VirtualDevice(group);
    device.advance(SAFE_HANDOVER_MS + 20_000);
    device.deliver(blow(device, 1));
    const startedAt = device.monoMs;
    device.loseLink();
    device.advance(25_000);
    expect(edges(device).slice(2)).toEqual([
      `on 1 at ${startedAt}`,
      `off 1 at ${startedAt + 20_000}`,
      `on by link_loss at ${startedAt + 20_000}`,
    ]);
    expect(violationsOf(device, group)).toEqual([]);
  });

  it("has at most one member whose safe state is not off", () => {
    const actuators = {
      pump: { ...AERATOR, interlockGroup: "air" },
      other: { ...member, safeState: "local" as const },
    };
    const ports = {} as ConstructorParameters<typeof DeviceGate>[0]["ports"];
    expect(() => new DeviceGate({ bootId: "b", actuators, ports })).toThrow(
      /pump and other of the interlock group air/,
    );
  });
});

describe("a configuration", () => {
  it("cannot give a safe state to an actuator that has none, nor take it", () => {
    const device = new VirtualDevice({
      pump: { maxRunMs: 1_000, cooldownMs: 0 },
      aerator: { ...AERATOR, cooldownMs: 0 },
    });
    const limits = { maxRunMs: 1_000, cooldownMs: 0, linkLossMs: 1_000 };
    const pump = { ...limits, safeState: "on" as const };
    device.gate?.handleConfig({ version: 1, actuators: { pump, aerator: { ...limits, safeState: "off" } } });
    device.loseLink();
    device.advance(1_000_000);
    expect(device.gate?.hello().safe).toEqual(["aerator"]);
  });
});

describe("a shutdown", () => {
  it("leaves an output in its safe state, brings a run there, and switches everything else off", () => {
    const device = new VirtualDevice({ pump: AERATOR, valve: { maxRunMs: 30_000, cooldownMs: 0 } });
    device.deliver(aerate(device, 1));
    device.deliver(aerate(device, 1, { actuator: "valve", id: "valve-1" }));
    device.gate?.shutdown();
    expect(edges(device).slice(-2)).toEqual(["on by shutdown at 0", "off 1 at 0"]);
    expect(device.states("run-1").at(-1)).toBe("ABORTED shutdown");
    device.advance(1_000_000);
    expect(edges(device)).toHaveLength(5);
  });

  it("leaves a gate that answers nothing", () => {
    const device = new VirtualDevice(AERATED);
    device.gate?.shutdown();
    device.gate?.handle(aerate(device, 1));
    device.gate?.handleConfig({ version: 1, actuators: {} });
    expect(device.evidence).toEqual([]);
  });
});
