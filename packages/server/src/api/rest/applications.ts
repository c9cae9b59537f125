import { Type } from "typebox";
import {
  type Accounts,
  createApplication,
  listApplications,
  MAX_REDIRECT_URIS,
  revokeApplication,
} from "../../auth/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { cursorText, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Thing, Uuid } from "../schemas.ts";

const RedirectUris = Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
  minItems: 1,
  maxItems: MAX_REDIRECT_URIS,
  description: "https, or http to 127.0.0.1, [::1] or localhost, where any port will do.",
});

const Application = Thing("Application", {
  id: Type.String({ format: "uuid", description: "Its `client_id` at `/oauth2/authorize`." }),
  name: Name,
  redirectUris: RedirectUris,
  createdAt: DateTime,
});

/** Programs on people's own machines, through which they sign in with authorization code and PKCE. */
export function applicationRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.get(
    "/api/v1/applications",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "List applications that people sign in through",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(Application)),
      },
    },
    async (request, reply) => {
      const applications = await listApplications(accounts.pool, organizationOf(request), {
        afterName: cursorText(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, applications, ({ name }) => name);
    },
  );

  api.post(
    "/api/v1/applications",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Register an application that people sign in through",
        body: Body({ name: Name, redirectUris: RedirectUris }),
        response: answers(201, Application),
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createApplication(accounts, requesterFor(request), request.body)),
  );

  api.delete(
    "/api/v1/applications/:id",
    {
      config: { access: "clients:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Revoke an application",
        description: "Every session that was begun through it ends.",
        params: Type.Object({ id: Uuid }),
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await revokeApplication(accounts, requesterFor(request), request.params.id);
      return reply.code(204).send();
    },
  );
}
