import { SluiceError } from "@sluice/core/errors.ts";
import { bucketFinder, zoneOffset } from "@sluice/core/telemetry/buckets.ts";
import { Type } from "typebox";
import { type DeviceDirectory, type DeviceEntry, type Registry, requireSite } from "../../devices/index.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";
import { organizationOf } from "../access.ts";
import { findDeviceEntry } from "../find-device.ts";
import { formatTime, parseQueryTime } from "../query-time.ts";
import { readLatest, readReadings } from "../read-readings.ts";
import { flatPayload, type Reading } from "../reading-view.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Uid } from "../schemas.ts";
import { sendCsv, wantsCsv } from "../telemetry-answer.ts";
import { allColumns } from "../telemetry-columns.ts";

const NOON_MS = 12 * 3600 * 1000;

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
        summary: "A sensor's readings of a day",
        description: "JSON, or CSV with `Accept: text/csv`.",
        querystring: Type.Object({
          sensor_id: Uid,
          date: Type.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$", description: "A day by the clock of its site." }),
        }),
        response: answers(200, Type.Array(SensorReading)),
      },
    },
    async (request, reply) => {
      const device = await findDeviceEntry(directory, organizationOf(request), request.query.sensor_id);
      const { timeZone } = await requireSite(registry.pool, organizationOf(request), device.siteId);
      const { fromMicros, toMicros } = dayOf(request.query.date, timeZone);
      if (wantsCsv(request)) {
        const series = await telemetry.series({ deviceId: device.id, fromMicros, toMicros });
        return sendCsv(reply, allColumns(series, device.profile));
      }
      const readings = await readReadings(telemetry, device, fromMicros, toMicros);
      return readings.map((reading) => sensorReading(device, reading));
    },
  );
}

function sensorReading(device: DeviceEntry, reading: Reading) {
  return { ...flatPayload(reading), sensor_id: device.uid, timestamp: formatTime(reading.timeMicros) };
}

/** A day may have 23 or 25 hours; its noon is always there, and once. */
function dayOf(date: string, timeZone: string): { readonly fromMicros: number; readonly toMicros: number } {
  const noonMs = parseQueryTime("date", date) / 1000 + NOON_MS;
  const find = bucketFinder({ count: 1, unit: "d" }, timeZone);
  const { startMicros, endMicros } = find((noonMs - zoneOffset(timeZone)(noonMs)) * 1000);
  return { fromMicros: startMicros, toMicros: endMicros };
}
