import { FAULTS, faultsOf, VALID } from "@sluice/core/telemetry/validity.ts";
import type { Pool } from "pg";
import { Type } from "typebox";
import { findActuators, openSiteStops } from "../../actuation/index.ts";
import {
  type Device,
  type DeviceDirectory,
  listDevices,
  listMetrics,
  listSites,
  type Metric,
  type Registry,
  requireOrganization,
} from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";
import { organizationOf } from "../access.ts";
import { formatTime } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Nullable, Thing, Uid } from "../schemas.ts";
import { Actuator, SiteStop } from "./actuators.ts";
import type { ReadStatus } from "./status.ts";

/** What one page shows well; of more the first are shown, and that there are more is said. */
export const MAX_OVERVIEW_DEVICES = 200;
const MAX_OVERVIEW_SITES = 100;

const Value = Type.Object({
  metric: Type.String(),
  value: Type.Number(),
  at: DateTime,
  unit: Nullable(Type.String()),
  minimum: Nullable(Type.Number()),
  maximum: Nullable(Type.Number()),
  precision: Nullable(Type.Integer()),
  invalid: Type.Array(Type.Enum(FAULTS.map(([, fault]) => fault)), {
    description: "What is wrong with it, if it cannot be what the sensor measured: no rule acts on it.",
  }),
});

const Overview = Thing("Overview", {
  at: DateTime,
  organization: Type.String(),
  status: Type.String(),
  readingsPerSecond: Nullable(Type.Number()),
  sites: Type.Array(
    Type.Object({ slug: Type.String(), name: Type.String(), timeZone: Type.String(), stop: Nullable(SiteStop) }),
  ),
  devices: Type.Array(
    Type.Object({
      uid: Uid,
      name: Type.String(),
      site: Type.String(),
      profile: Type.String(),
      isActive: Type.Boolean(),
      lastMessageAt: Nullable(DateTime),
      values: Type.Array(Value),
      actuators: Type.Array(Actuator),
    }),
  ),
  hasMoreDevices: Type.Boolean(),
});

export interface OverviewRoutesDependencies {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
  readonly pool: Pool;
  readonly status: ReadStatus;
}

export function overviewRoutes(api: Api, dependencies: OverviewRoutesDependencies): void {
  api.get(
    "/api/v1/overview",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["status"],
        summary: "Everything that the status page shows, in one answer",
        description: `Of devices the first ${MAX_OVERVIEW_DEVICES}.`,
        response: answers(200, Overview),
      },
    },
    (request) => readOverview(dependencies, organizationOf(request)),
  );
}

async function readOverview(dependencies: OverviewRoutesDependencies, organizationId: number) {
  const { clock, registry, pool, status } = dependencies;
  const organization = await requireOrganization(registry.pool, organizationId);
  const sites = await listSites(registry.pool, organizationId, { limit: MAX_OVERVIEW_SITES });
  const siteIds = sites.map(({ id }) => id);
  const stops = await openSiteStops(pool, organizationId, siteIds);
  const found = await listDevices(registry.pool, organizationId, { limit: MAX_OVERVIEW_DEVICES + 1 });
  const shown = found.slice(0, MAX_OVERVIEW_DEVICES);
  const report = await status();
  return {
    at: formatTime(clock.nowMicros()),
    organization: organization.name,
    status: report.status,
    readingsPerSecond: report.readingsPerSecond ?? null,
    sites: sites.map(({ id, slug, name, timeZone }) => ({ slug, name, timeZone, stop: stops.get(id) ?? null })),
    devices: await readDevices(dependencies, organizationId, shown),
    hasMoreDevices: found.length > shown.length,
  };
}

async function readDevices(
  { registry, directory, telemetry, pool }: OverviewRoutesDependencies,
  organizationId: number,
  shown: readonly Device[],
) {
  const uids = shown.map(({ uid }) => uid);
  const registered = new Map(shown.map((device) => [device.uid, device]));
  const entries = [...(await directory.resolve(organizationId, uids)).values()].sort((a, b) =>
    a.uid.localeCompare(b.uid, "en", { numeric: true }),
  );
  const metricsOf = metricsReader(registry);
  const actuators = await findActuators(pool, organizationId, { devices: uids });
  const actuatorsOf = Map.groupBy(actuators, ({ device }) => device);
  const devices = [];
  for (const { id, uid, profile, active } of entries) {
    const latest = await telemetry.latest(id);
    const metrics = await metricsOf(profile.id);
    const values = [...(latest?.values ?? [])].map(([number, { timeMicros, value, flags = VALID }]) => ({
      ...described(metrics[number], number),
      value,
      at: formatTime(timeMicros),
      invalid: faultsOf(flags),
    }));
    devices.push({
      uid,
      name: registered.get(uid)?.name ?? uid,
      site: registered.get(uid)?.site ?? "",
      profile: profile.key,
      isActive: active,
      lastMessageAt: latest ? formatTime(latest.timeMicros) : null,
      values: values.filter(({ value }) => !Number.isNaN(value)),
      actuators: actuatorsOf.get(uid) ?? [],
    });
  }
  return devices;
}

function described(metric: Metric | undefined, number: number) {
  return {
    metric: metric?.key ?? `#${number}`,
    unit: metric?.unit ?? null,
    minimum: metric?.minimum ?? null,
    maximum: metric?.maximum ?? null,
    precision: metric?.precision ?? null,
  };
}

/** Reads each profile once an answer; the metrics are in the order of their numbers. */
function metricsReader({ pool }: Registry): (profileId: number) => Promise<readonly Metric[]> {
  const known = new Map<number, readonly Metric[]>();
  return async (profileId) => {
    const metrics = known.get(profileId) ?? (await listMetrics(pool, profileId));
    known.set(profileId, metrics);
    return metrics;
  };
}
