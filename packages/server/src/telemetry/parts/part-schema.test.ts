import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, it } from "vitest";
import { columnNames, flagsColumn, rawSchema, sidecarSchema } from "./part-schema.ts";
import { PartWriter } from "./part-writer.ts";
import { RawReader } from "./raw-reader.ts";

const shapeOf = (...keys: readonly string[]) => ({
  keys: new Map(keys.map((key, number) => [number, key])),
  flagged: new Set(keys.keys()),
  hasExtras: true,
});
const namesOf = (...keys: readonly string[]) => [...columnNames(shapeOf(...keys)).values()];

it("columns are called as their metrics, unless that is another column's name", () => {
  expect(namesOf("flow", "water temperature", "pH", "a.b", "a:count")).toEqual([
    "flow",
    "water temperature",
    "pH",
    "a.b",
    "a:count",
  ]);
  expect(namesOf("device", "Time", "filename", "file_row_number")).toEqual([
    "device#0",
    "Time#1",
    "filename#2",
    "file_row_number#3",
  ]);
  expect(namesOf("flow", "Flow", "flow!flags")).toEqual(["flow", "Flow#1", "flow!flags#2"]);
});

it("a name that another metric's would be changed to is no way to the same column", () => {
  expect(namesOf("device#1", "device")).toEqual(["device#1", "device#1#1"]);
  expect(namesOf("x#2", "x", "X")).toEqual(["x#2", "x", "X#2#2"]);
});

it("no two columns of a file have the same name, whatever the keys are", () => {
  const anyKey = fc.array(fc.constantFrom("a", "A", "#", "0", "1", "2", "!flags", ":count", "time", "device", "."), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(
        anyKey.map((pieces) => pieces.join("")),
        { minLength: 1, maxLength: 12 },
      ),
      (keys) => {
        for (const schema of [rawSchema(shapeOf(...keys)), sidecarSchema(shapeOf(...keys))]) {
          const names = schema.slice(1).map(({ name }) => name.toLowerCase());
          expect(new Set(names).size).toBe(names.length);
        }
      },
    ),
    { seed: 5, numRuns: 2000 },
  );
});

it("every column is found again by its number, and by its name in DuckDB", async () => {
  const keys = ["device", "device#0", "a.b", 'quo"te', "Ä", "ä", "filename", "file_index", "extras", "x!flags", "x"];
  const shape = shapeOf(...keys);
  const folder = await mkdtemp(path.join(os.tmpdir(), "sluice-columns-"));
  try {
    const writer = new PartWriter(folder, "part", shape, "compact");
    const columns = new Map(keys.map((_, number) => [number, Float64Array.of(number + 0.5)]));
    const flags = new Map(keys.map((_, number) => [number, Uint8Array.of(number + 1)]));
    const row = { deviceIds: Int32Array.of(7), timesMicros: Float64Array.of(1e15), extras: new Map([[0, '{"a":1}']]) };
    writer.write({ length: 1, ...row, columns, flags });
    writer.finish();

    const reader = await RawReader.open(writer.paths.raw);
    expect(await reader.readGroup(0)).toEqual({ length: 1, ...row, columns, flags });
    expect(reader.shape.keys).toEqual(shape.keys);
    await reader.close();

    const instance = await DuckDBInstance.create(":memory:");
    const duck = await instance.connect();
    for (const [number, name] of columnNames(shape)) {
      const column = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const answer = await duck.runAndReadAll(
        `select ${column(name)}, ${column(flagsColumn(name))} from read_parquet('${writer.paths.raw}', hive_partitioning = false)`,
      );
      expect(answer.getRowsJS()).toEqual([[number + 0.5, number + 1]]);
    }
    duck.closeSync();
    instance.closeSync();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
