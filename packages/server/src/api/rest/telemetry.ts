import { SluiceError } from "@sluice/core/errors.ts";
import { AGGREGATES as SUMMARY_AGGREGATES, TIMED_AGGREGATES } from "@sluice/core/telemetry/aggregate.ts";
import { FAULTS } from "@sluice/core/telemetry/validity.ts";
import { type Static, Type } from "typebox";
import { type DeviceDirectory, type DeviceEntry, isTimeZone, listMetrics, type Registry } from "../../devices/index.ts";
import type { Aggregate, TelemetryReader } from "../../telemetry/index.ts";
import { abortedWith } from "../aborted-with.ts";
import { organizationOf } from "../access.ts";
import { findDeviceEntry } from "../find-device.ts";
import { latestView } from "../latest-view.ts";
import { parseQueryTime } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Nullable, Thing, Uid } from "../schemas.ts";
import { sendColumns, sendCsv, wantsCsv } from "../telemetry-answer.ts";
import { allColumns, bucketColumns, namedColumns, type Table } from "../telemetry-columns.ts";
import { DeviceParams } from "./devices.ts";

/**
 * Values of one answer: two years of a station with nine metrics and nine flags at quarter-hours are 1.3 million. An answer
 * that would have more is refused with this number, and the caller asks for a shorter range, fewer metrics or an interval.
 */
export const MAX_POINTS_PER_ANSWER = 5_000_000;
const MAX_METRICS_ASKED = 256;

const AGGREGATES: readonly Aggregate[] = [...SUMMARY_AGGREGATES, ...TIMED_AGGREGATES];

const TelemetryQuery = Type.Object({
  metrics: Type.Optional(
    Type.String({
      maxLength: 10_000,
      description:
        "Keys, separated by commas; all metrics when absent. A key that is no metric is looked up in what the device sent besides numbers.",
    }),
  ),
  from: Type.Optional(Type.String({ maxLength: 64, description: "Inclusive: RFC 3339 or epoch milliseconds." })),
  to: Type.Optional(Type.String({ maxLength: 64, description: "Exclusive." })),
  interval: Type.Optional(
    Type.String({
      maxLength: 16,
      description: "Length of a bucket: a number and one of s, m, h, d, w, mo. All points when absent.",
    }),
  ),
  aggregate: Type.Optional(
    Type.String({
      maxLength: 100,
      default: "mean",
      description: `Some of ${AGGREGATES.join(", ")}, separated by commas. A time-weighted mean lets each reading hold until the next; increase is by how much a counter grew, also where it began anew at 0. Both look for the last reading before \`from\`, as long ago as a bucket is long, but at least a day and at most a week; a bucket under way is weighted up to now.`,
    }),
  ),
  zone: Type.Optional(
    Type.String({
      maxLength: 100,
      default: "UTC",
      description: "IANA time zone in which days, weeks and months begin.",
    }),
  ),
});

/** A value of a point is a number, or what the device sent besides numbers; `null` where it said nothing. */
const Values = Type.Array(Type.Unknown());

const FaultName = Type.Enum(FAULTS.map(([, fault]) => fault));

const TelemetryAnswer = Thing("Telemetry", {
  device: Uid,
  interval: Nullable(Type.String()),
  ts: Type.Array(Type.Number({ description: "Epoch milliseconds." })),
  series: Type.Record(Type.String(), Type.Union([Values, Type.Record(Type.String(), Values)])),
  invalid: Type.Optional(
    Type.Record(Type.String(), Type.Record(Type.String(), Type.Array(Type.Integer())), {
      description:
        "Only when there are any: metric → `range`, `flatline` or `spike` → indexes into `ts` of readings that cannot be what the sensor measured. They are shown, count in no bucket, and no rule acts on them.",
    }),
  ),
});

const LatestAnswer = Thing("LatestValues", {
  device: Uid,
  ts: Nullable(Type.Number({ description: "Epoch milliseconds of the newest message; null before the first." })),
  values: Type.Record(Type.String(), Type.Number()),
  invalid: Type.Optional(
    Type.Record(Type.String(), Type.Array(FaultName), {
      description:
        "What is wrong with those of the values that cannot be what the sensor measured; absent when all can.",
    }),
  ),
  extras: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: "What the newest message that had any said besides numbers: text, booleans, arrays.",
    }),
  ),
});

export interface TelemetryRoutesDependencies {
  readonly registry: Registry;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
}

export function telemetryRoutes(api: Api, { registry, directory, telemetry }: TelemetryRoutesDependencies): void {
  api.get(
    "/api/v1/devices/:uid/latest",
    {
      config: { access: "telemetry:read" },
      schema: {
        tags: ["telemetry"],
        summary: "The newest value of each metric",
        params: DeviceParams,
        response: answers(200, LatestAnswer),
      },
    },
    async (request) => {
      const device = await findDeviceEntry(directory, organizationOf(request), request.params.uid);
      return latestView(device, await telemetry.latest(device.id));
    },
  );

  api.get(
    "/api/v1/devices/:uid/telemetry",
    {
      config: { access: "telemetry:read", cost: 3 },
      schema: {
        tags: ["telemetry"],
        summary: "Readings of a device, in columns",
        description: `JSON, or CSV with \`Accept: text/csv\`. At most ${MAX_POINTS_PER_ANSWER} values an answer. Where retention has let single readings go that are asked for, the answer is 410 with the code \`telemetry.raw_gone\` and \`goneBefore\`; buckets of quarter-hours and longer are still answered. Where only days or months are left, shorter buckets are 410 with \`telemetry.resolution_gone\`.`,
        params: DeviceParams,
        querystring: TelemetryQuery,
        response: answers(200, TelemetryAnswer),
      },
    },
    async (request, reply) => {
      const device = await findDeviceEntry(directory, organizationOf(request), request.params.uid);
      const query = { ...readQuery(request.query), signal: abortedWith(reply) };
      if (query.interval === undefined) {
        const table = await readPoints(telemetry, device, query);
        return wantsCsv(request)
          ? sendCsv(reply, table)
          : sendColumns(reply, { device: device.uid, interval: null }, table);
      }
      if (query.aggregates.includes("increase")) await assertCounters(registry, device, query.keys);
      const { table, nested } = await readBuckets(telemetry, device, { ...query, interval: query.interval });
      if (wantsCsv(request)) return sendCsv(reply, table);
      return sendColumns(reply, { device: device.uid, interval: query.interval, zone: query.zone }, table, nested);
    },
  );
}

interface Query {
  readonly signal?: AbortSignal;
  readonly keys: readonly string[] | undefined;
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly interval: string | undefined;
  readonly aggregates: readonly Aggregate[];
  readonly zone: string;
}

function readQuery(query: Static<typeof TelemetryQuery>): Query {
  const fromMicros = query.from === undefined ? 0 : parseQueryTime("from", query.from);
  const toMicros = query.to === undefined ? Number.MAX_SAFE_INTEGER : parseQueryTime("to", query.to);
  if (fromMicros > toMicros) throw new SluiceError("invalid", "query.range", "`from` is later than `to`.");
  const zone = query.zone ?? "UTC";
  if (!isTimeZone(zone))
    throw new SluiceError("invalid", "query.zone", `"${zone}" is no IANA time zone, such as Europe/Berlin.`);
  return {
    keys: query.metrics === undefined ? undefined : readKeys(query.metrics),
    fromMicros,
    toMicros,
    interval: query.interval,
    aggregates: readAggregates(query.aggregate ?? "mean"),
    zone,
  };
}

/** A comma inside brackets belongs to the key: "cpu.usage_idle[cpu=cpu0,host=a]". */
function readKeys(text: string): readonly string[] {
  const keys = [...new Set(text.split(/,(?![^[]*\])/).filter((key) => key !== ""))];
  if (keys.length > 0 && keys.length <= MAX_METRICS_ASKED) return keys;
  throw new SluiceError("invalid", "query.metrics", `Name 1 to ${MAX_METRICS_ASKED} metrics, separated by commas.`, {
    details: { limit: MAX_METRICS_ASKED },
  });
}

function readAggregates(text: string): readonly Aggregate[] {
  const names = [...new Set(text.split(","))];
  const unknown = names.find((name) => !AGGREGATES.includes(name as Aggregate));
  if (unknown === undefined) return names as Aggregate[];
  throw new SluiceError("invalid", "query.aggregate", `"${unknown}" is none of ${AGGREGATES.join(", ")}.`, {
    details: { known: AGGREGATES },
  });
}

async function readPoints(telemetry: TelemetryReader, device: DeviceEntry, query: Query): Promise<Table> {
  const { keys, fromMicros, toMicros, signal } = query;
  const metricNumbers = keys && numbersOf(device, keys);
  const range = {
    deviceId: device.id,
    profileId: device.profile.id,
    organizationId: device.organizationId,
    fromMicros,
    toMicros,
    maxValues: MAX_POINTS_PER_ANSWER,
    signal,
  };
  const series = await telemetry.series(metricNumbers ? { ...range, metricNumbers } : range);
  assertAnswerSize(series.timesMicros.length * Math.max(1, keys?.length ?? series.columns.size));
  return keys ? namedColumns(series, device.profile, keys) : allColumns(series, device.profile);
}

async function readBuckets(
  telemetry: TelemetryReader,
  device: DeviceEntry,
  query: Query & { readonly interval: string },
) {
  const { fromMicros, toMicros, interval, zone, aggregates, signal } = query;
  const metricNumbers = query.keys
    ? numbersOf(device, query.keys)
    : device.profile.metricKeys.map((_, number) => number);
  const buckets = await telemetry.buckets({
    deviceId: device.id,
    profileId: device.profile.id,
    organizationId: device.organizationId,
    fromMicros,
    toMicros,
    interval,
    zone,
    aggregates,
    metricNumbers,
    signal,
  });
  const keys =
    query.keys ?? [...buckets.columns.keys()].sort((a, b) => a - b).map((number) => device.profile.metricKeys[number]!);
  assertAnswerSize(buckets.timesMicros.length * keys.length * aggregates.length);
  const nested = bucketColumns(buckets, device.profile, keys, aggregates);
  const columns = nested.flatMap(({ aggregates: columnsOfKey }) => [...columnsOfKey.values()]);
  return { nested, table: { timesMicros: buckets.timesMicros, columns } };
}

function numbersOf(device: DeviceEntry, keys: readonly string[]): number[] {
  return keys.map((key) => device.profile.metricNumbers.get(key)).filter((number) => number !== undefined);
}

/** What a gauge fell by is no new beginning. */
async function assertCounters(
  registry: Registry,
  { profile }: DeviceEntry,
  keys: readonly string[] | undefined,
): Promise<void> {
  const metrics = await listMetrics(registry.pool, profile.id);
  const gauge = metrics.find(({ key, kind }) => kind === "gauge" && (keys === undefined || keys.includes(key)));
  if (gauge === undefined) return;
  throw new SluiceError(
    "invalid",
    "query.not_a_counter",
    `"${gauge.key}" is a gauge, which has no increase: name counters alone, or describe it as a counter in its profile.`,
    { details: { metric: gauge.key } },
  );
}

function assertAnswerSize(points: number): void {
  if (points <= MAX_POINTS_PER_ANSWER) return;
  throw new SluiceError(
    "invalid",
    "query.too_many_points",
    `The answer would have ${points} values, more than ${MAX_POINTS_PER_ANSWER}: shorten the range, name fewer metrics, or give an interval.`,
    { details: { points, limit: MAX_POINTS_PER_ANSWER } },
  );
}
