import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KnownDevices } from "../testing/known-devices.ts";
import { MessageWriter } from "./message-writer.ts";

interface Written {
  readonly values?: Readonly<Record<string, number>>;
  readonly extras?: unknown;
  readonly fault?: string;
  readonly details?: unknown;
}

/** What one JSON object becomes. */
function write(values: object, devices = new KnownDevices(["d"])): Written {
  for (;;) {
    const batch = new MessageBatch();
    const writer = new MessageWriter(batch, devices);
    writer.begin(devices.known("d"));
    writer.object(values);
    const finished = writer.finish(1);
    if (finished === "pending") {
      devices.settle();
    } else if (finished === "stored") {
      const { micros: _micros, device: _device, ...message } = devices.messages(batch)[0]!;
      return message;
    } else {
      expect(batch.length).toBe(0);
      expect(batch.valueCount).toBe(0);
      return { fault: finished.code, details: finished.details };
    }
  }
}

function parsed(json: string): object {
  return JSON.parse(json) as object;
}

describe("values", () => {
  test("numbers are metrics; all else is extras; null is absent", () => {
    expect(write({ ph: 7.2, on: true, off: false, state: "open", tags: [1, "a", null], gone: null })).toEqual({
      values: { ph: 7.2 },
      extras: { on: true, off: false, state: "open", tags: [1, "a", null] },
    });
  });

  test("numbers as text stay text", () => {
    expect(write({ ph: "7.2" })).toEqual({ values: {}, extras: { ph: "7.2" } });
  });

  test("nested objects flatten with dots", () => {
    expect(write({ bme280: { temperature: { c: 21.4, f: 70.5 }, error: "late" } })).toEqual({
      values: { "bme280.temperature.c": 21.4, "bme280.temperature.f": 70.5 },
      extras: { "bme280.error": "late" },
    });
  });

  test("a key said twice counts once, the last wins", () => {
    expect(write({ a: { b: 1 }, "a.b": 2 })).toEqual({ values: { "a.b": 2 } });
  });

  test("every double is kept, bit for bit", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(write({ a: value }).values?.a).toBe(value);
      }),
    );
  });

  test("a profile's 257th metric and all after it go to extras", () => {
    const full = new KnownDevices(
      ["d"],
      Array.from({ length: 256 }, (_, i) => `m${i}`),
    );
    expect(write({ m0: 1, late: 2.5, zero: -0 }, full)).toEqual({ values: { m0: 1 }, extras: { late: 2.5, zero: -0 } });
  });
});

describe("refused whole, with the limit", () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i]));
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
  const arrays = (depth: number): unknown => (depth === 0 ? 1 : [arrays(depth - 1)]);

  test.each([
    ["nothing", {}, "reading.empty", undefined],
    ["only nulls", { a: null }, "reading.empty", undefined],
    ["300 values", many(300), "reading.too_many_values", { limit: 256 }],
    ["a key of 10 kB", { ["k".repeat(10_000)]: 1 }, "reading.key_too_long", { limitBytes: 256 }],
    [
      "a key of 257 bytes in 129 characters",
      { [`${"é".repeat(128)}e`]: 1 },
      "reading.key_too_long",
      { limitBytes: 256 },
    ],
    ["a flattened key that grows too long", { ["k".repeat(200)]: { ["l".repeat(56)]: 1 } }, "reading.key_too_long", {}],
    ["an empty key", { "": 1 }, "reading.key_empty", undefined],
    ["an empty key within", { a: { "": 1 } }, "reading.key_empty", undefined],
    ["a NUL in a key", { "a\u0000b": 1 }, "reading.key_invalid", {}],
    ["a line break in a key of text", { "a\nb": "x" }, "reading.key_invalid", {}],
    ["half a surrogate pair in a key", { "\ud800": 1 }, "reading.key_invalid", {}],
    ["a bad key in an array", { a: [{ "\u0000": 1 }] }, "reading.key_invalid", {}],
    ["a number beyond doubles", parsed('{"a":1e999}'), "reading.not_finite", { key: "a" }],
    ["a number beyond doubles in an array", parsed('{"a":[1e999]}'), "reading.not_finite", {}],
    ["17 levels", { a: nested(17) }, "reading.too_deep", { limit: 16 }],
    ["1,000 levels", { a: nested(1_000) }, "reading.too_deep", { limit: 16 }],
    ["1,000 levels of arrays", { a: arrays(1_000) }, "reading.too_deep", { limit: 16 }],
    ["an array of 100,000", { a: new Array(100_000).fill(1) }, "reading.extras_too_large", { limitBytes: 16_384 }],
    ["16 KiB of text", { a: "x".repeat(16_384) }, "reading.extras_too_large", { limitBytes: 16_384 }],
    ["16 KiB of text in fewer characters", { a: "水".repeat(5_500) }, "reading.extras_too_large", {}],
  ])("%s", (_, values, fault, details) => {
    const written = write(values);
    expect(written.fault).toBe(fault);
    if (details !== undefined) expect(written.details).toMatchObject(details);
  });

  test("256 values, keys of 256 bytes and 16 levels are taken", () => {
    expect(Object.keys(write(many(256)).values ?? {})).toHaveLength(256);
    expect(write({ ["é".repeat(128)]: 1 }).values).toEqual({ ["é".repeat(128)]: 1 });
    expect(Object.values(write({ a: nested(15) }).values ?? {})).toEqual([1]);
  });

  test("a refused message asks for no metrics", () => {
    const devices = new KnownDevices(["d"]);
    write({ brand_new: 1, bad: { "": 1 } }, devices);
    write(many(300), devices);
    devices.settle();
    expect(devices.profile.metricNumbers.size).toBe(0);
  });
});

describe("text", () => {
  test("NUL and lone surrogates become the replacement character, wherever they are", () => {
    expect(write({ a: "x\u0000y", b: "\ud83d", c: ["\u0000", { d: "\udc00" }], e: "\\u0000" }).extras).toEqual({
      a: "x\ufffdy",
      b: "\ufffd",
      c: ["\ufffd", { d: "\ufffd" }],
      e: "\\u0000",
    });
  });

  test("any JSON object is stored as sound JSON, or refused", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 }), (values) => {
        const { fault, extras } = write(parsed(JSON.stringify(values)));
        if (fault !== undefined) expect(fault).toMatch(/^reading\./);
        else expect(JSON.stringify(extras ?? {})).not.toMatch(/\\u0000|\\ud[89a-f]/);
      }),
    );
  });
});

test("__proto__ and constructor are keys like any other", () => {
  const json = '{"__proto__":{"polluted":1},"constructor":2,"toString":"x","a":{"__proto__":true}}';
  const devices = new KnownDevices(["d"]);
  const batch = new MessageBatch();
  const writer = new MessageWriter(batch, devices);
  for (let pass = 0; pass < 2; pass++) {
    writer.begin(devices.known("d"));
    writer.object(parsed(json));
    if (writer.finish(1) === "pending") devices.settle();
  }
  expect([...devices.profile.metricNumbers.keys()]).toEqual(["__proto__.polluted", "constructor"]);
  expect(batch.extras.get(0)).toBe('{"toString":"x","a.__proto__":true}');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
