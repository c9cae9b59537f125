import { SluiceError } from "@sluice/core/errors.ts";
import { FAULTS } from "@sluice/core/telemetry/validity.ts";
import type { Pool } from "pg";
import { type Static, Type } from "typebox";
import { type DeviceDirectory, type DeviceEntry, listActiveDeviceIds } from "../../devices/index.ts";
import type { LatestByProfile, TelemetryReader } from "../../telemetry/index.ts";
import { organizationOf } from "../access.ts";
import { jsonInTurns } from "../json-in-turns.ts";
import { toEpochMs } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Nullable, Thing, Uid } from "../schemas.ts";

/** Devices of one answer: past it the caller asks for fewer, by site or profile. */
export const MAX_LATEST_DEVICES = 10_000;
const MAX_NAMED_DEVICES = 1_000;
const MAX_METRICS_ASKED = 256;
/** Values of one answer, which is written in one go. */
export const MAX_LATEST_VALUES = 250_000;
/** A metric that the device never said. */
const NEVER = Number.NEGATIVE_INFINITY;

const Query = Type.Object({
  devices: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 14_000,
      description: `Uids, separated by commas: ${MAX_NAMED_DEVICES} at most.`,
    }),
  ),
  site: Type.Optional(Type.String({ maxLength: 63, description: "A site's slug: its active devices." })),
  profile: Type.Optional(Type.String({ maxLength: 63, description: "A profile's key: its active devices." })),
  asset: Type.Optional(Type.Integer({ minimum: 1, description: "Active devices at an asset and below it." })),
  metrics: Type.Optional(
    Type.String({ maxLength: 10_000, description: "Keys, separated by commas; all when absent." }),
  ),
});

const Answer = Thing("LatestOfMany", {
  devices: Type.Array(Uid),
  ts: Type.Array(Nullable(Type.Number()), {
    description: "Epoch milliseconds of each device's newest message; null before its first.",
  }),
  series: Type.Record(Type.String(), Type.Array(Nullable(Type.Number())), {
    description: "Metric → its newest value, one a device; null where the device never said it.",
  }),
  invalid: Type.Optional(
    Type.Record(Type.String(), Type.Record(Type.String(), Type.Array(Type.Integer())), {
      description:
        "Only when there are any: metric → `range`, `flatline` or `spike` → indexes into `devices` of values that cannot be what the sensor measured.",
    }),
  ),
});

export interface LatestRoutesDependencies {
  readonly pool: Pool;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
}

/** The newest values of many devices, in columns as telemetry has them: a quarter of the bytes of objects. */
export function latestRoutes(api: Api, dependencies: LatestRoutesDependencies): void {
  api.get(
    "/api/v1/latest",
    {
      config: { access: "telemetry:read", cost: 3 },
      schema: {
        tags: ["telemetry"],
        summary: "The newest values of many devices, in columns",
        description: `Of named devices, or of all that a site, a profile or an asset has: ${MAX_LATEST_DEVICES} at most, and ${MAX_LATEST_VALUES} values. What is not a number is in each device's own \`latest\`.`,
        querystring: Query,
        response: answers(200, Answer),
      },
    },
    async (request, reply) => {
      const devices = await findDevices(dependencies, organizationOf(request), request.query);
      const latest = await dependencies.telemetry.latestColumnsOf(devices.map(({ id }) => id));
      const columns = columnsOf(devices, latest, metricsOf(request.query.metrics));
      return reply.type("application/json; charset=utf-8").send(await jsonInTurns(columns));
    },
  );
}

async function findDevices(
  { pool, directory }: LatestRoutesDependencies,
  organizationId: number,
  { devices, site, profile, asset }: Static<typeof Query>,
): Promise<readonly DeviceEntry[]> {
  const isPlaced = site !== undefined || profile !== undefined || asset !== undefined;
  if ((devices !== undefined) === isPlaced) {
    const message = "Name `devices`, or some of `site`, `profile` and `asset`, but not both.";
    throw new SluiceError("invalid", "query.devices_needed", message);
  }
  if (devices !== undefined) return findNamed(directory, organizationId, devices);
  const filter = { site, profile, asset, limit: MAX_LATEST_DEVICES + 1 };
  const ids = await listActiveDeviceIds(pool, organizationId, filter);
  if (ids.length > MAX_LATEST_DEVICES) throw tooMany(MAX_LATEST_DEVICES);
  const entries = await directory.resolveIds(ids);
  return ids.map((id) => entries.get(id)).filter((entry) => entry !== undefined);
}

async function findNamed(directory: DeviceDirectory, organizationId: number, text: string): Promise<DeviceEntry[]> {
  const uids = [...new Set(text.split(",").filter((uid) => uid !== ""))];
  if (uids.length > MAX_NAMED_DEVICES) throw tooMany(MAX_NAMED_DEVICES);
  const entries = await directory.resolve(organizationId, uids);
  const unknown = uids.filter((uid) => !entries.has(uid));
  if (unknown.length === 0) return uids.map((uid) => entries.get(uid)!);
  throw new SluiceError("not-found", "device.unknown", `There is no device with the uid ${unknown[0]}.`, {
    details: { unknown },
  });
}

function tooMany(limit: number): SluiceError {
  const message = `These are more than ${limit} devices: ask by site or profile, or in parts.`;
  return new SluiceError("invalid", "query.too_many_devices", message, { details: { limit } });
}

function metricsOf(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  const keys = new Set(text.split(/,(?![^[]*\])/).filter((key) => key !== ""));
  if (keys.size > 0 && keys.size <= MAX_METRICS_ASKED) return keys;
  throw new SluiceError("invalid", "query.metrics", `Name 1 to ${MAX_METRICS_ASKED} metrics, separated by commas.`);
}

/** Read straight from the columns in memory: an object a value would cost more than everything else here. */
export function columnsOf(
  devices: readonly DeviceEntry[],
  latest: LatestByProfile,
  keys: ReadonlySet<string> | undefined,
): Static<typeof Answer> {
  const ts = new Array<number | null>(devices.length).fill(null);
  const series = new Map<string, (number | null)[]>();
  const faults = new Map<string, Map<string, number[]>>();
  for (const [at, { id, profile }] of devices.entries()) {
    const columns = latest.columnsOf(profile.id);
    const row = latest.rowOfDevice(id);
    if (columns === undefined || row < 0) continue;
    ts[at] = toEpochMs(columns.lastMicros[row]!);
    for (let metric = 0; metric < columns.times.length; metric++) {
      if ((columns.times[metric]?.[row] ?? NEVER) === NEVER) continue;
      const key = profile.metricKeys[metric];
      const value = columns.values[metric]![row]!;
      if (key === undefined || Number.isNaN(value) || keys?.has(key) === false) continue;
      of(series, key, () => {
        assertValues((series.size + 1) * devices.length);
        return new Array<number | null>(devices.length).fill(null);
      })[at] = value;
      const flags = columns.flags[metric]?.[row] ?? 0;
      if (flags !== 0)
        noteFaults(
          of(faults, key, () => new Map()),
          flags,
          at,
        );
    }
  }
  const invalid = [...faults].map(([key, rows]) => [key, Object.fromEntries(rows)] as const);
  return {
    devices: devices.map(({ uid }) => uid),
    ts,
    series: Object.fromEntries(series),
    ...(invalid.length === 0 ? {} : { invalid: Object.fromEntries(invalid) }),
  };
}

function assertValues(values: number): void {
  if (values <= MAX_LATEST_VALUES) return;
  const message = `The answer would have more than ${MAX_LATEST_VALUES} values: name the metrics, or fewer devices.`;
  throw new SluiceError("invalid", "query.too_many_values", message, { details: { limit: MAX_LATEST_VALUES } });
}

function noteFaults(rows: Map<string, number[]>, flags: number, at: number): void {
  for (const [bit, fault] of FAULTS) {
    if ((flags & bit) !== 0) of(rows, fault, () => []).push(at);
  }
}

function of<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
