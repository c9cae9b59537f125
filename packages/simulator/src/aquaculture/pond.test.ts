import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_POND, POND_OUTPUTS, Pond, type PondParameters } from "./pond.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SEED = 7;

function pond(parameters: Partial<PondParameters> = {}, seed = SEED): Pond {
  return new Pond(seed, { ...DEFAULT_POND, ...parameters });
}

const phase = fc.tuple(fc.constantFrom(...POND_OUTPUTS), fc.boolean(), fc.integer({ min: 1, max: 3 * HOUR_MS }));

test("water and all that is in it are conserved, whatever is switched", () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(phase, { maxLength: 20 }), (seed, phases) => {
      const water = pond({}, seed);
      for (const [output, isOn, durationMs] of phases) {
        water.setOutput(output, isOn);
        water.advance(durationMs);
      }
      for (const { start, came, went, stored } of Object.values(water.balances)) {
        expect(stored).toBeGreaterThanOrEqual(0);
        expect(Math.abs(start + came - went - stored)).toBeLessThan(1e-9 * (start + came) + 1e-6);
      }
      expect(water.depthMetres).toBeLessThanOrEqual(DEFAULT_POND.fullDepthMetres + 1e-9);
    }),
    { numRuns: 50 },
  );
});

test("the same seed and history give the same pond, however the time is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: HOUR_MS }), { minLength: 1, maxLength: 30 }), (cuts) => {
      const inPieces = pond();
      const atOnce = pond();
      for (const durationMs of cuts) inPieces.advance(durationMs);
      atOnce.advance(cuts.reduce((sum, durationMs) => sum + durationMs, 0));
      expect(inPieces.state).toEqual(atOnce.state);
    }),
  );
});

test("a restored pond goes on exactly where it was", () => {
  const before = pond();
  before.setOutput("feeder", true);
  before.advance(MINUTE_MS + 3);
  before.setOutput("feeder", false);
  const restored = new Pond(SEED, DEFAULT_POND, before.state);
  before.advance(5 * HOUR_MS);
  restored.advance(5 * HOUR_MS);
  expect(restored.state).toEqual(before.state);
});

describe("oxygen", () => {
  test("rises by day, falls by night, and is lowest at dawn", () => {
    const water = pond({ startHour: 12 });
    const byHour = Array.from({ length: 24 }, () => {
      water.advance(HOUR_MS);
      return { hour: Math.round(water.hourOfDay) % 24, oxygen: water.oxygenMgPerLitre };
    });
    const lowest = byHour.reduce((a, b) => (b.oxygen < a.oxygen ? b : a));
    const highest = byHour.reduce((a, b) => (b.oxygen > a.oxygen ? b : a));
    expect(lowest.hour).toBeGreaterThanOrEqual(5);
    expect(lowest.hour).toBeLessThanOrEqual(8);
    expect(highest.hour).toBeGreaterThanOrEqual(13);
    expect(highest.hour).toBeLessThanOrEqual(18);
  });

  test("is brought in by the aerator while the water lacks it", () => {
    const still = pond({ startHour: 22, startOxygenMgPerLitre: 3 });
    const aerated = pond({ startHour: 22, startOxygenMgPerLitre: 3 });
    aerated.setOutput("aerator", true);
    still.advance(2 * HOUR_MS);
    aerated.advance(2 * HOUR_MS);
    expect(still.oxygenMgPerLitre).toBeLessThan(3);
    expect(aerated.oxygenMgPerLitre).toBeGreaterThan(3.5);
  });

  test("is driven out by the aerator where there is more than the water holds", () => {
    const still = pond({ startHour: 12, startOxygenMgPerLitre: 14 });
    const aerated = pond({ startHour: 12, startOxygenMgPerLitre: 14 });
    aerated.setOutput("aerator", true);
    still.advance(HOUR_MS);
    aerated.advance(HOUR_MS);
    expect(aerated.oxygenMgPerLitre).toBeLessThan(still.oxygenMgPerLitre);
  });

  test("is taken by a meal hours later, not at once", () => {
    const hungry = pond({ startHour: 8 });
    const fed = pond({ startHour: 8 });
    fed.setOutput("feeder", true);
    for (const water of [hungry, fed]) water.advance(100_000);
    fed.setOutput("feeder", false);
    const lacking = () => hungry.oxygenMgPerLitre - fed.oxygenMgPerLitre;
    for (const water of [hungry, fed]) water.advance(10 * MINUTE_MS);
    expect(lacking()).toBeLessThan(0.005);
    for (const water of [hungry, fed]) water.advance(4 * HOUR_MS);
    expect(lacking()).toBeGreaterThan(0.1);
    expect(fed.ammoniaMgPerLitre).toBeGreaterThan(hungry.ammoniaMgPerLitre);
  });
});

describe("water", () => {
  test("that comes in goes over the edge of a full pond, and dilutes what is in it", () => {
    const water = pond({ startAmmoniaMgPerLitre: 3, startSalinityGramsPerKg: 5 });
    water.setOutput("inlet", true);
    water.advance(10 * HOUR_MS);
    expect(water.depthMetres).toBeCloseTo(DEFAULT_POND.fullDepthMetres, 6);
    // 1,200 m³ through 1,200 m³ that are stirred: 1/e stays.
    expect(water.salinityGramsPerKg).toBeCloseTo(5 / Math.E, 2);
    expect(water.ammoniaMgPerLitre).toBeLessThan(3 / Math.E);
  });

  test("goes out until the mud, and takes its salt along", () => {
    const water = pond();
    water.setOutput("outlet", true);
    water.advance(24 * HOUR_MS);
    expect(water.depthMetres).toBeCloseTo(0.05, 3);
    expect(water.salinityGramsPerKg).toBeCloseTo(DEFAULT_POND.startSalinityGramsPerKg, 6);
  });
});
