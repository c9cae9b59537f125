import { expect, it } from "vitest";
import { cutByExtras, MAX_GROUP_EXTRAS } from "./row-group-extras.ts";

const rowsWith = (extras: ReadonlyMap<number, string>, length = 10) => ({
  length,
  deviceIds: Int32Array.from({ length }, () => 1),
  timesMicros: Float64Array.from({ length }, (_, row) => row),
  columns: new Map([[0, Float64Array.from({ length }, (_, row) => row / 2)]]),
  flags: new Map([[0, Uint8Array.from({ length }, (_, row) => row % 3)]]),
  extras,
});

it("rows stay together while their extras are few", () => {
  const rows = rowsWith(new Map([[3, "{}"]]));
  expect([...cutByExtras(rows)]).toEqual([rows]);
});

it("rows are cut so that no piece has more extras than a row group may have, and none is lost", () => {
  const third = "x".repeat(MAX_GROUP_EXTRAS / 3 - 1);
  // In any order: later versions put theirs behind.
  const extras = new Map([8, 1, 2, 5, 6].map((row) => [row, third]));
  extras.set(7, "x".repeat(MAX_GROUP_EXTRAS + 5));
  const rows = rowsWith(extras);
  const pieces = [...cutByExtras(rows)];
  expect(pieces.map(({ length }) => length)).toEqual([6, 1, 1, 2]);
  expect(pieces.flatMap(({ timesMicros }) => [...timesMicros])).toEqual([...rows.timesMicros]);
  expect(pieces.flatMap(({ columns }) => [...columns.get(0)!])).toEqual([...rows.columns.get(0)!]);
  expect(pieces.flatMap(({ flags }) => [...flags.get(0)!])).toEqual([...rows.flags.get(0)!]);
  const found = pieces.flatMap(({ timesMicros, extras: some }) => [...some.keys()].map((row) => timesMicros[row]!));
  expect(found.sort()).toEqual([1, 2, 5, 6, 7, 8]);
});
