import { expect, test } from "vitest";
import { assertActuatorTemplates } from "./assert-actuators.ts";
import type { ActuatorTemplate } from "./profile-template.ts";

const pump: ActuatorTemplate = { key: "pump", kind: "pump", maxRunMs: 1_000, cooldownMs: 0 };

test("limits that could not protect anything are refused with their actuator and field", () => {
  const refusing = () => assertActuatorTemplates([pump, { ...pump, key: "valve", minOffMs: -1 }]);
  expect(refusing).toThrow(
    expect.objectContaining({
      kind: "invalid",
      code: "actuator.envelope_invalid",
      message: expect.stringMatching(/^Actuator "valve": minOffMs /),
      details: expect.objectContaining({ actuator: "valve", field: "minOffMs", least: 0 }),
    }),
  );
});

test.each<[string, readonly Partial<ActuatorTemplate>[], boolean]>([
  ["two members that go on by themselves", [{ safeState: "on" }, { safeState: "local" }], false],
  ["one that does, beside one that does not", [{ safeState: "on" }, { safeState: "off" }], true],
  ["one that does, beside one that says nothing", [{ safeState: "local" }, {}], true],
])("a group with %s", (_what, members, isFine) => {
  const actuators = members.map((member, index) => ({ ...pump, key: `p${index}`, interlockGroup: "air", ...member }));
  const check = () => assertActuatorTemplates(actuators);
  if (isFine) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code: "actuator.interlock_invalid" }));
});

test("actuators of no group, or of different ones, may all go on by themselves", () => {
  const on = { ...pump, safeState: "on" } as const;
  const groups = [{}, {}, { interlockGroup: "a" }, { interlockGroup: "b" }];
  expect(() =>
    assertActuatorTemplates(groups.map((group, index) => ({ ...on, key: `p${index}`, ...group }))),
  ).not.toThrow();
});
