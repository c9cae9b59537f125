import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeviceTarget } from "../readings/resolver.ts";
import { type DecodedMessage, KnownDevices } from "../testing/known-devices.ts";
import { endingInNewline, LineProtocolParser, type LineProtocolRequest } from "./line-protocol-parser.ts";
import { LineCounter } from "./line-scanner.ts";

const NOW_MICROS = 1_800_000_000_000_000;

interface Parsed {
  readonly messages: readonly DecodedMessage[];
  readonly problems: readonly { readonly line: number; readonly code: string }[];
  readonly lines: readonly number[];
}

/** A sender with a parser that remembers, as the server's does. */
class Sender {
  readonly devices: KnownDevices;
  readonly parser: LineProtocolParser;
  private stamp = NOW_MICROS;
  private readonly options: Partial<LineProtocolRequest>;

  constructor(uids: readonly string[] = ["d1", "d2"], options: Partial<LineProtocolRequest> = {}, maxSeries?: number) {
    this.devices = new KnownDevices(uids);
    this.parser = new LineProtocolParser(maxSeries);
    this.options = options;
  }

  parse(text: string | Uint8Array, options: Partial<LineProtocolRequest> = {}): Parsed {
    const body = endingInNewline(typeof text === "string" ? new TextEncoder().encode(text) : text);
    for (;;) {
      const batch = new MessageBatch();
      const outcome = this.parser.parse(
        {
          body,
          precision: "ns",
          organizationId: 1,
          onlyDevice: undefined,
          resolver: this.devices,
          nowMicros: NOW_MICROS,
          stampMicros: () => ++this.stamp,
          monotonicSeconds: 0,
          maxMessages: 1_000,
          ...this.options,
          ...options,
        },
        batch,
      );
      if (!outcome.isPending) {
        const counter = new LineCounter(body);
        const problems = outcome.problems.list.map(({ item, fault }) => ({
          line: counter.lineAt(item),
          code: fault.code,
        }));
        const positions = new LineCounter(body);
        const lines = Array.from({ length: batch.length }, (_, i) => positions.lineAt(outcome.linePositions[i]!));
        return { messages: this.devices.messages(batch), problems, lines };
      }
      this.devices.settle();
    }
  }
}

/** What one line becomes, of the device d1 at 1 µs unless it says otherwise. */
function only(text: string): DecodedMessage {
  const { messages, problems } = new Sender().parse(text);
  expect(problems).toEqual([]);
  expect(messages).toHaveLength(1);
  return messages[0]!;
}

function codes(text: string): string[] {
  const { messages, problems } = new Sender().parse(text);
  expect(messages).toEqual([]);
  return problems.map(({ code }) => code);
}

describe("mapping", () => {
  test("the tag device is the uid, and a field is a metric by its own name", () => {
    expect(only("water,device=d1,region=eu ph=7.2,temp=15.4 1000")).toEqual({
      device: 1,
      micros: 1,
      values: { ph: 7.2, temp: 15.4 },
    });
  });

  test("sensor_id is the uid too, and device goes before it", () => {
    expect(only("water,sensor_id=d2 ph=7 1000").device).toBe(2);
    expect(only("water,sensor_id=d2,device=d1 ph=7 1000").device).toBe(1);
  });

  test("host is the uid of what Telegraf sends; measurement and the other tags, sorted, are in the metric", () => {
    expect(only("cpu,host=d1,cpu=cpu0 usage_idle=98.5 1000").values).toEqual({ "cpu.usage_idle[cpu=cpu0]": 98.5 });
    expect(only("disk,path=/,host=d1,fstype=ext4 used=5i 1000").values).toEqual({ "disk.used[fstype=ext4,path=/]": 5 });
    expect(only("system,host=d1 load1=0.5 1000").values).toEqual({ "system.load1": 0.5 });
  });

  test("a line that names no device, or none that is known, is refused", () => {
    expect(codes("water,region=eu ph=7")).toEqual(["device.uid_missing"]);
    expect(codes("water ph=7")).toEqual(["device.uid_missing"]);
    expect(codes("water,device=nobody ph=7")).toEqual(["device.unknown"]);
    expect(codes("water,device=a/b ph=7")).toEqual(["device.uid_invalid"]);
  });

  test("a device's token sends for that device only, known series or not", () => {
    const sender = new Sender();
    const mine: DeviceTarget = sender.devices.known("d1");
    sender.parse("m,device=d2 a=1 1000");
    const { messages, problems } = sender.parse("m,device=d2 a=1 1000\nm,device=d1 a=2 1000", { onlyDevice: mine });
    expect(messages.map(({ values }) => values)).toEqual([{ a: 2 }]);
    expect(problems).toEqual([{ line: 1, code: "device.foreign" }]);
  });

  test("equal series keys of two organizations never meet", () => {
    const sender = new Sender();
    sender.parse("m,device=d1 a=1 1000");
    const others = new KnownDevices(["other", "d1"], ["a"]);
    const { messages } = sender.parse("m,device=d1 a=1 1000", { organizationId: 2, resolver: others });
    expect(messages[0]!.device).toBe(2);
  });
});

describe("values", () => {
  test.each([
    ["f=1.5", { f: 1.5 }, undefined],
    ["f=-1.5e-3", { f: -0.0015 }, undefined],
    ["f=-0", { f: -0 }, undefined],
    ["f=42i", { f: 42 }, undefined],
    ["f=42u", { f: 42 }, undefined],
    ["f=1234567890123", { f: 1234567890123 }, undefined],
    ["f=9223372036854775807i", {}, { f: "9223372036854775807" }],
    ["f=t", {}, { f: true }],
    ["f=TRUE,g=False", {}, { f: true, g: false }],
    ['f="open",g=1', { g: 1 }, { f: "open" }],
    ['f="a \\"b\\" c\\\\d, e=f"', {}, { f: 'a "b" c\\d, e=f' }],
    ['f=""', {}, { f: "" }],
    ['f="two\nlines",g=2', { g: 2 }, { f: "two\nlines" }],
    ['f="nul\u0000"', {}, { f: "nul\ufffd" }],
    ["f=1,f=2", { f: 2 }, undefined],
    ["a=1,b=2,a=3", { a: 3, b: 2 }, undefined],
  ])("%s", (fields, values, extras) => {
    const message = only(`m,device=d1 ${fields} 1000`);
    expect(message.values).toEqual(values);
    expect(message.extras).toEqual(extras);
  });

  test.each(["tru", "nan", "NaN", "inf", "1x", "1.5.2", "+1", '"x"y', "0x1F", "--1", "1e", "tt"])(
    "%s is no value, and the line is not stored in part",
    (value) => {
      expect(codes(`m,device=d1 good=1,bad=${value} 1000`)).toEqual(["line.value_invalid"]);
    },
  );

  test("numbers past their type's range are refused", () => {
    expect(codes("m,device=d1 a=1e400")).toEqual(["line.value_out_of_range"]);
    expect(codes("m,device=d1 a=9223372036854775808i")).toEqual(["line.value_out_of_range"]);
  });

  test("a repeated field counts once on the fast way too: the last wins", () => {
    const sender = new Sender();
    const line = "m,device=d1 a=1,b=2,a=3 1000";
    expect(sender.parse(`${line}\n${line}\n${line}`).messages.map(({ values }) => values)).toEqual([
      { a: 3, b: 2 },
      { a: 3, b: 2 },
      { a: 3, b: 2 },
    ]);
  });
});

describe("escapes", () => {
  test("commas, spaces and = in tags and keys, and only those", () => {
    const sender = new Sender(["a b,c=d", "back\\slash"]);
    expect(sender.parse("my\\ meas\\,x,device=a\\ b\\,c\\=d we\\ ird\\,k\\=ey=1 1000").messages).toEqual([
      { device: 1, micros: 1, values: { "we ird,k=ey": 1 } },
    ]);
    expect(sender.parse("m,device=back\\slash f\\oo=1 1000").messages).toEqual([
      { device: 2, micros: 1, values: { "f\\oo": 1 } },
    ]);
  });

  test("other languages need none", () => {
    expect(new Sender(["水泵"]).parse("水,device=水泵 流量=3.5,état=true 1000").messages).toEqual([
      { device: 1, micros: 1, values: { 流量: 3.5 }, extras: { état: true } },
    ]);
  });
});

describe("times", () => {
  test.each([
    ["ns", "1700000000123456789", 1_700_000_000_123_456],
    ["us", "1700000000123456", 1_700_000_000_123_456],
    ["ms", "1700000000123", 1_700_000_000_123_000],
    ["s", "1700000000", 1_700_000_000_000_000],
    ["m", "28333333", 1_699_999_980_000_000],
    ["h", "472222", 1_699_999_200_000_000],
  ] as const)("in %s are exact", (precision, text, micros) => {
    expect(new Sender(["d1"], { precision }).parse(`m,device=d1 a=1 ${text}`).messages[0]!.micros).toBe(micros);
  });

  test("that are missing are stamped, each later than the one before", () => {
    const { messages } = new Sender().parse("m,device=d1 a=1\nm,device=d1 a=2\r\nm,device=d1 a=3 ");
    const times = messages.map(({ micros }) => micros);
    expect(times).toHaveLength(3);
    expect(times[0]).toBeGreaterThan(NOW_MICROS);
    expect(times[1]).toBeGreaterThan(times[0]!);
    expect(times[2]).toBeGreaterThan(times[1]!);
  });

  test.each([
    ["ahead by more than ten minutes", `${NOW_MICROS + 600_000_001}000`, "reading.time_ahead"],
    ["ahead beyond every year", "9223372036854775807", "reading.time_ahead"],
    ["longer than an int64", "92233720368547758070", "reading.time_ahead"],
    ["before 1970", "-1", "reading.time_before_1970"],
    ["with a fraction", "1000.5", "line.timestamp_invalid"],
    ["that are words", "now", "line.timestamp_invalid"],
    ["followed by anything", "1000 x", "line.timestamp_invalid"],
    ["followed by a second", "1000 2000", "line.timestamp_invalid"],
    ["that are only a sign", "-", "line.timestamp_invalid"],
  ])("%s are refused", (_, time, code) => {
    expect(codes(`m,device=d1 a=1 ${time}`)).toEqual([code]);
  });

  test("exactly ten minutes ahead are taken", () => {
    const micros = NOW_MICROS + 600_000_000;
    expect(only(`m,device=d1 a=1 ${micros}000`).micros).toBe(micros);
  });
});

describe("lines", () => {
  test("blank lines, comments, CRLF, tabs before and spaces around are nothing", () => {
    const text = "\n# a comment\r\n  m,device=d1   a=1   1000  \r\n\t\r\n#m,device=d1 a=9 9\n\nm,device=d2 a=2 2000";
    const { messages, problems, lines } = new Sender().parse(text);
    expect(problems).toEqual([]);
    expect(messages.map(({ device, micros }) => [device, micros])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(lines).toEqual([3, 7]);
  });

  test.each([
    ["without fields", "m,device=d1", "line.no_fields"],
    ["without fields but with a time", "m,device=d1  1000", "line.field_invalid"],
    ["with an empty field list", "m,device=d1 ", "line.no_fields"],
    ["with a field that has no value", "m,device=d1 a=", "line.value_invalid"],
    ["with a field that has no name", "m,device=d1 =1", "line.field_invalid"],
    ["with a comma at the end of its fields", "m,device=d1 a=1, 1000", "line.field_invalid"],
    ["without a measurement", ",device=d1 a=1", "line.no_measurement"],
    ["with a tag that has no value", "m,device=d1,x= a=1", "line.tag_invalid"],
    ["with a tag that has no name", "m,=x,device=d1 a=1", "line.tag_invalid"],
    ["with a tag that is only a word", "m,device=d1,x a=1", "line.tag_invalid"],
    ["with a tag of two equal signs", "m,device=d1,x=y=z a=1", "line.tag_invalid"],
    ["with a text that does not end", 'm,device=d1 a="x 1000', "line.string_unterminated"],
    ["with a control character in a key", "m,device=d1 a\u0007=1", "reading.key_invalid"],
  ])("%s are refused", (_, line, code) => {
    expect(codes(line)).toEqual([code]);
  });

  test("a line that is not UTF-8 is refused, in its tags, its keys and its texts", () => {
    const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
    for (const line of ["m,device=d1,x=\xff a=1", "m,device=d1 \xc3\x28=1", 'm,device=d1 a="\x80"']) {
      expect(new Sender().parse(bytes(line)).problems).toEqual([{ line: 1, code: "line.not_utf8" }]);
    }
  });

  test("good lines among bad ones are read, and each bad one is numbered", () => {
    const text =
      "m,device=d1 a=1 1000\nnonsense\nm,device=d1 a=2 2000\nm,device=no a=3\n\nm,device=d1 a=x\nm,device=d1 a=4 4000\n";
    const { messages, problems, lines } = new Sender().parse(text);
    expect(messages.map(({ values }) => values.a)).toEqual([1, 2, 4]);
    expect(lines).toEqual([1, 3, 7]);
    expect(problems).toEqual([
      { line: 2, code: "device.uid_missing" },
      { line: 4, code: "device.unknown" },
      { line: 6, code: "line.value_invalid" },
    ]);
  });

  test("what looks like a line within the text of a bad line is never stored", () => {
    const text = 'm,device=d1 bad=x,note="hello\nm,device=d1 a=666 1000\n"\nm,device=d1 a=1 2000';
    const { messages, problems, lines } = new Sender().parse(text);
    expect(messages.map(({ values }) => values.a)).toEqual([1]);
    expect(lines).toEqual([4]);
    expect(problems).toEqual([{ line: 1, code: "line.value_invalid" }]);
  });

  test("a stray quote spoils its own line only", () => {
    const { messages, problems } = new Sender().parse('m,device=d1 a=21" 1000\nm,device=d1 a=1 2000');
    expect(messages.map(({ values }) => values.a)).toEqual([1]);
    expect(problems).toEqual([{ line: 1, code: "line.value_invalid" }]);
  });

  test("more values than a message holds are refused whole", () => {
    const fields = Array.from({ length: 300 }, (_, i) => `f${i}=${i}`).join(",");
    expect(codes(`m,device=d1 ${fields} 1000`)).toEqual(["reading.too_many_values"]);
  });

  test("a key of 10 kB is refused", () => {
    expect(codes(`m,device=d1 ${"k".repeat(10_000)}=1 1000`)).toEqual(["reading.key_too_long"]);
  });

  test("reading stops at the limit of messages and says so", () => {
    const sender = new Sender();
    const batch = new MessageBatch();
    sender.parse("m,device=d1 a=1 1");
    const outcome = sender.parser.parse(
      {
        body: new TextEncoder().encode("m,device=d1 a=1 1\n".repeat(11)),
        precision: "ns",
        organizationId: 1,
        onlyDevice: undefined,
        resolver: sender.devices,
        nowMicros: NOW_MICROS,
        stampMicros: () => 1,
        monotonicSeconds: 0,
        maxMessages: 10,
      },
      batch,
    );
    expect(outcome.isTooLong).toBe(true);
    expect(batch.length).toBe(10);
  });
});

describe("memory", () => {
  test("metrics past the profile's limit go to the extras, as the numbers they are", () => {
    const sender = new Sender();
    for (let from = 0; from < 256; from += 64) {
      const fields = Array.from({ length: 64 }, (_, i) => `f${from + i}=1`).join(",");
      sender.parse(`m,device=d1 ${fields} 1000`);
    }
    const { messages } = sender.parse("m,device=d1 f0=1,late=2.5,zero=-0 1000");
    expect(messages[0]).toEqual({ device: 1, micros: 1, values: { f0: 1 }, extras: { late: 2.5, zero: -0 } });
  });

  test("a refused line leaves no metric behind", () => {
    const sender = new Sender();
    sender.parse("m,device=d1 brand_new=1,other=x 1000\nm,device=d1 brand_new=1 9223372036854775807");
    expect([...sender.devices.profile.metricNumbers.keys()]).toEqual([]);
  });

  test("series are bounded: past the limit they are looked up again, and readings stay right", () => {
    const uids = Array.from({ length: 50 }, (_, i) => `s${i}`);
    const sender = new Sender(uids, {}, 8);
    const text = uids.map((uid, i) => `m,device=${uid} a=${i} 1000`).join("\n");
    for (let round = 0; round < 3; round++) {
      expect(sender.parse(text).messages.map(({ device, values }) => [device, values.a])).toEqual(
        uids.map((_, i) => [i + 1, i]),
      );
      expect(sender.parser.cachedSeries).toBeLessThanOrEqual(8);
    }
  });

  test("a device that was replaced is seen within a second", () => {
    const sender = new Sender(["d1"]);
    sender.parse("m,device=d1 a=1 1000");
    const replaced = new KnownDevices(["gone", "d1"], ["b", "a"]);
    const before = sender.parse("m,device=d1 a=1 1000", { resolver: replaced, monotonicSeconds: 0 });
    const after = sender.parse("m,device=d1 a=1 1000", { resolver: replaced, monotonicSeconds: 1 });
    expect(before.messages[0]!.device).toBe(1);
    expect(after.messages[0]!.device).toBe(2);
  });
});

describe("any lines", () => {
  const name = fc
    .string({ minLength: 1, maxLength: 8 })
    .filter((text) => /^[^\p{C}\\"\s]+$/u.test(text) && !/[/+#]/.test(text));
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const value = fc.oneof(
    number.map((n) => ({ text: Object.is(n, -0) ? "-0" : String(n), number: n, extra: undefined })),
    fc.maxSafeInteger().map((n) => ({ text: `${n}i`, number: n, extra: undefined })),
    fc.boolean().map((b) => ({ text: String(b), number: undefined, extra: b })),
    fc.string({ maxLength: 12 }).map((s) => ({
      text: `"${s.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
      number: undefined,
      extra: s.toWellFormed().replaceAll("\u0000", "\ufffd"),
    })),
  );
  const escaped = (text: string) => text.replace(/[,= ]/g, "\\$&");
  const line = fc.record({
    uid: fc.constantFrom("d1", "d2", "d 3"),
    fields: fc.uniqueArray(fc.tuple(name, value), { minLength: 1, maxLength: 6, selector: ([key]) => key }),
    micros: fc.nat(1_000_000_000),
  });

  test("come back as they went in, in one request or in many, whatever series the parser remembers", () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (lines, maxSeries) => {
          const sender = new Sender(["d1", "d2", "d 3"], {}, maxSeries);
          const texts = lines.map(({ uid, fields, micros }) => {
            const pairs = fields.map(([key, { text }]) => `${escaped(key)}=${text}`);
            return `m,device=${escaped(uid)} ${pairs.join(",")} ${micros}000`;
          });
          const expected = lines.map(({ uid, fields, micros }) => {
            const numbers = fields.filter(([, { number }]) => number !== undefined);
            const others = fields.filter(([, { number }]) => number === undefined);
            return {
              device: ["d1", "d2", "d 3"].indexOf(uid) + 1,
              micros,
              values: new Map(numbers.map(([key, { number }]) => [key, number])),
              extras: new Map(others.map(([key, { extra }]) => [key, extra])),
            };
          });
          const seen = (parsed: Parsed) =>
            parsed.messages.map(({ device, micros, values, extras }) => ({
              device,
              micros,
              values: new Map(Object.entries(values)),
              extras: new Map(Object.entries(extras ?? {})),
            }));
          const together = sender.parse(texts.join("\n"));
          expect(together.problems).toEqual([]);
          expect(seen(together)).toEqual(expected);
          expect(texts.flatMap((text) => seen(sender.parse(text)))).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("of arbitrary bytes crash nothing", () => {
    const alphabet = [...'m,device=d1 a1."\\\n\r\t#=-ei+u '].map((character) => character.charCodeAt(0));
    const bytes = fc.array(fc.oneof(fc.constantFrom(...alphabet), fc.nat(255)), { maxLength: 200 });
    fc.assert(
      fc.property(bytes, (body) => {
        const { messages, problems } = new Sender().parse(Uint8Array.from(body));
        expect(messages.length + problems.length).toBeLessThanOrEqual(body.length);
      }),
      { numRuns: 3_000 },
    );
  });
});
