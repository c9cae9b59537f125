import { DeviceClock } from "@sluice/core/rules/device-clock.ts";
import { INITIAL_RULE_STATE, NEVER, type RuleState } from "@sluice/core/rules/rule.ts";
import { expect, it } from "vitest";
import { decodeRuleStates, encodeRuleStates } from "./rule-state-codec.ts";
import { NOTHING_PASSED_OVER, type RuleMemory } from "./rule-states.ts";

const memory = (state: Partial<RuleState>, more: Partial<RuleMemory> = {}): RuleMemory => ({
  deviceId: 8,
  revision: 3,
  state: { ...INITIAL_RULE_STATE, ...state },
  lagMicros: 0,
  storedLagMicros: 0,
  readings: [],
  passedOver: NOTHING_PASSED_OVER,
  ...more,
});

it("states are read back as they were written", () => {
  const rules = [
    { ruleId: 1, memory: memory({ phase: "firing", episode: 4, sinceMicros: 1e15, atMicros: 1e15 }) },
    { ruleId: 2, memory: memory({ episode: 1 }) },
    {
      ruleId: 3,
      memory: memory({ phase: "pending", episode: 9, nodes: [2, -1, 1.5] }, { lagMicros: 250, storedLagMicros: 250 }),
    },
    { ruleId: 5, memory: memory({}, { lagMicros: 36e8, storedLagMicros: 36e8 }) },
    {
      ruleId: 4,
      memory: memory({}, { passedOver: [{ input: 1, untilMicros: 7e14, actedMicros: NEVER }] }),
    },
  ];
  const devices = [{ deviceId: 8, clock: new DeviceClock(NEVER, 5e14, 6e14) }];
  expect(decodeRuleStates(encodeRuleStates({ rules, devices }))).toEqual({ rules, devices });
});

it("a threshold's state takes few bytes", () => {
  const state = { phase: "firing" as const, episode: 1, sinceMicros: 1.7e15, atMicros: 1.7e15 };
  const body = encodeRuleStates({ rules: [{ ruleId: 123_456, memory: memory(state) }], devices: [] });
  expect(body.length).toBeLessThan(80);
});

it("states of version 1 are read, as those of the first revision", () => {
  const body = Buffer.from(JSON.stringify([1, [[7, 8, "firing", 2]]]));
  expect(decodeRuleStates(body)).toEqual({
    rules: [{ ruleId: 7, memory: memory({ phase: "firing", episode: 2 }, { revision: 1 }) }],
    devices: [],
  });
});

it("a version of the future is refused", () => {
  expect(() => decodeRuleStates(Buffer.from("[3,[]]"))).toThrow("version 3");
});
