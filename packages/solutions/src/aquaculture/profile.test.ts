import { expect, test } from "vitest";
import { pondActions } from "./actions.ts";
import { acuteAmmoniaMgPerLitre } from "./ammonia-criterion.ts";
import { aquaculturePondProfile } from "./profile.ts";

const { actuators, rules } = aquaculturePondProfile;

test("the acute criterion is 17 mg/L at pH 7 and 20 °C, as the EPA states it", () => {
  expect(acuteAmmoniaMgPerLitre(7, 20)).toBeCloseTo(17, 0);
});

test("water is exchanged at the acute criterion of a warm pond by day", () => {
  const exchange = rules.find(({ key }) => key === "exchange-water")!;
  expect(exchange.threshold).toBeCloseTo(acuteAmmoniaMgPerLitre(8, 28), 1);
});

test("an aerator that nobody can tell anything aerates; whatever moves water or feed stops", () => {
  const safeStates = Object.fromEntries(actuators.map(({ key, safeState }) => [key, safeState]));
  expect(safeStates).toEqual({ aerator: "on", inlet: "off", outlet: "off", feeder: "off" });
});

test("fish are fed only above the oxygen at which the aerator starts", () => {
  const aerate = rules.find(({ key }) => key === "aerate")!;
  const feeder = actuators.find(({ key }) => key === "feeder");
  const permissive = { metric: aerate.metric, operator: "above", value: aerate.threshold };
  expect(feeder).toMatchObject({ permissives: [permissive] });
});

test("every action of a pond is one of actuators that it has", () => {
  const keys = actuators.map(({ key }) => key);
  const asked = Object.values(pondActions).flatMap(({ steps }) => steps.map(({ actuator }) => actuator));
  expect(new Set(asked)).toEqual(new Set(keys));
});
