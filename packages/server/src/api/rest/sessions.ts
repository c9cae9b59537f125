import { Type } from "typebox";
import { type Accounts, endOtherSessions, endSession, listOwnSessions } from "../../auth/index.ts";
import { personOf, requesterFor } from "../access.ts";
import type { Api } from "../schema-validation.ts";
import { answers, DateTime, NoContent, Nullable, Thing, Uuid } from "../schemas.ts";

const Session = Thing("Session", {
  id: Uuid,
  createdAt: DateTime,
  lastUsedAt: Type.String({ format: "date-time", description: "When it was last refreshed." }),
  address: Nullable(Type.String({ description: "Where it began." })),
  userAgent: Nullable(Type.String({ description: "What it began with." })),
  application: Nullable(Type.String({ description: "The organization's application that it was begun through." })),
  isCurrent: Type.Boolean({ description: "The one that asks." }),
});

export function sessionRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.get(
    "/api/v1/me/sessions",
    {
      config: { access: "account:own" },
      schema: {
        tags: ["profile"],
        summary: "List one's sessions",
        description: "There are at most 100; the one used longest ago ends for a new one.",
        response: answers(200, Type.Array(Session)),
      },
    },
    (request) => listOwnSessions(accounts, personOf(request)),
  );

  api.delete(
    "/api/v1/me/sessions",
    {
      config: { access: "account:own" },
      schema: {
        operationId: "endOtherSessions",
        tags: ["profile"],
        summary: "End all of one's sessions but this one",
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await endOtherSessions(accounts, requesterFor(request), personOf(request));
      return reply.code(204).send();
    },
  );

  api.delete(
    "/api/v1/me/sessions/:id",
    {
      config: { access: "account:own" },
      schema: {
        operationId: "endSession",
        tags: ["profile"],
        summary: "End one of one's sessions",
        params: Type.Object({ id: Uuid }),
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await endSession(accounts, requesterFor(request), personOf(request), request.params.id);
      return reply.code(204).send();
    },
  );
}
