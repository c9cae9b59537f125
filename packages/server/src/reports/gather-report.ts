import { SluiceError } from "@sluice/core/errors.ts";
import { evaluateReport } from "@sluice/core/reports/evaluate-report.ts";
import { bucketStarts, RESOLUTIONS } from "@sluice/core/reports/report-buckets.ts";
import type { ReportContent } from "@sluice/core/reports/report-content.ts";
import type { ReportDefinition, ReportLanguage } from "@sluice/core/reports/report-definition.ts";
import type { ReportDevice } from "@sluice/core/reports/report-device.ts";
import type { ReportPeriod } from "@sluice/core/reports/report-period.ts";
import { type DeviceRows, type MetricColumns, ReportTally } from "@sluice/core/reports/report-tally.ts";
import {
  type Device,
  findMetricsOfProfiles,
  findProfilesByKeys,
  listDevices,
  requireOrganization,
  type Site,
} from "../devices/index.ts";
import { type AggregatedReadings, type LatestMessage, Turns } from "../telemetry/index.ts";
import { gatherAlerts } from "./gather-alerts.ts";
import { MAX_DEVICES, MAX_ROWS_A_QUERY } from "./limits.ts";
import type { Reports } from "./reports.ts";

export interface ReportRequest {
  readonly organizationId: number;
  readonly definition: ReportDefinition;
  readonly site: Site;
  readonly period: ReportPeriod;
  readonly language: ReportLanguage;
}

/** Of one metric and device: a few milliseconds' work. */
const BUCKETS_PER_TURN = 10_000;
/** What a device may bear as a property: how often it is to report, for the completeness. */
export const INTERVAL_PROPERTY = "reportingIntervalSeconds";

const AGGREGATES = ["count", "sum", "min", "max"] as const;

/**
 * Evaluates a definition over the devices that stand at a site now: a few questions to the telemetry for each profile, however
 * many the devices. What the telemetry cannot read fails the report. Throws also `report.period_ahead`, `report.too_many_devices`
 * and the signal's reason.
 */
export async function gatherReport(
  reports: Pick<Reports, "pool" | "telemetry" | "clock">,
  request: ReportRequest,
  signal: AbortSignal,
): Promise<ReportContent> {
  const { pool, telemetry, clock } = reports;
  const { organizationId, definition, site, period, language } = request;
  const nowMicros = clock.nowMicros();
  assertBegun(period, nowMicros);
  const organization = await requireOrganization(pool, organizationId);
  const devices = await devicesAt(reports, organizationId, site);
  const profiles = await profilesOf(reports, organizationId, definition, devices);
  signal.throwIfAborted();
  const latest = await telemetry.latestOf(devices.filter(({ status }) => status === "active").map(({ id }) => id));
  const tally = new ReportTally(definition, period, Math.min(period.toMicros, nowMicros));
  const turns = new Turns(BUCKETS_PER_TURN);
  for (const profile of profiles) {
    for (const share of sharesOf(profile.devices, period)) {
      signal.throwIfAborted();
      const rows = await readRows(reports, request, profile, share, signal);
      for (const device of share) {
        const own = rows(device.id);
        addDevice(tally, request, profile, device, own, latest.get(device.id));
        if (turns.isOver(bucketsOf(own))) await turns.next();
      }
    }
  }
  const { compare } = new Intl.Collator(language, { numeric: true });
  tally.devices.sort((a, b) => compare(a.device.name, b.device.name) || compare(a.device.uid, b.device.uid));
  signal.throwIfAborted();
  const alerts = await gatherAlerts(pool, organizationId, site.slug, period);
  const { slug, name, region, timeZone } = site;
  return evaluateReport({
    ...{ definition, period, language, organization: organization.name, nowMicros, tally, alerts },
    site: { slug, name, region, timeZone },
  });
}

function bucketsOf(rows: DeviceRows | undefined): number {
  return rows === undefined ? 0 : (rows.end - rows.start) * rows.columns.size;
}

function assertBegun({ fromMicros, name }: ReportPeriod, nowMicros: number): void {
  if (fromMicros <= nowMicros) return;
  const message = `${name} has not begun yet: there is nothing to report.`;
  throw new SluiceError("invalid", "report.period_ahead", message, { details: { period: name } });
}

async function devicesAt({ pool }: Pick<Reports, "pool">, organizationId: number, { slug }: Site): Promise<Device[]> {
  const devices = await listDevices(pool, organizationId, { site: slug, limit: MAX_DEVICES + 1 });
  if (devices.length <= MAX_DEVICES) return devices;
  const message = `A report is of at most ${MAX_DEVICES} devices: divide the site into several.`;
  throw new SluiceError("limit", "report.too_many_devices", message, { details: { limit: MAX_DEVICES } });
}

interface ProfileDevices {
  readonly id: number;
  /** Its devices belong to the report even while they say nothing. */
  readonly isNamed: boolean;
  /** Metric of the report → numbers under which the profile has it. */
  readonly numbers: ReadonlyMap<string, readonly number[]>;
  readonly devices: readonly Device[];
}

async function profilesOf(
  { pool }: Pick<Reports, "pool">,
  organizationId: number,
  definition: ReportDefinition,
  devices: readonly Device[],
): Promise<ProfileDevices[]> {
  const byProfile = Map.groupBy(devices, ({ profile }) => profile);
  const profiles = await findProfilesByKeys(pool, organizationId, [...byProfile.keys()]);
  const known = await findMetricsOfProfiles(
    pool,
    organizationId,
    profiles.map(({ id }) => id),
  );
  return profiles.flatMap(({ id, key }) => {
    const own = known.filter(({ profileId }) => profileId === id);
    const numbers = definition.metrics.map((metric) => {
      const keys = [metric.key, ...(metric.otherKeys ?? [])];
      return [metric.key, own.filter((one) => keys.includes(one.key)).map(({ number }) => number)] as const;
    });
    const present = new Map(numbers.filter(([, found]) => found.length > 0));
    const isNamed = definition.profiles.includes(key);
    return present.size === 0 && !isNamed ? [] : [{ id, isNamed, numbers: present, devices: byProfile.get(key)! }];
  });
}

/** So many devices at a time that their buckets fit into one answer. */
function sharesOf(devices: readonly Device[], period: ReportPeriod): Device[][] {
  const buckets = bucketStarts(RESOLUTIONS[period.kind].bucket, period).length;
  const size = Math.max(1, Math.floor(MAX_ROWS_A_QUERY / buckets));
  const shares: Device[][] = [];
  for (let at = 0; at < devices.length; at += size) shares.push(devices.slice(at, at + size));
  return shares;
}

/** Answers the rows of one device; undefined: it said nothing. */
async function readRows(
  { telemetry }: Pick<Reports, "telemetry">,
  { period }: ReportRequest,
  { id: profileId, numbers }: ProfileDevices,
  devices: readonly Device[],
  signal: AbortSignal,
): Promise<(deviceId: number) => DeviceRows | undefined> {
  if (numbers.size === 0) return () => undefined;
  const answer = await telemetry.aggregate({
    profileId,
    deviceIds: devices.map(({ id }) => id),
    metricNumbers: [...numbers.values()].flat(),
    fromMicros: period.fromMicros,
    toMicros: period.toMicros,
    interval: RESOLUTIONS[period.kind].bucket,
    zone: period.zone,
    aggregates: AGGREGATES,
    signal,
  });
  const columns = new Map(
    [...numbers].map(([metric, found]) => [metric, found.flatMap((number) => columnsOf(answer, number))] as const),
  );
  const ranges = rangesByDevice(answer.deviceIds);
  return (deviceId) => {
    const range = ranges.get(deviceId);
    return range && { timesMicros: answer.timesMicros, ...range, columns };
  };
}

function columnsOf({ columns }: AggregatedReadings, number: number): MetricColumns[] {
  const of = columns.get(number);
  if (of === undefined) return [];
  return [{ count: of.get("count")!, sum: of.get("sum")!, min: of.get("min")!, max: of.get("max")! }];
}

function rangesByDevice(deviceIds: Int32Array): ReadonlyMap<number, { readonly start: number; readonly end: number }> {
  const ranges = new Map<number, { readonly start: number; readonly end: number }>();
  for (let start = 0, end = 0; start < deviceIds.length; start = end) {
    while (end < deviceIds.length && deviceIds[end] === deviceIds[start]) end++;
    ranges.set(deviceIds[start]!, { start, end });
  }
  return ranges;
}

/** Leaves out devices that have nothing to do with the report, that came after its period, or that are not in use any more. */
function addDevice(
  tally: ReportTally,
  { period }: ReportRequest,
  { isNamed, numbers }: ProfileDevices,
  { id, uid, name, status, createdAt, properties }: Device,
  rows: DeviceRows | undefined,
  latest: LatestMessage | undefined,
): void {
  const known = [...numbers].filter(([, found]) => found.some((number) => latest?.values.has(number) === true));
  const createdMicros = createdAt.getTime() * 1000;
  const isDue = status === "active" && createdMicros < period.toMicros && (isNamed || known.length > 0);
  if (rows === undefined && !isDue) return;
  const seconds = properties[INTERVAL_PROPERTY];
  const device: ReportDevice = {
    ...{ id, uid, name, createdMicros },
    intervalMs: typeof seconds === "number" && seconds > 0 ? seconds * 1000 : undefined,
    knownMetrics: new Set(isDue ? known.map(([metric]) => metric) : []),
  };
  tally.add(device, rows);
}
