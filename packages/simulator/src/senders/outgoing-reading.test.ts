import fc from "fast-check";
import { expect, test } from "vitest";
import { toBulkItem, toLine, toRfc3339, toTelemetryJson } from "./outgoing-reading.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

test("every double survives JSON bit for bit", () => {
  fc.assert(
    fc.property(finite, (value) => {
      const text = toTelemetryJson({ timeMicros: 1_000, values: [["ph", value]] });
      expect(JSON.parse(text).values.ph).toBe(value);
    }),
  );
});

test("every double survives line protocol bit for bit", () => {
  fc.assert(
    fc.property(finite, (value) => {
      const field = toLine("d", { timeMicros: 5, values: [["ph", value]] }).split(" ")[1]!;
      expect(Number(field.slice("ph=".length))).toBe(value);
    }),
  );
});

test("times carry milliseconds as a number and microseconds as RFC 3339", () => {
  expect(toTelemetryJson({ timeMicros: 1_325_394_000_000_000, values: [] })).toBe('{"ts":1325394000000,"values":{}}');
  expect(toTelemetryJson({ timeMicros: 1_325_394_000_000_007, values: [] })).toBe(
    '{"ts":"2012-01-01T05:00:00.000007Z","values":{}}',
  );
  expect(toRfc3339(1_325_394_000_123_000)).toBe("2012-01-01T05:00:00.123Z");
});

test("keys of any name keep their place and their name", () => {
  const values = [
    ["2", 1],
    ["__proto__", 2],
    ["1", "<-3> [GSM]"],
    ["open", true],
  ] as const;
  expect(toTelemetryJson({ timeMicros: 0, values })).toBe(
    '{"ts":0,"values":{"2":1,"__proto__":2,"1":"<-3> [GSM]","open":true}}',
  );
  expect(toBulkItem("d-1", { timeMicros: 0, values: [["a", 1]] })).toBe(
    '{"device_id":"d-1","ts_utc":"1970-01-01T00:00:00.000Z","payload":{"a":1}}',
  );
});

test("line protocol escapes keys, tags and strings", () => {
  const line = toLine("pump, a=b", {
    timeMicros: 9,
    values: [
      ["Volume Flow", 1.5],
      ["f", 'say "no" \\'],
    ],
  });
  expect(line).toBe('reading,device=pump\\,\\ a\\=b Volume\\ Flow=1.5,f="say \\"no\\" \\\\" 9');
});
