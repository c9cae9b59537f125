import { afterAll, beforeAll, expect, it } from "vitest";
import { listExecutionRecords } from "../actuation/index.ts";
import { foldTransitions } from "./fold-transitions.ts";
import { readNeed } from "./index.ts";
import { createTestAutomation, type TestAutomation } from "./testing/test-automation.ts";

let test: TestAutomation;
beforeAll(async () => {
  test = await createTestAutomation();
});
afterAll(() => test.stop());

it("what a rule needs is known while it fires, with the newest reading of what it watches", async () => {
  const zone = await test.addZone();
  const { ruleId, deviceId, pumpId } = zone;
  await test.flush({ ruleId, deviceId, episode: 1 });
  await foldTransitions(test.automation, 0);
  const { pool, operator } = test.plant;
  const [execution] = await listExecutionRecords(pool, operator.organizationId, { actuatorId: pumpId, limit: 1 });
  const folded = await readNeed(test.automation, execution!);
  expect(folded.isNeeded).toBe(true);
  const later = folded.readingMicros! + 60_000_000;
  test.latestMicros.set(deviceId, later);
  expect(await readNeed(test.automation, execution!)).toEqual({ isNeeded: true, readingMicros: later });
  await test.flush({ ruleId, deviceId, episode: 1, state: "resolved" });
  await foldTransitions(test.automation, 0);
  expect(await readNeed(test.automation, execution!)).toMatchObject({ isNeeded: false });
});

it("what a person asked for is needed until it is done", async () => {
  const need = await readNeed(test.automation, { id: "00000000-0000-4000-8000-000000000000", type: "MANUAL" });
  expect(need).toEqual({ isNeeded: true, readingMicros: undefined });
});
