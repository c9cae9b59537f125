import { Type } from "typebox";
import {
  type Accounts,
  createUser,
  endSessionsOfMember,
  listMembers,
  type Member as MemberRow,
  removeMember,
  requireMember,
  resetSecondFactorOfMember,
  updateMember,
} from "../../auth/index.ts";
import { organizationOf, requesterFor } from "../access.ts";
import { EditHeaders, editorFor, sendTagged, taggedAnswers } from "../etag.ts";
import { cursorText, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, DateTime, Name, NoContent, Nullable, Thing, Uuid } from "../schemas.ts";
import { Password } from "./authentication.ts";
import { Email, Username } from "./registration.ts";

export const Roles = Type.Array(Type.Enum(["operator", "scientist", "admin"]), { minItems: 1, maxItems: 3 });

const UserFields = {
  id: Uuid,
  email: Email,
  username: Nullable(Username),
  name: Name,
  roles: Roles,
  isActive: Type.Boolean({ description: "False: may not act for this organization." }),
  hasSecondFactor: Type.Boolean(),
  emailConfirmedAt: Nullable(DateTime),
  joinedAt: DateTime,
  lastUsedAt: Nullable(
    Type.String({ format: "date-time", description: "When a session of theirs was last begun or refreshed." }),
  ),
};
const User = Thing("User", UserFields);
const UserParams = Type.Object({ id: Uuid });

export function userRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.get(
    "/api/v1/users",
    {
      config: { access: "accounts:manage" },
      schema: {
        tags: ["accounts"],
        summary: "List the people of the organization",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(User)),
      },
    },
    async (request, reply) => {
      const users = await listMembers(accounts.pool, organizationOf(request), {
        afterEmail: cursorText(request.query),
        limit: fetchLimit(request.query),
      });
      return sendPage(request, reply, users, ({ email }) => email);
    },
  );

  api.post(
    "/api/v1/users",
    {
      config: { access: "accounts:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Make an account for a person",
        description: "Somebody who has an account already is invited instead: `POST /api/v1/invitations`.",
        body: Body({
          email: Email,
          username: Type.Optional(Username),
          name: Type.Optional(Name),
          password: Type.Optional(Password),
          roles: Roles,
        }),
        response: answers(
          201,
          Thing("CreatedUser", {
            ...UserFields,
            generatedPassword: Type.Optional(
              Type.String({ description: "Where none was given; shown this once. The person should change it." }),
            ),
          }),
        ),
      },
    },
    async (request, reply) => {
      const by = requesterFor(request);
      const { id, generatedPassword } = await createUser(accounts, by, request.body);
      const user = await requireMember(accounts, by.organizationId, id);
      return reply
        .code(201)
        .header("location", `/api/v1/users/${id}`)
        .send({ ...user, ...(generatedPassword === undefined ? {} : { generatedPassword }) });
    },
  );

  api.get(
    "/api/v1/users/:id",
    {
      config: { access: "accounts:manage" },
      schema: { tags: ["accounts"], summary: "One person", params: UserParams, response: taggedAnswers(User) },
    },
    async (request, reply) => {
      const user = await requireMember(accounts, organizationOf(request), request.params.id);
      return sendTagged(request, reply, user, editionOf(user));
    },
  );

  api.patch(
    "/api/v1/users/:id",
    {
      config: { access: "accounts:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Change a person's roles, switch them off or on, rename them",
        description:
          "Counts within a second. An organization keeps an administrator: 409 `organization.last_administrator`. The name of somebody who belongs to other organizations too is their own.",
        params: UserParams,
        headers: EditHeaders,
        body: Body({
          name: Type.Optional(Name),
          roles: Type.Optional(Roles),
          isActive: Type.Optional(Type.Boolean()),
        }),
        response: answers(200, User),
      },
    },
    async (request, reply) => {
      const by = editorFor(request, editionOf);
      const user = await updateMember(accounts, by, request.params.id, request.body);
      return sendTagged(request, reply, user, editionOf(user));
    },
  );

  api.delete(
    "/api/v1/users/:id",
    {
      config: { access: "accounts:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Take a person out of the organization",
        description:
          "An account that is in no other organization is deleted. Somebody who comes by single sign-on comes back with the next one, as a newcomer: switch them off instead (`isActive: false`), or take them out at the provider.",
        params: UserParams,
        headers: EditHeaders,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await removeMember(accounts, editorFor(request, editionOf), request.params.id);
      return reply.code(204).send();
    },
  );

  api.delete(
    "/api/v1/users/:id/sessions",
    {
      config: { access: "accounts:manage" },
      schema: {
        operationId: "endSessionsOfUser",
        tags: ["accounts"],
        summary: "Sign a person out of the organization, on every device",
        description:
          "Also of one that acts for another organization at the moment: it stays there, and does not come back.",
        params: UserParams,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await endSessionsOfMember(accounts, requesterFor(request), request.params.id);
      return reply.code(204).send();
    },
  );

  api.delete(
    "/api/v1/users/:id/second-factor",
    {
      config: { access: "accounts:manage" },
      schema: {
        operationId: "resetSecondFactorOfUser",
        tags: ["accounts"],
        summary: "Drop the second factor of somebody who has lost it",
        description: "Signs them out everywhere. Of somebody in several organizations only the command line does it.",
        params: UserParams,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await resetSecondFactorOfMember(accounts, requesterFor(request), request.params.id);
      return reply.code(204).send();
    },
  );
}

/** What an administrator edits; when somebody last came is no edit. */
function editionOf({ lastUsedAt, hasSecondFactor, ...edition }: MemberRow): object {
  return edition;
}
