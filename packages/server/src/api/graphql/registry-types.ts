import { listAssets, listSites, requireOrganization } from "../../devices/index.ts";
import { cursorNumber } from "../paging.ts";
import { builder } from "./builder.ts";
import { serialId } from "./checked.ts";
import { connectionOf, readPage } from "./connection.ts";
import { access } from "./guard-schema.ts";
import { AssetRef, MetricRef, ProfileRef, SiteRef } from "./refs.ts";

SiteRef.implement({
  ...access("registry:read"),
  fields: (t) => ({
    id: t.exposeID("id"),
    slug: t.exposeString("slug"),
    name: t.exposeString("name"),
    region: t.exposeString("region", { nullable: true }),
    latitude: t.exposeFloat("latitude", { nullable: true }),
    longitude: t.exposeFloat("longitude", { nullable: true }),
    timeZone: t.exposeString("timeZone", { description: "IANA name." }),
    isDefault: t.exposeBoolean("isDefault"),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
  }),
});

AssetRef.implement({
  ...access("registry:read"),
  description: "A place or thing that devices watch and act on: a zone, a pond, a home.",
  fields: (t) => ({
    id: t.exposeID("id"),
    kind: t.exposeString("kind"),
    name: t.exposeString("name"),
    properties: t.expose("properties", { type: "JSON" }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    site: t.field({
      type: SiteRef,
      resolve: async ({ siteId }, _args, { loaders }) => (await loaders.site.load(siteId))!,
    }),
    parent: t.field({
      type: AssetRef,
      nullable: true,
      resolve: ({ parent }, _args, { loaders }) => (parent === null ? null : loaders.asset.load(parent)),
    }),
  }),
});

MetricRef.implement({
  ...access("registry:read"),
  fields: (t) => ({
    key: t.exposeString("key"),
    unit: t.exposeString("unit", { nullable: true }),
    quantity: t.exposeString("quantity", { nullable: true, description: "What is measured, in words." }),
    minimum: t.exposeFloat("minimum", { nullable: true }),
    maximum: t.exposeFloat("maximum", { nullable: true }),
    precision: t.exposeInt("precision", { nullable: true, description: "Digits after the point that mean something." }),
  }),
});

ProfileRef.implement({
  ...access("registry:read"),
  description: "What the devices of a kind have in common.",
  fields: (t) => ({
    id: t.exposeID("id"),
    key: t.exposeString("key"),
    name: t.exposeString("name"),
    isBuiltIn: t.exposeBoolean("isBuiltIn"),
    metrics: t.field({
      type: [MetricRef],
      resolve: ({ id }, _args, { loaders }) => loaders.metrics.load(id),
    }),
  }),
});

const SiteConnection = connectionOf("Site", SiteRef, "registry:read");
const AssetConnection = connectionOf("Asset", AssetRef, "registry:read");

builder.queryFields((t) => ({
  sites: t.field({
    ...access("registry:read"),
    type: SiteConnection,
    args: { first: t.arg.int(), after: t.arg.string() },
    resolve: (_root, args, { deps, organizationId }) =>
      readPage(
        args,
        (page) => listSites(deps.pool, organizationId, { afterId: cursorNumber(page), limit: page.limit }),
        ({ id }) => id,
      ),
  }),
  assets: t.field({
    ...access("registry:read"),
    type: AssetConnection,
    args: {
      first: t.arg.int(),
      after: t.arg.string(),
      site: t.arg.string({ description: "Slug." }),
      kind: t.arg.string(),
      parent: t.arg.id(),
    },
    resolve: (_root, args, { deps, organizationId }) =>
      readPage(
        args,
        (page) =>
          listAssets(deps.pool, organizationId, {
            site: args.site ?? undefined,
            kind: args.kind ?? undefined,
            parent: args.parent == null ? undefined : serialId(args.parent),
            afterId: cursorNumber(page),
            limit: page.limit,
          }),
        ({ id }) => id,
      ),
  }),
}));

const Caller = builder.objectRef<{ readonly kind: string; readonly id: string; readonly roles: readonly string[] }>(
  "Me",
);
Caller.implement({
  ...access("account:own"),
  description: "Who asks, and of which organization.",
  fields: (t) => ({
    id: t.exposeID("id"),
    roles: t.exposeStringList("roles"),
    organization: t.string({
      resolve: async (_me, _args, { deps, organizationId }) =>
        (await requireOrganization(deps.pool, organizationId)).name,
    }),
  }),
});

builder.queryField("me", (t) =>
  t.field({
    ...access("account:own"),
    type: Caller,
    resolve: (_root, _args, { principal }) => {
      const isUser = principal.kind === "user";
      return {
        kind: principal.kind,
        id: isUser ? principal.userId : principal.clientId,
        roles: isUser ? [...principal.roles] : [],
      };
    },
  }),
);
