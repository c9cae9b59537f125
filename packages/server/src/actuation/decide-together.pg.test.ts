import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Actuation } from "./actuation.ts";
import { changeActuator } from "./change-actuator.ts";
import { decideExecution } from "./decide-execution.ts";
import { RequestBatches } from "./request-batches.ts";
import { requestRun } from "./request-run.ts";
import { createTestPlant, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;
let zones: Zone[];
let transactions: number;
let actuation: Actuation;

beforeAll(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
});
afterAll(() => plant.stop());

beforeEach(async () => {
  zones = [await plant.addZone(), await plant.addZone(), await plant.addZone()];
  for (const zone of zones) {
    await plant.connect(zone);
    // Where an actuator is, is remembered: from now on those who ask at the same time do so in one turn.
    await plant.actuation.store.whereIs(plant.operator.organizationId, zone.pumpId);
  }
  transactions = 0;
  const store: Actuation["store"] = {
    ...plant.actuation.store,
    transaction: (work) => {
      transactions++;
      return plant.actuation.store.transaction(work);
    },
  };
  actuation = { ...plant.actuation, store, requests: new RequestBatches() };
});

/** "started", "waits", or the code of the refusal. */
async function ask(
  { pumpId: actuatorId }: Zone,
  more: { idempotencyKey?: string; waitMs?: number } = {},
): Promise<string> {
  const order = { actuatorId, durationMs: 1_000, ...more };
  return requestRun(actuation, plant.operator, order).then(
    ({ command }) => (command === undefined ? "waits" : "started"),
    ({ code }) => code,
  );
}

describe("requests for several actuators at the same time", () => {
  it("are decided in one transaction, after the one that came first", async () => {
    const asked = [0, 1, 2, 0, 1, 2, 0, 1, 2].map((index) => ask(zones[index]!));
    const answers = await Promise.all(asked);
    expect(answers.slice(0, 3)).toEqual(["started", "started", "started"]);
    expect(new Set(answers.slice(3))).toEqual(new Set(["actuator.running"]));
    expect(transactions).toBe(2);
  });

  it("of one interlock group start one of them", async () => {
    for (const { pumpId } of zones.slice(0, 2)) {
      await changeActuator(plant.actuation, plant.operator, pumpId, { envelope: { interlockGroup: "water" } });
    }
    const answers = await Promise.all([ask(zones[2]!), ask(zones[0]!), ask(zones[1]!)]);
    expect(answers).toEqual(["started", "started", "waits"]);
    expect(transactions).toBe(2);
  });

  it("do not wait for one that somebody else has locked", async () => {
    const other = await plant.pool.connect();
    await other.query("begin");
    await other.query("select from actuator where id = $1 for no key update", [zones[0]!.pumpId]);
    const blocked = ask(zones[0]!);
    expect(await Promise.all([ask(zones[1]!), ask(zones[2]!)])).toEqual(["started", "started"]);
    await other.query("commit");
    other.release();
    expect(await blocked).toBe("started");
  });

  it("read the permissives of theirs before their own locks, and keep nobody else waiting for that", async () => {
    const permissives = [{ metric: "level", operator: "above", value: 10, maxAgeMs: 60_000 }] as const;
    await changeActuator(plant.actuation, plant.operator, zones[1]!.pumpId, { envelope: { permissives } });
    const reading = Promise.withResolvers<readonly undefined[]>();
    const underLock: boolean[] = [];
    actuation = {
      ...actuation,
      readPermissives: async ({ id }) => {
        const free = "select 1 from actuator where id = $1 for no key update skip locked";
        underLock.push((await plant.pool.query(free, [id])).rowCount === 0);
        return reading.promise;
      },
    };
    const [first, asked, other] = [ask(zones[0]!), ask(zones[1]!, { waitMs: 0 }), ask(zones[2]!)];
    expect(await Promise.all([first, other])).toEqual(["started", "started"]);
    reading.resolve([undefined]);
    expect(await asked).toBe("actuator.permissive");
    expect(underLock).toEqual([false]);
  });

  it("are decided by the permissives of that moment, also where others were read", async () => {
    const change = (value: number) =>
      changeActuator(plant.actuation, plant.operator, zones[0]!.pumpId, {
        envelope: { permissives: [{ metric: "level", operator: "above", value, maxAgeMs: 60_000 }] },
      });
    await change(10);
    const read: unknown[] = [];
    actuation = {
      ...actuation,
      readPermissives: async ({ envelope }) => {
        read.push(envelope.permissives?.[0]?.value);
        if (read.length === 1) await change(20);
        return [{ value: 15, timeMicros: Date.now() * 1000 }];
      },
    };
    expect(await ask(zones[0]!, { waitMs: 0 })).toBe("actuator.permissive");
    expect(read).toEqual([10, 20]);
  });

  it("use a key once, whichever they are for", async () => {
    const answers = await Promise.all([0, 1, 2].map((index) => ask(zones[index]!, { idempotencyKey: "shared" })));
    expect(answers.toSorted()).toEqual(["idempotency.mismatch", "idempotency.mismatch", "started"]);
  });

  it("stop what has to yield to one of them, in a transaction of its own", async () => {
    const [yielding] = zones;
    await changeActuator(plant.actuation, plant.operator, yielding!.pumpId, { envelope: { cooldownMs: 0 } });
    const causes = {
      type: "THRESHOLD",
      action: "RUN",
      priority: "THRESHOLD",
      parameters: { durationMs: 20_000 },
    } as const;
    const whose = {
      organizationId: plant.operator.organizationId,
      actuatorId: yielding!.pumpId,
      requestedBy: "rule:1",
    };
    const nothing = { ruleId: null, deviceId: null, causes: 1, folded: undefined };
    const id = await plant.actuation.store.transaction((tx) =>
      tx.openExecution({ id: plant.actuation.newId(), ...causes, ...whose, ...nothing }),
    );
    const due = { id, ...whose, action: "RUN" } as const;
    const need = async () => ({ isNeeded: true, readingMicros: Date.now() * 1000 });
    expect(await decideExecution(plant.actuation, due, need)).toBe("dispatched");
    await plant.gateway.settled();
    expect(await Promise.all([ask(zones[1]!), ask(yielding!), ask(zones[2]!)])).toEqual([
      "started",
      "waits",
      "started",
    ]);
    await plant.gateway.settled();
    const sent = plant.link.sent.filter(
      ({ deviceId, channel }) => deviceId === yielding!.deviceId && channel === "command",
    );
    expect(sent.map(({ payload }) => JSON.parse(payload).kind)).toEqual(["RUN", "STOP"]);
  });
});
