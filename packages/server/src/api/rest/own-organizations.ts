import { Type } from "typebox";
import { type Accounts, createOrganization, listMemberships } from "../../auth/index.ts";
import { installNewOrganization } from "../../devices/index.ts";
import { adoptSolutions, type Solutions } from "../../solutions/index.ts";
import { personOf, requesterFor } from "../access.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, Name, SerialId, Slug, Thing } from "../schemas.ts";
import { Roles } from "./users.ts";

const Organization = Type.Object({ id: SerialId, slug: Slug, name: Name });

export interface OwnOrganizationRoutesDependencies {
  readonly accounts: Accounts;
  readonly solutions: Solutions;
}

export function ownOrganizationRoutes(api: Api, { accounts, solutions }: OwnOrganizationRoutesDependencies): void {
  api.get(
    "/api/v1/organizations",
    {
      config: { access: "account:own" },
      schema: {
        tags: ["profile"],
        summary: "List one's organizations",
        response: answers(200, Type.Array(Thing("Membership", { organization: Organization, roles: Roles }))),
      },
    },
    (request) => listMemberships(accounts.pool, personOf(request).userId),
  );

  api.post(
    "/api/v1/organizations",
    {
      config: { access: "accounts:manage" },
      schema: {
        tags: ["profile"],
        summary: "Make another organization, and be its administrator",
        description: "Go on in it by `POST /api/auth/switch`.",
        body: Body({
          name: Name,
          slug: Type.Optional(Slug),
          timeZone: Type.Optional(Type.String({ maxLength: 100, description: "IANA name, of its default site." })),
        }),
        response: answers(201, Organization),
      },
    },
    async (request, reply) => {
      const by = requesterFor(request);
      const install = async (client: Parameters<typeof installNewOrganization>[0]) => {
        const organization = await installNewOrganization(client, request.body);
        await adoptSolutions(client, solutions.available, organization.id);
        return organization;
      };
      const { id, slug, name } = await createOrganization(accounts, by, personOf(request), install);
      return reply.code(201).send({ id, slug, name });
    },
  );
}
