import fc from "fast-check";
import { expect, test } from "vitest";
import { GoneSpans } from "./gone-spans.ts";

const anySpan = fc
  .record({
    device: fc.constantFrom(1, 2),
    metric: fc.constantFrom(0, 9),
    first: fc.integer({ min: 0, max: 60 }),
    length: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ device, metric, first, length }) => ({ device, metric, first, last: first + length }));

test("spans are taken, found and kept apart as by comparing each with each", () => {
  fc.assert(
    fc.property(fc.array(anySpan, { maxLength: 40 }), anySpan, (spans, asked) => {
      const gone = new GoneSpans();
      const taken: (typeof asked)[] = [];
      const meet = (a: typeof asked, b: typeof asked) =>
        a.device === b.device && a.metric === b.metric && a.first <= b.last && a.last >= b.first;
      for (const span of spans) {
        const isFree = !taken.some((other) => meet(other, span));
        expect(gone.take(span.device, span.metric, span.first, span.last)).toBe(isFree);
        if (isFree) taken.push(span);
      }
      const met = taken.filter((other) => meet(other, asked)).sort((a, b) => a.first - b.first);
      const { device, metric, first, last } = asked;
      expect(gone.overlaps(device, metric, first, last)).toBe(met.length > 0);
      expect([...gone.within(device, metric, first, last)]).toEqual(met.map((span) => [span.first, span.last]));
    }),
    { seed: 1, numRuns: 300 },
  );
});
