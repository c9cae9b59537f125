import fc from "fast-check";
import { expect, test } from "vitest";
import { Queue } from "./queue.ts";

test("a queue gives back what it was given, in that order, whatever is taken out of its middle", () => {
  const step = fc.oneof(
    fc.nat(9).map((count) => ({ kind: "push" as const, count })),
    fc.nat(9).map((count) => ({ kind: "shift" as const, count })),
    fc.constant({ kind: "remove" as const, count: 0 }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new Queue<number>();
      let model: number[] = [];
      let next = 0;
      for (const { kind, count } of steps) {
        for (let i = 0; i < count && kind === "push"; i++) {
          queue.push(next);
          model.push(next++);
        }
        for (let i = 0; i < count && kind === "shift"; i++) expect(queue.shift()).toBe(model.shift());
        if (kind === "remove") {
          expect(queue.remove((item) => item % 3 === 0)).toEqual(model.filter((item) => item % 3 === 0));
          model = model.filter((item) => item % 3 !== 0);
        }
        expect([queue.length, queue.peek()]).toEqual([model.length, model[0]]);
      }
    }),
  );
});

test("a queue that never empties stays small", () => {
  const queue = new Queue<number>();
  queue.push(0);
  for (let i = 1; i < 10_000; i++) {
    queue.push(i);
    expect(queue.shift()).toBe(i - 1);
  }
  expect(queue.length).toBe(1);
});
