import { Type } from "typebox";
import { type Accounts, createClient, listClients, revokeClient, SCOPES } from "../../auth/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { cursorText, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, Uuid } from "../schemas.ts";

const Scope = Type.Enum(SCOPES);

const ClientFields = {
  id: Uuid,
  name: Name,
  scopes: Type.Array(Scope),
  createdAt: DateTime,
  revokedAt: Nullable(DateTime),
};

export function clientRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.get(
    "/api/v1/clients",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "List API clients",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(Type.Object(ClientFields))),
      },
    },
    async (request, reply) => {
      const clients = await listClients(accounts.pool, organizationOf(request), {
        afterName: cursorText(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, clients, ({ name }) => name);
    },
  );

  api.post(
    "/api/v1/clients",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Make an API client",
        body: Body({ name: Name, scopes: Type.Array(Scope, { minItems: 1, maxItems: 10 }) }),
        response: answers(
          201,
          Type.Object({ ...ClientFields, token: Type.String({ description: "A long-lived key, shown this once." }) }),
        ),
      },
    },
    async (request, reply) => {
      const { client, token } = await createClient(accounts, requesterFor(request), request.body);
      return reply.code(201).send({ ...client, token });
    },
  );

  api.delete(
    "/api/v1/clients/:id",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Revoke an API client",
        params: Type.Object({ id: Uuid }),
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await revokeClient(accounts, requesterFor(request), request.params.id);
      return reply.code(204).send();
    },
  );
}
