/** A chart of bucket means as a line between their least and greatest values, as SVG text. Pure: nothing is measured. */
export interface Chart {
  readonly widthPoints: number;
  readonly heightPoints: number;
  /** Where each bucket begins, and where the last one ends; ascending. */
  readonly edgesMs: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly limits: readonly ChartLimit[];
  readonly yLabel: (value: number, digits: number) => string;
  /** Of the bucket that begins there. */
  readonly xLabel: (timeMs: number) => string;
}

export interface ChartLimit {
  readonly value: number;
  readonly label: string;
  readonly isExceeded: boolean;
}

const COLOURS = {
  line: "#0b5c8f",
  band: "#a9cfe6",
  grid: "#dfe5ea",
  axis: "#8a97a3",
  text: "#4a5763",
  limit: "#b3261e",
} as const;
const FONT_POINTS = 7;
const MARGIN = { left: 34, right: 8, top: 8, bottom: 16 } as const;
const Y_TICKS = 4;
const MAX_X_TICKS = 9;
const X_STEPS = [1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 192] as const;
/** A limit further away than this many times the readings' own span would press them flat: the tables tell of it. */
const MAX_LIMIT_DISTANCE = 1.5;

interface Scale {
  readonly x: (timeMs: number) => number;
  readonly y: (value: number) => number;
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
}

export function drawChart(chart: Chart): string {
  const { widthPoints: width, heightPoints: height } = chart;
  const limits = shownLimits(chart);
  const { ticks, digits } = valueTicks(rangeOf(chart, limits));
  const scale = scaleOf(chart, ticks[0]!, ticks.at(-1)!);
  const parts = [
    ...valueAxis(chart, scale, ticks, digits),
    ...timeAxis(chart, scale),
    ...runsOf(chart).map((run) => band(chart, scale, run)),
    ...limits.map((limit) => limitLine(scale, limit)),
    ...runsOf(chart).map((run) => meanLine(chart, scale, run)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join("")}</svg>`;
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function spanOf({ min, max }: Chart): readonly [number, number] {
  return [Math.min(...present(min)), Math.max(...present(max))];
}

function shownLimits(chart: Chart): readonly ChartLimit[] {
  const [low, high] = spanOf(chart);
  const reach = Math.max(high - low, Math.abs(high) * 0.05) * MAX_LIMIT_DISTANCE;
  return chart.limits.filter(({ value, isExceeded }) => isExceeded || (value >= low - reach && value <= high + reach));
}

function rangeOf(chart: Chart, limits: readonly ChartLimit[]): readonly [number, number] {
  const [low, high] = spanOf(chart);
  const values = limits.map(({ value }) => value);
  return [Math.min(low, ...values), Math.max(high, ...values)];
}

/** Round numbers around a range, and the digits that tell them apart. */
export function valueTicks([low, high]: readonly [number, number]): {
  readonly ticks: readonly number[];
  readonly digits: number;
} {
  const span = high - low || Math.abs(high) * 0.1 || 1;
  const rough = span / Y_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (Math.abs(step / power - 2.5) < 1e-9 ? 1 : 0));
  return { ticks, digits };
}

function scaleOf({ widthPoints, heightPoints, edgesMs }: Chart, low: number, high: number): Scale {
  const plot = {
    left: MARGIN.left,
    right: widthPoints - MARGIN.right,
    top: MARGIN.top,
    bottom: heightPoints - MARGIN.bottom,
  };
  const fromMs = edgesMs[0]!;
  const lengthMs = edgesMs.at(-1)! - fromMs;
  return {
    plot,
    x: (timeMs) => plot.left + ((timeMs - fromMs) / lengthMs) * (plot.right - plot.left),
    y: (value) => plot.bottom - ((value - low) / (high - low)) * (plot.bottom - plot.top),
  };
}

function valueAxis({ yLabel }: Chart, { plot, y }: Scale, ticks: readonly number[], digits: number): string[] {
  return ticks.map((tick) => {
    const at = round(y(tick));
    const label = text(plot.left - 4, at + FONT_POINTS * 0.35, "end", yLabel(tick, digits));
    return `${line(plot.left, at, plot.right, at, COLOURS.grid)}${label}`;
  });
}

function timeAxis({ edgesMs, xLabel }: Chart, { plot, x }: Scale): string[] {
  const starts = edgesMs.slice(0, -1);
  const step = X_STEPS.find((count) => starts.length / count <= MAX_X_TICKS) ?? starts.length;
  const ticks = starts.filter((_, index) => index % step === 0);
  return [
    line(plot.left, plot.bottom, plot.right, plot.bottom, COLOURS.axis),
    ...ticks.map((start) => {
      const at = round(x(start));
      const tick = line(at, plot.bottom, at, plot.bottom + 2.5, COLOURS.axis);
      return `${tick}${text(at, plot.bottom + FONT_POINTS + 4, "middle", xLabel(start))}`;
    }),
  ];
}

type Run = readonly number[];

/** Stretches of buckets with readings: nothing is drawn across a gap. */
function runsOf({ mean }: Chart): Run[] {
  const runs: number[][] = [];
  for (const [index, value] of mean.entries()) {
    if (value === null) continue;
    if (index > 0 && mean[index - 1] !== null) runs.at(-1)!.push(index);
    else runs.push([index]);
  }
  return runs;
}

/** In the middle of its bucket. */
function placeOf({ edgesMs }: Chart, { x }: Scale, index: number): number {
  return round(x((edgesMs[index]! + edgesMs[index + 1]!) / 2));
}

function band(chart: Chart, scale: Scale, run: Run): string {
  const point = (values: Chart["min"]) => (index: number) =>
    `${placeOf(chart, scale, index)},${round(scale.y(values[index]!))}`;
  if (run.length === 1) {
    const [index] = run as [number];
    const at = placeOf(chart, scale, index);
    const [top, bottom] = [scale.y(chart.max[index]!), scale.y(chart.min[index]!)];
    return `<line x1="${at}" y1="${round(top)}" x2="${at}" y2="${round(bottom)}" stroke="${COLOURS.band}" stroke-width="3"/>`;
  }
  const outline = [...run.map(point(chart.max)), ...run.toReversed().map(point(chart.min))];
  return `<polygon points="${outline.join(" ")}" fill="${COLOURS.band}" fill-opacity="0.6"/>`;
}

function meanLine(chart: Chart, scale: Scale, run: Run): string {
  const points = run.map((index) => [placeOf(chart, scale, index), round(scale.y(chart.mean[index]!))] as const);
  if (points.length === 1) {
    const [[x, y]] = points as [readonly [number, number]];
    return `<circle cx="${x}" cy="${y}" r="1.6" fill="${COLOURS.line}"/>`;
  }
  const path = points.map(([x, y]) => `${x},${y}`).join(" ");
  return `<polyline points="${path}" fill="none" stroke="${COLOURS.line}" stroke-width="1.3" stroke-linejoin="round"/>`;
}

function limitLine({ plot, y }: Scale, { value, label }: ChartLimit): string {
  const at = round(y(value));
  const dashes = `<line x1="${plot.left}" y1="${at}" x2="${plot.right}" y2="${at}" stroke="${COLOURS.limit}" stroke-width="0.8" stroke-dasharray="4 2"/>`;
  const above = at - 2 < plot.top + FONT_POINTS ? at + FONT_POINTS : at - 2;
  return `${dashes}${text(plot.right, above, "end", label, COLOURS.limit)}`;
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="0.6"/>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function text(x: number, y: number, anchor: "end" | "middle", content: string, colour: string = COLOURS.text): string {
  const escaped = content.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
  return `<text x="${round(x)}" y="${round(y)}" font-family="Roboto" font-size="${FONT_POINTS}" text-anchor="${anchor}" fill="${colour}">${escaped}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
