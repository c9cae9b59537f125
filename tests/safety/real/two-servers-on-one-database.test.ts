import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pointsOf, stoppedRun } from "../../support/real/lives.ts";
import { type Point, pointName, Trigger } from "../../support/real/passage.ts";
import type { RealWorld } from "../../support/real/real-world.ts";
import { WorldSet } from "../../support/real/world-set.ts";

/** Where the owner dies: at what is decided, sent and heard. */
const MORTAL = [
  /after COMMIT actuator\+command\+command_event\+execution #1/,
  /after COMMIT command\+command_event #1/,
  /after PUBLISH command RUN/,
  /after PUBLISH evidence RUNNING/,
  /after PUBLISH command STOP #1/,
];

/** Both have gateway, pipeline, worker and API; the one that does not own waits, and decides as well. */
describe("when the owner is killed, the other server takes the devices over", () => {
  const set = new WorldSet();
  const killedAt: string[] = [];
  let points: readonly Point[];
  let takeovers = 0;

  beforeAll(async () => {
    const world = await set.createOne({ servers: ["all", "all"] });
    await world.lead(stoppedRun);
    const all = await pointsOf(stoppedRun, world);
    points = all.filter((point) => MORTAL.some((pattern) => pattern.test(pointName(point))));
    for (const point of points) await killOwnerAt(world, point);
  }, 240_000);

  afterAll(() => set.remove());

  async function killOwnerAt(world: RealWorld, point: Point): Promise<void> {
    const owner = world.servers.indexOf(world.server);
    const other = 1 - owner;
    const taken = world.standBy(other).then(() => {
      takeovers++;
      world.turnTo(other);
    });
    await world.answers(other);
    const trigger = new Trigger(point, ({ server = owner }) => {
      world.servers[owner]!.kill();
      return server === owner ? "cut" : "pass";
    });
    await world.lead(stoppedRun, trigger.tap);
    if (trigger.hasFired) killedAt.push(pointName(point));
    else world.server.kill();
    await taken;
  }

  it("each time, wherever it was", () => {
    expect(points.length).toBeGreaterThanOrEqual(MORTAL.length);
    expect(killedAt).toEqual(points.map(pointName));
    expect(takeovers).toBe(points.length);
  });

  it("and no clause is broken", async () => {
    expect(await set.judge()).toEqual([]);
  });
});

describe("a worker that is paused while it holds an actuator's lock", () => {
  const set = new WorldSet();
  let world: RealWorld;
  let pauses = 0;

  beforeAll(async () => {
    world = await set.createOne({ servers: ["gateway,pipeline,api", "worker,api"] });
    await world.standBy(1);
    await world.lead({
      name: "a reading's run, decided by a worker that falls asleep, and a STOP meanwhile",
      live: () => pausedInMidDecision(),
    });
  }, 120_000);

  afterAll(() => set.remove());

  async function pausedInMidDecision(): Promise<void> {
    const { pump } = world;
    const [, worker] = world.servers;
    const asleep = world.pauseHoldingLock(1);
    await pump.report("dry");
    await asleep;
    pauses++;
    heard.isLockHeld = await pump.isLocked();
    const stopped = pump.order({ kind: "STOP" });
    await pump.untilStopped();
    heard.stop = true;
    await pump.report("wet");
    heard.acknowledged = true;
    await stopped;
    heard.answered = true;
    worker!.resume();
    await pump.settled();
    await pump.release();
  }

  const heard = { isLockHeld: false, stop: false, acknowledged: false, answered: false };

  it("was asleep with the lock in its hands", () => {
    expect(pauses).toBe(1);
    expect(heard.isLockHeld).toBe(true);
  });

  it("holds up neither a STOP nor its answer, nor readings", () => {
    expect(heard).toMatchObject({ stop: true, acknowledged: true, answered: true });
  });

  it("breaks no clause when it wakes up", async () => {
    expect(await set.judge()).toEqual([]);
  });

  it("had something to decide, and decides again", async () => {
    await world.lead({ ...stoppedRun, live: (inWorld) => stoppedRun.live(inWorld) });
    expect(await set.judge()).toEqual([]);
    expect(world.pump.device.log.edges.some(({ edge }) => edge === "ON")).toBe(true);
  });
});
