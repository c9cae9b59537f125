import { Type } from "typebox";
import { type Registry, requireOrganization, updateOrganization } from "../../devices/index.ts";
import { organizationOf } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, Nullable, SerialId, Slug } from "../schemas.ts";

export const Currency = Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217." });

const Organization = Type.Object({
  id: SerialId,
  slug: Slug,
  name: Name,
  currency: Currency,
  defaultSite: Nullable(Type.String({ description: "Slug of the site that devices registered without a site join." })),
  createdAt: DateTime,
});

export function organizationRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  api.get(
    "/api/v1/organization",
    {
      config: { access: "registry:read" },
      schema: { tags: ["registry"], summary: "One's own organization", response: taggedAnswers(Organization) },
    },
    async (request, reply) =>
      sendTagged(request, reply, await requireOrganization(registry.pool, organizationOf(request))),
  );

  api.patch(
    "/api/v1/organization",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Change the organization's name and settings",
        headers: EditHeaders,
        body: Body({
          name: Type.Optional(Name),
          currency: Type.Optional(Currency),
          defaultSite: Type.Optional(Slug),
        }),
        response: answers(200, Organization),
      },
    },
    async (request, reply) =>
      sendTagged(request, reply, await updateOrganization(registry, editorFor(request), request.body)),
  );
}
