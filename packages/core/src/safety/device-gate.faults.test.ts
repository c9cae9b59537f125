import { describe, expect, it } from "vitest";
import { checkDeviceLog } from "./check-device-log.ts";
import { DeviceGate } from "./device-gate.ts";
import { DRIVER_RETRY_MS } from "./gate-outputs.ts";
import type { OnEdge } from "./gate-ports.ts";
import { COOLDOWN_MS, dose, edges, LIMITS, run } from "./testing/device-orders.ts";
import { VirtualDevice } from "./testing/virtual-device.ts";
import { type PortName, virtualPorts } from "./testing/virtual-ports.ts";

describe("what fails below the gate", () => {
  it("a save that fails starts nothing, and the same RUN may start later", () => {
    const device = new VirtualDevice(LIMITS);
    const message = run(device, 1);
    device.failures.storage = true;
    device.deliver(message);
    expect(device.onEdges()).toBe(0);
    expect(device.states("run-1")).toEqual([]);
    device.failures.storage = false;
    device.deliver(message);
    expect(device.onEdges()).toBe(1);
  });

  it("a save that takes longer than the start may wait starts nothing, and charges nothing", () => {
    const device = new VirtualDevice(LIMITS);
    device.saveMs = 150;
    device.deliver(run(device, 1, { validUntilMonoMs: device.monoMs + 100 }));
    expect(device.onEdges()).toBe(0);
    expect(device.states("run-1")).toEqual(["ACCEPTED", "ABORTED expired"]);
    device.deliver(run(device, 2));
    expect(device.onEdges()).toBe(1);
  });

  it("an output that does not go on is switched off and charged as a run", () => {
    const device = new VirtualDevice(LIMITS);
    device.failures.on = true;
    device.deliver(run(device, 1));
    device.failures.on = false;
    expect(device.states("run-1")).toEqual(["ACCEPTED", "ABORTED driver_fault"]);
    device.deliver(run(device, 2));
    expect(device.states("run-2")).toEqual(["REJECTED cooldown"]);
  });

  it("an output that does not go off is tried again, and nothing is claimed until it is off", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1));
    device.failures.off = true;
    device.advance(20_000 + 10 * DRIVER_RETRY_MS);
    expect(device.states("run-1")).toEqual(["ACCEPTED", "RUNNING"]);
    device.failures.off = false;
    device.advance(DRIVER_RETRY_MS);
    expect(device.states("run-1").at(-1)).toBe("COMPLETED duration");
  });

  it("an output that does not go off at boot is tried again, starts nothing, and is interrupted once it is off", () => {
    const valve = { maxRunMs: 30_000, cooldownMs: 0, interlockGroup: "water" };
    const device = new VirtualDevice({ pump: { ...LIMITS.pump, interlockGroup: "water" }, valve });
    device.deliver(run(device, 1));
    device.failures.off = true;
    device.boot();
    device.deliver(run(device, 2));
    device.deliver(run(device, 1, { actuator: "valve", id: "valve-1" }));
    expect(device.states("run-2")).toEqual(["REJECTED already_running"]);
    expect(device.states("valve-1")).toEqual(["REJECTED already_running"]);
    expect(device.states("run-1")).not.toContain("INTERRUPTED");
    device.failures.off = false;
    device.advance(DRIVER_RETRY_MS);
    expect(device.states("run-1")).toContain("INTERRUPTED");
    device.advance(COOLDOWN_MS - 1);
    device.deliver(run(device, 3));
    expect(device.states("run-3")).toEqual(["REJECTED cooldown"]);
  });

  it("an output that does not go off at a first boot may have been on, and has to pause", () => {
    const device = new VirtualDevice(LIMITS);
    device.disk = undefined;
    device.failures.off = true;
    device.boot();
    device.failures.off = false;
    device.advance(DRIVER_RETRY_MS);
    device.deliver(run(device, 1));
    expect(device.states("run-1")).toEqual(["REJECTED cooldown"]);
  });

  it("a timer that fires early is set again, and one that fires late is late by no more", () => {
    const device = new VirtualDevice(LIMITS);
    device.timerSkewMs = -30;
    device.deliver(run(device, 1));
    device.advance(20_000 + COOLDOWN_MS);
    device.timerSkewMs = 30;
    device.deliver(run(device, 2));
    device.advance(30_000);
    const secondAt = 20_000 + COOLDOWN_MS;
    expect(edges(device)).toEqual([
      "on 1 at 0",
      "off 1 at 20000",
      `on 2 at ${secondAt}`,
      `off 2 at ${secondAt + 20_030}`,
    ]);
  });

  it("a meter that counts while its output is being switched on ends the DOSE, and nothing says that it runs", () => {
    const device = new VirtualDevice({ pump: { ...LIMITS.pump, maxDose: { amount: 10, unit: "L" } } });
    const call = (_port: PortName, effect: () => void): void => effect();
    const ports = virtualPorts(device, { call, after: () => () => {}, wentOn: () => {} });
    const on = (edge: OnEdge): void => {
      ports.driver.on(edge);
      gate.counted("pump", edge.commandId, 6);
    };
    const limits = { ...LIMITS.pump, maxDose: { amount: 10, unit: "L" } };
    const all = { ...ports, driver: { ...ports.driver, on } };
    const gate = new DeviceGate({ bootId: device.bootId, actuators: { pump: limits }, ports: all });
    gate.start();
    gate.handle(dose(device, 1));
    expect(device.states("dose-1")).toEqual(["ACCEPTED", "COMPLETED amount"]);
    expect(gate.isOn("pump")).toBe(false);
  });

  it("a broken link keeps nothing on, and the next hello tells what was lost", () => {
    const device = new VirtualDevice(LIMITS);
    device.failures.link = true;
    device.deliver(run(device, 1));
    device.advance(20_000);
    expect(device.evidence).toEqual([]);
    expect(device.gate?.hello().journal).toMatchObject([{ id: "run-1", state: "COMPLETED", ranMs: 20_000 }]);
  });

  it("the loss of the link ends a run in time, unless it comes back", () => {
    const limits = { pump: { maxRunMs: 30_000, cooldownMs: 0, linkLossMs: 2_000 } };
    const device = new VirtualDevice(limits);
    device.deliver(run(device, 1, { cooldownMs: 0 }));
    device.loseLink();
    device.advance(1_999);
    device.regainLink();
    device.advance(5_000);
    device.loseLink();
    device.advance(3_000);
    expect(edges(device)).toEqual(["on 1 at 0", "off 1 at 8999"]);
    expect(checkDeviceLog(device.log, limits)).toEqual([]);
  });
});
