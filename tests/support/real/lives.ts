import { type Point, pointName, Recorder } from "./passage.ts";
import type { Life, RealWorld } from "./real-world.ts";

/** Shorter than what a life without STOP would run. */
const STOPPED_RUN_MS = 1_500;
const SHORT_RUN_MS = 250;

/** A rule wants it, as soon as a reading says so. */
export const readingsRun: Life = {
  name: "a reading's run",
  async live({ pump }) {
    await pump.report("dry");
    await pump.untilItRuns();
    await pump.report("wet");
    await pump.settled();
  },
};

/** A person wants it, thinks better of it, and lets go. */
export const stoppedRun: Life = {
  name: "a person's run, stopped and released",
  async live({ pump }) {
    await pump.insistOnRun(STOPPED_RUN_MS);
    await pump.untilKnownToRun();
    await pump.order({ kind: "STOP" });
    await pump.settled();
    await pump.release();
  },
};

/** The device is away when it is asked to run, and comes back. */
export const runAfterReturn: Life = {
  name: "a run that waits for its device",
  async live(world) {
    const { pump } = world;
    await world.isolate();
    const ordered = pump.insistOnRun(SHORT_RUN_MS);
    await pump.untilQueued();
    world.reconnect();
    await ordered;
    await pump.settled();
  },
};

/** How often a life is watched: what it passes each time belongs to it. */
const WATCHED_LIVES = 3;

/** Every place that a life passes, each time that nothing disturbs it, in the order of its first time. */
export async function pointsOf(life: Life, world: RealWorld): Promise<readonly Point[]> {
  const recorders = Array.from({ length: WATCHED_LIVES }, () => new Recorder());
  for (const recorder of recorders) await world.lead(life, recorder.tap);
  const [first, ...others] = recorders;
  const passed = others.map(({ points }) => new Set(points.map(pointName)));
  return first!.points.filter((point) => passed.every((names) => names.has(pointName(point))));
}
