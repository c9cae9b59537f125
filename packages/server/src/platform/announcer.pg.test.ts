import type { Pool } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Announcer, MAX_WAITING_NOTICES } from "./announcer.ts";
import { connectClient } from "./postgres.ts";
import { createEmptyDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;
let listener: Awaited<ReturnType<typeof connectClient>>;
let heard: string[];
beforeAll(async () => {
  database = await createEmptyDatabase();
  listener = await connectClient(database.url, "listener");
  listener.on("notification", ({ payload }) => heard.push(payload!));
  await listener.query("listen pond");
});
afterAll(async () => {
  await listener.end();
  await database.drop();
});

const dry = (pond: number) => ({ channel: "pond", payload: `${pond} dry` });

/** Statements that it took, and what was heard. */
async function tell(...takes: readonly (readonly ReturnType<typeof dry>[])[]): Promise<number> {
  heard = [];
  let statements = 0;
  const query = (statement: object) => {
    statements++;
    return database.pool.query(statement as never);
  };
  const counting = { query } as unknown as Pool;
  const announcer = new Announcer(counting, pino({ level: "silent" }));
  for (const notices of takes) announcer.take(notices);
  await announcer.settled();
  await listener.query("select 1");
  return statements;
}

test("what comes while others are being sent leaves together, each once", async () => {
  expect(await tell([dry(1)], [dry(2), dry(3)], [dry(2)])).toBe(2);
  expect(heard).toEqual(["1 dry", "2 dry", "3 dry"]);
});

test("of more than may wait the newest are sent", async () => {
  const flood = Array.from({ length: MAX_WAITING_NOTICES + 5 }, (_, pond) => dry(pond));
  await tell([dry(-1)], flood);
  expect(heard).toHaveLength(MAX_WAITING_NOTICES + 1);
  expect(heard.slice(0, 2)).toEqual(["-1 dry", "5 dry"]);
});

test("a database that is away loses notices, and not those after them", async () => {
  heard = [];
  let isAway = true;
  const pool = {
    query: (query: object) => (isAway ? Promise.reject(new Error("away")) : database.pool.query(query as never)),
  } as unknown as Pool;
  const announcer = new Announcer(pool, pino({ level: "silent" }));
  announcer.take([dry(1)]);
  await announcer.settled();
  isAway = false;
  announcer.take([dry(2)]);
  await announcer.settled();
  await listener.query("select 1");
  expect(heard).toEqual(["2 dry"]);
});
