import { expect, test } from "vitest";
import { acuteAmmoniaMgPerLitre } from "./ammonia-criterion.ts";

/** EPA 822-R-13-001, which gives the acute criterion at pH 7 and 20 °C as 17 mg of total ammonia nitrogen a litre. */
test("at pH 7 and 20 °C it is the criterion's own figure", () => {
  expect(Math.round(acuteAmmoniaMgPerLitre(7, 20))).toBe(17);
});

test("warmer and more alkaline water bears less, and cold water no more than its most", () => {
  expect(acuteAmmoniaMgPerLitre(7, 30)).toBeLessThan(acuteAmmoniaMgPerLitre(7, 20));
  expect(acuteAmmoniaMgPerLitre(8.5, 20)).toBeLessThan(acuteAmmoniaMgPerLitre(7, 20));
  expect(acuteAmmoniaMgPerLitre(7, 5)).toBe(acuteAmmoniaMgPerLitre(7, 0));
});
