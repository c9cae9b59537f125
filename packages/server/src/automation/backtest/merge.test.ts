import fc from "fast-check";
import { expect, it } from "vitest";
import { Merge } from "./merge.ts";

it("goes through ascending columns in the order of time, equal times in the order of the columns", () => {
  const column = fc
    .array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 })
    .map((times) => times.sort((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(column, { maxLength: 7 }), (columns) => {
      const visited: number[][] = [];
      new Merge(columns.map((times) => Float64Array.from(times))).forEach((index, row) => {
        visited.push([columns[index]![row]!, index, row]);
      });
      const sorted = columns.flatMap((times, index) => times.map((time, row) => [time, index, row]));
      expect(visited).toEqual(sorted.sort(([t1, i1, r1], [t2, i2, r2]) => t1! - t2! || i1! - i2! || r1! - r2!));
    }),
  );
});
