import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DueHeap } from "./due-heap.ts";

describe("the heap of due rules", () => {
  it("gives what is due in its order, however rules were put, moved and taken out", () => {
    const step = fc.record({
      id: fc.integer({ min: 1, max: 12 }),
      due: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(Number.POSITIVE_INFINITY)),
      takeUntil: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
      limit: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const heap = new DueHeap();
        const model = new Map<number, number>();
        for (const { id, due, takeUntil, limit } of steps) {
          heap.set(id, due);
          if (due === Number.POSITIVE_INFINITY) model.delete(id);
          else model.set(id, due);
          expect(heap.firstMicros).toBe(Math.min(...model.values()));
          expect(heap.size).toBe(model.size);
          if (takeUntil === undefined) continue;
          const taken = heap.take(takeUntil, limit);
          const dues = [...model.values()].sort((a, b) => a - b).filter((one) => one <= takeUntil);
          expect(taken.map((one) => model.get(one))).toEqual(dues.slice(0, limit));
          for (const one of taken) model.delete(one);
          for (const [one, at] of model) expect(heap.dueOf(one)).toBe(at);
        }
      }),
    );
  });

  it("copes with a hundred thousand rules", () => {
    const heap = new DueHeap();
    for (let id = 0; id < 100_000; id++) heap.set(id, (id * 7919) % 100_003);
    for (let id = 0; id < 100_000; id += 2) heap.set(id, heap.dueOf(id) + 50_000);
    for (let id = 1; id < 100_000; id += 4) heap.delete(id);
    let before = Number.NEGATIVE_INFINITY;
    let taken = 0;
    while (heap.size > 0) {
      const at = heap.firstMicros;
      expect(at).toBeGreaterThanOrEqual(before);
      taken += heap.take(at, 10_000).length;
      before = at;
    }
    expect(taken).toBe(75_000);
  });
});
