import type { Readable } from "node:stream";
import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyReply } from "fastify";
import { type Static, Type } from "typebox";
import { type DeviceDirectory, isTimeZone, listDevices, type Registry } from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";
import { abortedWith } from "../aborted-with.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { csvFile } from "../export/csv-file.ts";
import { parquetExport } from "../export/parquet-export.ts";
import { type ExportedProfile, longTable, type ReadingsQuery, wideTable } from "../export/readings-table.ts";
import { STALLED_MS, unlessStalled } from "../export/unless-stalled.ts";
import { findDeviceEntry } from "../find-device.ts";
import { parseQueryTime } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers } from "../schemas.ts";

/** Exports that are written at once; each holds about 100 MB and takes a share of the event loop. */
export const MAX_EXPORTS_AT_ONCE = 2;
/** Of one caller: the others are for others. */
const MAX_EXPORTS_PER_CALLER = 1;
/** Asked for by name; a site or a profile names more. */
const MAX_DEVICES_NAMED = 200;
const MAX_METRICS_NAMED = 256;
const DEVICES_PER_PAGE = 1_000;
const BUSY_RETRY_MS = 10_000;
const COST = 20;
const TYPES = {
  csv: "text/csv; charset=utf-8; header=present",
  parquet: "application/vnd.apache.parquet",
} as const;

const ExportQuery = Type.Object({
  devices: Type.Optional(
    Type.String({ maxLength: 30_000, description: "Uids, separated by commas; all when absent." }),
  ),
  site: Type.Optional(Type.String({ maxLength: 63, description: "Slug: devices of this site." })),
  profile: Type.Optional(Type.String({ maxLength: 63, description: "Key: devices of this profile." })),
  metrics: Type.Optional(
    Type.String({ maxLength: 10_000, description: "Keys, separated by commas; all when absent." }),
  ),
  from: Type.Optional(Type.String({ maxLength: 64, description: "Inclusive: RFC 3339 or epoch milliseconds." })),
  to: Type.Optional(Type.String({ maxLength: 64, description: "Exclusive." })),
  format: Type.Optional(Type.Enum(["csv", "parquet"], { default: "csv" })),
  form: Type.Optional(
    Type.Enum(["long", "wide"], {
      default: "long",
      description:
        "long: a row a reading (device, time, metric, value, flags, text). wide: a row a message, a column a metric, for devices of one profile.",
    }),
  ),
  zone: Type.Optional(
    Type.String({
      maxLength: 100,
      description: "IANA zone in which a CSV shows times, with the offset; UTC when absent.",
    }),
  ),
  end: Type.Optional(
    Type.Boolean({
      default: false,
      description: "Ends a CSV with the line `# end of N rows`, for programs that want to know whether it is whole.",
    }),
  ),
});

export interface TelemetryExportDependencies {
  readonly registry: Registry;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
  readonly clock: Pick<Clock, "after">;
}

/** Readings as a file, as many as there are. */
export function telemetryExportRoutes(api: Api, dependencies: TelemetryExportDependencies): void {
  /** Who takes the exports that are under way. */
  const underWay: string[] = [];
  api.get(
    "/api/v1/telemetry/export",
    {
      config: { access: "telemetry:export", cost: COST },
      schema: {
        tags: ["telemetry"],
        summary: "Readings of many devices, as a file",
        description: `CSV or Parquet, streamed, sorted by profile, device and time; late and corrected readings as they hold now. An export that fails midway breaks the connection off. At most ${MAX_EXPORTS_AT_ONCE} at once, of one caller ${MAX_EXPORTS_PER_CALLER}; whoever takes nothing for ${STALLED_MS / 1000} seconds is cut off.`,
        querystring: ExportQuery,
        response: {
          ...answers(200, Type.String()),
          200: {
            description: "The readings.",
            content: {
              "text/csv": { schema: Type.String() },
              "application/vnd.apache.parquet": { schema: Type.String({ format: "binary" }) },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const organizationId = organizationOf(request);
      const readings = { ...readingsQuery(request.query), organizationId, signal: abortedWith(reply) };
      const profiles = await findProfiles(dependencies, organizationId, request.query);
      const file = fileOf(dependencies.telemetry, profiles, readings, request.query);
      const { actor } = requesterFor(request);
      if (underWay.filter((other) => other === actor).length >= MAX_EXPORTS_PER_CALLER) throw oneAtATime();
      if (underWay.length >= MAX_EXPORTS_AT_ONCE) throw busy();
      underWay.push(actor);
      const body = unlessStalled(file, dependencies.clock);
      return sendFile(reply, body, request.query, () => underWay.splice(underWay.indexOf(actor), 1));
    },
  );
}

function sendFile(
  reply: FastifyReply,
  body: Readable,
  { format = "csv" }: Static<typeof ExportQuery>,
  onEnd: () => void,
): FastifyReply {
  body.once("close", onEnd);
  // A caller who goes away before the first byte is heard of by nobody else.
  reply.raw.once("close", () => body.destroy());
  return reply
    .type(TYPES[format])
    .header("content-disposition", `attachment; filename="readings.${format}"`)
    .send(body);
}

function fileOf(
  telemetry: TelemetryReader,
  profiles: readonly ExportedProfile[],
  readings: ReadingsQuery,
  { format = "csv", form = "long", zone, end = false }: Static<typeof ExportQuery>,
): AsyncGenerator<string | Uint8Array> {
  if (zone !== undefined && !isTimeZone(zone)) {
    throw new SluiceError("invalid", "query.zone", `"${zone}" is no IANA time zone, such as Europe/Berlin.`);
  }
  const table =
    form === "wide" ? wideTable(telemetry, onlyOne(profiles), readings) : longTable(telemetry, profiles, readings);
  return format === "parquet" ? parquetExport(table) : csvFile(table, zone, end);
}

function onlyOne(profiles: readonly ExportedProfile[]): ExportedProfile {
  if (profiles.length === 1) return profiles[0]!;
  const message = `The wide form is of devices of one profile, and these are of ${profiles.length}: name a profile, or take the long form.`;
  throw new SluiceError("invalid", "export.one_profile", message);
}

function readingsQuery(query: Static<typeof ExportQuery>): Pick<ReadingsQuery, "keys" | "fromMicros" | "toMicros"> {
  const fromMicros = query.from === undefined ? 0 : parseQueryTime("from", query.from);
  const toMicros = query.to === undefined ? Number.MAX_SAFE_INTEGER : parseQueryTime("to", query.to);
  if (fromMicros > toMicros) throw new SluiceError("invalid", "query.range", "`from` is later than `to`.");
  // A comma inside brackets belongs to the key.
  const keys =
    query.metrics === undefined ? undefined : wordsOf(query.metrics, /,(?![^[]*\])/, "metrics", MAX_METRICS_NAMED);
  return { keys, fromMicros, toMicros };
}

function wordsOf(text: string, separator: string | RegExp, what: string, limit: number): string[] {
  const words = [...new Set(text.split(separator).filter((word) => word !== ""))];
  if (words.length > 0 && words.length <= limit) return words;
  throw new SluiceError("invalid", `query.${what}`, `Name 1 to ${limit} ${what}, separated by commas.`, {
    details: { limit },
  });
}

/** Devices by profile, both in the order of their numbers. */
async function findProfiles(
  { registry, directory }: TelemetryExportDependencies,
  organizationId: number,
  query: Static<typeof ExportQuery>,
): Promise<ExportedProfile[]> {
  const { site, profile, devices } = query;
  const named = devices === undefined ? undefined : wordsOf(devices, ",", "devices", MAX_DEVICES_NAMED);
  const wanted = named && new Set(named);
  for (const uid of named ?? []) await findDeviceEntry(directory, organizationId, uid);
  const byProfile = new Map<string, Map<number, string>>();
  let afterId = 0;
  for (;;) {
    const page = await listDevices(registry.pool, organizationId, { site, profile, afterId, limit: DEVICES_PER_PAGE });
    for (const device of page) {
      if (wanted !== undefined && !wanted.has(device.uid)) continue;
      const uids = byProfile.get(device.profile) ?? new Map<number, string>();
      byProfile.set(device.profile, uids.set(device.id, device.uid));
    }
    if (page.length < DEVICES_PER_PAGE) break;
    afterId = page.at(-1)!.id;
  }
  return withEntries(directory, [...byProfile.values()]);
}

async function withEntries(
  directory: DeviceDirectory,
  groups: readonly ReadonlyMap<number, string>[],
): Promise<ExportedProfile[]> {
  const exported: ExportedProfile[] = [];
  for (const uids of groups) {
    const [deviceId] = uids.keys();
    const entry = (await directory.resolveIds([deviceId!])).get(deviceId!);
    if (entry !== undefined) exported.push({ profile: entry.profile, uids });
  }
  return exported.sort((a, b) => a.profile.id - b.profile.id);
}

function busy(): SluiceError {
  const message = `${MAX_EXPORTS_AT_ONCE} exports are under way already; ask again when one of them has ended.`;
  return new SluiceError("unavailable", "export.busy", message, { retryAfterMs: BUSY_RETRY_MS });
}

function oneAtATime(): SluiceError {
  const message = "You are taking another export: ask again when it has ended.";
  return new SluiceError("conflict", "export.one_at_a_time", message, { retryable: true });
}
