import type { Pool, PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPostgresActuationStore, listCommands, requestStop } from "./index.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

/** The reply to COMMIT is lost on its way: the server may have committed, or not, and only looking can tell. */
let plant: TestPlant;

beforeAll(async () => {
  plant = await createTestPlant();
});
afterAll(() => plant.stop());

const commands = (zone: Zone) =>
  listCommands(plant.pool, plant.operator.organizationId, { actuatorId: zone.pumpId, limit: 10 });

/** A pool whose first COMMIT reaches the server or not, and is answered by a broken connection either way. */
function losingFirstCommit(pool: Pool, reachesServer: boolean): Pool {
  let isLost = false;
  const query = (client: PoolClient, args: unknown[]): unknown => {
    if (args[0] !== "commit" || isLost) return Reflect.apply(client.query, client, args);
    isLost = true;
    const sent = client.query(reachesServer ? "commit" : "rollback");
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
