import type { Pool, PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPool } from "../platform/postgres.ts";
import type { NewRequest } from "./actuation-store.ts";
import type { Answer } from "./answer.ts";
import { createPostgresActuationStore, listCommands, RequestBatches, requestStop } from "./index.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

/** The reply to COMMIT is lost on its way: the server may have committed, or not, and only looking can tell. */
let plant: TestPlant;

beforeAll(async () => {
  plant = await createTestPlant();
});
afterAll(() => plant.stop());

const commands = (zone: Zone) =>
  listCommands(plant.pool, plant.operator.organizationId, { actuatorId: zone.pumpId, limit: 10 });

const losingFirstCommit = (pool: Pool, reachesServer: boolean) => losingCommit(pool, 1, reachesServer);

/** A pool one of whose COMMITs reaches the server or not, and is answered by a broken connection either way. */
function losingCommit(pool: Pool, which: number, reachesServer: boolean, onLost = async () => {}): Pool {
  let commits = 0;
  const query = (client: PoolClient, args: unknown[]): unknown => {
    if (!/\bcommit$/.test(String(args[0])) || ++commits !== which) return Reflect.apply(client.query, client, args);
    const sent = client.query(reachesServer ? "commit" : "rollback").then(onLost);
    return sent.then(() => Promise.reject(new Error("Connection terminated unexpectedly")));
  };
  const wrapped = (client: PoolClient): PoolClient =>
    new Proxy(client, {
      get: (target, key) => {
        if (key === "query") return (...args: unknown[]) => query(target, args);
        const value = Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  return new Proxy(pool, {
    get: (target, key) => {
      if (key === "connect") return async () => wrapped(await target.connect());
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describe("a run whose COMMIT reply is lost", () => {
  it("is answered with its command when it was committed", async () => {
    const zone = await plant.addZone();
    const actuation = { ...plant.actuation, store: createPostgresActuationStore(losingFirstCommit(plant.pool, true)) };
    const { id } = await startRun(actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1_000 });
    expect(await commands(zone)).toMatchObject([{ id, fence: 1 }]);
  });

  it("is an error to try again when it was not, and nothing is reserved", async () => {
    const zone = await plant.addZone();
    const actuation = { ...plant.actuation, store: createPostgresActuationStore(losingFirstCommit(plant.pool, false)) };
    const order = { actuatorId: zone.pumpId, durationMs: 1_000 };
    await expect(startRun(actuation, plant.operator, order)).rejects.toMatchObject({
      kind: "unavailable",
      retryable: true,
    });
    expect(await commands(zone)).toEqual([]);
    expect(await startRun(actuation, plant.operator, order)).toMatchObject({ fence: 1 });
  });
});

describe("runs of several actuators whose COMMIT reply is lost", () => {
  it("are answered each for itself: an actuator that somebody holds leaves the others their answers", async () => {
    const zones = [await plant.addZone(), await plant.addZone(), await plant.addZone()];
    const impatient = createPool({
      ...{ connectionString: plant.database.url, name: "impatient", max: 4, statementTimeoutMs: 5_000 },
      lockTimeoutMs: 20,
    });
    const holder = await plant.pool.connect();
    const hold = async () => {
      await holder.query("begin");
      await holder.query("select from actuator where id = $1 for no key update", [zones[1]!.pumpId]);
    };
    const store = createPostgresActuationStore(losingCommit(impatient, 2, true, hold));
    for (const { pumpId } of zones) await store.whereIs(plant.operator.organizationId, pumpId);
    const actuation = { ...plant.actuation, store, requests: new RequestBatches<NewRequest, Answer>() };
    const asked = zones.map(({ pumpId: actuatorId }) =>
      startRun(actuation, plant.operator, { actuatorId, durationMs: 1_000 }).then(
        ({ fence }) => fence,
        () => "no answer",
      ),
    );
    expect(await Promise.all(asked)).toEqual([1, "no answer", 1]);
    await holder.query("rollback");
    holder.release();
    await impatient.end();
  });

  it("are looked for again where the first look fails", async () => {
    const zone = await plant.addZone();
    const store = createPostgresActuationStore(losingFirstCommit(plant.pool, true));
    let looks = 0;
    const transaction: typeof store.transaction = (work) => {
      if (++looks === 2) return Promise.reject(new Error("Connection terminated unexpectedly"));
      return store.transaction(work);
    };
    const actuation = { ...plant.actuation, store: { ...store, transaction } };
    const { fence } = await startRun(actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1_000 });
    expect(fence).toBe(1);
    expect(looks).toBe(3);
  });
});

describe("a STOP whose COMMIT reply is lost", () => {
  it.each([true, false])("is recorded once (committed: %s)", async (reachesServer) => {
    const zone = await plant.addZone();
    const actuation = {
      ...plant.actuation,
      urgentStore: createPostgresActuationStore(losingFirstCommit(plant.pool, reachesServer)),
    };
    const { id } = await requestStop(actuation, plant.operator, { actuatorId: zone.pumpId });
    expect(await commands(zone)).toMatchObject([{ id, kind: "STOP" }]);
  });
});
