import { checkDeviceLog } from "@sluice/core/safety/check-device-log.ts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listActuators, listCommands } from "../actuation/index.ts";
import { type Happening, PUMP_LIMITS, RoughWorld } from "./testing/rough-world.ts";
import { createTestAutomation, type TestAutomation } from "./testing/test-automation.ts";

/**
 * The whole way of a command, on a real database and with the real gate: requests, rules, workers that die, a link that drops,
 * doubles and reorders, boots and power cuts. The device's log is the judge; joined with the database it must agree.
 */
const WORLDS = 40;
const SEED = 20_260_329;

let test: TestAutomation;

beforeAll(async () => {
  test = await createTestAutomation();
});
afterAll(() => test.stop());

const plain = (
  weight: number,
  ...kinds: readonly (
    | "run"
    | "stop"
    | "release"
    | "fire"
    | "resolve"
    | "work"
    | "poll"
    | "power-cut"
    | "boot"
    | "leave"
    | "return"
  )[]
) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constantFrom(...kinds) }),
});

const happening: fc.Arbitrary<Happening> = fc.oneof(
  plain(6, "run", "fire"),
  plain(3, "release"),
  plain(1, "stop", "resolve"),
  plain(4, "work", "poll"),
  plain(2, "boot", "power-cut", "leave"),
  plain(3, "return"),
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("worker-dies" as const), inTransaction: fc.boolean() }) },
  {
    weight: 18,
    arbitrary: fc.record({
      kind: fc.constantFrom("down" as const, "up" as const),
      index: fc.nat(5),
      keep: fc.boolean(),
      drop: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.constantFrom(500, 5_000, 11_000, 35_000, 300_000, 900_000),
    }),
  },
);

const seen = { starts: 0, repeats: 0, refusals: 0, interruptions: 0, unknowns: 0 };

async function live(happenings: readonly Happening[]): Promise<void> {
  const zone = await test.addZone();
  const world = new RoughWorld(test, zone);
  await world.let({ kind: "return" });
  for (const next of happenings) await world.let(next);
  await world.calmDown();

  const { device } = world;
  const commands = await listCommands(test.plant.pool, test.plant.operator.organizationId, {
    actuatorId: zone.pumpId,
    limit: 1_000,
  });
  expect(checkDeviceLog(device.log, PUMP_LIMITS)).toEqual([]);
  // Clause 9: what the device was ever sent had been committed. Clause 11: and always in the same bytes.
  const committed = new Map(commands.map((command) => [command.id, command.fence]));
  for (const message of world.sent) expect(committed.get(message.id)).toBe(message.fence ?? null);
  for (const payloads of world.payloads.values()) expect(payloads.size).toBe(1);
  // Clause 10: what ran is known to have run, and what is known to have been refused did not.
  const started = new Set(device.log.flatMap((event) => (event.event === "on" ? [event.commandId] : [])));
  const notRun = commands.filter(({ state }) => ["REJECTED", "NOT_EXECUTED", "EXPIRED", "CANCELLED"].includes(state));
  expect(notRun.filter(({ id }) => started.has(id))).toEqual([]);
  const [pump] = await listActuators(test.plant.pool, test.plant.operator.organizationId, zone.uid);
  expect(pump?.totalActivations).toBe(started.size);
  const live = commands.filter(
    ({ kind, state }) => kind === "RUN" && ["QUEUED", "ACCEPTED", "RUNNING", "UNKNOWN"].includes(state),
  );
  expect(live).toEqual([]);
  seen.starts += started.size;
  seen.repeats += world.sent.length - world.payloads.size;
  seen.refusals += device.evidence.filter(({ state }) => state === "REJECTED").length;
  seen.interruptions += device.evidence.filter(({ state }) => state === "INTERRUPTED").length;
  seen.unknowns += commands.filter(({ state }) => state === "UNKNOWN_CLOSED").length;
}

it("in every rough world the pump's own log keeps the contract, and the database agrees with it", async () => {
  const worlds = fc.array(happening, { minLength: 10, maxLength: 60, size: "max" });
  await fc.assert(fc.asyncProperty(worlds, live), { numRuns: WORLDS, seed: SEED, endOnFailure: true });
  expect(seen.starts).toBeGreaterThan(WORLDS / 8);
  expect(seen.repeats).toBeGreaterThan(0);
  expect(seen.refusals).toBeGreaterThan(0);
  expect(seen.interruptions).toBeGreaterThan(0);
});
