import { describe, expect, it } from "vitest";
import type { RunMessage } from "../commands/messages.ts";
import { MAX_JOURNAL_ENTRIES } from "./gate-record.ts";
import { COOLDOWN_MS, edges, LIMITS, run, stop } from "./testing/device-orders.ts";
import { VirtualDevice } from "./testing/virtual-device.ts";

describe("the gate runs", () => {
  it("for the command's duration, and says accepted, running, completed", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1));
    device.advance(60_000);
    expect(edges(device)).toEqual(["on 1 at 0", "off 1 at 20000"]);
    expect(device.states("run-1")).toEqual(["ACCEPTED", "RUNNING", "COMPLETED duration"]);
    expect(device.evidence.at(-1)).toMatchObject({ fence: 1, ranMs: 20_000, bootId: "boot-1" });
  });

  it("never longer than the device's own maximum", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1, { durationMs: 3_600_000 }));
    device.advance(60_000);
    expect(edges(device)).toEqual(["on 1 at 0", "off 1 at 30000"]);
  });

  it("once for a command that comes twice, and the second extends nothing", () => {
    const device = new VirtualDevice(LIMITS);
    const message = run(device, 1);
    device.deliver(message);
    device.advance(9_000);
    device.deliver(message);
    device.advance(2 * COOLDOWN_MS);
    device.deliver(message);
    expect(edges(device)).toEqual(["on 1 at 0", "off 1 at 20000"]);
    expect(device.states("run-1")).toEqual([
      "ACCEPTED",
      "RUNNING",
      "RUNNING",
      "COMPLETED duration",
      "COMPLETED duration",
    ]);
  });

  it("again only after the cooldown", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1));
    device.advance(20_000 + COOLDOWN_MS - 1);
    device.deliver(run(device, 2));
    device.advance(1);
    device.deliver(run(device, 3));
    expect(device.states("run-2")).toEqual(["REJECTED cooldown"]);
    expect(edges(device)).toEqual(["on 1 at 0", "off 1 at 20000", `on 3 at ${20_000 + COOLDOWN_MS}`]);
  });
});

describe("the gate refuses", () => {
  const cases: readonly [string, (device: VirtualDevice) => Partial<RunMessage>][] = [
    ["expired", (device) => ({ validUntilMonoMs: device.monoMs })],
    ["expired", (device) => ({ validUntilMonoMs: undefined, expiresAtMicros: device.worldMs * 1000 })],
    ["other_boot", () => ({ bootId: "boot-0" })],
    ["no_deadline", () => ({ validUntilMonoMs: undefined })],
    ["invalid_duration", () => ({ durationMs: 0 })],
    ["invalid_duration", () => ({ durationMs: 0.5 })],
    ["unknown_actuator", () => ({ actuator: "valve" })],
    ["unknown_actuator", () => ({ actuator: "__proto__" })],
  ];

  it.each(cases)("with %s", (reason, change) => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 5, { id: "bad", ...change(device) }));
    expect(device.states("bad")).toEqual([`REJECTED ${reason}`]);
    device.advance(60_000);
    expect(device.onEdges()).toBe(0);
  });

  it("for good: a RUN refused once does not start when it comes again", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1));
    device.advance(20_000);
    const refused = run(device, 2, { validUntilMonoMs: 10 * COOLDOWN_MS });
    device.deliver(refused);
    device.advance(2 * COOLDOWN_MS);
    device.deliver(refused);
    expect(device.states("run-2")).toEqual(["REJECTED cooldown", "REJECTED cooldown"]);
    expect(device.onEdges()).toBe(1);
  });

  it("a fence that has been passed, and says nothing about one that may have left its journal", () => {
    const device = new VirtualDevice(LIMITS);
    for (let fence = 2; fence <= 2 + MAX_JOURNAL_ENTRIES; fence++) device.deliver(stop(`stop-${fence}`, { fence }));
    device.deliver(run(device, 1));
    device.deliver(run(device, 2, { id: "run-2" }));
    device.deliver(run(device, 3, { id: "run-3" }));
    expect(device.states("run-1")).toEqual([]);
    expect(device.states("run-2")).toEqual([]);
    expect(device.states("run-3")).toEqual(["REJECTED stale_fence"]);
  });

  it("a second member of an interlock group while one is on", () => {
    const valve = { maxRunMs: 30_000, cooldownMs: 0, interlockGroup: "water" };
    const device = new VirtualDevice({ inlet: valve, outlet: valve });
    device.deliver(run(device, 1, { actuator: "inlet", id: "in" }));
    device.deliver(run(device, 1, { actuator: "outlet", id: "out" }));
    expect(device.states("out")).toEqual(["REJECTED interlock"]);
  });
});

describe("a boot", () => {
  it("starts off, resumes nothing and reports what was running as interrupted", () => {
    const device = new VirtualDevice(LIMITS);
    const message = run(device, 1);
    device.deliver(message);
    device.advance(5_000);
    device.boot();
    device.deliver(message);
    device.advance(60_000);
    expect(device.states("run-1")).toEqual(["ACCEPTED", "RUNNING", "INTERRUPTED", "INTERRUPTED"]);
    expect(device.evidence.at(-1)).not.toHaveProperty("ranMs");
    expect(device.onEdges()).toBe(1);
  });

  it("counts the cooldown from itself, since nobody knows how long the power was away", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1));
    device.advance(20_000);
    device.cutPower();
    device.advance(10 * COOLDOWN_MS);
    device.boot();
    device.advance(COOLDOWN_MS - 1);
    device.deliver(run(device, 2));
    expect(device.states("run-2")).toEqual(["REJECTED cooldown"]);
    device.advance(1);
    device.deliver(run(device, 3));
    expect(device.gate?.isOn("pump")).toBe(true);
  });

  it("counts nothing of what passed while it was on", () => {
    const device = new VirtualDevice(LIMITS);
    device.tickMs = 50;
    device.deliver(run(device, 1));
    device.tickMs = 0;
    device.boot();
    device.advance(COOLDOWN_MS - 1);
    device.deliver(run(device, 2));
    expect(device.states("run-2")).toEqual(["REJECTED cooldown"]);
  });

  it("does not begin a cooldown again that was over before", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 1));
    device.advance(20_000 + COOLDOWN_MS);
    device.boot();
    device.deliver(run(device, 2));
    expect(device.gate?.isOn("pump")).toBe(true);
  });

  it("says in its hello what it keeps", () => {
    const device = new VirtualDevice(LIMITS);
    device.deliver(run(device, 7));
    device.advance(1_000);
    expect(device.gate?.hello()).toMatchObject({
      bootId: "boot-1",
      monoMs: 1_000,
      fences: { pump: 7 },
      forgotten: { pump: 0 },
      safe: [],
      holds: [],
      journal: [{ id: "run-7", actuator: "pump", fence: 7, state: "RUNNING" }],
      configVersion: 0,
    });
  });
});

describe("a hello", () => {
  it("says up to which fence the journal may have gaps", () => {
    const device = new VirtualDevice(LIMITS);
    for (let fence = 1; fence <= 3 + MAX_JOURNAL_ENTRIES; fence++) device.deliver(stop(`stop-${fence}`, { fence }));
    const { fences, forgotten, journal } = device.gate!.hello();
    expect(fences).toEqual({ pump: 3 + MAX_JOURNAL_ENTRIES });
    expect(forgotten).toEqual({ pump: 3 });
    expect(Math.min(...journal.map(({ fence }) => fence!))).toBe(4);
  });
});

describe("a configuration", () => {
  it("can make limits stricter, never looser, and an older one changes nothing", () => {
    const device = new VirtualDevice(LIMITS);
    device.gate?.handleConfig({ version: 2, actuators: { pump: { maxRunMs: 10_000, cooldownMs: 0 } } });
    device.gate?.handleConfig({ version: 1, actuators: { pump: { maxRunMs: 1, cooldownMs: 0 } } });
    device.boot();
    device.deliver(run(device, 1));
    device.advance(10_000 + COOLDOWN_MS - 1);
    device.deliver(run(device, 2));
    expect(edges(device)).toEqual(["on 1 at 0", "off 1 at 10000"]);
    expect(device.gate?.hello().configVersion).toBe(2);
  });
});
