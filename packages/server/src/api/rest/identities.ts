import { Type } from "typebox";
import { type Accounts, listOwnIdentities, unlinkIdentity } from "../../auth/index.ts";
import { personOf, requesterFor } from "../access.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, NoContent, Thing, Uuid } from "../schemas.ts";

const Identity = Thing("Identity", {
  id: Uuid,
  issuer: Type.String({ description: "The provider." }),
  subject: Type.String({ description: "Who one is to it." }),
  createdAt: DateTime,
  lastUsedAt: DateTime,
});

export function identityRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.get(
    "/api/v1/me/identities",
    {
      config: { access: "account:own" },
      schema: {
        tags: ["profile"],
        summary: "List the single sign-ons that open one's account",
        response: answers(200, Type.Array(Identity)),
      },
    },
    (request) => listOwnIdentities(accounts, personOf(request)),
  );

  api.delete(
    "/api/v1/me/identities/:id",
    {
      config: { access: "account:own" },
      schema: {
        operationId: "unlinkIdentity",
        tags: ["profile"],
        summary: "Take a single sign-on off one's account",
        description: "Ends all of one's other sessions. A password is chosen by the mail for a forgotten one.",
        params: Type.Object({ id: Uuid }),
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await unlinkIdentity(accounts, requesterFor(request), personOf(request), request.params.id);
      return reply.code(204).send();
    },
  );
}
