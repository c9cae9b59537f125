import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FAN_IN, findCompaction } from "./find-compaction.ts";
import type { LivePart } from "./part-store.ts";
import { DAY_MICROS } from "./periods.ts";

const DAY = 20_000;
const now = (DAY + 100) * DAY_MICROS;

function part(id: number, sequence: number, more: Partial<LivePart> = {}): LivePart {
  return {
    id,
    organizationId: 1,
    profileId: 1,
    span: "generation",
    generation: sequence,
    sequence,
    minDevice: 1,
    maxDevice: 9,
    minMicros: DAY * DAY_MICROS,
    maxMicros: DAY * DAY_MICROS + 1000,
    hasVersions: false,
    messages: 10,
    readings: 50,
    bytes: 1000,
    checksum: "",
    name: `part-${id}`,
    liveMicros: now - 10 * DAY_MICROS,
    erasedThrough: 0,
    isMergeable: true,
    ...more,
  };
}

function chosen(parts: readonly LivePart[], at = now): string | undefined {
  const found = findCompaction(parts, at);
  return found === undefined ? undefined : `${found.span} ${found.parts.map(({ id }) => id).join(" ")}`;
}

describe("what is merged", () => {
  it("is a day once it is over, in the order of arrival", () => {
    expect(chosen([part(1, 7), part(2, 5), part(3, 6)])).toBe("day 2 3 1");
    expect(chosen([part(1, 7), part(2, 5)], (DAY + 1) * DAY_MICROS + 1)).toBeUndefined();
    expect(chosen([part(1, 7)])).toBeUndefined();
    expect(chosen([part(1, 7), part(2, 5, { profileId: 2 })])).toBeUndefined();
  });

  it("never has a part of several days between that may hold another version", () => {
    const wide = part(9, 6, { maxMicros: (DAY + 3) * DAY_MICROS });
    expect(chosen([part(1, 5), part(2, 7), part(3, 8), wide])).toBe("day 2 3");
    expect(chosen([part(1, 5), part(2, 7), wide])).toBe("month 1 9 2");
    const elsewhere = part(9, 6, { minMicros: (DAY + 2) * DAY_MICROS, maxMicros: (DAY + 3) * DAY_MICROS });
    expect(chosen([part(1, 5), part(2, 7), elsewhere])).toBe("day 1 2");
  });

  it("never passes a part that overlaps neither of two neighbours, but another of the run", () => {
    const hour = 3_600_000_000;
    const at = (id: number, sequence: number, from: number, more: Partial<LivePart> = {}) =>
      part(id, sequence, {
        minMicros: DAY * DAY_MICROS + from,
        maxMicros: DAY * DAY_MICROS + from + hour - 1,
        ...more,
      });
    const between = at(9, 3, 5 * hour, { isMergeable: false });
    const parts = [at(1, 1, 5 * hour), at(2, 2, 0), at(3, 4, hour), between];
    expect(chosen(parts)).toBe("day 1 2");
    expect(chosen([parts[1]!, parts[2]!, between])).toBe("day 2 3");
  });

  it("passes by no part whose readings were dropped, or that reaches into a day that is not over", () => {
    const dropped = part(9, 6, { isMergeable: false });
    expect(chosen([part(1, 5), part(2, 7), dropped])).toBeUndefined();
    const recent = part(9, 6, { maxMicros: (DAY + 2) * DAY_MICROS });
    expect(chosen([part(1, 5), part(2, 7), recent], (DAY + 3) * DAY_MICROS)).toBeUndefined();
  });

  it("is at most sixteen at a time, the cheapest first", () => {
    const parts = Array.from({ length: 20 }, (_, i) => part(i + 1, i + 1, { messages: i < 4 ? 1_000_000 : 10 }));
    expect(chosen(parts)).toBe(`day ${Array.from({ length: 16 }, (_, i) => i + 5).join(" ")}`);
  });

  it("is no more than a file may hold, in messages and in bytes", () => {
    const large = [1, 2, 3].map((id) => part(id, id, { messages: 45_000_000 }));
    expect(chosen(large)).toBe("day 1 2");
    const heavy = [1, 2, 3].map((id) => part(id, id, { bytes: 900 * 1024 ** 2 }));
    expect(chosen(heavy)).toBe("day 1 2");
    expect(chosen([1, 2].map((id) => part(id, id, { bytes: 1100 * 1024 ** 2 })))).toBeUndefined();
  });

  it("waits for more before it writes a compacted one anew", () => {
    const day = part(1, 7, { span: "day" });
    expect(chosen([day, part(2, 8, { liveMicros: now - 1 })])).toBeUndefined();
    expect(chosen([day, part(2, 8)])).toBe("day 1 2");
  });
});

/** A part with what it holds: (device, time, metric) → value. */
interface Held extends LivePart {
  readonly readings: number;
  readonly held: ReadonlyMap<string, number>;
}

const anyPart = fc.record({
  firstDay: fc.integer({ min: 0, max: 3 }),
  lastDay: fc.integer({ min: 0, max: 3 }),
  readings: fc.array(
    fc.record({
      device: fc.integer({ min: 1, max: 2 }),
      metric: fc.integer({ min: 0, max: 1 }),
      day: fc.integer({ min: 0, max: 3 }),
      step: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  isMergeable: fc.integer({ min: 0, max: 6 }).map((n) => n > 0),
});

function build(wanted: readonly (typeof anyPart extends fc.Arbitrary<infer T> ? T : never)[]): Held[] {
  return wanted.flatMap(({ firstDay, lastDay, readings, isMergeable }, i) => {
    const days = [Math.min(firstDay, lastDay), Math.max(firstDay, lastDay)] as const;
    const held = new Map<string, number>();
    const times: number[] = [];
    for (const { device, metric, day, step } of readings) {
      if (day < days[0] || day > days[1]) continue;
      const time = (DAY + day) * DAY_MICROS + step;
      times.push(time);
      held.set(`${device} ${time} ${metric}`, i);
    }
    if (times.length === 0) return [];
    const span = { minMicros: Math.min(...times), maxMicros: Math.max(...times) };
    return [{ ...part(i, i, { ...span, isMergeable }), held, readings: held.size }];
  });
}

function fold(parts: readonly Held[]): Map<string, number> {
  const inOrder = parts.toSorted((a, b) => a.sequence - b.sequence);
  return new Map(inOrder.flatMap(({ held }) => [...held]).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

it("merged to the end in any order, parts hold what came last of each device, time and metric", () => {
  let merges = 0;
  fc.assert(
    fc.property(fc.array(anyPart, { minLength: 2, maxLength: 40 }), (wanted) => {
      let parts = build(wanted);
      const expected = fold(parts);
      for (let due = findCompaction(parts, now); due !== undefined; due = findCompaction(parts, now)) {
        const sources = due.parts as readonly Held[];
        expect(sources.length).toBeGreaterThan(1);
        expect(sources.length).toBeLessThanOrEqual(FAN_IN);
        const newest = sources.at(-1)!;
        const merged: Held = {
          ...newest,
          span: due.span,
          minMicros: Math.min(...sources.map(({ minMicros }) => minMicros)),
          maxMicros: Math.max(...sources.map(({ maxMicros }) => maxMicros)),
          held: fold(sources),
        };
        parts = [...parts.filter((one) => !sources.includes(one)), merged];
        merges++;
        expect(fold(parts)).toEqual(expected);
      }
    }),
    { seed: 6, numRuns: 400 },
  );
  expect(merges).toBeGreaterThan(500);
});
