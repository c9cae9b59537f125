import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import {
  type Accounts,
  createEntity,
  deleteEntity,
  type Entity as EntityRow,
  listEntities,
  requireEntity,
  updateEntity,
} from "../../auth/index.ts";
import { findSitesByIds, type Registry, requireSite, slugOf } from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, SerialId, Slug, Thing } from "../schemas.ts";

const MAX_SITES = 1000;
const Sites = Type.Array(Slug, { maxItems: MAX_SITES, description: "Slugs of the sites that it may read." });

const Entity = Thing("Entity", { id: SerialId, slug: Slug, name: Name, sites: Sites, createdAt: DateTime });
export const EntityBody = Body({ name: Name, slug: Type.Optional(Slug), sites: Type.Optional(Sites) });
const EntityParams = Type.Object({ entity: Type.String({ maxLength: 63, description: "Its slug or number." }) });

export interface EntityRoutesDependencies {
  readonly accounts: Accounts;
  readonly registry: Registry;
}

/** Outside parties and what they may read. */
export function entityRoutes(api: Api, { accounts, registry }: EntityRoutesDependencies): void {
  const viewsOf = async (request: FastifyRequest, entities: readonly EntityRow[]) => {
    const ids = [...new Set(entities.flatMap(({ siteIds }) => siteIds))];
    const sites = await findSitesByIds(registry.pool, organizationOf(request), ids);
    const slugs = new Map(sites.map(({ id, slug }) => [id, slug]));
    return entities.map(({ siteIds, ...entity }) => ({
      ...entity,
      sites: siteIds.map((id) => slugs.get(id)).filter((slug) => slug !== undefined),
    }));
  };
  const viewOf = async (request: FastifyRequest, entity: EntityRow) => (await viewsOf(request, [entity]))[0]!;
  const siteIdsOf = async (request: FastifyRequest, slugs: readonly string[]) => {
    const ids = new Set<number>();
    for (const slug of slugs) ids.add((await requireSite(registry.pool, organizationOf(request), slug)).id);
    return [...ids];
  };

  api.get(
    "/api/v1/entities",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "List outside parties",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(Entity)),
      },
    },
    async (request, reply) => {
      const entities = await listEntities(accounts.pool, organizationOf(request), {
        afterId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return viewsOf(
        request,
        sendPage(request, reply, entities, ({ id }) => id),
      );
    },
  );

  api.post(
    "/api/v1/entities",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Make an outside party",
        body: EntityBody,
        response: answers(201, Entity),
      },
    },
    async (request, reply) => {
      const { name, slug = slugOf(name), sites = [] } = request.body;
      if (slug === "") throw slugMissing();
      const draft = { name, slug, siteIds: await siteIdsOf(request, sites) };
      const entity = await createEntity(accounts, requesterFor(request), draft);
      return reply
        .code(201)
        .header("location", `/api/v1/entities/${entity.slug}`)
        .send(await viewOf(request, entity));
    },
  );

  api.get(
    "/api/v1/entities/:entity",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "One outside party",
        params: EntityParams,
        response: taggedAnswers(Entity),
      },
    },
    async (request, reply) => {
      const entity = await requireEntity(accounts.pool, organizationOf(request), request.params.entity);
      return sendTagged(request, reply, await viewOf(request, entity), entity);
    },
  );

  api.patch(
    "/api/v1/entities/:entity",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Change an outside party",
        params: EntityParams,
        headers: EditHeaders,
        body: Body({ name: Type.Optional(Name), sites: Type.Optional(Sites) }),
        response: answers(200, Entity),
      },
    },
    async (request, reply) => {
      const { name, sites } = request.body;
      const change = { name, siteIds: sites && (await siteIdsOf(request, sites)) };
      const entity = await updateEntity(accounts, editorFor(request), request.params.entity, change);
      return sendTagged(request, reply, await viewOf(request, entity), entity);
    },
  );

  api.delete(
    "/api/v1/entities/:entity",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Delete an outside party",
        description: "Its clients are revoked.",
        params: EntityParams,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteEntity(accounts, editorFor(request), request.params.entity);
      return reply.code(204).send();
    },
  );
}

function slugMissing(): SluiceError {
  return new SluiceError("invalid", "entity.slug_missing", "The name gives no slug: name one.");
}
