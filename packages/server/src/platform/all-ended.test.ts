import { expect, test } from "vitest";
import { allEnded } from "./all-ended.ts";

test("answers in the order of the works", async () => {
  const later = Promise.withResolvers<string>();
  const all = allEnded([later.promise, Promise.resolve("second")]);
  later.resolve("first");
  expect(await all).toEqual(["first", "second"]);
});

test("throws the first error, and not before the last work has ended", async () => {
  const slow = Promise.withResolvers<void>();
  let hasThrown = false;
  const all = allEnded([Promise.reject(new Error("no")), slow.promise]).catch((error) => {
    hasThrown = true;
    return error;
  });
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  expect(hasThrown).toBe(false);
  slow.resolve();
  expect(await all).toMatchObject({ message: "no" });
});
