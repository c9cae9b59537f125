import { expect, test } from "vitest";
import { contaminationSigns, SIGN_THRESHOLDS, type WaterSample } from "./contamination-signs.ts";

const CLEAN = { chlorine: 0.8, turbidity: 0.2, conductivity: 500, ph: 7.6 };
const MINUTE_MICROS = 60e6;

/** An hour of clean water, a reading a minute, and then so many minutes of other water. */
function thenMinutes(minutes: number, water: Omit<WaterSample, "timeMicros">): WaterSample[] {
  return Array.from({ length: 60 + minutes }, (_, minute) => ({
    timeMicros: minute * MINUTE_MICROS,
    ...CLEAN,
    ...(minute >= 60 ? water : {}),
  }));
}
const signs = (samples: readonly WaterSample[]): string[] => contaminationSigns(samples).map(({ sign }) => sign);

test("clean water has none, and neither has water that changes a little", () => {
  expect(signs(thenMinutes(5, {}))).toEqual([]);
  expect(signs(thenMinutes(5, { chlorine: 0.65, turbidity: 0.4, conductivity: 530, ph: 7.8 }))).toEqual([]);
});

test("chlorine that falls by a third, or below the residual, is lost", () => {
  expect(signs(thenMinutes(5, { chlorine: 0.5 }))).toEqual(["chlorine-loss"]);
  const low = thenMinutes(5, { chlorine: 0.19 }).map((sample, at) =>
    at < 60 ? { ...sample, chlorine: 0.25 } : sample,
  );
  expect(contaminationSigns(low)).toEqual([
    { sign: "chlorine-loss", because: [{ metric: "chlorine", before: 0.25, now: 0.19 }] },
  ]);
});

test("chlorine that falls while the water clouds or conducts otherwise is intrusion", () => {
  expect(signs(thenMinutes(5, { chlorine: 0.3, turbidity: 1.5 }))).toEqual(["chlorine-loss", "intrusion"]);
  const [, intrusion] = contaminationSigns(thenMinutes(5, { chlorine: 0.3, turbidity: 1.5, conductivity: 700 }));
  expect(intrusion!.because.map(({ metric }) => metric)).toEqual(["chlorine", "turbidity", "conductivity"]);
});

test("acidity or conductivity that jumps is a spill", () => {
  expect(signs(thenMinutes(5, { ph: 6.4 }))).toEqual(["spill"]);
  expect(signs(thenMinutes(5, { conductivity: 650 }))).toEqual(["spill"]);
  expect(signs(thenMinutes(5, { conductivity: 350 }))).toEqual(["spill"]);
});

test("one wild reading, or two, are no sign, and neither is a sensor that is silent", () => {
  expect(signs(thenMinutes(2, { chlorine: 0, ph: 3 }))).toEqual([]);
  expect(signs(thenMinutes(5, { chlorine: undefined, ph: undefined }))).toEqual([]);
  expect(signs(thenMinutes(5, { chlorine: Number.NaN }))).toEqual([]);
  expect(signs([])).toEqual([]);
});

test("a sign goes when the new water has become the old", () => {
  const { baselineMs, recentMs } = SIGN_THRESHOLDS;
  expect(signs(thenMinutes((baselineMs + recentMs) / 60_000, { chlorine: 0.5, ph: 6.4 }))).toEqual([]);
});

test("what is compared are the time before and the last minutes, each without the other", () => {
  const short = { ...SIGN_THRESHOLDS, baselineMs: 3 * 60_000 };
  expect(contaminationSigns(thenMinutes(5, { conductivity: 650 }), short)).toEqual([
    { sign: "spill", because: [{ metric: "conductivity", before: 500, now: 650 }] },
  ]);
});

test("thresholds are the caller's", () => {
  const strict = { ...SIGN_THRESHOLDS, phChange: 0.1 };
  expect(contaminationSigns(thenMinutes(5, { ph: 7.4 }), strict).map(({ sign }) => sign)).toEqual(["spill"]);
});
