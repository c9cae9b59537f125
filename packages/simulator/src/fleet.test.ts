import fc from "fast-check";
import { expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { assertFleetSize, Fleet, type FleetDevice } from "./fleet.ts";
import { FleetPace } from "./fleet-pace.ts";

class Recorder implements FleetDevice {
  readonly uid: string;
  readonly times: number[] = [];
  starts = 0;
  stops = 0;
  private readonly answer: () => Promise<boolean>;

  constructor(uid: string, answer: () => Promise<boolean> = async () => true) {
    this.uid = uid;
    this.answer = answer;
  }

  async start(): Promise<void> {
    this.starts += 1;
  }

  report(timeMicros: number): Promise<boolean> {
    this.times.push(timeMicros);
    return this.answer();
  }

  async stop(): Promise<void> {
    this.stops += 1;
  }
}

test("every device reports equally often, at times of its own that never meet", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1000 }), (devices, rate) => {
      const pace = new FleetPace(devices, rate, 0.1);
      const times = Array.from({ length: devices }, () => [] as number[]);
      for (let reading = 0; reading < pace.total; reading++) {
        times[pace.deviceOf(reading)]!.push(Math.floor(pace.takenAfterMicros(reading) / 1000));
      }
      for (const own of times) {
        expect(Math.abs(own.length - rate * 0.1)).toBeLessThanOrEqual(1);
        expect(new Set(own).size).toBe(own.length);
      }
    }),
  );
});

test("a run sends exactly its count and knows what became of each", async () => {
  const good = new Recorder("a");
  const bad = new Recorder("b", () => Promise.reject(new Error("no link")));
  const fleet = new Fleet([good, bad], new FleetPace(2, 500, 0.1), systemClock);
  await fleet.start();
  await fleet.run();
  await fleet.stop();
  expect(fleet.counters).toMatchObject({ sent: 100, acknowledged: 50, silent: 0, errors: 50, firstError: "no link" });
  expect([good.times.length, bad.times.length]).toEqual([50, 50]);
  expect([good.starts, good.stops]).toEqual([1, 1]);
});

test("what is not answered is bounded, and stop ends the run", async () => {
  const full = Promise.withResolvers<void>();
  const silent: Recorder = new Recorder("a", () => {
    if (silent.times.length === 5_000) full.resolve();
    return new Promise(() => {});
  });
  const fleet = new Fleet([silent], new FleetPace(1, 1_000_000, undefined), systemClock);
  await fleet.start();
  const running = fleet.run();
  await full.promise;
  await fleet.stop();
  await running;
  expect(fleet.counters.sent).toBe(5_000);
});

test("when one device cannot start, the others are let go", async () => {
  const good = new Recorder("a");
  const broken = new Recorder("b");
  broken.start = () => Promise.reject(new Error("refused"));
  const fleet = new Fleet([good, broken], new FleetPace(2, 1, 1), systemClock);
  await expect(fleet.start()).rejects.toThrow("refused");
  expect(good.stops).toBe(1);
});

test("a fleet too large for one process is refused with another way", () => {
  expect(() => assertFleetSize(20_001, true)).toThrow(/at most 20000/);
  expect(() => assertFleetSize(20_001, false)).not.toThrow();
});
