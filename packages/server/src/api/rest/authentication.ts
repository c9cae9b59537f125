import { Type } from "typebox";
import { type Accounts, changePassword, login, logout, refresh } from "../../auth/index.ts";
import { principalOf, requesterFor } from "../access.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, NoContent } from "../schemas.ts";

const TokenPair = Type.Object({
  access_token: Type.String(),
  refresh_token: Type.String({ description: "Good once: each refresh brings the next." }),
  token_type: Type.Literal("Bearer"),
  expires_in: Type.Integer({ description: "Seconds that the access token lives." }),
});

const Password = Type.String({ minLength: 1, maxLength: 1024 });
const RefreshBody = Body({ refresh_token: Type.String({ minLength: 1, maxLength: 200 }) });

export function authenticationRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.post(
    "/api/auth/login",
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "Sign in",
        body: Body({
          username: Type.String({ minLength: 1, maxLength: 320, description: "The e-mail address." }),
          password: Password,
        }),
        response: answers(200, TokenPair),
      },
    },
    (request) => login(accounts, { ...request.body, address: request.ip }),
  );

  api.post(
    "/api/auth/refresh",
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "Exchange a refresh token for the next pair",
        description: "A refresh token that comes a second time ends the whole session.",
        body: RefreshBody,
        response: answers(200, TokenPair),
      },
    },
    (request) => refresh(accounts, request.body.refresh_token),
  );

  api.post(
    "/api/auth/logout",
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "End the session of a refresh token",
        body: RefreshBody,
        response: answers(204, NoContent),
      },
    },
    async (request, reply) => {
      await logout(accounts, request.body.refresh_token);
      return reply.code(204).send();
    },
  );

  api.post(
    "/api/auth/password",
    {
      config: { access: "account:own" },
      schema: {
        tags: ["sign-in"],
        summary: "Change one's own password",
        description: "Ends every session; the answer begins a new one.",
        body: Body({ current_password: Password, new_password: Password }),
        response: answers(200, TokenPair),
      },
    },
    async (request) => {
      const principal = principalOf(request);
      if (principal.kind !== "user") throw new Error("only people have a role");
      return changePassword(accounts, requesterFor(request), {
        userId: principal.userId,
        currentPassword: request.body.current_password,
        newPassword: request.body.new_password,
      });
    },
  );
}
