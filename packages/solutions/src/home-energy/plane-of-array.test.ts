import { expect, test } from "vitest";
import { cosineOfIncidence, planeIrradiance } from "./plane-of-array.ts";

const SOUTH = { tiltDegrees: 40, azimuthDegrees: 180 };

/** Reference values of pvlib for panels at 32.2° N, 111° W on 2014-06-24, tilted 40° to the south. */
test.each([
  [82.85457044, 66.71410338, 79.73860422, 316.1949056, 40.46149818, 0, 35.728402],
  [10.56413562, 144.76567754, 1042.48031487, 939.95469881, 118.45831879, 798.31939281, 104.601328],
  [72.41687122, 287.04104128, 257.20751138, 646.22886049, 62.03376265, 33.50143401, 54.777191],
])("with the sun at %d°, %d°", (zenith, azimuth, global, direct, diffuse, onPanels, fromSky) => {
  const plane = planeIrradiance(SOUTH, { zenith, azimuth }, { global, direct, diffuse });
  expect(plane.direct).toBeCloseTo(onPanels, 6);
  expect(plane.skyDiffuse).toBeCloseTo(fromSky, 6);
  expect(plane.total).toBe(plane.direct + plane.skyDiffuse + plane.groundReflected);
});

test("the sky and the ground give their shares", () => {
  const overcast = planeIrradiance(SOUTH, { zenith: 30, azimuth: 180 }, { direct: 0, diffuse: 100, global: 900 }, 0.25);
  expect(overcast.skyDiffuse).toBeCloseTo(88.30222215594891, 10);
  expect(overcast.groundReflected).toBeCloseTo(26.32000014911496, 10);
});

test("level panels get what level ground gets, and none reflects onto them", () => {
  const sun = { zenith: 60, azimuth: 200 };
  const plane = planeIrradiance({ tiltDegrees: 0, azimuthDegrees: 77 }, sun, {
    direct: 600,
    diffuse: 100,
    global: 400,
  });
  expect(plane.total).toBeCloseTo(400, 10);
  expect(cosineOfIncidence({ tiltDegrees: 60, azimuthDegrees: 200 }, sun)).toBeCloseTo(1, 12);
});

test("the sun behind the panels gives them nothing directly", () => {
  const behind = planeIrradiance(
    { tiltDegrees: 90, azimuthDegrees: 0 },
    { zenith: 50, azimuth: 180 },
    { direct: 800, diffuse: 100, global: 614 },
  );
  expect(behind.direct).toBe(0);
  const lost = { zenith: Number.NaN, azimuth: 180 };
  expect(
    planeIrradiance({ tiltDegrees: 30, azimuthDegrees: 180 }, lost, { direct: 800, diffuse: 0, global: 0 }).total,
  ).toBeNaN();
});
