import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { type DeviceDirectory, type DeviceEntry, listDevices, listSites, type Registry } from "../../devices/index.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";
import { abortedWith } from "../aborted-with.ts";
import { organizationOf } from "../access.ts";
import { findDeviceEntry } from "../find-device.ts";
import { formatTime } from "../query-time.ts";
import { assertAnswerSize, readLatestOf, readReadings } from "../read-readings.ts";
import { localTime, originalPayload, type Reading } from "../reading-view.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Thing, Uid } from "../schemas.ts";

/** Without a device_id all devices answer, as long as an organization is a handful of stations. */
export const MAX_STATIONS = 200;
/** Local time is at most this far from UTC, and a date alone may mean its whole day. */
const LOCAL_SLACK_MICROS = 2 * 24 * 3600 * 1_000_000;
const LOCAL_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(?:Z|[+\- ]\d\d:\d\d)?$/;

const ReadingRecord = Thing("Reading", {
  id: Type.String(),
  device_id: Uid,
  ts_utc: DateTime,
  ts_local: Type.String({ description: "The device's local time as it said it, else the site's with its offset." }),
  payload: Type.Unknown({ description: "As it came." }),
});

const RangeQuery = Type.Object({
  start_date: Type.Optional(Type.String({ maxLength: 40, description: "Local date or time, inclusive." })),
  end_date: Type.Optional(
    Type.String({ maxLength: 40, description: "Local date or time, inclusive; a date is its whole day." }),
  ),
  device_id: Type.Optional(Uid),
});

export interface ReadingRoutesDependencies {
  readonly registry: Registry;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
}

/** The paths of the weather-station specification, which stand with and without "/api". */
export function readingRoutes(api: Api, dependencies: ReadingRoutesDependencies): void {
  for (const prefix of ["/api", ""]) {
    api.get(
      `${prefix}/readings`,
      {
        config: { access: "telemetry:read", cost: 10 },
        schema: {
          tags: ["telemetry"],
          summary: "Readings by local time, each with its payload as it came",
          querystring: RangeQuery,
          response: answers(200, Type.Array(ReadingRecord)),
        },
      },
      (request, reply) => readRange(dependencies, request, request.query, abortedWith(reply)),
    );

    api.get(
      `${prefix}/readings/latest`,
      {
        config: { access: "telemetry:read", cost: 3 },
        schema: {
          tags: ["telemetry"],
          summary: "The newest reading of each device",
          querystring: Type.Object({ device_id: Type.Optional(Uid) }),
          response: answers(200, Type.Array(ReadingRecord)),
        },
      },
      (request) => readNewest(dependencies, request, request.query.device_id),
    );
  }
}

async function readRange(
  dependencies: ReadingRoutesDependencies,
  request: FastifyRequest,
  query: Static<typeof RangeQuery>,
  signal: AbortSignal,
): Promise<ReadingView[]> {
  const start = query.start_date && wallClock("start_date", query.start_date);
  const end = query.end_date && wallClock("end_date", query.end_date);
  const fromMicros = start ? Math.max(0, wallMicros(start) - LOCAL_SLACK_MICROS) : 0;
  const toMicros = end ? wallMicros(end) + LOCAL_SLACK_MICROS : Number.MAX_SAFE_INTEGER;
  const views: ReadingView[] = [];
  for (const station of await findStations(dependencies, organizationOf(request), query.device_id)) {
    for (const reading of await readReadings(dependencies.telemetry, station.device, {
      fromMicros,
      toMicros,
      signal,
    })) {
      const view = viewOf(station, reading);
      if (isWithin(view.ts_local, start, end)) views.push(view);
    }
    assertAnswerSize(views.length);
  }
  return views.sort((a, b) => (a.ts_utc < b.ts_utc ? -1 : a.ts_utc > b.ts_utc ? 1 : 0));
}

async function readNewest(
  dependencies: ReadingRoutesDependencies,
  request: FastifyRequest,
  uid: string | undefined,
): Promise<ReadingView[]> {
  const stations = await findStations(dependencies, organizationOf(request), uid);
  const devices = stations.map(({ device }) => device);
  const readings = await readLatestOf(dependencies.telemetry, devices);
  return stations.flatMap((station) => {
    const reading = readings.get(station.device.id);
    return reading === undefined ? [] : [viewOf(station, reading)];
  });
}

interface Station {
  readonly device: DeviceEntry;
  readonly zone: string;
}

async function findStations(
  { registry, directory }: ReadingRoutesDependencies,
  organizationId: number,
  uid: string | undefined,
): Promise<Station[]> {
  const devices =
    uid === undefined
      ? await allDevices(registry, directory, organizationId)
      : [await findDeviceEntry(directory, organizationId, uid)];
  const sites = await listSites(registry.pool, organizationId, { limit: 10_000 });
  const zones = new Map(sites.map((site) => [site.id, site.timeZone]));
  return devices.map((device) => ({ device, zone: zones.get(device.siteId) ?? "UTC" }));
}

async function allDevices(
  registry: Registry,
  directory: DeviceDirectory,
  organizationId: number,
): Promise<DeviceEntry[]> {
  const devices = await listDevices(registry.pool, organizationId, { limit: MAX_STATIONS + 1 });
  if (devices.length > MAX_STATIONS) {
    throw new SluiceError(
      "invalid",
      "query.device_needed",
      `Name a device_id: there are more than ${MAX_STATIONS} devices.`,
      {
        details: { limit: MAX_STATIONS },
      },
    );
  }
  const entries = await directory.resolve(
    organizationId,
    devices.map(({ uid }) => uid),
  );
  return devices.map(({ uid }) => entries.get(uid)).filter((entry) => entry !== undefined);
}

interface ReadingView {
  readonly id: string;
  readonly device_id: string;
  readonly ts_utc: string;
  readonly ts_local: string;
  readonly payload: unknown;
}

/** A device says one thing at one time, so device and time name a reading. */
function viewOf({ device, zone }: Station, reading: Reading): ReadingView {
  return {
    id: `${device.id}-${reading.timeMicros}`,
    device_id: device.uid,
    ts_utc: formatTime(reading.timeMicros),
    ts_local: localTime(reading, zone),
    payload: originalPayload(reading),
  };
}

/** What the clock on the wall shows, as text that sorts: an offset says nothing more about it. */
function wallClock(name: string, text: string): string {
  if (LOCAL_TIME.test(text) && !Number.isNaN(Date.parse(text.slice(0, 10)))) {
    return text.replace(" ", "T").replace(/(?:Z|[+\- ]\d\d:\d\d)$/, "");
  }
  throw new SluiceError(
    "invalid",
    "query.time",
    `${name}: "${text}" is no local date or time, such as 2026-05-01 or 2026-05-01T06:00:00.`,
  );
}

function wallMicros(wall: string): number {
  return Date.parse(wall.slice(0, 10)) * 1000;
}

/** Both ends count, to the precision that was given: an end of "2026-05-01" takes the whole day in. */
function isWithin(local: string, start: string | undefined, end: string | undefined): boolean {
  const wall = local.replace(" ", "T");
  return (!start || wall.slice(0, start.length) >= start) && (!end || wall.slice(0, end.length) <= end);
}
