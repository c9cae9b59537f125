import { Type } from "typebox";
import { type Registry, renameOrganization, requireOrganization } from "../../devices/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, SerialId, Slug } from "../schemas.ts";

const Organization = Type.Object({ id: SerialId, slug: Slug, name: Name, createdAt: DateTime });

export function organizationRoutes(api: Api, { registry }: { readonly registry: Registry }): void {
  api.get(
    "/api/v1/organization",
    {
      config: { access: "registry:read" },
      schema: { tags: ["registry"], summary: "One's own organization", response: answers(200, Organization) },
    },
    (request) => requireOrganization(registry.pool, organizationOf(request)),
  );

  api.patch(
    "/api/v1/organization",
    {
      config: { access: "registry:write" },
      schema: {
        tags: ["registry"],
        summary: "Rename the organization",
        body: Body({ name: Name }),
        response: answers(200, Organization),
      },
    },
    (request) => renameOrganization(registry, requesterFor(request), request.body.name),
  );
}
