import { afterAll, beforeAll, expect, it } from "vitest";
import { readingsRun } from "../../support/real/lives.ts";
import type { RealWorld } from "../../support/real/real-world.ts";
import { WorldSet } from "../../support/real/world-set.ts";

const HOUR_MS = 3_600_000;
const RUN_MS = 600;

const set = new WorldSet();
let world: RealWorld;
let steps = 0;

/** Its wall clock is an hour wrong, and jumps between, before and in the middle of a run; its monotonic clock goes on. */
beforeAll(async () => {
  world = await set.createOne();
  for (const offsetMs of [HOUR_MS, -HOUR_MS, 0]) {
    await step(offsetMs);
    await world.lead(readingsRun);
    await world.lead({
      name: "a run in whose middle the clock steps",
      async live({ pump }) {
        await pump.insistOnRun(RUN_MS);
        await step(-offsetMs);
        await pump.settled();
      },
    });
  }
}, 120_000);

afterAll(() => set.remove());

async function step(offsetMs: number): Promise<void> {
  await world.pump.device.stepWallClock(offsetMs);
  steps++;
}

it("a device whose wall clock steps by an hour runs as it was told, neither later nor longer", async () => {
  expect(steps).toBe(6);
  const { edges, intervals } = world.pump.device.log;
  expect(intervals.filter(({ fence }) => fence !== undefined).length).toBeGreaterThanOrEqual(6);
  expect(edges.filter(({ edge, reason }) => edge === "OFF" && reason === "duration").length).toBeGreaterThanOrEqual(6);
  expect(await set.judge()).toEqual([]);
});

it("and did show the wrong time", () => {
  const shown = world.pump.device.log.edges.map(({ at }) => Math.round((Date.parse(at) - Date.now()) / HOUR_MS));
  expect(new Set(shown.map((hours) => hours + 0))).toEqual(new Set([-1, 0, 1]));
});
