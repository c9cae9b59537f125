import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { releaseHold, releaseSite, requestRun, requestStop, stopSite } from "./index.ts";
import { createTestPlant, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;
let zones: Zone[];
let siteId: number;

beforeEach(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
  zones = [await plant.addZone(), await plant.addZone(), await plant.addZone()];
  for (const zone of zones) await plant.connect(zone);
  siteId = (await plant.pool.query("select site_id from device limit 1")).rows[0].site_id;
});
afterEach(() => plant.stop());

const run = ({ pumpId: actuatorId }: Zone) =>
  requestRun(plant.actuation, plant.operator, { actuatorId, durationMs: 1_000, waitMs: 0 });
const stop = () => stopSite(plant.actuation, plant.operator, { siteId, reason: "pipe burst" });
const release = () => releaseSite(plant.actuation, plant.operator, { siteId });
/** By their ids: each is sent at once, and once more when it is recorded, byte for byte. */
const stops = () => {
  const sent = plant.link.commands().filter(({ kind }) => kind === "STOP");
  return new Set(sent.map((command) => JSON.stringify(command)));
};

describe("a site's stop", () => {
  it("reaches every device before anything is recorded, and holds every actuator", async () => {
    const heldWhenSent: unknown[] = [];
    plant.link.beforePublish = async () => {
      heldWhenSent.push((await plant.pool.query("select 1 from actuator_hold")).rowCount);
    };
    await stop();
    expect(heldWhenSent.slice(0, 3)).toEqual([0, 0, 0]);
    expect(stops().size).toBe(3);
    for (const zone of zones) await expect(run(zone)).rejects.toMatchObject({ code: "actuator.site_stopped" });
  });

  it("holds also what comes later", async () => {
    await stop();
    await expect(run(await plant.addZone())).rejects.toMatchObject({ code: "actuator.site_stopped" });
  });

  it("ends by its release alone; what a person holds goes on being held", async () => {
    await requestStop(plant.actuation, plant.operator, { actuatorId: zones[0]!.pumpId });
    await stop();
    const single = releaseHold(plant.actuation, plant.operator, { actuatorId: zones[1]!.pumpId });
    await expect(single).rejects.toMatchObject({ code: "actuator.not_held" });
    expect(await release()).toEqual(zones.map(({ pumpId }) => pumpId));
    await expect(run(zones[0]!)).rejects.toMatchObject({ code: "actuator.held" });
    expect((await run(zones[1]!)).command).toMatchObject({ kind: "RUN" });
    await expect(release()).rejects.toMatchObject({ code: "site.not_stopped" });
    expect(plant.changes.map(({ action }) => action)).toEqual(["site.stop", "site.release"]);
  });

  it("said twice stops twice, and ends once", async () => {
    await stop();
    await stop();
    expect(stops().size).toBe(6);
    await release();
    await plant.gateway.settled();
    for (const zone of zones) expect((await run(zone)).command).toBeDefined();
  });

  it("whose release died midway is released by asking again", async () => {
    await stop();
    await plant.pool.query("update site_stop set released_by = 'user:operator', released_at = now()");
    expect(await release()).toHaveLength(3);
    expect((await run(zones[2]!)).command).toBeDefined();
  });

  it("of another organization is unknown", async () => {
    await stop();
    const stranger = { organizationId: plant.operator.organizationId + 1, actor: "user:stranger" };
    await expect(releaseSite(plant.actuation, stranger, { siteId })).rejects.toMatchObject({
      code: "site.not_stopped",
    });
    expect(await stopSite(plant.actuation, stranger, { siteId })).toEqual([]);
    expect(stops().size).toBe(3);
  });
});

/** Connections for STOP, of which the first transactions end as they are told to; the others are as always. */
function dyingAt(...fates: readonly ("answered" | "lost after" | "lost before" | "died")[]): TestPlant["actuation"] {
  const { urgentStore } = plant.actuation;
  let count = 0;
  const transaction: typeof urgentStore.transaction = async (work) => {
    const fate = fates[count++] ?? "answered";
    if (fate === "died") throw new Error("died");
    const answer = fate === "lost before" ? undefined : await urgentStore.transaction(work);
    if (fate !== "answered") throw new Error("Connection terminated unexpectedly");
    return answer!;
  };
  return { ...plant.actuation, urgentStore: { ...urgentStore, transaction } };
}

describe("the record of a site's stop", () => {
  it.each(["lost before", "lost after"] as const)(
    "is made again where its COMMIT is %s its time, once",
    async (fate) => {
      expect(await stopSite(dyingAt(fate), plant.operator, { siteId })).toEqual(zones.map(({ pumpId }) => pumpId));
      expect(plant.changes.map(({ action }) => action)).toEqual(["site.stop"]);
      expect((await plant.pool.query("select 1 from site_stop")).rowCount).toBe(1);
    },
  );

  it("is made also where a device could not be told at once: it is told then", async () => {
    const sendStopNow = () => Promise.reject(new Error("broken pipe"));
    await stopSite({ ...plant.actuation, sendStopNow }, plant.operator, { siteId });
    await plant.gateway.settled();
    expect(stops().size).toBe(3);
  });
});

describe("the idempotency key of a site's stop", () => {
  const keyed = (idempotencyKey: string, reason = "pipe burst") =>
    stopSite(plant.actuation, plant.operator, { siteId, reason, idempotencyKey });
  const released = (idempotencyKey: string) => releaseSite(plant.actuation, plant.operator, { siteId, idempotencyKey });
  const ids = () => zones.map(({ pumpId }) => pumpId);
  const isStopped = async () =>
    (await plant.pool.query("select 1 from site_stop where released_at is null")).rowCount === 1;

  it("has one answer, also when both come at once, and stops nothing anew", async () => {
    expect(await Promise.all([keyed("a"), keyed("a")])).toEqual([ids(), ids()]);
    const sent = stops().size;
    const late = await plant.addZone();
    expect(await keyed("a")).toEqual(ids());
    expect(stops().size).toBe(sent);
    expect(await keyed("b")).toEqual([...ids(), late.pumpId]);
  });

  it("answers only when all of it is recorded: what died midway is told and recorded first", async () => {
    const order = { siteId, reason: "pipe burst", idempotencyKey: "a" };
    await expect(stopSite(dyingAt("answered", "answered", "died", "died"), plant.operator, order)).rejects.toThrow(
      "died",
    );
    const held = async () => (await plant.pool.query("select 1 from actuator_hold")).rowCount;
    expect(await held()).toBe(1);
    expect(await keyed("a")).toEqual(ids());
    expect(await held()).toBe(3);
    expect(stops().size).toBe(5);
    await released("b");
    for (const zone of zones) expect((await run(zone)).command).toBeDefined();
    expect(await keyed("a")).toEqual(ids());
    expect(stops().size).toBe(5);
  });

  it("of another request is a mismatch, but stops all the same", async () => {
    await keyed("a");
    await released("b");
    await expect(keyed("a", "gas")).rejects.toMatchObject({ code: "idempotency.mismatch" });
    expect(await isStopped()).toBe(true);
    expect(stops().size).toBe(6);
  });

  it("releases once: what was stopped since stays stopped, and another request's key releases nothing", async () => {
    await keyed("a");
    await expect(released("a")).rejects.toMatchObject({ code: "idempotency.mismatch" });
    expect(await isStopped()).toBe(true);
    expect(await Promise.all([released("b"), released("b")])).toEqual([ids(), ids()]);
    await keyed("c");
    expect(await released("b")).toEqual(ids());
    expect(await isStopped()).toBe(true);
    await expect(run(zones[0]!)).rejects.toMatchObject({ code: "actuator.site_stopped" });
  });

  it("is not used up by a release that there was nothing for", async () => {
    await expect(released("a")).rejects.toMatchObject({ code: "site.not_stopped" });
    await stop();
    expect(await released("a")).toEqual(ids());
  });
});
