import { Type } from "typebox";
import {
  type Accounts,
  acceptInvitation,
  confirmEmail,
  confirmRegistration,
  discardRegistration,
  forgotPassword,
  joinWithAccount,
  listRegistrations,
  register,
  resetForgottenPassword,
} from "../../auth/index.ts";
import { organizationOf, personOf, requesterFor } from "../access.ts";
import { cursorUuid, fetchLimit, PageQuery, sendPage } from "../paging.ts";
import { type Api, allowAbsentBody } from "../schema-validation.ts";
import { answers, Body, DateTime, NoContent, SerialId, Thing, Uuid } from "../schemas.ts";
import { Code, Password, SignInName } from "./authentication.ts";

export const Email = Type.String({ minLength: 3, maxLength: 320 });
export const Username = Type.String({
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$",
  description: "Signs in as the e-mail address does; unique in any letter case.",
});
const Secret = Type.String({ minLength: 1, maxLength: 200, description: "What stands behind `=` in the link." });
const Registration = Thing("Registration", {
  userId: Uuid,
  username: Username,
  email: Email,
  createdAt: DateTime,
  expiresAt: DateTime,
});
const Joined = Thing("Joined", { organizationId: SerialId });
const RegistrationParams = Type.Object({ userId: Uuid });

export function registrationRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.post(
    "/api/auth/register",
    {
      config: { access: "public" },
      schema: {
        operationId: "register",
        tags: ["sign-in"],
        summary: "Make an account",
        description:
          "With an invitation the account can sign in at once. Without one registration has to be open, and the account exists once its address is confirmed: by the link in a mail, or by an administrator where no mail is sent. The answer is the same for an address that has an account.",
        body: Body({ username: Username, email: Email, password: Password, invitation: Type.Optional(Secret) }),
        response: answers(201, Thing("Registered", { status: Type.Literal("success"), user_id: Uuid })),
      },
    },
    async (request, reply) => {
      const userId = await register(accounts, { ...request.body, address: request.ip });
      return reply.code(201).send({ status: "success", user_id: userId });
    },
  );

  api.post(
    "/api/auth/confirm-email",
    {
      config: { access: "public" },
      schema: {
        operationId: "confirmEmail",
        tags: ["sign-in"],
        summary: "Confirm an e-mail address, a newcomer's or a new one",
        body: Body({ token: Secret }),
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await confirmEmail(accounts, { token: request.body.token, address: request.ip });
      return reply.code(204).send();
    },
  );

  api.post(
    "/api/auth/forgot-password",
    {
      config: { access: "public" },
      schema: {
        operationId: "forgotPassword",
        tags: ["sign-in"],
        summary: "Have a link mailed for a forgotten password",
        description: "The answer is the same for a name that nobody has.",
        body: Body({ username: Type.String({ minLength: 1, maxLength: 320 }) }),
        response: answers(202, NoContent),
      },
    },
    async (request, reply) => {
      await forgotPassword(accounts, { username: request.body.username, address: request.ip });
      return reply.code(202).send();
    },
  );

  api.post(
    "/api/auth/reset-password",
    {
      config: { access: "public" },
      schema: {
        operationId: "resetPassword",
        tags: ["sign-in"],
        summary: "Choose a new password with the link of a mail",
        description: "Ends every session. A second factor is asked for as before.",
        body: Body({ token: Secret, new_password: Password }),
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      const { token, new_password: newPassword } = request.body;
      await resetForgottenPassword(accounts, { token, newPassword, address: request.ip });
      return reply.code(204).send();
    },
  );

  api.post(
    "/api/auth/accept-invitation",
    {
      config: { access: "account:own" },
      schema: {
        operationId: "acceptInvitation",
        tags: ["sign-in"],
        summary: "Join the organization of an invitation",
        description: "For the account with the invited address. Whoever has none yet registers with the invitation.",
        body: Body({ invitation: Secret }),
        response: answers(200, Joined),
      },
    },
    (request) => acceptInvitation(accounts, requesterFor(request), personOf(request), request.body.invitation),
  );

  api.post(
    "/api/auth/join",
    {
      config: { access: "public" },
      schema: {
        operationId: "joinByInvitation",
        tags: ["sign-in"],
        summary: "Join the organization of an invitation without being signed in",
        description:
          "For the account with the invited address, also if it has been switched off elsewhere. Begins no session. With a second factor a `code` is needed: 401 `auth.second_factor_required`.",
        body: Body({ invitation: Secret, username: SignInName, password: Password, code: Type.Optional(Code) }),
        response: answers(200, Joined),
      },
    },
    (request) => joinWithAccount(accounts, { ...request.body, address: request.ip }),
  );

  api.get(
    "/api/v1/registrations",
    {
      config: { access: "accounts:manage" },
      schema: {
        tags: ["accounts"],
        summary: "List registrations that wait to be confirmed",
        querystring: Type.Object(PageQuery),
        response: answers(200, Type.Array(Registration)),
      },
    },
    async (request, reply) => {
      const registrations = await listRegistrations(accounts.pool, organizationOf(request), {
        afterId: cursorUuid(request.query),
        limit: fetchLimit(request.query),
        at: new Date(accounts.clock.nowMicros() / 1000),
      });
      const page = sendPage(request, reply, registrations, ({ userId }) => userId);
      return page.map(({ organizationId, ...registration }) => registration);
    },
  );

  api.post(
    "/api/v1/registrations/:userId/confirm",
    {
      config: { access: "accounts:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Vouch for a newcomer whose address cannot be confirmed by mail",
        params: RegistrationParams,
        body: Body({}),
        response: answers(204, NoContent),
      },
      preValidation: allowAbsentBody,
    },
    async (request, reply) => {
      await confirmRegistration(accounts, requesterFor(request), request.params.userId);
      return reply.code(204).send();
    },
  );

  api.delete(
    "/api/v1/registrations/:userId",
    {
      config: { access: "accounts:manage" },
      schema: {
        tags: ["accounts"],
        summary: "Discard a registration",
        params: RegistrationParams,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await discardRegistration(accounts, requesterFor(request), request.params.userId);
      return reply.code(204).send();
    },
  );
}
