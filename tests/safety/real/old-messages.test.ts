import { checkDeviceLog } from "@sluice/core/safety/check-device-log.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readingsRun, stoppedRun } from "../../support/real/lives.ts";
import { Mischief } from "../../support/real/mischief.ts";
import { LIMITS, type RealWorld } from "../../support/real/real-world.ts";
import { WorldSet } from "../../support/real/world-set.ts";

const SEEDS = [11, 12, 13];
const LIVES = [stoppedRun, readingsRun, stoppedRun, readingsRun, stoppedRun, readingsRun];

/** The device loses its power and boots again, while the network has kept everything that it was ever told. */
async function rebootAmongOldMessages(world: RealWorld, mischief: Mischief, forgets: boolean): Promise<void> {
  const { device } = world.pump;
  await device.cutPower();
  if (forgets) device.forget();
  await device.boot();
  await mischief.replayAll("to-device");
}

describe("a network on which messages come twice, late and in another order", () => {
  const set = new WorldSet();
  const mischiefs: Mischief[] = [];

  beforeAll(async () => {
    const worlds = await set.create(SEEDS.length);
    await Promise.all(worlds.map((world, i) => trouble(world, SEEDS[i]!)));
  }, 240_000);

  afterAll(() => set.remove());

  async function trouble(world: RealWorld, seed: number): Promise<void> {
    const mischief = new Mischief(world.link, seed);
    mischiefs.push(mischief);
    for (const life of LIVES) await world.lead(life, mischief.tap);
    await mischief.calm();
    await mischief.replayAll("to-device");
    await mischief.replayAll("to-server");
    await rebootAmongOldMessages(world, mischief, false);
    await world.lead(readingsRun);
  }

  it(`did its worst (seeds ${SEEDS.join(", ")})`, () => {
    for (const { counts } of mischiefs) {
      expect(counts.late).toBeGreaterThan(0);
      expect(counts.twice).toBeGreaterThan(0);
      expect(counts.replayed).toBeGreaterThan(20);
    }
    for (const { pump } of set.worlds) expect(pump.onEdges).toBeGreaterThan(LIVES.length);
  });

  it("and no clause is broken", async () => {
    expect(await set.judge()).toEqual([]);
  });
});

/** One boot looks like another to it: then nothing but the fence keeps old commands from starting again. */
describe("a device that names its boots all the same, and is told everything again after one", () => {
  const set = new WorldSet();
  let found: readonly (readonly number[])[];

  beforeAll(async () => {
    const worlds = await set.create(2, { bootId: "the only one" });
    found = await Promise.all(worlds.map((world, i) => lifeAndReplay(world, i === 1)));
  }, 120_000);

  afterAll(() => set.remove());

  async function lifeAndReplay(world: RealWorld, forgets: boolean): Promise<readonly number[]> {
    const mischief = new Mischief(world.link, SEEDS[0]!);
    await world.lead(readingsRun, mischief.tap);
    await mischief.calm();
    await world.pump.rested();
    await rebootAmongOldMessages(world, mischief, forgets);
    expect(mischief.counts.replayed).toBeGreaterThan(0);
    await world.hasHeardAll();
    return checkDeviceLog(world.pump.device.log.events, { pump: LIMITS }).map(({ clause }) => clause);
  }

  it("starts nothing that has started before", () => {
    expect(found[0]).toEqual([]);
  });

  it("is found out when its gate has forgotten its fence", () => {
    expect(found[1]).toContain(1);
  });
});
