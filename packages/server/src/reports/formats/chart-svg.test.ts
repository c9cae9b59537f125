import { expect, test } from "vitest";
import { type Chart, drawChart, valueTicks } from "./chart-svg.ts";

const chart: Chart = {
  widthPoints: 250,
  heightPoints: 130,
  edgesMs: [0, 1000, 2000, 3000, 4000, 5000],
  mean: [1, 2, null, 3, null],
  min: [0.5, 1, null, 2, null],
  max: [2, 4, null, 3, null],
  limits: [],
  yLabel: (value, digits) => value.toFixed(digits),
  xLabel: (timeMs) => `t${timeMs}`,
};
const count = (svg: string, tag: string) => svg.split(`<${tag}`).length - 1;

test.each([
  [[6.5, 7.4], [6.5, 6.75, 7, 7.25, 7.5], 2],
  [[0.2, 1], [0.2, 0.4, 0.6, 0.8, 1], 1],
  [[0, 1000], [0, 250, 500, 750, 1000], 0],
  [[7, 7], [6.8, 7, 7.2], 1],
  [[-3, 3], [-4, -2, 0, 2, 4], 0],
] as const)("the range %j has the ticks %j", ([low, high], ticks, digits) => {
  const found = valueTicks([low, high]);
  if (low !== high) expect(found.ticks.map((tick) => Math.round(tick * 1e9) / 1e9)).toEqual(ticks);
  expect(found.ticks[0]).toBeLessThanOrEqual(low);
  expect(found.ticks.at(-1)).toBeGreaterThanOrEqual(high);
  expect(new Set(found.ticks.map((tick) => tick.toFixed(found.digits))).size).toBe(found.ticks.length);
  if (low !== high) expect(found.digits).toBe(digits);
});

test("nothing is drawn across a gap, and a lonely bucket is a dot with its range", () => {
  const svg = drawChart(chart);
  expect([count(svg, "polyline"), count(svg, "polygon"), count(svg, "circle")]).toEqual([1, 1, 1]);
});

test("points lie in the middle of their buckets, at their values", () => {
  const svg = drawChart({ ...chart, mean: [0, 4, 4, 4, 0], min: [0, 0, 0, 0, 0], max: [4, 4, 4, 4, 4] });
  const [points] = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map((match) => match[1]!.split(" "));
  // The plot goes from 34 to 242, and from 8 (at 4) to 114 (at 0).
  expect(points).toEqual(["54.8,114", "96.4,8", "138,8", "179.6,8", "221.2,114"]);
});

test("a limit nearby or exceeded is drawn, one far away is not", () => {
  const limit = { label: "law", isExceeded: false };
  const drawn = (value: number, isExceeded = false) =>
    drawChart({ ...chart, limits: [{ ...limit, value, isExceeded }] }).includes(">law<");
  expect([drawn(5), drawn(50), drawn(-50, true)]).toEqual([true, false, true]);
});

test("what people wrote cannot leave its text", () => {
  const svg = drawChart({ ...chart, limits: [{ value: 3, label: '</text><script>"', isExceeded: true }] });
  expect(svg).not.toContain("<script>");
  expect(svg).toContain("&lt;/text&gt;&lt;script&gt;&quot;");
});
