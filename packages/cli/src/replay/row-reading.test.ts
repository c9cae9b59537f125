import { expect, test } from "vitest";
import { layoutOf, parseCell, toReading } from "./row-reading.ts";
import { dueAfterMs, parseSpeed } from "./speed.ts";
import { parseTimeMicros } from "./time-cell.ts";

const HEADER = ["timestamp", "temp", "f_temp", "ph"];
const row = (...cells: string[]) => ({ lineNumber: 7, cells });

test("numbers become numbers, flags stay text, empty cells are not sent", () => {
  const layout = layoutOf(HEADER, "timestamp");
  expect(toReading(row("2012-01-01T05:00:00Z", "16.9", "<-3> [GSM] (CWD)", ""), layout)).toEqual({
    timeMicros: 1_325_394_000_000_000,
    values: [
      ["temp", 16.9],
      ["f_temp", "<-3> [GSM] (CWD)"],
    ],
  });
});

test("a row of gaps is no reading, even when its time is missing too", () => {
  const layout = layoutOf(HEADER, "timestamp");
  expect(toReading(row("2012-01-01T05:00:00Z", "", " ", ""), layout)).toBeUndefined();
  expect(toReading(row("", "", "", ""), layout)).toBeUndefined();
});

test("only the wanted columns are sent, and columns that are not there are named", () => {
  const layout = layoutOf(HEADER, "timestamp", ["ph"]);
  expect(toReading(row("1", "2", "3", "4"), layout)?.values).toEqual([["ph", 4]]);
  expect(() => layoutOf(HEADER, "timestamp", ["pH"])).toThrow(/no column "pH"/);
  expect(() => layoutOf(["a", "a"], "a")).toThrow(/two columns "a"/);
});

test("a column is called what it means, its numbers in the metric's unit, its text as it stands", () => {
  const meanings = { temp: { metric: "temperature" }, ph: { metric: "power", factor: -1_000 } };
  const layout = layoutOf(HEADER, "timestamp", undefined, meanings);
  expect(toReading(row("2012-01-01T05:00:00Z", "16.9", "<-3>", "0.5"), layout)?.values).toEqual([
    ["temperature", 16.9],
    ["f_temp", "<-3>"],
    ["power", -500],
  ]);
});

test("a row without a time names its line", () => {
  expect(() => toReading(row("yesterday", "1", "", ""), layoutOf(HEADER, "timestamp"))).toThrow(/Line 7: "yesterday"/);
});

test.each([
  ["17", 17],
  ["-0", -0],
  ["+1.5", 1.5],
  [".5", 0.5],
  ["5.", 5],
  ["1e-7", 1e-7],
  ["0.1", 0.1],
  ["123456789.123456789", 123456789.12345679],
  ["5e-324", 5e-324],
  [" 7 ", 7],
  ["1e999", "1e999"],
  ["0x10", "0x10"],
  ["NaN", "NaN"],
  ["Infinity", "Infinity"],
  ["1,5", "1,5"],
  ["true", "true"],
  ["", undefined],
  ["  ", undefined],
])("cell %j is %j", (cell, value) => {
  expect(parseCell(cell)).toBe(value);
});

test.each([
  ["2012-01-01T05:00:00Z", 1_325_394_000_000_000],
  ["2012-01-01T05:00:00.123456Z", 1_325_394_000_123_456],
  ["2012-01-01T05:00:00.1", 1_325_394_000_100_000],
  ["2012-01-01 05:00:00", 1_325_394_000_000_000],
  ["2012-01-01T00:00:00-05:00", 1_325_394_000_000_000],
  ["2012-01-01T00:00-0500", 1_325_394_000_000_000],
  ["2012-01-01", 1_325_376_000_000_000],
  ["1325394000", 1_325_394_000_000_000],
  ["1325394000.25", 1_325_394_000_250_000],
  ["1325394000123", 1_325_394_000_123_000],
  ["1325394000123456", 1_325_394_000_123_456],
  ["2012-13-01T05:00:00Z", undefined],
  ["05:00", undefined],
  ["", undefined],
])("time %j is %j µs", (cell, micros) => {
  expect(parseTimeMicros(cell)).toBe(micros);
});

test("speed is a factor or max", () => {
  expect(parseSpeed("60x")).toBe(60);
  expect(parseSpeed("0.5")).toBe(0.5);
  expect(parseSpeed("max")).toBeUndefined();
  for (const text of ["0x", "-1x", "fast", "", "1e9x"]) expect(() => parseSpeed(text)).toThrow(/--speed/);
});

test("rows are due after their distance from the first, shortened by the factor", () => {
  expect(dueAfterMs(0, 900_000_000, 60)).toBe(15_000);
  expect(dueAfterMs(900_000_000, 0, 60)).toBe(0);
});
