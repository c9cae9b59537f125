import { Type } from "typebox";
import {
  type Accounts,
  type Invitation as InvitationRow,
  invite,
  listInvitations,
  revokeInvitation,
} from "../../auth/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { cursorUuid, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, NoContent, Thing, Uuid } from "../schemas.ts";
import { Email } from "./registration.ts";
import { Roles } from "./users.ts";

const InvitationFields = {
  id: Uuid,
  email: Email,
  roles: Roles,
  invitedBy: Type.String({ description: "As the audit names people." }),
  createdAt: DateTime,
  expiresAt: DateTime,
};

export function invitationRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.get(
    "/api/v1/invitations",
    {
      config: { access: "accounts:manage" },
      schema: {
        tags: ["accounts"],
        summary: "List open invitations",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(Thing("Invitation", InvitationFields))),
      },
    },
    async (request, reply) => {
      const invitations = await listInvitations(accounts.pool, organizationOf(request), {
        afterId: cursorUuid(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, invitations, ({ id }) => id).map(shown);
    },
  );

  api.post(
    "/api/v1/invitations",
    {
      config: { access: "accounts:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Invite somebody by e-mail address",
        description: "Good for seven days and once. An open invitation of the same address is replaced.",
        body: Body({ email: Email, roles: Roles }),
        response: answers(
          201,
          Thing("CreatedInvitation", {
            ...InvitationFields,
            link: Type.Optional(
              Type.String({ description: "Only where no mail is sent, and this once: hand it to the person." }),
            ),
          }),
        ),
      },
    },
    async (request, reply) => {
      const { invitation, link } = await invite(accounts, requesterFor(request), request.body);
      return reply.code(201).send({ ...shown(invitation), ...(link === undefined ? {} : { link }) });
    },
  );

  api.delete(
    "/api/v1/invitations/:id",
    {
      config: { access: "accounts:manage" },
      schema: {
        operationId: "revokeInvitation",
        tags: ["accounts"],
        summary: "Revoke an invitation",
        params: Type.Object({ id: Uuid }),
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await revokeInvitation(accounts, requesterFor(request), request.params.id);
      return reply.code(204).send();
    },
  );
}

function shown({ organizationId, ...invitation }: InvitationRow) {
  return invitation;
}
