import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { GatewayOwner } from "./gateway-owner.ts";
import { systemClock } from "./platform/clock.ts";
import { acquireOwnership } from "./platform/single-owner.ts";
import { createTestDatabase, type TestDatabase } from "./platform/testing/test-database.ts";

let database: TestDatabase;
let ending: AbortController;
let said: string[];
/** What a part waits for before it has started. */
let gates: Record<string, Promise<void>>;
let owner: GatewayOwner;

beforeEach(async () => {
  database = await createTestDatabase();
  ending = new AbortController();
  said = [];
  gates = {};
  owner = new GatewayOwner({
    connectionString: database.url,
    rules: { refresh: () => say("rules refreshed") },
    pipeline: { start: () => say("pipeline on"), stop: () => say("pipeline off") },
    gateway: { start: () => say("gateway on"), stop: () => say("gateway off"), onStillListening: async () => {} },
    listeningDeviceIds: () => [],
    clock: systemClock,
    logger: pino({ level: "silent" }),
    signal: ending.signal,
    onFailed: (error) => said.push(`failed: ${(error as Error).message}`),
  });
});
afterEach(() => database.drop());

async function say(what: string): Promise<void> {
  said.push(what);
  await gates[what];
}

const ON = ["rules refreshed", "pipeline on", "gateway on"];
const OFF = ["gateway off", "pipeline off"];

async function stop(): Promise<void> {
  ending.abort(new Error("stopping"));
  await owner.stop();
}

/** Rejects where it is owned still. */
async function ownedByAnother(): Promise<void> {
  const next = await acquireOwnership({
    ...{ connectionString: database.url, lock: "gatewayAndPipeline", clock: systemClock, onLost: () => {} },
    signal: AbortSignal.timeout(5_000),
  });
  await next.release();
}

it("yields once to a later gateway, however often that is said, and again to one after it", async () => {
  await owner.start();
  owner.yield();
  owner.yield();
  await owner.settled();
  expect(said).toEqual([...ON, ...OFF, ...ON]);
  owner.yield();
  await owner.settled();
  expect(said).toEqual([...ON, ...OFF, ...ON, ...OFF, ...ON]);
  await stop();
  expect(said.slice(-2)).toEqual(OFF);
});

it("a stop waits for what is under way, which goes no further, and then gives it free", async () => {
  await owner.start();
  said = [];
  const gate = Promise.withResolvers<void>();
  const isStarting = new Promise<void>((resolve) => {
    gates = {
      get "pipeline on"() {
        resolve();
        return gate.promise;
      },
    };
  });
  owner.yield();
  await isStarting;
  const stopped = stop();
  gate.resolve();
  await stopped;
  expect(said).toEqual([...OFF, "rules refreshed", "pipeline on", "failed: stopping", ...OFF]);
  await ownedByAnother();
});

it("a start that is ended midway leaves nothing owned", async () => {
  const gate = Promise.withResolvers<void>();
  gates = { "rules refreshed": gate.promise };
  const started = owner.start();
  while (said.length === 0) await database.pool.query("select 1");
  ending.abort(new Error("stopping"));
  gate.resolve();
  await expect(started).rejects.toThrow("stopping");
  expect(said).toEqual(["rules refreshed", ...OFF]);
  await ownedByAnother();
});

it("does not come back after a stop", async () => {
  await owner.start();
  owner.yield();
  await stop();
  owner.yield();
  await owner.settled();
  expect(said).toEqual([...ON, ...OFF]);
});
