import { SluiceError } from "@sluice/core/errors.ts";
import { bucketFinder, zoneOffset } from "@sluice/core/telemetry/buckets.ts";
import { type Static, Type } from "typebox";
import { type DeviceDirectory, type DeviceEntry, type Registry, requireSite } from "../../devices/index.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";
import { abortedWith } from "../aborted-with.ts";
import { organizationOf } from "../access.ts";
import { findDeviceEntry } from "../find-device.ts";
import { formatTime, parseQueryTime } from "../query-time.ts";
import { readLatest, readReadings } from "../read-readings.ts";
import { flatPayload, type Reading } from "../reading-view.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Uid } from "../schemas.ts";
import { sendCsv, wantsCsv } from "../telemetry-answer.ts";
import { allColumns } from "../telemetry-columns.ts";
import { MAX_POINTS_PER_ANSWER } from "./telemetry.ts";

const NOON_MS = 12 * 3600 * 1000;

const HistoricalQuery = Type.Object({
  sensor_id: Uid,
  date: Type.Optional(
    Type.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$", description: "A day by the clock of its site." }),
  ),
  from: Type.Optional(Type.String({ maxLength: 64, description: "Inclusive: RFC 3339 or epoch milliseconds." })),
  to: Type.Optional(Type.String({ maxLength: 64, description: "Exclusive; without it, until now." })),
});

const SensorReading = Type.Object(
  { sensor_id: Uid, timestamp: DateTime },
  { additionalProperties: true, description: "With the keys that the sensor sent." },
);

export interface SensorRoutesDependencies {
  readonly registry: Registry;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
}

/** The paths of the water-quality specification. */
export function sensorRoutes(api: Api, { registry, directory, telemetry }: SensorRoutesDependencies): void {
  api.get(
    "/api/sensors/latest",
    {
      config: { access: "telemetry:read" },
      schema: {
        tags: ["telemetry"],
        summary: "A sensor's newest values",
        querystring: Type.Object({ sensor_id: Uid }),
        response: answers(200, SensorReading),
      },
    },
    async (request) => {
      const device = await findDeviceEntry(directory, organizationOf(request), request.query.sensor_id);
      const reading = await readLatest(telemetry, device);
      if (reading) return sensorReading(device, reading);
      throw new SluiceError("not-found", "sensor.no_readings", "The sensor has not sent anything yet.");
    },
  );

  api.get(
    "/api/sensors/historical",
    {
      config: { access: "telemetry:read", cost: 3 },
      schema: {
        tags: ["telemetry"],
        summary: "A sensor's readings of a day or a range",
        description:
          "JSON, or CSV with `Accept: text/csv`. Name a date, or from and to; however old, wherever they lie.",
        querystring: HistoricalQuery,
        response: answers(200, Type.Array(SensorReading)),
      },
    },
    async (request, reply) => {
      const device = await findDeviceEntry(directory, organizationOf(request), request.query.sensor_id);
      const { timeZone } = await requireSite(registry.pool, organizationOf(request), device.siteId);
      const { fromMicros, toMicros } = rangeOf(request.query, timeZone);
      const signal = abortedWith(reply);
      if (wantsCsv(request)) {
        const { id: deviceId, organizationId, profile } = device;
        const range = { deviceId, organizationId, profileId: profile.id, fromMicros, toMicros, signal };
        const series = await telemetry.series({ ...range, maxValues: MAX_POINTS_PER_ANSWER });
        return sendCsv(reply, allColumns(series, device.profile));
      }
      const readings = await readReadings(telemetry, device, { fromMicros, toMicros, signal });
      return readings.map((reading) => sensorReading(device, reading));
    },
  );
}

function sensorReading(device: DeviceEntry, reading: Reading) {
  return { ...flatPayload(reading), sensor_id: device.uid, timestamp: formatTime(reading.timeMicros) };
}

interface MicrosRange {
  readonly fromMicros: number;
  readonly toMicros: number;
}

function rangeOf({ date, from, to }: Static<typeof HistoricalQuery>, timeZone: string): MicrosRange {
  if (date !== undefined && from === undefined && to === undefined) return dayOf(date, timeZone);
  if (date !== undefined || from === undefined) {
    throw new SluiceError("invalid", "query.range", "Name either a `date`, or `from` and, if you like, `to`.");
  }
  const fromMicros = parseQueryTime("from", from);
  const toMicros = to === undefined ? Number.MAX_SAFE_INTEGER : parseQueryTime("to", to);
  if (fromMicros > toMicros) throw new SluiceError("invalid", "query.range", "`from` is later than `to`.");
  return { fromMicros, toMicros };
}

/** A day may have 23 or 25 hours; its noon is always there, and once. */
function dayOf(date: string, timeZone: string): MicrosRange {
  const noonMs = parseQueryTime("date", date) / 1000 + NOON_MS;
  const find = bucketFinder({ count: 1, unit: "d" }, timeZone);
  const { startMicros, endMicros } = find((noonMs - zoneOffset(timeZone)(noonMs)) * 1000);
  return { fromMicros: startMicros, toMicros: endMicros };
}
