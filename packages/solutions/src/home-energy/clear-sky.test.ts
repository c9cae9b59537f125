import { describe, expect, it, test } from "vitest";
import {
  birdClearSky,
  extraterrestrialIrradiance,
  haurwitzGlobal,
  ineichenClearSky,
  NO_IRRADIANCE,
  relativeAirMass,
} from "./clear-sky.ts";

/**
 * The National Renewable Energy Laboratory's own worksheet of Bird's model, BIRD_08_16_2012.xls: 40° N, 105° W, the first of January,
 * hour by hour; 840 mb, 0.3 cm of ozone, 1.5 cm of water, optical depths 0.15 and 0.1, albedo 0.2, and 1414.91335 W/m² from outside.
 */
describe("Bird's clear sky", () => {
  const atmosphere = {
    pressureHectopascals: 840,
    ozoneCm: 0.3,
    waterVapourCm: 1.5,
    aerosolDepth380: 0.15,
    aerosolDepth500: 0.1,
    albedo: 0.2,
  };
  it.each([
    [80.20294173, 492.1883322, 135.7051581, 51.95435684],
    [72.42741639, 685.318169, 282.7739009, 75.86622602],
    [66.6756093, 770.273017, 391.6274213, 86.64756402],
    [63.52421726, 805.171223, 450.215507, 91.25379149],
    [63.37408378, 806.6780719, 452.9804466, 91.45611383],
    [66.24612178, 775.4270833, 399.6686177, 87.31919245],
    [71.76918233, 696.8296268, 295.3045968, 77.30365039],
    [79.37350428, 519.4253269, 151.1311444, 55.34546395],
  ])("at a zenith of %d° gives %d direct, %d global, %d diffuse", (zenith, direct, global, diffuse) => {
    // biome-ignore lint/suspicious/noApproximativeNumericConstant: it is the worksheet's π, and shows in the sixth digit.
    const sky = birdClearSky((zenith * 3.14159) / Math.PI, 1414.91335, atmosphere);
    expect(sky.direct).toBeCloseTo(direct, 3);
    expect(sky.global).toBeCloseTo(global, 3);
    expect(sky.diffuse).toBeCloseTo(diffuse, 3);
  });
});

/** Reno, M. J., Hansen, C. W. and Stein, J. S., SAND2012-2389, as the reference implementation of pvlib has it. */
test.each([
  [110, 0],
  [90.05, 0],
  [85, 48.6298687941956],
  [80, 135.741748091813],
  [60, 487.894132885425],
  [40, 778.766689344363],
  [0, 1035.0920325345],
])("Haurwitz at a zenith of %d° gives %d W/m²", (zenith, global) => {
  expect(haurwitzGlobal(zenith)).toBeCloseTo(global, 9);
});

/** Reference values of pvlib, for 1,364 W/m² from outside. */
test.each([
  [10, 1, 3, 0, 1038.159219, 942.2081860378344, 110.26529293612793],
  [0, 1, 2, 0, 1095.77074798, 1014.38807396, 81.38267402],
  [80, 10, 4, 0, 43.72365587, 75.80970012, 30.5594396],
  [10, 1, 3, 2000, 1134.24312405, 994.95377835, 154.40492924],
  [46.0467599, 1.32355476, 3, 0, 704.6968125, 888.90147035, 87.73601277],
])(
  "Ineichen and Perez at %d°, %d air masses, turbidity %d, %d m",
  (zenith, mass, linke, altitude, global, direct, diffuse) => {
    const sky = ineichenClearSky(zenith, mass, linke, altitude, 1364);
    expect(sky.global).toBeCloseTo(global, 5);
    expect(sky.direct).toBeCloseTo(direct, 5);
    expect(sky.diffuse).toBeCloseTo(diffuse, 5);
  },
);

/** Reference values of pvlib. */
test("the air mass is 1 above, 5.586 at 80° and 38 at the horizon", () => {
  expect(relativeAirMass(0)).toBeCloseTo(1, 3);
  expect(relativeAirMass(80)).toBeCloseTo(5.586, 3);
  expect(relativeAirMass(90)).toBeCloseTo(37.92, 2);
  expect(relativeAirMass(91)).toBe(undefined);
});

test("nothing shines at night", () => {
  expect(birdClearSky(91, 1361)).toEqual(NO_IRRADIANCE);
  // A sun that nobody knows is no night.
  for (const unknown of [birdClearSky(Number.NaN, 1361), ineichenClearSky(Number.NaN, 1, 3, 0, 1361)]) {
    expect(unknown).toEqual({ direct: Number.NaN, diffuse: Number.NaN, global: Number.NaN });
  }
  expect(haurwitzGlobal(Number.NaN)).toBeNaN();
  expect(ineichenClearSky(90, 38, 3, 0, 1361)).toEqual(NO_IRRADIANCE);
});

test("in January the sun is nearer, and shines more strongly, than in July", () => {
  expect(extraterrestrialIrradiance(0.98329)).toBeCloseTo(1407.65, 2);
  expect(extraterrestrialIrradiance(1.01671)).toBeCloseTo(1316.63, 1);
});
