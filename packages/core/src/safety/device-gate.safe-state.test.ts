import { describe, expect, it } from "vitest";
import { DEFAULT_LINK_LOSS_MS } from "./gate-limits.ts";
import { SAFE_HANDOVER_MS } from "./gate-link.ts";
import { DRIVER_RETRY_MS } from "./gate-outputs.ts";
import { AERATED, AERATOR, aerate, resting, violationsOf } from "./testing/aerator.ts";
import { dose, edges, release, stop } from "./testing/device-orders.ts";
import { VirtualDevice } from "./testing/virtual-device.ts";

describe("a safe state of on, at boot", () => {
  it("begins at once on a device that has never run, and ends once the link has been up for its handover", () => {
    const device = new VirtualDevice(AERATED);
    expect(device.gate?.hello().safe).toEqual(["pump"]);
    device.advance(SAFE_HANDOVER_MS + 1);
    expect(edges(device)).toEqual(["on by boot at 0", `off by handover at ${SAFE_HANDOVER_MS}`]);
    expect(device.gate?.hello().safe).toEqual([]);
    expect(violationsOf(device)).toEqual([]);
  });

  it("lasts for as long as there is no link", () => {
    const device = new VirtualDevice(AERATED);
    device.loseLink();
    device.boot();
    device.advance(10_000_000);
    expect(device.gate?.hello().safe).toEqual(["pump"]);
    expect(violationsOf(device)).toEqual([]);
  });

  it("waits for the pause at every later boot, since nobody knows when the output was last on", () => {
    const device = new VirtualDevice(AERATED);
    device.loseLink();
    device.advance(1_000);
    device.boot();
    device.advance(9_999);
    expect(edges(device)).toEqual(["on by boot at 0"]);
    device.advance(1);
    expect(edges(device).at(-1)).toBe("on by boot at 10000");
    expect(violationsOf(device)).toEqual([]);
  });

  it("waits for the pause on a full disk as well, whose first boot leaves no trace", () => {
    const device = new VirtualDevice(AERATED);
    device.disk = undefined;
    device.hasLink = false;
    device.failures.storage = true;
    device.boot();
    device.advance(9_999);
    expect(device.gate?.isOn("pump")).toBe(false);
    device.advance(1);
    expect(device.gate?.isOn("pump")).toBe(true);
  });

  it("is not begun under a hold, and begins when that is released", () => {
    const device = new VirtualDevice(AERATED);
    device.deliver(stop("halt"));
    device.loseLink();
    device.boot();
    device.advance(100_000);
    expect(device.gate?.isOn("pump")).toBe(false);
    device.deliver(release(1, "halt"));
    device.advance(0);
    expect(device.gate?.hello().safe).toEqual(["pump"]);
    expect(violationsOf(device)).toEqual([]);
  });

  it("has its set-point before it begins", () => {
    const device = new VirtualDevice(AERATED);
    device.deliver({ ...release(1), value: 60 });
    device.hasLink = false;
    device.boot();
    device.advance(10_000);
    const events = device.log
      .slice(device.log.findLastIndex(({ event }) => event === "boot"))
      .map(({ event }) => event);
    expect(events).toEqual(["boot", "off", "set", "safe"]);
  });
});

describe("a safe state of on, when the link is lost", () => {
  it("begins after the actuator's linkLossMs, also when it was off", () => {
    const device = resting();
    const lostAt = device.monoMs;
    device.loseLink();
    device.advance(4_999);
    expect(edges(device)).toEqual([]);
    device.advance(1);
    expect(edges(device)).toEqual([`on by link_loss at ${lostAt + 5_000}`]);
    expect(violationsOf(device)).toEqual([]);
  });

  it("does not begin when the link comes back in time", () => {
    const device = resting();
    device.loseLink();
    device.advance(4_999);
    device.regainLink();
    device.advance(100_000);
    expect(edges(device)).toEqual([]);
    expect(violationsOf(device)).toEqual([]);
  });

  it("is counted from when the server was last heard, not from when that was noticed", () => {
    const device = resting();
    device.gate?.linkLost(device.monoMs - 3_000);
    device.advance(2_000);
    expect(device.gate?.hello().safe).toEqual(["pump"]);
  });

  it("leaves a run alone that was taken without a link, until it ends or its time is over", () => {
    const limits = { pump: { ...AERATOR, cooldownMs: 0, minOffMs: 0 } };
    const device = new VirtualDevice(limits, false);
    device.deliver(aerate(device, 1));
    device.deliver({ ...release(2), value: 50 });
    device.advance(30_000);
    expect(edges(device)).toEqual(["on by boot at 0", "on 1 at 0", "off 1 at 20000", "on by boot at 20000"]);
    expect(violationsOf(device, limits)).toEqual([]);
  });

  it("does not keep on what a STOP could not switch off yet", () => {
    const device = resting();
    device.deliver(aerate(device, 1));
    device.loseLink();
    device.failures.off = true;
    device.deliver(stop("halt"));
    device.advance(6_000);
    device.failures.off = false;
    device.advance(DRIVER_RETRY_MS);
    expect(device.gate?.isOn("pump")).toBe(false);
    expect(device.log.some(({ event }) => event === "safe")).toBe(false);
  });

  it("waits for a pause that has been configured to be longer", () => {
    const device = resting();
    device.deliver(aerate(device, 1, { durationMs: 1_000 }));
    device.advance(1_000);
    const offAt = device.monoMs;
    const { maxRunMs, linkLossMs = 0 } = AERATOR;
    device.gate?.handleConfig({ version: 1, actuators: { pump: { maxRunMs, cooldownMs: 50_000, linkLossMs } } });
    device.loseLink();
    device.advance(60_000);
    expect(edges(device).at(-1)).toBe(`on by link_loss at ${offAt + 50_000}`);
  });

  it("takes over a run without an OFF, whose command ends there", () => {
    const device = resting();
    const startedAt = device.monoMs;
    device.deliver(aerate(device, 1));
    device.loseLink();
    device.advance(30_000);
    expect(edges(device)).toEqual([`on 1 at ${startedAt}`, `on by link_loss at ${startedAt + 5_000}`]);
    expect(device.states("run-1").at(-1)).toBe("ABORTED link_loss");
    expect(device.evidence.at(-1)).toMatchObject({ ranMs: 5_000 });
    expect(violationsOf(device)).toEqual([]);
  });

  it("takes over a DOSE, which says what it has counted", () => {
    const limits = { pump: { ...AERATOR, maxDose: { amount: 10, unit: "L" } } };
    const device = resting(limits);
    device.deliver(dose(device, 1, { cooldownMs: 0 }));
    device.count("pump", 2);
    device.loseLink();
    device.advance(5_000);
    expect(device.evidence.at(-1)).toMatchObject({ id: "dose-1", reason: "link_loss", amount: 2 });
    device.count("pump", 9);
    expect(device.states("dose-1").at(-1)).toBe("ABORTED link_loss");
  });

  it("waits for the pause after a run that ended before it", () => {
    const device = resting();
    const startedAt = device.monoMs;
    device.deliver(aerate(device, 1, { durationMs: 1_000 }));
    device.loseLink();
    device.advance(30_000);
    const expected = [
      `on 1 at ${startedAt}`,
      `off 1 at ${startedAt + 1_000}`,
      `on by link_loss at ${startedAt + 11_000}`,
    ];
    expect(edges(device)).toEqual(expected);
    expect(violationsOf(device)).toEqual([]);
  });

  it("that nobody has set a time for begins after the default", () => {
    const limits = { pump: { maxRunMs: 10_000, cooldownMs: 0, safeState: "local" } as const };
    const device = resting(limits);
    device.loseLink();
    device.advance(DEFAULT_LINK_LOSS_MS - 1);
    expect(edges(device)).toEqual([]);
    device.advance(1);
    expect(device.log.at(-1)).toMatchObject({ event: "safe", state: "local" });
    expect(violationsOf(device, limits)).toEqual([]);
  });

  it("begins on a full disk: fish have no use for a record", () => {
    const device = resting();
    device.failures.storage = true;
    device.loseLink();
    device.advance(5_000);
    expect(device.gate?.hello().safe).toEqual(["pump"]);
  });

  it("is tried again when the driver fails, until it works or a STOP ends it", () => {
    const device = resting();
    device.failures.safe = true;
    device.loseLink();
    device.advance(5_000 + 3 * DRIVER_RETRY_MS);
    expect(device.faults).toEqual(["driver", "driver", "driver", "driver"]);
    device.failures.safe = false;
    device.advance(DRIVER_RETRY_MS);
    expect(device.log.at(-1)).toMatchObject({ event: "safe" });
    device.deliver(stop("halt"));
    device.advance(1_000_000);
    expect(edges(device).at(-1)).toMatch(/^off by stop/);
  });
});
