import { Type } from "typebox";
import { createAsset, deleteAsset, listAssets, type Registry, requireAsset, updateAsset } from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, Properties, SerialId, Slug } from "../schemas.ts";

const Kind = Type.String({
  minLength: 1,
  maxLength: 63,
  description: "zone, pond, home, plant: the field's own word.",
});

const Asset = Type.Object({
  id: SerialId,
  kind: Kind,
  name: Name,
  site: Slug,
  siteId: SerialId,
  parent: Nullable(SerialId),
  properties: Properties,
  createdAt: DateTime,
});

const AssetParams = Type.Object({ asset: SerialId });

export function assetRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  api.get(
    "/api/v1/assets",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["registry"],
        summary: "List assets",
        querystring: Type.Object({
          ...PageQuery,
          site: Type.Optional(Type.String({ maxLength: 63 })),
          kind: Type.Optional(Kind),
          parent: Type.Optional(SerialId),
        }),
        response: answers(200, Type.Array(Asset)),
      },
    },
    async (request, reply) => {
      const { site, kind, parent } = request.query;
      const assets = await listAssets(registry.pool, organizationOf(request), {
        site,
        kind,
        parent,
        afterId: cursorNumber(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, assets, ({ id }) => id);
    },
  );

  api.post(
    "/api/v1/assets",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Make an asset",
        body: Body({
          kind: Kind,
          name: Name,
          site: Type.Optional(Type.Union([Slug, SerialId])),
          parent: Type.Optional(SerialId),
          properties: Type.Optional(Properties),
        }),
        response: answers(201, Asset),
      },
    },
    async (request, reply) => {
      const asset = await createAsset(registry, requesterFor(request), request.body);
      return reply.code(201).header("location", `/api/v1/assets/${asset.id}`).send(asset);
    },
  );

  api.get(
    "/api/v1/assets/:asset",
    {
      config: { access: "registry:read" },
      schema: { tags: ["registry"], summary: "One asset", params: AssetParams, response: answers(200, Asset) },
    },
    (request) => requireAsset(registry.pool, organizationOf(request), request.params.asset),
  );

  api.patch(
    "/api/v1/assets/:asset",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Change an asset",
        params: AssetParams,
        body: Body({
          kind: Type.Optional(Kind),
          name: Type.Optional(Name),
          parent: Type.Optional(Nullable(SerialId)),
          properties: Type.Optional(Properties),
        }),
        response: answers(200, Asset),
      },
    },
    (request) => updateAsset(registry, requesterFor(request), request.params.asset, request.body),
  );

  api.delete(
    "/api/v1/assets/:asset",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Delete an asset without devices and children",
        params: AssetParams,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteAsset(registry, requesterFor(request), request.params.asset);
      return reply.code(204).send();
    },
  );
}
