import { expect, test } from "vitest";
import { schema } from "./schema.ts";

const read = (value: unknown) =>
  (schema.getType("DateTime") as { parseValue(value: unknown): unknown }).parseValue(value);
const micros = (text: string) => Date.parse(text) * 1000;

test.each([
  ["2026-05-01T06:00:00Z", micros("2026-05-01T06:00:00Z")],
  ["2026-05-01T06:00:00.000001+02:00", micros("2026-05-01T04:00:00Z") + 1],
  // Not by the clock of the machine.
  ["2026-05-01T06:00:00", micros("2026-05-01T06:00:00Z")],
  ["2026-05-01", micros("2026-05-01T00:00:00Z")],
  ["1777615200000", 1_777_615_200_000_000],
  [1_777_615_200_000, 1_777_615_200_000_000],
])("the time %s is read as by REST", (given, expected) => {
  expect(read(given)).toBe(expected);
});

test.each(["2026-02-30T00:00:00Z", "2026-05-01 (whatever)", "yesterday", "", true, null, {}, Number.NaN])(
  "%s is no time",
  (given) => {
    expect(() => read(given)).toThrow(/RFC 3339/);
  },
);
