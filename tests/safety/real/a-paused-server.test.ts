import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pointsOf, readingsRun } from "../../support/real/lives.ts";
import { type Point, pointName, Trigger, type Verdict } from "../../support/real/passage.ts";
import { LIMITS, type RealWorld } from "../../support/real/real-world.ts";
import { WorldSet } from "../../support/real/world-set.ts";

/** Longer than a heartbeat, a lock, an idle transaction and the keepalive of a device may take. */
const PAST_SHORT_TIMEOUTS_MS = 6_000;
/** Longer than a decided command may wait to be started, which is the longest of all. */
const PAST_START_DEADLINE_MS = 31_000;
/** Whose device has not given the link up by then, so that it hears what is sent too late. */
const PATIENT_LINK_LOSS_MS = 120_000;
/** Worlds that share the short pauses; each long one has a world of its own. */
const SHORT_LANES = 3;
const LONG_LANES = 3;
/** A life goes its way among other things; a place that it did not pass this time is tried again. */
const ATTEMPTS = 3;

/** Each commit, with its answer on the way; and the command itself, on its way to the device. */
function isMeant({ where, what, side }: Point): boolean {
  return where === "database" ? side === "after" : what === "PUBLISH command RUN" && side === "before";
}

/** The decision, the dispatch and the command: what is overslept after these must not start any more. */
function isBeforeStart(point: Point, all: readonly Point[]): boolean {
  const startsAt = all.findIndex(({ what }) => what === "PUBLISH evidence ACCEPTED");
  return all.indexOf(point) < startsAt && /\bcommand\b/.test(point.what);
}

/** The server sleeps (SIGSTOP) with the answer to its commit unread, and wakes up when everybody has given it up. */
describe("a server that is paused at each commit of a reading's run, past every timeout", () => {
  const set = new WorldSet();
  const pausedAt: string[] = [];
  let points: readonly Point[];

  beforeAll(async () => {
    const worlds = await set.create(SHORT_LANES);
    const patient = await set.create(LONG_LANES, { limits: { ...LIMITS, linkLossMs: PATIENT_LINK_LOSS_MS } });
    await Promise.all(set.worlds.map((world) => world.lead(readingsRun)));
    const all = await pointsOf(readingsRun, worlds[0]!);
    points = all.filter(isMeant);
    const long = points.filter((point) => isBeforeStart(point, all));
    const short = points.filter((point) => !long.includes(point));
    await Promise.all([
      ...long.map((point, i) => pauseAt(patient[i]!, [point], PAST_START_DEADLINE_MS)),
      ...worlds.map((world, lane) => {
        const share = short.filter((_point, i) => i % SHORT_LANES === lane);
        return pauseAt(world, share, PAST_SHORT_TIMEOUTS_MS);
      }),
    ]);
  }, 240_000);

  afterAll(() => set.remove());

  async function pauseAt(world: RealWorld, share: readonly Point[], pauseMs: number): Promise<void> {
    for (const point of share) {
      for (let attempt = 0; attempt < ATTEMPTS && !pausedAt.includes(pointName(point)); attempt++) {
        const trigger = new Trigger(point, async ({ where }): Promise<Verdict> => {
          world.server.pause();
          const awake = world.databaseClockPasses(pauseMs).then(() => world.server.resume());
          // The answer waits for the sleeper; the command is held back until it is late.
          if (where === "link") await awake;
          return "pass";
        });
        await world.lead(readingsRun, trigger.tap);
        if (trigger.hasFired) pausedAt.push(pointName(point));
      }
    }
  }

  it("was asleep at every one of them", () => {
    expect(points.length).toBeGreaterThan(5);
    expect([...pausedAt].sort()).toEqual(points.map(pointName).sort());
  });

  it("breaks no clause when it wakes up", async () => {
    expect(await set.judge()).toEqual([]);
  });

  it("has a device that refuses what reaches it too late", async () => {
    const refused = await Promise.all(set.worlds.map((world) => world.pump.refusals("expired")));
    expect(refused.flat().length).toBeGreaterThan(0);
  });
});
