import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pointsOf, readingsRun, runAfterReturn, stoppedRun } from "../../support/real/lives.ts";
import { type Point, pointName, Trigger } from "../../support/real/passage.ts";
import type { Life, RealWorld } from "../../support/real/real-world.ts";
import { WorldSet } from "../../support/real/world-set.ts";

/** Worlds that live side by side, each with its share of the kills. */
const LANES = 3;
/** A life goes its way among other things; a place that it did not pass this time is tried again. */
const ATTEMPTS = 3;

/** Each life is killed where it differs from the ones before it. */
const lives: readonly (Life & { readonly isMeant: PointFilter })[] = [
  { ...readingsRun, isMeant: () => true },
  { ...stoppedRun, isMeant: fromItsStopOn },
  { ...runAfterReturn, isMeant: firstOfItsReturn },
];

type PointFilter = (point: Point, index: number, all: readonly Point[]) => boolean;

function fromItsStopOn(_point: Point, index: number, all: readonly Point[]): boolean {
  return index >= all.findIndex(({ what }) => what === "PUBLISH command STOP");
}

/** How often a device is asked for a hello depends on who is faster. */
function firstOfItsReturn({ what, occurrence }: Point): boolean {
  return /hello|device_link|config/.test(what) && occurrence === 1;
}

/** Nobody waits for what follows an acknowledgement. */
function isWorthAKill({ what, side }: Point): boolean {
  return !(what.startsWith("PUBACK") && side === "after");
}

describe.each(lives)("the server is killed before and after every commit and every publish of $name", (life) => {
  const set = new WorldSet();
  let points: readonly Point[];
  const killedAt: string[] = [];
  const found: string[] = [];

  beforeAll(async () => {
    const worlds = await set.create(LANES);
    // The first life makes what is only made once.
    await Promise.all(worlds.map((world) => world.lead(life)));
    points = (await pointsOf(life, worlds[0]!)).filter(life.isMeant).filter(isWorthAKill);
    await Promise.all(
      worlds.map((world, lane) =>
        killAt(
          world,
          points.filter((_point, i) => i % LANES === lane),
        ),
      ),
    );
  }, 300_000);

  afterAll(() => set.remove());

  async function killAt(world: RealWorld, share: readonly Point[]): Promise<void> {
    for (const point of share) {
      for (let attempt = 0; attempt < ATTEMPTS && !killedAt.includes(pointName(point)); attempt++) {
        if (await liveAndBeKilled(world, point)) killedAt.push(pointName(point));
        found.push(...(await world.judge()).map((what) => `${pointName(point)}: ${what}`));
      }
    }
  }

  async function liveAndBeKilled(world: RealWorld, point: Point): Promise<boolean> {
    let restarted: Promise<void> | undefined;
    const trigger = new Trigger(point, () => {
      world.server.kill();
      restarted = world.server.start();
      return "cut";
    });
    await world.lead(life, trigger.tap);
    await restarted;
    return trigger.hasFired;
  }

  it("and each kill came where it was meant to", () => {
    // Two places at least, before and after each: what a slow machine does together is one place.
    expect(points.length).toBeGreaterThanOrEqual(4);
    expect([...killedAt].sort()).toEqual(points.map(pointName).sort());
  });

  it("and the device's own log, joined with the database, breaks no clause", () => {
    expect(found).toEqual([]);
  });

  it("and a key stands for one command, for ever", async () => {
    for (const world of set.worlds) {
      await world.orders.repeatAll(() => world.server);
      expect(world.orders.inconsistencies()).toEqual([]);
      expect(new Set(await world.orders.misuseKeys(world.server))).toEqual(
        new Set(world.orders.granted > 0 ? [422] : []),
      );
    }
  });
});
