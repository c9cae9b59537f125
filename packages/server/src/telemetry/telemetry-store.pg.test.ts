import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { createGeneration, listGenerations } from "./telemetry-store.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("owners that make the same generation at once, as in a takeover, do not hinder one another", async () => {
  const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
  for (const number of numbers) {
    await Promise.all(Array.from({ length: 4 }, () => createGeneration(database.pool, 0, number)));
  }
  const generations = await listGenerations(database.pool, 0);
  expect(generations.map(({ number, state }) => `${number} ${state}`)).toEqual(
    numbers.map((number) => `${number} ready`),
  );
});
