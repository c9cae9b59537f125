import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import { Type } from "typebox";
import { type DeviceDirectory, type DeviceEntry, listActiveDeviceIds, requireAsset } from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";
import { abortedWith } from "../aborted-with.ts";
import { organizationOf } from "../access.ts";
import { formatTime } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Name, SerialId } from "../schemas.ts";

const HOUR_MICROS = 3600 * 1_000_000;
const MOISTURE = "moisture";
const MAX_HOURS = 31 * 24;
const DEFAULT_HOURS = 24;
/** A zone is watched by a handful of probes. */
const MAX_ZONE_DEVICES = 200;

const HourlyAverages = Type.Object({
  zone: SerialId,
  name: Name,
  hours: Type.Array(
    Type.Object({
      hour: DateTime,
      avgMoisture: Type.Number({ description: "Of all valid readings of the hour." }),
      count: Type.Integer({ description: "Readings of the hour." }),
    }),
  ),
});

export interface ZoneRoutesDependencies {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
}

/** The path of the irrigation specification. */
export function zoneRoutes(api: Api, dependencies: ZoneRoutesDependencies): void {
  api.get(
    "/api/v1/zones/:zone/hourly-averages",
    {
      config: { access: "telemetry:read", cost: 10 },
      schema: {
        tags: ["telemetry"],
        summary: "How moist a zone was, hour by hour",
        description:
          "Over all probes of the asset and of what is below it, by hours of UTC; hours without a valid reading are left out.",
        params: Type.Object({ zone: SerialId }),
        querystring: Type.Object({
          hours: Type.Optional(
            Type.Integer({ minimum: 1, maximum: MAX_HOURS, default: DEFAULT_HOURS, description: "Up to now." }),
          ),
        }),
        response: answers(200, HourlyAverages),
      },
    },
    async (request, reply) => {
      const { pool, clock } = dependencies;
      const signal = abortedWith(reply);
      const { id, name } = await requireAsset(pool, organizationOf(request), request.params.zone);
      const toMicros = clock.nowMicros();
      const fromMicros = toMicros - (request.query.hours ?? DEFAULT_HOURS) * HOUR_MICROS;
      const hours = new Map<number, { sum: number; count: number }>();
      for (const device of await probesOf(dependencies, organizationOf(request), id)) {
        await addHours(dependencies.telemetry, device, { fromMicros, toMicros: toMicros + 1, signal }, hours);
      }
      const inOrder = [...hours].sort(([a], [b]) => a - b);
      return {
        zone: id,
        name,
        hours: inOrder.map(([startMicros, { sum, count }]) => ({
          hour: formatTime(startMicros),
          avgMoisture: sum / count,
          count,
        })),
      };
    },
  );
}

async function probesOf(
  { pool, directory }: ZoneRoutesDependencies,
  organizationId: number,
  asset: number,
): Promise<DeviceEntry[]> {
  const ids = await listActiveDeviceIds(pool, organizationId, { asset, limit: MAX_ZONE_DEVICES + 1 });
  if (ids.length > MAX_ZONE_DEVICES) {
    const message = `There are more than ${MAX_ZONE_DEVICES} devices at this asset: ask for a zone below it.`;
    throw new SluiceError("invalid", "query.too_many_devices", message, { details: { limit: MAX_ZONE_DEVICES } });
  }
  const entries = await directory.resolveIds(ids);
  return [...entries.values()].filter(({ profile }) => profile.metricNumbers.has(MOISTURE));
}

async function addHours(
  telemetry: TelemetryReader,
  { id: deviceId, organizationId, profile }: DeviceEntry,
  range: { readonly fromMicros: number; readonly toMicros: number; readonly signal: AbortSignal },
  hours: Map<number, { sum: number; count: number }>,
): Promise<void> {
  const number = profile.metricNumbers.get(MOISTURE)!;
  const { timesMicros, columns } = await telemetry.buckets({
    deviceId,
    organizationId,
    profileId: profile.id,
    ...range,
    interval: "1h",
    aggregates: ["sum", "count"],
    metricNumbers: [number],
  });
  const column = columns.get(number);
  for (const [row, startMicros] of timesMicros.entries()) {
    const hour = hours.get(startMicros) ?? { sum: 0, count: 0 };
    hour.sum += column?.get("sum")?.[row] ?? 0;
    hour.count += column?.get("count")?.[row] ?? 0;
    hours.set(startMicros, hour);
  }
}
