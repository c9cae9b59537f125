import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { type Accounts, type Entity, requireEntity } from "../../auth/index.ts";
import {
  type Device,
  type DeviceDirectory,
  findSitesByIds,
  listActiveDevicesAt,
  type Registry,
} from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";
import { abortedWith } from "../aborted-with.ts";
import { organizationOf, principalOf } from "../access.ts";
import { type LatestView, latestView } from "../latest-view.ts";
import { cursorNumber, DEFAULT_PAGE_SIZE, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { formatTime, parseQueryTime } from "../query-time.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, Name, Nullable, SerialId, Slug, Uid } from "../schemas.ts";
import { type DeviceTable, sendDevices } from "../telemetry-answer.ts";
import { allColumns, namedColumns } from "../telemetry-columns.ts";

const DAY_MICROS = 24 * 3600 * 1_000_000;
/** Each brings its readings, so a page has no more of them. */
const MAX_DEVICES_A_PAGE = DEFAULT_PAGE_SIZE;
const MAX_POINTS_A_PAGE = 1_000_000;
const MAX_METRICS_ASKED = 256;

const ExternalQuery = Type.Object({
  entity_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 63, description: "Number or slug; a client's own entity when absent." }),
  ),
  from: Type.Optional(
    Type.String({ maxLength: 64, description: "Inclusive: RFC 3339 or epoch milliseconds; a day before `to`." }),
  ),
  to: Type.Optional(Type.String({ maxLength: 64, description: "Exclusive; now when absent." })),
  site: Type.Optional(Slug),
  metrics: Type.Optional(
    Type.String({ maxLength: 10_000, description: "Keys, separated by commas; all when absent." }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_DEVICES_A_PAGE,
      default: MAX_DEVICES_A_PAGE,
      description: "Devices of one page; where there are more, the header `Link` names the next.",
    }),
  ),
  cursor: PageQuery.cursor,
});

const ExternalData = Type.Object({
  entity: Type.Object({ id: SerialId, slug: Slug, name: Name }),
  from: DateTime,
  to: DateTime,
  devices: Type.Array(
    Type.Object({
      device: Uid,
      name: Name,
      site: Slug,
      latest: Type.Object({
        ts: Nullable(Type.Number({ description: "Epoch milliseconds of the newest message." })),
        values: Type.Record(Type.String(), Type.Number()),
      }),
      ts: Type.Array(Type.Number({ description: "Epoch milliseconds." })),
      series: Type.Record(Type.String(), Type.Array(Type.Unknown())),
    }),
  ),
});

export interface ExternalDataDependencies {
  readonly accounts: Accounts;
  readonly registry: Registry;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
  readonly clock: Clock;
}

/** What an outside party reads of its own sites. */
export function externalDataRoutes(api: Api, dependencies: ExternalDataDependencies): void {
  const { accounts, registry } = dependencies;
  api.get(
    "/api/external/data",
    {
      config: { access: "external:read", cost: 10 },
      schema: {
        tags: ["telemetry"],
        summary: "Readings of the sites that an outside party may read",
        description: `For each active device what is newest, and its readings from \`from\` to \`to\` in columns. At most ${MAX_POINTS_A_PAGE} values a page.`,
        querystring: ExternalQuery,
        response: answers(200, ExternalData),
      },
    },
    async (request, reply) => {
      const signal = abortedWith(reply);
      const { query } = request;
      const entity = await findReadableEntity(accounts, request, query.entity_id);
      const organizationId = organizationOf(request);
      const siteIds = await siteIdsOf(registry, organizationId, entity, query.site);
      const range = rangeOf(query, dependencies.clock);
      const devices = await listActiveDevicesAt(registry.pool, organizationId, siteIds, {
        afterId: cursorNumber(query),
        limit: fetchLimit(query),
      });
      const page = sendPage(request, reply, devices, ({ id }) => id);
      const head = {
        entity: { id: entity.id, slug: entity.slug, name: entity.name },
        from: formatTime(range.fromMicros),
        to: formatTime(range.toMicros),
      };
      return sendDevices(
        reply,
        head,
        await readDevices(dependencies, organizationId, page, { ...range, signal }, keysOf(query.metrics)),
      );
    },
  );
}

/** A client of an entity reads that one; people and the organization's own programs any of the organization. */
async function findReadableEntity(
  { pool }: Accounts,
  request: FastifyRequest,
  reference: string | undefined,
): Promise<Entity> {
  const principal = principalOf(request);
  const own = principal.kind === "client" ? principal.entity : undefined;
  const asked = reference ?? own?.id;
  if (asked === undefined) throw new SluiceError("invalid", "query.entity_needed", "Name an entity_id.");
  const entity = await requireEntity(pool, principal.organizationId, asked);
  if (own === undefined || own.id === entity.id) return entity;
  throw new SluiceError("not-found", "entity.unknown", "There is no such entity.", { details: { entity: asked } });
}

async function siteIdsOf(
  { pool }: Registry,
  organizationId: number,
  { siteIds }: Entity,
  slug: string | undefined,
): Promise<readonly number[]> {
  if (slug === undefined) return siteIds;
  const site = (await findSitesByIds(pool, organizationId, siteIds)).find((candidate) => candidate.slug === slug);
  if (site) return [site.id];
  throw new SluiceError("not-found", "site.unknown", "There is no such site.", { details: { site: slug } });
}

interface TimeRange {
  readonly fromMicros: number;
  readonly toMicros: number;
}

function rangeOf({ from, to }: Static<typeof ExternalQuery>, clock: Clock): TimeRange {
  const toMicros = to === undefined ? clock.nowMicros() : parseQueryTime("to", to);
  const fromMicros = from === undefined ? toMicros - DAY_MICROS : parseQueryTime("from", from);
  if (fromMicros > toMicros) throw new SluiceError("invalid", "query.range", "`from` is later than `to`.");
  return { fromMicros, toMicros };
}

function keysOf(metrics: string | undefined): readonly string[] | undefined {
  if (metrics === undefined) return undefined;
  const keys = [...new Set(metrics.split(",").filter((key) => key !== ""))];
  if (keys.length > 0 && keys.length <= MAX_METRICS_ASKED) return keys;
  throw new SluiceError("invalid", "query.metrics", `Name 1 to ${MAX_METRICS_ASKED} metrics, separated by commas.`, {
    details: { limit: MAX_METRICS_ASKED },
  });
}

async function readDevices(
  { directory, telemetry }: ExternalDataDependencies,
  organizationId: number,
  devices: readonly Device[],
  range: TimeRange & { readonly signal: AbortSignal },
  keys: readonly string[] | undefined,
): Promise<DeviceTable[]> {
  const entries = await directory.resolve(
    organizationId,
    devices.map(({ uid }) => uid),
  );
  const latest = await telemetry.latestOf(devices.map(({ id }) => id));
  const answer: DeviceTable[] = [];
  let points = 0;
  for (const { id, uid, name, site } of devices) {
    const entry = entries.get(uid);
    if (entry === undefined) continue;
    const { profile } = entry;
    const metricNumbers = keys?.map((key) => profile.metricNumbers.get(key)).filter((number) => number !== undefined);
    const maxValues = MAX_POINTS_A_PAGE;
    const series = await telemetry.series({
      deviceId: id,
      organizationId,
      profileId: profile.id,
      ...range,
      maxValues,
      ...(metricNumbers && { metricNumbers }),
    });
    const table = keys ? await namedColumns(series, profile, keys) : allColumns(series, profile);
    points += table.timesMicros.length * Math.max(1, table.columns.length);
    assertPageSize(points);
    const newest = newestOf(latestView(entry, latest.get(id), keys && new Set(keys)));
    const columns = table.columns.map(({ key, valueAt }) => ({ key, valueAt }));
    answer.push({ head: { device: uid, name, site, latest: newest }, table: { ...table, columns } });
  }
  return answer;
}

function newestOf({ ts, values }: LatestView) {
  return { ts, values };
}

function assertPageSize(points: number): void {
  if (points <= MAX_POINTS_A_PAGE) return;
  throw new SluiceError(
    "invalid",
    "query.too_many_points",
    `The page would have more than ${MAX_POINTS_A_PAGE} values: shorten the range, name fewer metrics, or take smaller pages.`,
    { details: { limit: MAX_POINTS_A_PAGE } },
  );
}
