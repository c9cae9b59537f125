import { describe, expect, it } from "vitest";
import type { DoseMessage } from "../commands/messages.ts";
import { checkDeviceLog } from "./check-device-log.ts";
import { DRIVER_RETRY_MS } from "./gate-outputs.ts";
import { dose, edges, run, stop } from "./testing/device-orders.ts";
import { VirtualDevice } from "./testing/virtual-device.ts";

const LIMITS = { pump: { maxRunMs: 30_000, cooldownMs: 0, maxDose: { amount: 10, unit: "L" } } };
const last = (device: VirtualDevice) => device.evidence.at(-1);

describe("a DOSE", () => {
  it("ends when its amount has been counted, and says how much that was", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(dose(device, 1));
    device.advance(4_000);
    device.count("pump", 3);
    device.advance(2_000);
    device.count("pump", 5.2);
    expect(edges(device)).toEqual(["on 1 at 0", "off 1 at 6000"]);
    expect(device.states("dose-1")).toEqual(["ACCEPTED", "RUNNING", "COMPLETED amount"]);
    expect(last(device)).toMatchObject({ amount: 5.2, ranMs: 6_000 });
    expect(device.gate?.hello().journal).toMatchObject([{ kind: "DOSE", state: "COMPLETED", amount: 5.2 }]);
  });

  it("that time ends has not reached its amount, and says what it has", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(dose(device, 1));
    device.count("pump", 4.9);
    device.advance(20_000);
    expect(edges(device)).toEqual(["on 1 at 0", "off 1 at 20000"]);
    expect(last(device)).toMatchObject({ state: "ABORTED", reason: "amount_not_reached", amount: 4.9 });
  });

  it("tells its driver what to count, and its log what was counted", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(dose(device, 1, { amount: 2 }));
    device.count("pump", 2);
    expect(device.log.find(({ event }) => event === "on")).toMatchObject({ amount: 2, unit: "L" });
    expect(device.log.at(-1)).toMatchObject({ event: "off", reason: "amount", amount: 2 });
  });

  it.each([
    ["a STOP", (device: VirtualDevice) => device.deliver(stop("halt")), "stop"],
    ["its shutdown", (device: VirtualDevice) => device.gate?.shutdown(), "shutdown"],
  ])("that %s ends says how much it had counted", (_what, end, reason) => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(dose(device, 1));
    device.count("pump", 1.5);
    end(device);
    const ended = device.evidence.find(({ id, state }) => id === "dose-1" && state === "ABORTED");
    expect(ended).toMatchObject({ reason, amount: 1.5 });
  });

  it("that a power cut interrupts does not claim to know its amount", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(dose(device, 1));
    device.count("pump", 1.5);
    device.boot();
    expect(last(device)).toMatchObject({ id: "dose-1", state: "INTERRUPTED" });
    expect(last(device)).not.toHaveProperty("amount");
  });

  it("that could not start in time, or whose output does not go on, has counted nothing", () => {
    const device = new VirtualDevice(LIMITS);
    device.saveMs = 50;
    device.deliver(dose(device, 1, { validUntilMonoMs: device.monoMs + 20 }));
    expect(last(device)).toMatchObject({ state: "ABORTED", reason: "expired", amount: 0 });
    device.failures.on = true;
    device.deliver(dose(device, 2));
    expect(last(device)).toMatchObject({ state: "ABORTED", reason: "driver_fault", amount: 0 });
  });

  it("counts on while its output does not go off, and tells the whole amount", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(dose(device, 1));
    device.failures.off = true;
    device.count("pump", 5);
    device.count("pump", 5.5);
    device.failures.off = false;
    device.advance(DRIVER_RETRY_MS);
    expect(last(device)).toMatchObject({ state: "COMPLETED", reason: "amount", amount: 5.5 });
    expect(checkDeviceLog(device.log, LIMITS)).toEqual([]);
  });
});

describe("a meter", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 2.9])(
    "that says %d after 3 is at fault, and changes nothing",
    (amount) => {
      const device = new VirtualDevice(LIMITS);
      device.deliver(dose(device, 1));
      device.count("pump", 3);
      device.count("pump", amount);
      expect(device.faults).toEqual(["meter"]);
      expect(device.gate?.isOn("pump")).toBe(true);
      device.advance(20_000);
      expect(last(device)).toMatchObject({ amount: 3 });
    },
  );

  it("counts for the DOSE that runs alone: nothing of an earlier one, nothing for a RUN", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(dose(device, 1, { durationMs: 1_000 }));
    device.advance(1_000);
    device.deliver(dose(device, 2, { cooldownMs: 0, validUntilMonoMs: 50_000_000 }));
    device.gate?.counted("pump", "dose-1", 9);
    expect(device.states("dose-2")).toEqual(["REJECTED cooldown"]);
    const other = new VirtualDevice(LIMITS);
    other.deliver(run(other, 1));
    other.gate?.counted("pump", "run-1", 9);
    other.gate?.counted("no-such", "run-1", 9);
    expect(other.gate?.isOn("pump")).toBe(true);
    expect(other.evidence.at(-1)).not.toHaveProperty("amount");
  });
});

describe("a DOSE is refused", () => {
  const cases: readonly [string, Partial<DoseMessage>][] = [
    ["invalid_amount", { amount: 0 }],
    ["invalid_amount", { amount: -1 }],
    ["invalid_amount", { amount: Number.NaN }],
    ["invalid_amount", { amount: Number.POSITIVE_INFINITY }],
    ["invalid_amount", { amount: 10.1 }],
    ["invalid_amount", { unit: "mL" }],
    ["invalid_duration", { durationMs: 0 }],
    ["other_boot", { bootId: "boot-0" }],
  ];
  it.each(cases)("with %s for %o", (reason, change) => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(dose(device, 1, change));
    expect(device.states("dose-1")).toEqual([`REJECTED ${reason}`]);
    expect(device.onEdges()).toBe(0);
  });

  it("by a device without a meter", () => {
    const device = new VirtualDevice({ pump: { maxRunMs: 30_000, cooldownMs: 0 } });
    device.deliver(dose(device, 1));
    expect(device.states("dose-1")).toEqual(["REJECTED dose_unsupported"]);
  });

  it("above a configured maximum, which can only be smaller, and only in the device's unit", () => {
    const device = new VirtualDevice(LIMITS);
    const configure = (version: number, amount: number, unit: string) =>
      device.gate?.handleConfig({
        version,
        actuators: { pump: { maxRunMs: 30_000, cooldownMs: 0, maxDose: { amount, unit } } },
      });
    configure(1, 3, "L");
    device.deliver(dose(device, 1, { amount: 4 }));
    configure(2, 3, "mL");
    configure(3, 100, "L");
    device.deliver(dose(device, 2, { amount: 11 }));
    device.deliver(dose(device, 3, { amount: 10 }));
    expect(device.states("dose-1")).toEqual(["REJECTED invalid_amount"]);
    expect(device.states("dose-2")).toEqual(["REJECTED invalid_amount"]);
    expect(device.onEdges()).toBe(1);
  });
});
