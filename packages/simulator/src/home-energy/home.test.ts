import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MIDSUMMER_MICROS, MUNICH } from "../testing/worlds.ts";
import { HOME_OUTPUTS, Home, type HomeParameters } from "./home.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const STORAGE = { efficiency: 0.95, leastShare: 0.1, mostShare: 1, startShare: 0.5 };
const PARAMETERS: HomeParameters = {
  place: MUNICH,
  solar: "formula",
  solarRatedWatts: 6_000,
  tiltDegrees: 30,
  azimuthDegrees: 180,
  battery: { ...STORAGE, capacityWattHours: 8_000, maxChargeWatts: 3_000, maxDischargeWatts: 3_000 },
  car: { ...STORAGE, leastShare: 0, capacityWattHours: 50_000, maxChargeWatts: 7_400, maxDischargeWatts: 0 },
  heaterWatts: 2_000,
  commuteWattHours: 8_000,
};

const home = (parameters: Partial<HomeParameters> = {}, seed = 1) =>
  new Home(seed, { ...PARAMETERS, ...parameters }, MIDSUMMER_MICROS);
const phase = fc.tuple(fc.constantFrom(...HOME_OUTPUTS), fc.boolean(), fc.integer({ min: 1, max: 300 }));

test("the meter closes the balance in every minute, and counters and stores lose nothing, whatever is switched", () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(phase, { maxLength: 15 }), (seed, phases) => {
      const world = home({}, seed);
      for (const [output, isOn, minutes] of phases) {
        world.setOutput(output, isOn);
        for (let minute = 0; minute < minutes; minute++) {
          const before = { ...world.counters };
          world.advance(MINUTE_MS);
          const { solar, house, battery, car, grid } = world.powers;
          expect(solar + house + battery + car + grid).toBe(0);
          for (const [key, count] of Object.entries(world.counters)) {
            expect(count).toBeGreaterThanOrEqual(before[key as keyof typeof before]);
          }
        }
      }
      const { produced, consumed, imported, exported, batteryCharged, batteryDischarged, carCharged } = world.counters;
      const gave = produced + imported + batteryDischarged;
      expect(Math.abs(gave - consumed - exported - batteryCharged - carCharged)).toBeLessThan(1e-6 * gave + 1e-6);
      for (const storage of [world.battery, world.car]) {
        const { start, takenIn, givenOut, lost, driven, stored } = storage.balance;
        expect(stored).toBeCloseTo(start + takenIn - givenOut - lost - driven, 4);
        expect(stored).toBeGreaterThanOrEqual(-1e-6);
        expect(stored).toBeLessThanOrEqual(storage.parameters.capacityWattHours + 1e-6);
      }
    }),
    { numRuns: 40 },
  );
});

test("time may be cut in any way", () => {
  const cut = home();
  const whole = home();
  for (let second = 0; second < 86_400; second += 37) cut.advance(37_000);
  whole.advance(Math.ceil(86_400 / 37) * 37_000);
  expect([cut.powers, cut.counters]).toEqual([whole.powers, whole.counters]);
});

describe("the sun", () => {
  test.each(["formula", "clear-sky"] as const)("by %s makes power by day and none at midnight", (solar) => {
    const world = home({ solar });
    const byHour = Array.from({ length: 24 }, () => {
      world.advance(HOUR_MS);
      return world.powers.solar;
    });
    expect(Math.max(...byHour)).toBeGreaterThan(3_000);
    expect(byHour.filter((watts) => watts === 0).length).toBeGreaterThan(5);
    expect(byHour[22]).toBe(0);
  });

  test("by clear sky makes less in winter", () => {
    const producedIn = (month: number) => {
      const world = new Home(1, { ...PARAMETERS, solar: "clear-sky" }, Date.UTC(2025, month, 10) * 1000);
      world.advance(7 * DAY_MS);
      return world.counters.produced;
    };
    expect(producedIn(11)).toBeLessThan(0.6 * producedIn(5));
  });
});

describe("acting matters", () => {
  test("charging charges: by night a battery that is switched on fills from the grid", () => {
    const left = home();
    const charged = home();
    charged.setOutput("battery", true);
    for (const world of [left, charged]) world.advance(2 * HOUR_MS);
    expect(charged.powers.battery).toBeLessThanOrEqual(0);
    expect(charged.battery.chargePercent).toBeGreaterThan(left.battery.chargePercent + 40);
    expect(charged.counters.imported).toBeGreaterThan(left.counters.imported + 3_000);
  });

  test("a car that is charged at home is fuller by as much as it took", () => {
    const left = home();
    const charged = home();
    charged.setOutput("car", true);
    for (const world of [left, charged]) world.advance(3 * HOUR_MS);
    const gained = charged.car.balance.stored - left.car.balance.stored;
    expect(gained).toBeCloseTo(charged.counters.carCharged * 0.95 - left.counters.carCharged * 0.95, 3);
    expect(charged.counters.carCharged).toBeGreaterThan(20_000);
  });

  test("a heater that is switched on is paid for", () => {
    const left = home();
    const heated = home();
    heated.setOutput("heater", true);
    for (const world of [left, heated]) world.advance(HOUR_MS);
    expect(heated.counters.consumed - left.counters.consumed).toBeCloseTo(2_000, 0);
  });
});

test("a week of a house is a household's: between 4 and 16 kWh a day, and the car drives on working days", () => {
  const world = home();
  world.advance(7 * DAY_MS);
  expect(world.counters.consumed / 7).toBeGreaterThan(4_000);
  expect(world.counters.consumed / 7).toBeLessThan(16_000);
  expect(world.car.balance.driven).toBeGreaterThan(8_000);
  expect(world.counters.carCharged).toBeGreaterThan(0);
});

test("storage comes to its limits and stays there", () => {
  const world = home({ solarRatedWatts: 0 });
  world.advance(2 * DAY_MS);
  expect(world.battery.chargePercent).toBeCloseTo(10, 0);
  expect(world.batteryState).toBe("idle");
  world.setOutput("battery", true);
  world.advance(6 * HOUR_MS);
  expect(world.battery.chargePercent).toBeCloseTo(100, 0);
  expect(world.batteryState).toBe("idle");
});
