import { SluiceError } from "@sluice/core/errors.ts";
import { type Device, isTimeZone, type Metric } from "../../devices/index.ts";
import type { Aggregate, BucketedSeries } from "../../telemetry/index.ts";
import { formatTime } from "../query-time.ts";
import { builder } from "./builder.ts";
import { type GraphContext, requireDeviceByUid } from "./context.ts";
import { access } from "./guard-schema.ts";
import { metricsOf } from "./latest-types.ts";
import { DeviceRef } from "./refs.ts";

/** Values of one answer. A column of JSON costs far less than an object a bucket, but it is parsed in one piece. */
export const MAX_VALUES = 200_000;
const MAX_METRICS_ASKED = 32;
const AGGREGATES = ["mean", "min", "max", "count"] as const satisfies readonly Aggregate[];
/** It reads up to `MAX_VALUES` in one statement. */
const TELEMETRY_COST = 5_000;
const DAY_MICROS = 86_400_000_000;

/** What is asked for when `from` is absent. */
const INTERVALS = {
  HOUR: { interval: "1h", spanMicros: 2 * DAY_MICROS },
  DAY: { interval: "1d", spanMicros: 31 * DAY_MICROS },
  WEEK: { interval: "1w", spanMicros: 26 * 7 * DAY_MICROS },
  MONTH: { interval: "1mo", spanMicros: 366 * DAY_MICROS },
} as const;
type Interval = keyof typeof INTERVALS;

const IntervalEnum = builder.enumType("TelemetryInterval", { values: Object.keys(INTERVALS) as Interval[] });

interface SeriesOfMetric {
  readonly metric: Metric;
  readonly columns: ReadonlyMap<Aggregate, Float64Array> | undefined;
  readonly length: number;
}
interface Telemetry {
  readonly device: Device;
  readonly interval: Interval;
  readonly zone: string;
  readonly times: Float64Array;
  readonly series: readonly SeriesOfMetric[];
}

const column = ({ columns, length }: SeriesOfMetric, aggregate: Aggregate): (number | null)[] => {
  const values = columns?.get(aggregate);
  return Array.from({ length }, (_, row) => numberOrNull(values?.[row]));
};

const SeriesRef = builder.objectRef<SeriesOfMetric>("TelemetrySeries").implement({
  ...access("telemetry:read"),
  description: "One value a bucket, null where it holds no valid reading of the metric.",
  fields: (t) => ({
    metric: t.string({ resolve: ({ metric }) => metric.key }),
    unit: t.string({ nullable: true, resolve: ({ metric }) => metric.unit }),
    mean: t.floatList({ nullable: { list: false, items: true }, resolve: (series) => column(series, "mean") }),
    min: t.floatList({ nullable: { list: false, items: true }, resolve: (series) => column(series, "min") }),
    max: t.floatList({ nullable: { list: false, items: true }, resolve: (series) => column(series, "max") }),
    count: t.floatList({ nullable: { list: false, items: true }, resolve: (series) => column(series, "count") }),
  }),
});

const TelemetryRef = builder.objectRef<Telemetry>("Telemetry").implement({
  ...access("telemetry:read"),
  description: "Valid readings of a device in buckets, in columns: only buckets that hold any.",
  fields: (t) => ({
    interval: t.expose("interval", { type: IntervalEnum }),
    zone: t.exposeString("zone", { description: "In which days, weeks and months begin." }),
    times: t.field({
      type: ["DateTime"],
      description: "Where each bucket begins.",
      resolve: ({ times }) => Array.from(times, formatTime),
    }),
    series: t.expose("series", { type: [SeriesRef] }),
    meanCharge: t.floatList({
      nullable: { list: true, items: true },
      description:
        "Of storage: its mean charge in each bucket, in percent. Null when `charge` is not among the metrics.",
      resolve: ({ series }) => {
        const charge = series.find(({ metric }) => metric.key === "charge");
        return charge === undefined ? null : column(charge, "mean");
      },
    }),
    device: t.expose("device", { type: DeviceRef }),
  }),
});

builder.queryField("telemetry", (t) =>
  t.field({
    ...access("telemetry:read", TELEMETRY_COST),
    type: TelemetryRef,
    args: {
      device: t.arg.string({ required: true, description: "Uid." }),
      metrics: t.arg.stringList({ description: "Keys; all metrics of the device when absent." }),
      from: t.arg({
        type: "DateTime",
        description: "Inclusive. Two days, a month, half a year or a year when absent.",
      }),
      to: t.arg({ type: "DateTime", description: "Exclusive. Now when absent." }),
      interval: t.arg({ type: IntervalEnum, required: true }),
      zone: t.arg.string({ description: "IANA name. That of the device's site when absent." }),
    },
    resolve: async (_root, args, context) => {
      const device = await requireDeviceByUid(context, args.device);
      const zone = args.zone ?? (await context.loaders.site.load(device.siteId))!.timeZone;
      if (!isTimeZone(zone)) throw badZone(zone);
      const metrics = await chosenMetrics(device, args.metrics ?? undefined, context);
      const { interval, spanMicros } = INTERVALS[args.interval];
      const toMicros = args.to == null ? context.deps.clock.nowMicros() : args.to;
      const fromMicros = args.from == null ? toMicros - spanMicros : args.from;
      if (fromMicros > toMicros) throw new SluiceError("invalid", "query.range", "`from` is later than `to`.");
      const buckets = await context.deps.telemetry.buckets({
        ...{ deviceId: device.id, fromMicros, toMicros, interval, zone, aggregates: AGGREGATES },
        metricNumbers: metrics.map(({ number }) => number),
        organizationId: context.organizationId,
        signal: context.signal,
      });
      assertAnswerSize(buckets, metrics.length);
      const times = buckets.timesMicros;
      const series = metrics.map((metric) => ({
        ...{ metric, columns: buckets.columns.get(metric.number), length: times.length },
      }));
      return { device, interval: args.interval, zone, times, series };
    },
  }),
);

/** Keys that the device does not have are left out, as REST does. */
async function chosenMetrics(
  device: Device,
  keys: readonly string[] | undefined,
  { loaders }: GraphContext,
): Promise<readonly Metric[]> {
  const metrics = await metricsOf(device, loaders);
  const chosen = keys === undefined ? metrics : metrics.filter(({ key }) => keys.includes(key));
  if (keys !== undefined ? keys.length <= MAX_METRICS_ASKED : chosen.length <= MAX_METRICS_ASKED) return chosen;
  throw new SluiceError("invalid", "query.metrics", `Name at most ${MAX_METRICS_ASKED} metrics.`, {
    details: { limit: MAX_METRICS_ASKED },
  });
}

function assertAnswerSize({ timesMicros }: BucketedSeries, metrics: number): void {
  const values = timesMicros.length * metrics * AGGREGATES.length;
  if (values <= MAX_VALUES) return;
  throw new SluiceError(
    "invalid",
    "query.too_many_points",
    `The answer would have ${values} values, more than ${MAX_VALUES}: shorten the range, name fewer metrics, or a longer interval.`,
    { details: { points: values, limit: MAX_VALUES } },
  );
}

function badZone(zone: string): SluiceError {
  const message = `"${zone.slice(0, 100)}" is no IANA time zone, such as Europe/Berlin.`;
  return new SluiceError("invalid", "query.zone", message);
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
