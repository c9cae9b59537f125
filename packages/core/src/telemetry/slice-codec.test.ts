import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageBatch } from "./message-batch.ts";
import { SliceEncoder, SliceReader } from "./slice-codec.ts";
import { MessageSorter } from "./sort-messages.ts";

interface Message {
  readonly device: number;
  readonly time: number;
  /** Metric, value and, where it is invalid, its flags. */
  readonly values: readonly (readonly [number, number, number?])[];
  readonly extras: string | undefined;
}

function toBatch(messages: readonly Message[]): MessageBatch {
  const batch = new MessageBatch(1, 1);
  for (const { device, time, values, extras } of messages) {
    for (const [metric, value, flags = 0] of values) {
      batch.addValue(metric, value);
      batch.setFlags(batch.valueCount - 1, flags);
    }
    batch.endMessage(device, time, extras);
  }
  return batch;
}

function roundTrip(messages: readonly Message[], encoder = new SliceEncoder()): Message[] {
  const batch = toBatch(messages);
  const order = new MessageSorter().sort(batch);
  const reader = new SliceReader(encoder.encode(batch, order, 0, batch.length));
  const back = new MessageBatch();
  reader.appendTo(back);
  return Array.from({ length: back.length }, (_, i) => ({
    device: back.deviceIds[i]!,
    time: back.timesMicros[i]!,
    values: Array.from({ length: back.valueEnds[i]! - back.valueStart(i) }, (_, at) => {
      const place = back.valueStart(i) + at;
      const flags = back.flags[place]!;
      const reading = [back.metricNumbers[place]!, back.values[place]!] as const;
      return flags === 0 ? reading : ([...reading, flags] as const);
    }),
    extras: back.extras.get(i),
  }));
}

/** What storing means: sorted by device and time, arrivals in order, metrics ascending, the last of a doubled metric. */
function expected(messages: readonly Message[]): Message[] {
  return messages
    .map((message, arrival) => ({ message, arrival }))
    .sort((a, b) => a.message.device - b.message.device || a.message.time - b.message.time || a.arrival - b.arrival)
    .map(({ message }) => ({
      ...message,
      values: [...new Map(message.values.map((reading) => [reading[0], reading])).values()].sort(([a], [b]) => a - b),
    }));
}

const anyDouble = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2.2250738585072014e-308, Number.MAX_VALUE, 2 ** 53, 0.1, 21.4, 1e-7),
  fc.integer({ min: -100_000, max: 100_000 }).map((integer) => integer / 100),
);
const anyMetric = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 255 }));
const anyMessage: fc.Arbitrary<Message> = fc.record({
  device: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
  time: fc.oneof(
    fc.integer({ min: 0, max: 2 ** 52 - 1 }),
    fc.integer({ min: 1_700_000_000, max: 1_700_000_100 }).map((seconds) => seconds * 1_000_000),
    fc.integer({ min: 0, max: 5000 }).map((ms) => 1_700_000_000_000_000 + ms * 1000),
  ),
  values: fc.array(
    fc.oneof(
      { arbitrary: fc.tuple(anyMetric, anyDouble), weight: 4 },
      { arbitrary: fc.tuple(anyMetric, anyDouble, fc.integer({ min: 1, max: 7 })), weight: 1 },
    ),
    { maxLength: 8 },
  ),
  extras: fc.option(fc.json(), { nil: undefined }),
});

describe("slice codec", () => {
  it("gives back every message bit for bit, in (device, time, arrival) order", () => {
    const encoder = new SliceEncoder();
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 60 }), (messages) => {
        // toStrictEqual tells −0 from 0.
        expect(roundTrip(messages, encoder)).toStrictEqual(expected(messages));
      }),
      { numRuns: 400 },
    );
  });

  it("keeps a metric that only some rows have apart from zero", () => {
    const messages = Array.from({ length: 20 }, (_, i) => ({
      device: 1,
      time: i * 1000,
      values: i % 3 === 0 ? [[7, 0] as const] : [],
      extras: undefined,
    }));
    expect(roundTrip(messages)).toStrictEqual(messages);
  });

  it("stores two-decimal readings of many devices in under 2 bytes a value before compression", () => {
    const messages = Array.from({ length: 1000 }, (_, i) => ({
      device: i + 1,
      time: 1_700_000_000_000_000,
      values: Array.from(
        { length: 5 },
        (_, metric) => [metric, ((i * 7919 + metric * 104_729) % 10_000) / 100] as const,
      ),
      extras: undefined,
    }));
    const batch = toBatch(messages);
    const body = new SliceEncoder().encode(batch, new MessageSorter().sort(batch), 0, 1000);
    expect(body.length / 5000).toBeLessThan(2.1);
  });

  it("costs nothing where all readings are valid, and little where few are not", () => {
    const messages = (flags: readonly number[]) =>
      flags.map((flag, i) => ({ device: 1, time: i, values: [[0, i / 10, flag] as const], extras: undefined }));
    const encode = (flags: readonly number[]) => {
      const batch = toBatch(messages(flags));
      return new SliceEncoder().encode(batch, new MessageSorter().sort(batch), 0, batch.length);
    };
    const valid = encode(new Array(1000).fill(0));
    const marked = encode(Array.from({ length: 1000 }, (_, i) => (i === 500 ? 4 : 0)));
    expect(valid[0]).toBe(1);
    expect(marked[0]).toBe(2);
    expect(marked.length - valid.length).toBe(2 + 1 + 1000);
    expect(new SliceReader(valid).flagsOf(0)).toBeUndefined();
    expect(new SliceReader(marked).flagsOf(0)!.indexOf(4)).toBe(500);
  });

  it("reads a slice of version 1 as it was written before there were marks", () => {
    // Device 7 at 1 s and 2 s: metric 3 was 1.5, then 2.5; the second message said {"a":1} besides.
    const body = Buffer.from(
      "01" +
        "02000000" +
        "01" +
        "0000000000000000" +
        "0700" +
        "06" +
        "000000000000f03f" +
        "01" +
        "0000000000000000" +
        "0001" +
        "0100" +
        "03" +
        "11000000" +
        "02000000" +
        "01" +
        "01" +
        "01" +
        "0000000000002e40" +
        "000a" +
        "01000000" +
        "01000000" +
        "07000000" +
        Buffer.from('{"a":1}').toString("hex"),
      "hex",
    );
    const batch = new MessageBatch();
    new SliceReader(body).appendTo(batch);
    expect([...batch.deviceIds.subarray(0, 2)]).toEqual([7, 7]);
    expect([...batch.timesMicros.subarray(0, 2)]).toEqual([1_000_000, 2_000_000]);
    expect([...batch.values.subarray(0, 2)]).toEqual([1.5, 2.5]);
    expect({ extras: batch.extras.get(1), hasFlags: batch.hasFlags }).toEqual({ extras: '{"a":1}', hasFlags: false });
  });

  it("finds a device's rows, and none of a device that is not there", () => {
    const batch = toBatch([3, 5, 5, 9].map((device, i) => ({ device, time: i, values: [], extras: undefined })));
    const reader = new SliceReader(new SliceEncoder().encode(batch, new MessageSorter().sort(batch), 0, 4));
    expect([reader.rowsOf(5), reader.rowsOf(4), reader.rowsOf(10)]).toEqual([
      [1, 3],
      [1, 1],
      [4, 4],
    ]);
  });

  it("refuses a version it does not know, and a body that ends too early", () => {
    const batch = toBatch([{ device: 1, time: 1, values: [[0, 1.5, 1]], extras: undefined }]);
    const body = new SliceEncoder().encode(batch, new MessageSorter().sort(batch), 0, 1);
    expect(() => new SliceReader(Uint8Array.from(body, (byte, i) => (i === 0 ? 3 : byte)))).toThrow("version 3");
    for (let length = 0; length < body.length; length++) {
      expect(() => new SliceReader(body.subarray(0, length)).appendTo(new MessageBatch())).toThrow(RangeError);
    }
  });
});
