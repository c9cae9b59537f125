import { RETRANSMIT_AFTER_MS } from "@sluice/core/safety/windows.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { changeActuator, decideExecution, releaseHold, requestRun, requestStop, stopSite } from "./index.ts";
import { recordEvidence } from "./record-evidence.ts";
import { FINISH_AFTER_MS, finishSiteStops } from "./site-stop.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

/** What was under way when somebody stopped an actuator does not start it, neither now nor after the release. */
let plant: TestPlant;
let zone: Zone;

beforeEach(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
  zone = await plant.addZone();
});
afterEach(() => plant.stop());

const order = () => ({ actuatorId: zone.pumpId });
const run = (more = {}) =>
  startRun(plant.actuation, plant.operator, { ...order(), durationMs: 1_000, waitMs: 0, ...more });
const kinds = () => plant.link.commands().map(({ kind }) => kind);
const siteId = async () => (await plant.pool.query("select site_id from device limit 1")).rows[0].site_id as number;
const holdsOf = async ({ pumpId }: Zone) =>
  (await plant.pool.query("select 1 from actuator_hold where actuator_id = $1", [pumpId])).rowCount;
const executions = async () =>
  (await plant.pool.query("select status, reason from execution where action = 'RUN' order by created_at")).rows;

it("a start that nobody has sent is not sent under a site's stop, whoever was faster", async () => {
  await run();
  await plant.pool.query(
    `insert into site_stop (id, organization_id, site_id, stopped_by)
     select gen_random_uuid(), organization_id, site_id, 'user:operator' from device where id = $1`,
    [zone.deviceId],
  );
  await plant.connect(zone);
  expect(kinds()).not.toContain("RUN");
});

it("a site's stop that died midway is finished when it is no longer young, also on what came later", async () => {
  await plant.connect(zone);
  await stopSite(plant.actuation, plant.operator, { siteId: await siteId() });
  const later = await plant.addZone();
  await plant.connect(later);
  await finishSiteStops(plant.actuation);
  expect(await holdsOf(later)).toBe(0);
  await plant.passTime(FINISH_AFTER_MS);
  await finishSiteStops(plant.actuation);
  expect(plant.link.sent.some(({ deviceId, payload }) => deviceId === later.deviceId && payload.includes("STOP"))).toBe(
    true,
  );
  await finishSiteStops(plant.actuation);
  expect(await holdsOf(later)).toBe(1);
});

it("a start is not sent again once its actuator is held", async () => {
  await plant.connect(zone);
  await run();
  await plant.gateway.settled();
  await requestStop(plant.actuation, plant.operator, order());
  await plant.gateway.settled();
  await plant.passTime(RETRANSMIT_AFTER_MS + 1);
  await plant.gateway.poll();
  await plant.gateway.settled();
  expect(kinds().filter((kind) => kind === "RUN")).toHaveLength(1);
});

it("what is retried does not outlive a hold", async () => {
  await plant.connect(zone);
  const id = plant.actuation.newId();
  await plant.actuation.store.transaction((tx) =>
    tx.openExecution({
      id,
      organizationId: plant.operator.organizationId,
      actuatorId: zone.pumpId,
      type: "SCHEDULED",
      action: "RUN",
      priority: "SCHEDULED",
      parameters: { durationMs: 1_000 },
      ruleId: null,
      deviceId: null,
      requestedBy: "schedule:1",
      causes: 1,
      folded: undefined,
    }),
  );
  const [due] = await plant.actuation.store.dueExecutions(1);
  await decideExecution(plant.actuation, due!, async () => ({ isNeeded: true, readingMicros: undefined }));
  await plant.gateway.settled();
  const [sent] = plant.link.commands() as [{ id: string; fence: number }];
  await requestStop(plant.actuation, plant.operator, order());
  const refused = { id: sent.id, actuator: "pump", fence: sent.fence, state: "REJECTED", reason: "held" } as const;
  await recordEvidence(plant.actuation, zone.deviceId, refused);
  expect(await executions()).toEqual([{ status: "CANCELLED", reason: "held" }]);
  await releaseHold(plant.actuation, plant.operator, order());
  expect(await plant.actuation.store.dueExecutions(1)).toEqual([]);
});

it("a person's request that has waited too long is not started, though nothing stands against it any more", async () => {
  await plant.connect(zone);
  const { id, fence } = await run();
  await plant.gateway.settled();
  await recordEvidence(plant.actuation, zone.deviceId, { id, actuator: "pump", fence: fence!, state: "COMPLETED" });
  const waiting = { ...order(), durationMs: 1_000, waitMs: 1_000_000 };
  expect((await requestRun(plant.actuation, plant.operator, waiting)).command).toBeUndefined();
  await plant.passTime(900_000);
  await plant.pool.query("update execution set wait_limit_at = now() - interval '1 second' where status = 'WAITING'");
  const [due] = await plant.actuation.store.dueExecutions(1);
  await decideExecution(plant.actuation, due!, async () => ({ isNeeded: true, readingMicros: undefined }));
  expect((await executions()).at(-1)).toEqual({ status: "CANCELLED", reason: "waited_too_long" });
});

it("nothing starts between the STOP of a lock-out and its mode", async () => {
  await plant.connect(zone);
  await changeActuator(plant.actuation, plant.operator, zone.pumpId, { mode: { mode: "locked-out", person: "Ada" } });
  const { rows } = await plant.pool.query(
    `select a.xmin = h.xmin as together from actuator a join actuator_hold h on h.actuator_id = a.id where a.id = $1`,
    [zone.pumpId],
  );
  expect(rows).toEqual([{ together: true }]);
});

it("a lock-out waits for nothing that a STOP does not wait for", async () => {
  const busy = new Proxy(plant.actuation.store, { get: () => () => new Promise(() => {}) });
  const mode = { mode: "locked-out", person: "Ada" } as const;
  const by = { ...plant.operator, assertSeen: () => {} };
  await changeActuator({ ...plant.actuation, store: busy }, by, zone.pumpId, { mode });
  expect(await holdsOf(zone)).toBe(1);
});

it("a lock-out that another person wins while its STOP leaves is refused, and the STOP is on record all the same", async () => {
  await plant.connect(zone);
  const lockOut = (person: string) =>
    changeActuator(plant.actuation, plant.operator, zone.pumpId, { mode: { mode: "locked-out", person } });
  plant.link.beforePublish = async () => {
    plant.link.beforePublish = async () => {};
    await lockOut("Ben");
  };
  await expect(lockOut("Ada")).rejects.toMatchObject({
    code: "actuator.locked_by_another",
    details: { lockedBy: "Ben" },
  });
  const { rows } = await plant.pool.query(
    "select reason from actuator_hold where released_at is null order by held_at",
  );
  expect(rows).toEqual([{ reason: "locked out by Ben" }, { reason: "locked out by Ada" }]);
  const stops = plant.link.commands().filter(({ kind }) => kind === "STOP");
  const held = await plant.pool.query("select 1 from actuator_hold where id = any($1)", [stops.map(({ id }) => id)]);
  expect(held.rowCount).toBe(2);
});
