import fc from "fast-check";
import { expect, test } from "vitest";
import { CHARACTERS_A_TURN, jsonInTurns } from "./json-in-turns.ts";

test("writes what JSON.stringify writes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(await jsonInTurns(value as Parameters<typeof jsonInTurns>[0])).toBe(JSON.stringify(value));
    }),
    { seed: 5, numRuns: 500 },
  );
  expect(await jsonInTurns({ left: 1, out: undefined })).toBe('{"left":1}');
});

test("a long answer leaves the event loop again and again, a short one never", async () => {
  let turns = 0;
  const nextTurn = async () => {
    turns++;
  };
  await jsonInTurns({ ts: [1, 2, 3] }, nextTurn);
  expect(turns).toBe(0);
  const series = { ph: new Array<number>(50_000).fill(7.25), temp: new Array<number>(50_000).fill(15.5) };
  const text = await jsonInTurns({ series }, nextTurn);
  expect(text).toBe(JSON.stringify({ series }));
  expect(turns).toBeGreaterThanOrEqual(Math.floor(text.length / (2 * CHARACTERS_A_TURN)));
});
