import { describe, expect, test } from "vitest";
import { judgeRain, type RainOutlook } from "./rain-skip.ts";
import { type RecommendationSettings, recommendRun, type ZoneEquipment, type ZoneWater } from "./recommendation.ts";

const dry: ZoneWater = { depletionMm: 50, totalAvailableMm: 120, readilyAvailableMm: 48, dailyUseMm: 6 };
const noRain: RainOutlook = { fallenMm: 0, isRaining: false, expectedMm: 0, probability: 0 };
const sprinklers: ZoneEquipment = {
  applicationMmPerHour: 10,
  efficiency: 0.8,
  areaSquareMetres: 200,
  maxRunMs: 8 * 3_600_000,
};
const settings: RecommendationSettings = { leastRainMm: 3, leastProbability: 0.6, leaveMm: 10 };

const recommend = (water: Partial<ZoneWater> = {}, rain: Partial<RainOutlook> = {}, equipment = sprinklers) =>
  recommendRun({ ...dry, ...water }, { ...noRain, ...rain }, equipment, settings);

const codes = (recommendation: ReturnType<typeof recommend>) => recommendation.reasons.map(({ code }) => code);

test("a dry zone gets what is missing, less the room for rain, for as long as that takes", () => {
  const run = recommend();
  // 40 mm to the roots are 50 out of the pipe: five hours, and 200 m² times 50 L.
  expect(run).toMatchObject({ verdict: "water", netMm: 40, grossMm: 50, volumeLitres: 10_000, runMs: 5 * 3_600_000 });
  expect(run).toMatchObject({ remainingMm: 10 });
  expect(run.reasons).toEqual([
    {
      code: "dry-beyond-easy",
      text: "50.0 mm are missing, more than the 48.0 mm that the crop finds easily.",
    },
  ]);
});

test("a zone with enough waits, and says for how many days", () => {
  expect(recommend({ depletionMm: 20 })).toMatchObject({ verdict: "wait", days: 4 });
  expect(codes(recommend({ depletionMm: 20 }))).toEqual(["enough-water"]);
  expect(recommend({ depletionMm: 20, dailyUseMm: 0 })).toMatchObject({ days: undefined });
});

test("a run is never longer than its envelope, and what stays missing is said", () => {
  const run = recommend({}, {}, { ...sprinklers, maxRunMs: 30 * 60_000 });
  expect(run).toMatchObject({ verdict: "water", runMs: 30 * 60_000, grossMm: 5, netMm: 4, remainingMm: 46 });
  expect(codes(run)).toEqual(["dry-beyond-easy", "cut-to-longest-run"]);
});

test("what is missing and no more than the room for rain is not watered", () => {
  const sandy = { depletionMm: 9, totalAvailableMm: 20, readilyAvailableMm: 8 };
  expect(recommend(sandy).verdict).toBe("wait");
  expect(codes(recommend(sandy))).toEqual(["room-for-rain"]);
  expect(recommend({ ...sandy, depletionMm: 11 })).toMatchObject({ verdict: "water", netMm: 1 });
});

describe("rain", () => {
  test("while it rains nothing is watered", () => {
    expect(codes(recommend({}, { isRaining: true }))).toEqual(["raining"]);
  });

  test("what fell counts, and may be enough", () => {
    expect(codes(recommend({}, { fallenMm: 5 }))).toEqual(["rain-fell", "enough-water"]);
    expect(recommend({ depletionMm: 70 }, { fallenMm: 5 })).toMatchObject({ verdict: "water", netMm: 55 });
  });

  test("a likely rain is waited for, an unlikely or a small one is not", () => {
    expect(codes(recommend({}, { expectedMm: 8, probability: 0.7 }))).toEqual(["dry-beyond-easy", "rain-expected"]);
    expect(recommend({}, { expectedMm: 8, probability: 0.7 }).reasons[1]!.text).toBe(
      "8.0 mm of rain are expected, to 70 %.",
    );
    expect(recommend({}, { expectedMm: 8, probability: 0.5 }).verdict).toBe("water");
    expect(recommend({}, { expectedMm: 8, probability: undefined }).verdict).toBe("water");
    expect(recommend({}, { expectedMm: 2, probability: 1 }).verdict).toBe("water");
  });

  test("a rain that brings too little is not waited for, and a wilting crop waits for none", () => {
    expect(recommend({ depletionMm: 60 }, { expectedMm: 8, probability: 0.9 }).verdict).toBe("water");
    const longRuns = { ...sprinklers, maxRunMs: 24 * 3_600_000 };
    const late = recommend({ depletionMm: 90 }, { expectedMm: 60, probability: 0.9 }, longRuns);
    expect(late.verdict).toBe("water");
    expect(codes(late)).toEqual(["wilting", "rain-too-late"]);
    // Halfway between 48 and 120.
    expect(codes(recommend({ depletionMm: 83 }, {}, longRuns))).toEqual(["dry-beyond-easy"]);
    expect(codes(recommend({ depletionMm: 84 }, {}, longRuns))).toEqual(["wilting"]);
  });

  test("neither gauge nor forecast is no rain", () => {
    const silent = { fallenMm: undefined, isRaining: false, expectedMm: undefined, probability: undefined };
    expect(judgeRain(silent, settings)).toEqual({ kind: "none" });
  });
});

test("what is not known is not watered by guess", () => {
  expect(codes(recommend({ depletionMm: Number.NaN }))).toEqual(["balance-unknown"]);
  expect(codes(recommend({ depletionMm: undefined }))).toEqual(["balance-unknown"]);
  expect(codes(recommend({}, {}, { ...sprinklers, applicationMmPerHour: 0 }))).toEqual(["equipment-unknown"]);
  expect(codes(recommend({}, {}, { ...sprinklers, efficiency: 1.2 }))).toEqual(["equipment-unknown"]);
  expect(codes(recommend({}, {}, { ...sprinklers, maxRunMs: 0 }))).toEqual(["equipment-unknown"]);
});
