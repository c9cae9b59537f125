import { expect, test } from "vitest";
import { slugOf } from "./slug.ts";

test.each([
  ["Zone 4 (North)", "zone-4-north"],
  ["Élevage de l'Île", "elevage-de-l-ile"],
  ["  ", ""],
  ["水", ""],
  ["x".repeat(100), "x".repeat(63)],
])("%j → %j", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
