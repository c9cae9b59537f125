import { contaminationSigns } from "@sluice/solutions/water-quality/contamination-signs.ts";
import { describe, expect, test } from "vitest";
import { oxygenAtEquilibriumMgPerLitre } from "../oxygen-at-equilibrium.ts";
import { MIDSUMMER_MICROS, MUNICH, testWorld } from "../testing/worlds.ts";
import { type Contamination, contaminationAt, strengthAt } from "./contamination.ts";
import { Water, type WaterParameters } from "./water.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MICROS = 86_400e6;
const PARAMETERS: WaterParameters = {
  place: MUNICH,
  contaminationsPerDay: 0,
  doseMgPerLitre: 0.8,
  decayPerHour: 0.03,
  meanCelsius: 12,
  seasonCelsius: 5,
  ph: 7.6,
  conductivity: 450,
  turbidity: 0.25,
  nitrate: 8,
};

const water = (parameters: Partial<WaterParameters> = {}, seed = 5, startMicros = MIDSUMMER_MICROS) => {
  const ended: Contamination[] = [];
  return { world: new Water(seed, { ...PARAMETERS, ...parameters }, startMicros, (one) => ended.push(one)), ended };
};

describe("clean water", () => {
  test("holds its chlorine by day and loses it over night, and more of it when it is warm", () => {
    const meanChlorine = (meanCelsius: number) => {
      const { world } = water({ meanCelsius });
      const byHour = Array.from({ length: 24 }, () => {
        world.advance(HOUR_MS);
        return world.sample.chlorine;
      });
      expect(byHour.indexOf(Math.min(...byHour))).toBeLessThan(8);
      return byHour.reduce((sum, value) => sum + value, 0) / 24;
    };
    expect(meanChlorine(20)).toBeLessThan(meanChlorine(8) - 0.05);
  });

  test("holds oxygen by its temperature", () => {
    const { world } = water();
    world.advance(5 * HOUR_MS);
    const { temperature, dissolved_oxygen } = world.sample;
    expect(dissolved_oxygen).toBeCloseTo(0.92 * oxygenAtEquilibriumMgPerLitre(temperature), 6);
  });

  test("shows no sign of contamination in a month", () => {
    const { world } = water();
    expect(signsIn(world, 30 * 24 * 60)).toEqual(new Set());
  });
});

describe("contamination", () => {
  test("happens as often as it is asked for, and ends within its part of the day", () => {
    const days = 2_000;
    let count = 0;
    for (let slot = 0; slot < days * 6; slot++) {
      const one = contaminationAt(9, slot * (DAY_MICROS / 6), 1.5);
      if (one === undefined) continue;
      count += 1;
      expect(one.endMicros).toBeLessThanOrEqual((slot + 1) * (DAY_MICROS / 6));
      expect(strengthAt(one, one.startMicros)).toBe(0);
      expect(strengthAt(one, (one.startMicros + one.endMicros) / 2)).toBeCloseTo(one.severity, 9);
    }
    expect(count / days).toBeGreaterThan(1.35);
    expect(count / days).toBeLessThan(1.65);
  });

  test.each(["chlorine-loss", "intrusion", "spill"] as const)(
    "%s is seen for what it is, in every metric that it touches",
    (kind) => {
      const found = firstOf(kind);
      const before = Math.floor(found.startMicros / 1000) * 1000 - 90 * 60e6;
      const { world, ended } = water({ contaminationsPerDay: 6 }, found.seed, before);
      const clean = water({ contaminationsPerDay: 0 }, found.seed, before).world;
      const minutes = Math.round((found.endMicros - before) / 60e6);
      const signs = signsIn(world, minutes);
      expect(signs).toContain(kind);
      expect(ended.map((one) => one.kind)).toContain(kind);
      clean.advance((minutes - 15) * MINUTE_MS);
      const { world: during } = water({ contaminationsPerDay: 6 }, found.seed, before);
      during.advance((minutes - 15) * MINUTE_MS);
      const [bad, good] = [during.sample, clean.sample];
      if (kind === "chlorine-loss") {
        expect(bad.chlorine).toBeLessThan(0.7 * good.chlorine);
        expect(bad.turbidity).toBe(good.turbidity);
      } else if (kind === "intrusion") {
        expect(bad.chlorine).toBeLessThan(0.5 * good.chlorine);
        expect(bad.turbidity).toBeGreaterThan(2 * good.turbidity);
        expect(bad.conductivity).toBeGreaterThan(good.conductivity);
        expect(bad.nitrate).toBeGreaterThan(good.nitrate);
      } else {
        expect(Math.abs(bad.ph - good.ph)).toBeGreaterThan(0.5);
        expect(bad.conductivity).toBeGreaterThan(1.2 * good.conductivity);
        expect(bad.turbidity).toBe(good.turbidity);
      }
    },
  );

  test("is labelled with its device, its kind and when, in the readings' own time", () => {
    const world = testWorld("water-quality", { devices: 2, contaminationsPerDay: 6, speedFactor: 60 });
    world.lines(60, MINUTE_MS);
    expect(world.labels.length).toBeGreaterThan(10);
    const endMicros = MIDSUMMER_MICROS + 60 * 60e6;
    for (const { device, startMicros, endMicros: end } of world.labels) {
      expect(["w-1", "w-2"]).toContain(device);
      expect(end - startMicros).toBeLessThanOrEqual((90 * 60e6) / 60);
      expect(end).toBeLessThanOrEqual(endMicros);
    }
  });
});

test("time may be cut in any way", () => {
  const cut = water({ contaminationsPerDay: 6 }).world;
  const whole = water({ contaminationsPerDay: 6 }).world;
  for (let piece = 0; piece < 3_000; piece++) cut.advance(37_000);
  whole.advance(3_000 * 37_000);
  expect(cut.sample).toEqual(whole.sample);
});

/** What the solution's own signs say, looked for every five minutes. */
function signsIn(world: Water, minutes: number): Set<string> {
  const samples: { timeMicros: number; chlorine: number; turbidity: number; conductivity: number; ph: number }[] = [];
  const found = new Set<string>();
  for (let minute = 1; minute <= minutes; minute++) {
    world.advance(MINUTE_MS);
    samples.push({ timeMicros: world.nowMicros, ...world.sample });
    if (samples.length > 70) samples.shift();
    if (minute % 5 === 0) for (const { sign } of contaminationSigns(samples)) found.add(sign);
  }
  return found;
}

/** An event of the kind that has an hour and a half without another one before it. */
function firstOf(kind: Contamination["kind"]): Contamination & { readonly seed: number } {
  const slotMicros = DAY_MICROS / 6;
  const first = Math.ceil(MIDSUMMER_MICROS / slotMicros);
  for (let seed = 1; seed < 1_000; seed++) {
    const one = contaminationAt(seed, first * slotMicros, 6);
    const earlier = contaminationAt(seed, (first - 1) * slotMicros, 6);
    const isAlone = earlier === undefined || (one !== undefined && earlier.endMicros < one.startMicros - 150 * 60e6);
    if (one?.kind === kind && isAlone) return { ...one, seed };
  }
  throw new Error(`no ${kind} was drawn`);
}
