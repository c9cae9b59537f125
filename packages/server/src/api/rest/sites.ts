import { Type } from "typebox";
import { createSite, deleteSite, listSites, type Registry, requireSite, updateSite } from "../../devices/index.ts";
import { administrators, organizationOf, readers, requesterFor } from "../access.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, SerialId, Slug } from "../schemas.ts";

const Region = Nullable(Type.String({ maxLength: 200 }));
const Latitude = Nullable(Type.Number({ minimum: -90, maximum: 90 }));
const Longitude = Nullable(Type.Number({ minimum: -180, maximum: 180 }));
const TimeZone = Type.String({ maxLength: 100, description: 'IANA name, such as "Europe/Berlin".' });

const Site = Type.Object({
  id: SerialId,
  slug: Slug,
  name: Name,
  region: Region,
  latitude: Latitude,
  longitude: Longitude,
  timeZone: TimeZone,
  isDefault: Type.Boolean({ description: "Devices registered without a site join it." }),
  createdAt: DateTime,
});

const SiteParams = Type.Object({ site: Type.String({ maxLength: 63, description: "Its slug." }) });

export function siteRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  api.get(
    "/api/v1/sites",
    {
      config: { access: readers },
      schema: {
        tags: ["registry"],
        summary: "List sites",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(Site)),
      },
    },
    async (request, reply) => {
      const sites = await listSites(registry.pool, organizationOf(request), {
        afterId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, sites, ({ id }) => id);
    },
  );

  api.post(
    "/api/v1/sites",
    {
      config: { access: administrators },
      schema: {
        tags: ["registry"],
        summary: "Make a site",
        body: Body({
          name: Name,
          slug: Type.Optional(Slug),
          region: Type.Optional(Region),
          latitude: Type.Optional(Latitude),
          longitude: Type.Optional(Longitude),
          timeZone: TimeZone,
        }),
        response: answers(201, Site),
      },
    },
    async (request, reply) => {
      const site = await createSite(registry, requesterFor(request), request.body);
      return reply.code(201).header("location", `/api/v1/sites/${site.slug}`).send(site);
    },
  );

  api.get(
    "/api/v1/sites/:site",
    {
      config: { access: readers },
      schema: { tags: ["registry"], summary: "One site", params: SiteParams, response: answers(200, Site) },
    },
    (request) => requireSite(registry.pool, organizationOf(request), request.params.site),
  );

  api.patch(
    "/api/v1/sites/:site",
    {
      config: { access: administrators },
      schema: {
        tags: ["registry"],
        summary: "Change a site",
        params: SiteParams,
        body: Body({
          name: Type.Optional(Name),
          region: Type.Optional(Region),
          latitude: Type.Optional(Latitude),
          longitude: Type.Optional(Longitude),
          timeZone: Type.Optional(TimeZone),
        }),
        response: answers(200, Site),
      },
    },
    (request) => updateSite(registry, requesterFor(request), request.params.site, request.body),
  );

  api.delete(
    "/api/v1/sites/:site",
    {
      config: { access: administrators },
      schema: {
        tags: ["registry"],
        summary: "Delete an empty site",
        params: SiteParams,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteSite(registry, requesterFor(request), request.params.site);
      return reply.code(204).send();
    },
  );
}
