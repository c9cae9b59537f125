import { REPORT_LANGUAGES } from "@sluice/core/reports/report-definition.ts";
import type { FastifyRequest } from "fastify";
import type { Pool } from "pg";
import { Type } from "typebox";
import { type Actuation, openSiteStops, releaseSite, stopSite } from "../../actuation/index.ts";
import {
  createSite,
  deleteSite,
  findSite,
  listSites,
  type Registry,
  requireSite,
  type Site as SiteRow,
  updateSite,
} from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { MAX_STOPPING_BODY_BYTES } from "../rate-limits.ts";
import { type Api, allowAbsentBody } from "../schema-validation.ts";
import {
  answers,
  Body,
  DateTime,
  MAX_SERIAL_ID,
  Name,
  NoContent,
  Nullable,
  Search,
  SerialId,
  Slug,
  Thing,
} from "../schemas.ts";
import { IdempotencyHeaders, LONGEST_REASON } from "./actuator-commands.ts";
import { SiteStop } from "./actuators.ts";

const Region = Nullable(Type.String({ maxLength: 200 }));
const Latitude = Nullable(Type.Number({ minimum: -90, maximum: 90 }));
const Longitude = Nullable(Type.Number({ minimum: -180, maximum: 180 }));
const TimeZone = Type.String({ maxLength: 100, description: 'IANA name, such as "Europe/Berlin".' });
const Language = Type.Enum([...REPORT_LANGUAGES], { description: "Of what is written for people, such as reports." });

const SiteFields = {
  id: SerialId,
  slug: Slug,
  name: Name,
  region: Region,
  latitude: Latitude,
  longitude: Longitude,
  timeZone: TimeZone,
  language: Language,
  isDefault: Type.Boolean({ description: "Devices registered without a site join it." }),
  createdAt: DateTime,
};
const Site = Thing("Site", {
  ...SiteFields,
  stop: Type.Union([SiteStop, Type.Null()], { description: "Who stopped it, and holds all that is there." }),
});

const StoppedSite = Thing("StoppedSite", {
  ...Site.properties,
  actuators: Type.Array(SerialId, { description: "What was stopped, or released." }),
});

export const SiteBody = Body({
  name: Name,
  slug: Type.Optional(Slug),
  region: Type.Optional(Region),
  latitude: Type.Optional(Latitude),
  longitude: Type.Optional(Longitude),
  timeZone: TimeZone,
  language: Type.Optional(Language),
});

const SiteParams = Type.Object({ site: Type.String({ maxLength: 63, description: "Its slug." }) });
const StopParams = Type.Object({ site: Type.String({ maxLength: 63, description: "Its slug or number." }) });

export interface SiteRoutesDependencies {
  readonly registry: Registry;
  readonly actuation: Actuation;
  readonly pool: Pool;
}

export function siteRoutes(api: Api, { registry, actuation, pool }: SiteRoutesDependencies): void {
  const withStops = async (request: FastifyRequest, sites: readonly SiteRow[]) => {
    const stops = await openSiteStops(
      pool,
      organizationOf(request),
      sites.map(({ id }) => id),
    );
    return sites.map((site) => ({ ...site, stop: stops.get(site.id) ?? null }));
  };
  const withStop = async (request: FastifyRequest, site: SiteRow) => (await withStops(request, [site]))[0]!;

  api.get(
    "/api/v1/sites",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["registry"],
        summary: "List sites",
        querystring: Type.Object({
          ...PageQuery,
          search: Type.Optional(Search),
          region: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        }),
        response: answers(200, Type.Array(Site)),
      },
    },
    async (request, reply) => {
      const { search, region } = request.query;
      const sites = await listSites(registry.pool, organizationOf(request), {
        search,
        region,
        afterId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return withStops(
        request,
        sendPage(request, reply, sites, ({ id }) => id),
      );
    },
  );

  api.post(
    "/api/v1/sites",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Make a site",
        body: SiteBody,
        response: answers(201, Site),
      },
    },
    async (request, reply) => {
      const site = await createSite(registry, requesterFor(request), request.body);
      return reply
        .code(201)
        .header("location", `/api/v1/sites/${site.slug}`)
        .send({ ...site, stop: null });
    },
  );

  api.get(
    "/api/v1/sites/:site",
    {
      config: { access: "registry:read" },
      schema: { tags: ["registry"], summary: "One site", params: SiteParams, response: taggedAnswers(Site) },
    },
    async (request, reply) => {
      const site = await requireSite(registry.pool, organizationOf(request), request.params.site);
      return sendTagged(request, reply, await withStop(request, site), site);
    },
  );

  api.patch(
    "/api/v1/sites/:site",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Change a site",
        params: SiteParams,
        headers: EditHeaders,
        body: Body({
          name: Type.Optional(Name),
          region: Type.Optional(Region),
          latitude: Type.Optional(Latitude),
          longitude: Type.Optional(Longitude),
          timeZone: Type.Optional(TimeZone),
          language: Type.Optional(Language),
        }),
        response: answers(200, Site),
      },
    },
    async (request, reply) => {
      const site = await updateSite(registry, editorFor(request), request.params.site, request.body);
      return sendTagged(request, reply, await withStop(request, site), site);
    },
  );

  api.delete(
    "/api/v1/sites/:site",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Delete an empty site",
        params: SiteParams,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteSite(registry, editorFor(request), request.params.site);
      return reply.code(204).send();
    },
  );

  api.post(
    "/api/v1/sites/:site/stop",
    {
      config: { access: "commands:send", cost: 0 },
      bodyLimit: MAX_STOPPING_BODY_BYTES,
      schema: {
        tags: ["actuators"],
        summary: "Stop a whole site",
        description:
          "Every actuator there is stopped at once and held, also what is registered there later, until the stop is released. Stopping a stopped site says STOP again.",
        params: StopParams,
        headers: IdempotencyHeaders,
        body: Body({ reason: Type.Optional(Type.String({ maxLength: LONGEST_REASON })) }),
        response: answers(200, StoppedSite),
      },
      preValidation: allowAbsentBody,
    },
    async (request) => {
      const by = requesterFor(request);
      const site = await findNamedSite(registry, by.organizationId, request.params.site);
      const { body, headers } = request;
      const order = { siteId: site.id, reason: body.reason, idempotencyKey: headers["idempotency-key"] };
      const actuators = await stopSite(actuation, by, order);
      return { ...(await withStop(request, site)), actuators };
    },
  );

  api.post(
    "/api/v1/sites/:site/release",
    {
      config: { access: "commands:send" },
      schema: {
        tags: ["actuators"],
        summary: "End the stop of a site",
        description: "Nothing starts by that. What a person's own STOP or a trip holds there goes on being held.",
        params: StopParams,
        headers: IdempotencyHeaders,
        body: Body({}),
        response: answers(200, StoppedSite),
      },
      preValidation: allowAbsentBody,
    },
    async (request) => {
      const by = requesterFor(request);
      const site = await findNamedSite(registry, by.organizationId, request.params.site);
      const order = { siteId: site.id, idempotencyKey: request.headers["idempotency-key"] };
      const actuators = await releaseSite(actuation, by, order);
      return { ...(await withStop(request, site)), actuators };
    },
  );
}

/** A slug may consist of digits, and then it is the slug. */
async function findNamedSite({ pool }: Registry, organizationId: number, name: string): Promise<SiteRow> {
  const isNumber = /^[1-9]\d{0,9}$/.test(name) && Number(name) <= MAX_SERIAL_ID;
  const bySlug = await findSite(pool, organizationId, name);
  return bySlug ?? requireSite(pool, organizationId, isNumber ? Number(name) : name);
}
