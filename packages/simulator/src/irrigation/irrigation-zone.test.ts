import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_ZONE, evapotranspirationMmPerHour, IrrigationZone } from "./irrigation-zone.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

test("water is conserved, whatever the pump does", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 40, noNaN: true }),
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 6 * HOUR_MS })), { maxLength: 30 }),
      (startPercent, phases) => {
        const zone = new IrrigationZone({ ...DEFAULT_ZONE, startPercent, pumpLitresPerMinute: 40 });
        for (const [isOn, durationMs] of phases) {
          zone.setPump(isOn);
          zone.advance(durationMs);
        }
        const { startMm, appliedMm, evaporatedMm, drainedMm, runoffMm, storedMm } = zone.balance;
        expect(storedMm + evaporatedMm + drainedMm + runoffMm).toBeCloseTo(startMm + appliedMm, 6);
        expect(zone.moisturePercent).toBeGreaterThanOrEqual(0);
        expect(zone.moisturePercent).toBeLessThanOrEqual(DEFAULT_ZONE.saturationPercent + 1e-9);
      },
    ),
  );
});

test("the same history gives the same moisture, however it is cut into calls", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 200 }), (cuts) => {
      const inPieces = new IrrigationZone();
      const atOnce = new IrrigationZone();
      inPieces.setPump(true);
      atOnce.setPump(true);
      for (const durationMs of cuts) inPieces.advance(durationMs);
      atOnce.advance(cuts.reduce((sum, durationMs) => sum + durationMs, 0));
      expect(inPieces.state).toEqual(atOnce.state);
    }),
  );
});

test("the soil dries by day and rests at night", () => {
  const day = new IrrigationZone({ ...DEFAULT_ZONE, startHour: 9, startPercent: 14 });
  const night = new IrrigationZone({ ...DEFAULT_ZONE, startHour: 20, startPercent: 14 });
  day.advance(4 * HOUR_MS);
  night.advance(4 * HOUR_MS);
  expect(day.moisturePercent).toBeLessThan(13.2);
  expect(night.moisturePercent).toBeCloseTo(14, 9);
});

test("a day's evapotranspiration adds up to its parameter", () => {
  let sum = 0;
  for (let minute = 0; minute < 24 * 60; minute++) sum += evapotranspirationMmPerHour(DEFAULT_ZONE, minute / 60) / 60;
  expect(sum).toBeCloseTo(DEFAULT_ZONE.evapotranspirationMmPerDay, 3);
});

test("watering reaches the probe late and goes on rising after the pump stopped", () => {
  const zone = new IrrigationZone({ ...DEFAULT_ZONE, startHour: 20, startPercent: 9 });
  zone.setPump(true);
  zone.advance(MINUTE_MS);
  expect(zone.moisturePercent - 9).toBeLessThan(0.02);
  zone.advance(29 * MINUTE_MS);
  zone.setPump(false);
  const whenStopped = zone.moisturePercent;
  expect(whenStopped).toBeGreaterThan(9.5);
  zone.advance(HOUR_MS);
  expect(zone.moisturePercent).toBeGreaterThan(whenStopped + 0.5);
});

test("wet soil drains to field capacity and no further", () => {
  const zone = new IrrigationZone({ ...DEFAULT_ZONE, startPercent: 39, evapotranspirationMmPerDay: 0 });
  zone.advance(10 * 24 * HOUR_MS);
  expect(zone.moisturePercent).toBeCloseTo(DEFAULT_ZONE.fieldCapacityPercent, 3);
});

test("dry soil gives up no water below the wilting point", () => {
  const zone = new IrrigationZone({ ...DEFAULT_ZONE, startPercent: 12 });
  zone.advance(365 * 24 * HOUR_MS);
  expect(zone.moisturePercent).toBeGreaterThanOrEqual(DEFAULT_ZONE.wiltingPointPercent);
  expect(zone.moisturePercent).toBeLessThan(DEFAULT_ZONE.wiltingPointPercent + 0.1);
});

test("a pump that never stops floods the surface, and the rest runs off", () => {
  const zone = new IrrigationZone({ ...DEFAULT_ZONE, pumpLitresPerMinute: 100 });
  zone.setPump(true);
  zone.advance(12 * HOUR_MS);
  expect(zone.moisturePercent).toBeLessThanOrEqual(DEFAULT_ZONE.saturationPercent + 1e-9);
  expect(zone.balance.runoffMm).toBeGreaterThan(100);
});

test("a restored zone goes on exactly where it was", () => {
  const zone = new IrrigationZone();
  zone.setPump(true);
  zone.advance(25 * MINUTE_MS + 3);
  zone.setPump(false);
  const restored = new IrrigationZone(DEFAULT_ZONE, zone.state);
  zone.advance(5 * HOUR_MS);
  restored.advance(5 * HOUR_MS);
  expect(restored.state).toEqual(zone.state);
});
