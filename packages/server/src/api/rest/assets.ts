import { SluiceError } from "@sluice/core/errors.ts";
import { Type } from "typebox";
import {
  createAsset,
  deleteAsset,
  listAssets,
  listAssetTree,
  type Registry,
  requireAsset,
  updateAsset,
} from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorNumber, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import {
  answers,
  Body,
  DateTime,
  Name,
  NoContent,
  Nullable,
  Properties,
  Search,
  SerialId,
  Slug,
  Thing,
} from "../schemas.ts";

const Kind = Type.String({
  minLength: 1,
  maxLength: 63,
  description: "zone, pond, home, plant: the field's own word.",
});

const Asset = Thing("Asset", {
  id: SerialId,
  kind: Kind,
  name: Name,
  site: Slug,
  siteId: SerialId,
  parent: Nullable(SerialId),
  properties: Properties,
  createdAt: DateTime,
});

const MAX_TREE_ASSETS = 10_000;
const TreeFields = {
  depth: Type.Integer({ minimum: 0 }),
  devices: Type.Integer({ minimum: 0, description: "That stand at it, and not below it." }),
};

export const AssetBody = Body({
  kind: Kind,
  name: Name,
  site: Type.Optional(Type.Union([Slug, SerialId])),
  parent: Type.Optional(SerialId),
  properties: Type.Optional(Properties),
});
export const AssetParams = Type.Object({ asset: SerialId });

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
          search: Type.Optional(Search),
        }),
        response: answers(200, Type.Array(Asset)),
      },
    },
    async (request, reply) => {
      const { site, kind, parent, search } = request.query;
      const assets = await listAssets(registry.pool, organizationOf(request), {
        site,
        kind,
        parent,
        search,
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
        body: AssetBody,
        response: answers(201, Asset),
      },
    },
    async (request, reply) => {
      const asset = await createAsset(registry, requesterFor(request), request.body);
      return reply.code(201).header("location", `/api/v1/assets/${asset.id}`).send(asset);
    },
  );

  api.get(
    "/api/v1/assets/tree",
    {
      config: { access: "registry:read" },
      schema: {
        tags: ["registry"],
        summary: "Assets as a tree: depth first, each with its depth and its devices",
        description: `Of a site, or at and below one asset; ${MAX_TREE_ASSETS} at most.`,
        querystring: Type.Object({
          site: Type.Optional(Type.String({ maxLength: 63 })),
          root: Type.Optional(SerialId),
        }),
        response: answers(200, Type.Array(Type.Object({ ...Asset.properties, ...TreeFields }))),
      },
    },
    async (request) => {
      const { site, root } = request.query;
      const organizationId = organizationOf(request);
      if (root !== undefined) await requireAsset(registry.pool, organizationId, root);
      const tree = await listAssetTree(registry.pool, organizationId, { site, root, limit: MAX_TREE_ASSETS + 1 });
      if (tree.length <= MAX_TREE_ASSETS) return tree;
      const message = `There are more than ${MAX_TREE_ASSETS} assets: name a site, or the root to begin at.`;
      throw new SluiceError("invalid", "query.too_many_assets", message, { details: { limit: MAX_TREE_ASSETS } });
    },
  );

  api.get(
    "/api/v1/assets/:asset",
    {
      config: { access: "registry:read" },
      schema: { tags: ["registry"], summary: "One asset", params: AssetParams, response: taggedAnswers(Asset) },
    },
    async (request, reply) =>
      sendTagged(request, reply, await requireAsset(registry.pool, organizationOf(request), request.params.asset)),
  );

  api.patch(
    "/api/v1/assets/:asset",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Change an asset",
        params: AssetParams,
        headers: EditHeaders,
        body: Body({
          kind: Type.Optional(Kind),
          name: Type.Optional(Name),
          parent: Type.Optional(Nullable(SerialId)),
          properties: Type.Optional(Properties),
        }),
        response: answers(200, Asset),
      },
    },
    async (request, reply) =>
      sendTagged(request, reply, await updateAsset(registry, editorFor(request), request.params.asset, request.body)),
  );

  api.delete(
    "/api/v1/assets/:asset",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Delete an asset without devices and children",
        params: AssetParams,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await deleteAsset(registry, editorFor(request), request.params.asset);
      return reply.code(204).send();
    },
  );
}
