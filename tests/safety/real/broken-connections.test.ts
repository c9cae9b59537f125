import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pointsOf, readingsRun, stoppedRun } from "../../support/real/lives.ts";
import { type Direction, type Point, pointName, Trigger, type Verdict } from "../../support/real/passage.ts";
import { LIMITS, type Life, type RealWorld } from "../../support/real/real-world.ts";
import { WorldSet } from "../../support/real/world-set.ts";

/** Worlds that live side by side, each with its share of the faults. */
const LANES = 4;
/** A life goes its way among other things; a place that it did not pass this time is tried again. */
const ATTEMPTS = 3;

interface Fault {
  readonly life: Life;
  readonly point: Point;
  readonly verdict: Verdict;
}

/**
 * A message is lost with its connection, before it passed or after; a COMMIT never arrives, and its transaction stays open; or it
 * arrives, and its answer is lost.
 */
function faultsOf(life: Life, points: readonly Point[]): Fault[] {
  return points
    .filter(({ what }) => /^(COMMIT|PUBLISH)/.test(what))
    .map((point) => {
      const isUnanswered = point.where === "database" && point.side === "before";
      return { life, point, verdict: isUnanswered ? "half-open" : "cut" };
    });
}

const nameOf = ({ life, point, verdict }: Fault) => `${verdict} ${pointName(point)} of ${life.name}`;

describe("connections break at every message and every commit", () => {
  const set = new WorldSet();
  let faults: readonly Fault[];
  const happened: string[] = [];

  beforeAll(async () => {
    const worlds = await set.create(LANES);
    await Promise.all(worlds.map((world) => world.lead(readingsRun)));
    faults = faultsOf(stoppedRun, await pointsOf(stoppedRun, worlds[0]!));
    await Promise.all(
      worlds.map((each, lane) =>
        suffer(
          each,
          faults.filter((_fault, i) => i % LANES === lane),
        ),
      ),
    );
  }, 300_000);

  afterAll(() => set.remove());

  async function suffer(world: RealWorld, share: readonly Fault[]): Promise<void> {
    for (const fault of share) {
      for (let attempt = 0; attempt < ATTEMPTS && !happened.includes(nameOf(fault)); attempt++) {
        const trigger = new Trigger(fault.point, () => fault.verdict);
        await world.lead(fault.life, trigger.tap);
        if (trigger.hasFired) happened.push(nameOf(fault));
      }
    }
  }

  it("each of them once", () => {
    expect(faults.length).toBeGreaterThan(20);
    expect([...happened].sort()).toEqual(faults.map(nameOf).sort());
  });

  it("and no clause is broken", async () => {
    expect(await set.judge()).toEqual([]);
  });
});

/** Both sides think that they are connected, and are not. */
describe("connections are half open", () => {
  const set = new WorldSet();
  const limits = { ...LIMITS, maxRunMs: 6_000, linkLossMs: 1_500 };
  const lastEdges: unknown[] = [];
  let swallowed = 0;
  let silenced = 0;

  beforeAll(async () => {
    const [first, second] = await set.create(2, { limits });
    await Promise.all([swallow(first!, "to-device"), swallow(second!, "to-server"), silenceDatabase()]);
  }, 180_000);

  afterAll(() => set.remove());

  async function swallow(world: RealWorld, way: Direction): Promise<void> {
    await world.lead({
      name: `a run on a link that swallows all that goes ${way}`,
      async live({ pump, link }) {
        await pump.insistOnRun(limits.maxRunMs);
        if (link.swallow(pump.device.uid, way)) swallowed++;
        await pump.settled();
      },
    });
    lastEdges.push(world.pump.device.log.edges.at(-1));
    await world.lead(readingsRun);
  }

  /** A dispatch is committed, and whoever waits for the answer hears nothing more, for ever. */
  async function silenceDatabase(): Promise<void> {
    const world = await set.createOne();
    await world.lead(readingsRun);
    const point = (await pointsOf(readingsRun, world)).find(isDispatched);
    const trigger = new Trigger(point!, () => "mute");
    await world.lead(readingsRun, trigger.tap);
    if (trigger.hasFired) silenced++;
    await world.lead(readingsRun);
  }

  it("and a device whose link is ends its run by what it knows itself", () => {
    expect(swallowed).toBe(2);
    const linkLoss = { edge: "OFF", reason: "link_loss" };
    expect(lastEdges).toEqual([expect.objectContaining(linkLoss), expect.objectContaining(linkLoss)]);
  });

  it("and a server whose database connection is sends its commands all the same", () => {
    expect(silenced).toBe(1);
  });

  it("and no clause is broken", async () => {
    expect(await set.judge()).toEqual([]);
  });
});

function isDispatched({ where, what, side }: Point): boolean {
  return where === "database" && side === "after" && what === "COMMIT command+command_event";
}
