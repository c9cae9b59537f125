import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { MessageSorter } from "@sluice/core/telemetry/sort-messages.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { LatestValues } from "./latest-values.ts";

const sorter = new MessageSorter();
const anyMessage = fc.record({
  device: fc.integer({ min: 1, max: 6 }),
  micros: fc.integer({ min: 1, max: 5 }),
  metric: fc.integer({ min: 0, max: 2 }),
  flags: fc.constantFrom(0, 0, 1),
  extras: fc.boolean(),
});
type Message = typeof anyMessage extends fc.Arbitrary<infer T> ? T : never;

function apply(latest: LatestValues, messages: readonly Message[]): void {
  const batch = new MessageBatch();
  messages.forEach(({ device, micros, metric, flags, extras }, i) => {
    batch.addValue(metric, i);
    batch.setFlags(batch.valueCount - 1, flags);
    batch.endMessage(device, micros, extras ? `{"i":${i}}` : undefined);
  });
  latest.apply(batch, sorter.sort(batch), (id) => 1 + (id % 2));
}

function contentsOf(latest: LatestValues): unknown {
  return [1, 2, 3, 4, 5, 6].map((device) => {
    const message = latest.latest(device);
    return message && { ...message, values: [...message.values].sort(([a], [b]) => a - b) };
  });
}

it("forgetting devices leaves what there would be had they never sent anything, in answers and in snapshots", () => {
  const messages = fc.array(anyMessage, { maxLength: 30 });
  fc.assert(
    fc.property(messages, messages, fc.uniqueArray(fc.integer({ min: 1, max: 7 })), (before, after, forgotten) => {
      const latest = new LatestValues();
      apply(latest, before);
      for (const device of forgotten) latest.forget(device);
      const expected = new LatestValues();
      apply(
        expected,
        before.map((message, i) => ({
          ...message,
          device: forgotten.includes(message.device) ? 100 + i : message.device,
        })),
      );
      expect(contentsOf(latest)).toEqual(contentsOf(expected));
      expect([...latest.snapshot(() => true).deviceIds].some((device) => forgotten.includes(device))).toBe(false);
      apply(latest, after);
      apply(expected, after);
      expect(contentsOf(latest)).toEqual(contentsOf(expected));
    }),
    { seed: 8, numRuns: 500 },
  );
});
