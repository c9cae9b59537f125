import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketFinder, parseInterval } from "../telemetry/buckets.ts";
import { MAX_GAPS_LISTED } from "./completeness.ts";
import { evaluateReport } from "./evaluate-report.ts";
import { RESOLUTIONS } from "./report-buckets.ts";
import type { ReportContent, SectionContent } from "./report-content.ts";
import type { ReportDefinition } from "./report-definition.ts";
import { parsePeriod, type ReportPeriod } from "./report-period.ts";
import { type MetricColumns, ReportTally } from "./report-tally.ts";

const both = (text: string) => ({ en: text, de: text });
const definition: ReportDefinition = {
  key: "test",
  title: { en: "Test", de: "Probe" },
  period: "day",
  profiles: ["station"],
  metrics: [
    { key: "ph", title: { en: "pH", de: "pH-Wert" }, unit: "pH", digits: 2 },
    { key: "chlorine", title: { en: "Chlorine", de: "Chlor" }, unit: "mg/L", digits: 2 },
  ],
  sections: [
    { kind: "summary", title: both("S") },
    { kind: "charts", title: both("C"), metrics: ["ph", "chlorine"] },
    { kind: "table", title: both("T"), metrics: ["ph", "chlorine"], aggregates: ["mean", "min", "max", "count"] },
    { kind: "completeness", title: both("V") },
  ],
  limits: (key) => (key === "ph" ? [{ label: both("law"), bound: "maximum", value: 9, source: "a law" }] : []),
};

interface Reading {
  readonly timeMs: number;
  readonly value: number;
}

/** As the telemetry aggregates them. */
function columnsOf(readings: readonly Reading[], { zone, kind }: ReportPeriod) {
  const find = bucketFinder(parseInterval(RESOLUTIONS[kind].bucket), zone);
  const byBucket = Map.groupBy(readings, ({ timeMs }) => find(timeMs * 1000).startMicros);
  const rows = [...byBucket]
    .sort(([a], [b]) => a - b)
    .map(([start, all]) => [start, all.map(({ value }) => value)] as const);
  const column = (of: (values: number[]) => number) => Float64Array.from(rows, ([, values]) => of(values));
  const columns: MetricColumns = {
    count: column((values) => values.length),
    sum: column((values) => values.reduce((a, b) => a + b)),
    min: column((values) => Math.min(...values)),
    max: column((values) => Math.max(...values)),
  };
  return { timesMicros: Float64Array.from(rows, ([start]) => start), columns };
}

interface TestDevice {
  readonly uid: string;
  readonly readings: Readonly<Record<string, readonly Reading[]>>;
  readonly known?: readonly string[];
  readonly intervalMs?: number;
  readonly createdMicros?: number;
}

function report(devices: readonly TestDevice[], day = "2026-10-25", nowMicros?: number): ReportContent {
  const period = parsePeriod("day", "Europe/Berlin", day);
  const now = nowMicros ?? period.toMicros;
  const tally = new ReportTally(definition, period, Math.min(period.toMicros, now));
  for (const [id, { uid, readings, known = [], intervalMs, createdMicros = 0 }] of devices.entries()) {
    const device = { id, uid, name: uid, createdMicros, intervalMs, knownMetrics: new Set(known) };
    // The metrics of one device share their rows, with NaN where one has none.
    const parts = Object.entries(readings).map(([key, list]) => [key, columnsOf(list, period)] as const);
    const times = Float64Array.from(new Set(parts.flatMap(([, { timesMicros }]) => [...timesMicros]))).sort();
    const spread = (own: Float64Array, values: Float64Array) =>
      Float64Array.from(times, (time) => values[own.indexOf(time)] ?? Number.NaN);
    const columns = new Map(
      parts.map(([key, { timesMicros: own, columns: of }]) => [
        key,
        [
          {
            count: spread(own, of.count),
            sum: spread(own, of.sum),
            min: spread(own, of.min),
            max: spread(own, of.max),
          },
        ],
      ]),
    );
    tally.add(device, { timesMicros: times, start: 0, end: times.length, columns });
  }
  const site = { slug: "s", name: "S", region: null, timeZone: "Europe/Berlin" };
  return evaluateReport({
    ...{ definition, period, language: "de", organization: "O", site, nowMicros: now, tally },
    alerts: { rows: [], omitted: 0 },
  });
}

function sectionOf<Kind extends SectionContent["kind"]>(content: ReportContent, kind: Kind) {
  return content.sections.find((section) => section.kind === kind) as Extract<SectionContent, { kind: Kind }>;
}

const HOUR = 3_600_000;
const START = Date.parse("2026-10-24T22:00:00Z");
const every = (stepMs: number, fromMs: number, toMs: number, value = 7): Reading[] =>
  Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, i) => ({ timeMs: fromMs + i * stepMs, value }));

test("what is summed in buckets equals what is summed of the readings", () => {
  const reading = fc.record({
    timeMs: fc.integer({ min: START, max: START + 25 * HOUR - 1 }),
    value: fc.integer({ min: -1000, max: 1000 }).map((value) => value / 8),
  });
  const device = fc.record({
    ph: fc.array(reading, { maxLength: 60 }),
    chlorine: fc.array(reading, { maxLength: 60 }),
  });
  const check = (devices: readonly { readonly ph: Reading[]; readonly chlorine: Reading[] }[]) => {
    const content = report(devices.map((readings, id) => ({ uid: `d${id}`, readings })));
    for (const key of ["ph", "chlorine"] as const) {
      const values = devices.flatMap((one) => one[key].map(({ value }) => value));
      const row = sectionOf(content, "summary").rows.find(({ metric }) => metric === key);
      if (values.length === 0) {
        expect(row).toBeUndefined();
        continue;
      }
      expect(row).toMatchObject({ count: values.length, min: Math.min(...values), max: Math.max(...values) });
      expect(row!.mean).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 9);
      const chart = sectionOf(content, "charts").charts.find(({ metric }) => metric === key)!;
      expect(chart.mean).toHaveLength(25);
      const sum = (hour: number) =>
        devices.flatMap((one) => one[key]).filter(({ timeMs }) => Math.floor((timeMs - START) / HOUR) === hour);
      for (const [hour, mean] of chart.mean.entries()) {
        const inHour = sum(hour).map(({ value }) => value);
        if (inHour.length === 0) expect(mean).toBeNull();
        else expect(mean).toBeCloseTo(inHour.reduce((a, b) => a + b) / inHour.length, 9);
      }
    }
  };
  fc.assert(fc.property(fc.array(device, { minLength: 1, maxLength: 4 }), check), { seed: 11, numRuns: 60 });
});

describe("completeness", () => {
  test.each([
    ["2026-10-25", 25],
    ["2026-03-29", 23],
    ["2026-06-01", 24],
  ])("on %s, of %i hours, a reading a minute is all that is due", (day, hours) => {
    const fromMs = Date.parse(parsed(day));
    const content = report([{ uid: "a", readings: { ph: every(60_000, fromMs, fromMs + hours * HOUR) } }], day);
    expect(content.period.hours).toBe(hours);
    expect(content.completeness).toEqual({ expected: hours * 60, readings: hours * 60, share: 1 });
    expect(sectionOf(content, "charts").starts).toHaveLength(hours);
    expect(sectionOf(content, "completeness").gaps).toEqual([]);
  });

  function parsed(day: string): string {
    return new Date(parsePeriod("day", "Europe/Berlin", day).fromMicros / 1000).toISOString();
  }

  test("a gap is told with its ends, and what was due in it is missing", () => {
    const readings = [
      ...every(60_000, START, START + 10 * HOUR),
      ...every(60_000, START + 12 * HOUR, START + 25 * HOUR),
    ];
    const content = report([{ uid: "a", readings: { ph: readings } }]);
    expect(content.completeness).toEqual({ expected: 1500, readings: 1380, share: 0.92 });
    expect(sectionOf(content, "completeness").gaps).toEqual([
      { device: "a", metrics: ["ph"], from: "2026-10-25T08:00:00.000Z", to: "2026-10-25T10:00:00.000Z" },
    ]);
  });

  test("a device that reports once an hour has no gaps between its readings", () => {
    const content = report([{ uid: "a", readings: { ph: every(HOUR, START + 60_000, START + 25 * HOUR) } }]);
    expect(content.completeness).toEqual({ expected: 25, readings: 25, share: 1 });
    expect(sectionOf(content, "completeness").gaps).toEqual([]);
    expect(sectionOf(content, "completeness").series).toMatchObject([
      { intervalSeconds: 3600, intervalSource: "observed" },
    ]);
  });

  test("one that reports ten readings at once every hour owes ten an hour", () => {
    const bursts = every(HOUR, START, START + 25 * HOUR).flatMap(({ timeMs }) => every(1000, timeMs, timeMs + 10_000));
    const content = report([{ uid: "a", readings: { ph: bursts } }]);
    expect(content.completeness).toEqual({ expected: 250, readings: 250, share: 1 });
    expect(sectionOf(content, "completeness").gaps).toEqual([]);
  });

  test("what is set counts more than what was observed", () => {
    const readings = { ph: every(120_000, START, START + 25 * HOUR) };
    const content = report([{ uid: "a", readings, intervalMs: 60_000 }]);
    expect(content.completeness).toEqual({ expected: 1500, readings: 750, share: 0.5 });
  });

  test("a silent device is measured by its peers, and by nothing where it has none", () => {
    const talking = { uid: "a", readings: { ph: every(60_000, START, START + 25 * HOUR) } };
    const silent = { uid: "b", readings: {}, known: ["ph", "chlorine"] };
    const content = report([talking, silent]);
    expect(content.completeness).toEqual({ expected: 3000, readings: 1500, share: 0.5 });
    const { series, gaps, devices } = sectionOf(content, "completeness");
    expect(series.map(({ device, metric, intervalSource }) => [device, metric, intervalSource])).toEqual([
      ["a", "ph", "observed"],
      ["b", "ph", "peers"],
      ["b", "chlorine", "unknown"],
    ]);
    expect(gaps).toEqual([
      { device: "b", metrics: ["ph", "chlorine"], from: content.period.from, to: content.period.to },
    ]);
    expect(devices.map(({ share }) => share)).toEqual([1, 0]);
    expect(report([{ uid: "b", readings: {}, known: ["ph"] }]).completeness).toEqual({
      expected: null,
      readings: 0,
      share: null,
    });
  });

  test("one that sends too much makes up for nothing of another", () => {
    const twice = { uid: "a", readings: { ph: every(30_000, START, START + 25 * HOUR) }, intervalMs: 60_000 };
    const half = { uid: "b", readings: { ph: every(120_000, START, START + 25 * HOUR) }, intervalMs: 60_000 };
    expect(report([twice, half]).completeness).toEqual({ expected: 3000, readings: 3750, share: 0.75 });
  });

  test("a device that came at noon owes nothing for the morning", () => {
    const noon = START + 13 * HOUR;
    const readings = { ph: every(60_000, noon, START + 25 * HOUR) };
    const content = report([{ uid: "a", readings, createdMicros: noon * 1000 }]);
    expect(content.completeness).toEqual({ expected: 720, readings: 720, share: 1 });
  });

  test("a day that is not over owes what was due until now", () => {
    const now = START + 6 * HOUR;
    const content = report([{ uid: "a", readings: { ph: every(60_000, START, now) } }], "2026-10-25", now * 1000);
    expect(content.period).toMatchObject({ isComplete: false, until: "2026-10-25T04:00:00.000Z" });
    expect(content.completeness).toEqual({ expected: 360, readings: 360, share: 1 });
    expect(sectionOf(content, "completeness").gaps).toEqual([]);
  });

  test("of very many gaps the longest are listed, the others counted", () => {
    const silent = Array.from(
      { length: MAX_GAPS_LISTED + 3 },
      (_, id): TestDevice => ({
        ...{ uid: `d${id}`, known: ["ph"], intervalMs: 60_000 },
        readings: id === 0 ? { ph: every(60_000, START, START + HOUR) } : {},
      }),
    );
    const { gaps, omittedGaps } = sectionOf(report(silent), "completeness");
    expect([gaps.length, omittedGaps]).toEqual([MAX_GAPS_LISTED, 3]);
    expect(gaps.some(({ device }) => device === "d0")).toBe(false);
  });
});

test("limits say whether any reading was beyond them", () => {
  const low = report([{ uid: "a", readings: { ph: every(60_000, START, START + HOUR, 8.99) } }]);
  expect(sectionOf(low, "summary").rows[0]!.limits).toEqual([
    { label: "law", bound: "maximum", value: 9, source: "a law", isExceeded: false },
  ]);
  const high = report([{ uid: "a", readings: { ph: [{ timeMs: START, value: 9.01 }] } }]);
  expect(sectionOf(high, "summary").rows[0]!.limits).toMatchObject([{ isExceeded: true }]);
});

test("words are those of the language, and what nobody said is left out", () => {
  const content = report([{ uid: "a", readings: { ph: every(60_000, START, START + HOUR) } }]);
  expect([content.title, sectionOf(content, "summary").rows.map(({ title }) => title)]).toEqual(["Probe", ["pH-Wert"]]);
  expect(sectionOf(content, "table").columns.map(({ metric }) => metric)).toEqual(["ph"]);
  expect(sectionOf(content, "table").rows).toEqual([
    { device: "a", name: "a", values: { ph: { mean: 7, min: 7, max: 7, count: 60 } } },
  ]);
});
