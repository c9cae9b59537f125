import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pointsOf, stoppedRun } from "../../support/real/lives.ts";
import { type Point, pointName, Trigger } from "../../support/real/passage.ts";
import { RealWorld } from "../../support/real/real-world.ts";

/** Where it crashes, no more often than it is started again in a row: at what is decided, sent, heard, stopped and held. */
const MORTAL = [
  /before COMMIT actuator\+command\+command_event\+execution #1/,
  /after COMMIT command\+command_event #1/,
  /after PUBLISH command RUN/,
  /before COMMIT actuator\+command\+command_event\+execution #2/,
  /after COMMIT actuator_hold\+command\+command_event\+execution #1/,
];

/** A cluster of its own, with everything on disk that has been committed, is ended as `pg_ctl -m immediate` does. */
describe("PostgreSQL crashes and is started again under a command", () => {
  const home = mkdtempSync(path.join(tmpdir(), "sluice-real-postgres-"));
  let postgres: EmbeddedPostgres;
  let world: RealWorld;
  let points: readonly Point[];
  let restarts = 0;
  const crashedAt: string[] = [];
  const found: string[] = [];

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ home, onRestart: () => restarts++ });
    world = await RealWorld.create({ databaseUrl: postgres.connectionString });
    await world.lead(stoppedRun);
    const all = await pointsOf(stoppedRun, world);
    points = all.filter((point) => MORTAL.some((pattern) => pattern.test(pointName(point))));
    for (const point of points) await crashAt(point);
  }, 240_000);

  afterAll(async () => {
    await world?.remove();
    await postgres?.stop();
    rmSync(path.dirname(postgres.dataDirectory), { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  });

  async function crashAt(point: Point): Promise<void> {
    const trigger = new Trigger(point, () => {
      process.kill(postgres.pid, "SIGQUIT");
      return point.where === "database" ? "cut" : "pass";
    });
    await world.lead(stoppedRun, trigger.tap);
    if (trigger.hasFired) crashedAt.push(pointName(point));
    found.push(...(await world.judge()).map((what) => `${pointName(point)}: ${what}`));
  }

  it("each time, wherever it was", () => {
    expect(points).toHaveLength(MORTAL.length);
    expect(crashedAt).toEqual(points.map(pointName));
    expect(restarts).toBe(points.length);
  });

  it("and no clause is broken", () => {
    expect(found).toEqual([]);
  });
});
