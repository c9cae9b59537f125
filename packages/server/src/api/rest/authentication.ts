import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import {
  type Accounts,
  changePassword,
  login,
  loginWithSecondFactor,
  logout,
  refresh,
  switchOrganization,
} from "../../auth/index.ts";
import { personOf, requesterFor } from "../access.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Body, NoContent, SerialId, Thing } from "../schemas.ts";

export const TokenPair = Thing("TokenPair", {
  access_token: Type.String(),
  refresh_token: Type.String({ description: "Good once: each refresh brings the next." }),
  token_type: Type.Literal("Bearer"),
  expires_in: Type.Integer({ description: "Seconds that the access token lives." }),
});

export const SignInName = Type.String({
  minLength: 1,
  maxLength: 320,
  description: "The e-mail address or the user name.",
});
export const Password = Type.String({ minLength: 1, maxLength: 1024 });
export const Code = Type.String({
  minLength: 6,
  maxLength: 40,
  description: "Six digits of the app, or a recovery code. Each is good once.",
});
const RefreshBody = Body({ refresh_token: Type.String({ minLength: 1, maxLength: 200 }) });

export function authenticationRoutes(api: Api, { accounts }: { readonly accounts: Accounts }): void {
  api.post(
    "/api/auth/login",
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "Sign in",
        description:
          "An account with a second factor is answered 401 `auth.second_factor_required` with a `challenge`, with which one goes on at `/api/auth/login/second-factor`.",
        body: Body({
          username: SignInName,
          password: Password,
        }),
        response: answers(200, TokenPair),
      },
    },
    (request) => login(accounts, { ...request.body, ...placeOf(request) }),
  );

  api.post(
    "/api/auth/login/second-factor",
    {
      config: { access: "public" },
      schema: {
        operationId: "loginWithSecondFactor",
        tags: ["sign-in"],
        summary: "Sign in, the second half",
        body: Body({ challenge: Type.String({ minLength: 1, maxLength: 1000 }), code: Code }),
        response: answers(200, TokenPair),
      },
    },
    (request) => loginWithSecondFactor(accounts, { ...request.body, ...placeOf(request) }),
  );

  api.post(
    "/api/auth/refresh",
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "Exchange a refresh token for the next pair",
        description:
          "A refresh token that comes a second time ends the whole session. For half a minute, and while the pair that it brought has not been used, it brings that refresh token again instead, in case the reply was lost.",
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
      await logout(accounts, request.body.refresh_token, request.ip);
      return reply.code(204).send();
    },
  );

  api.post(
    "/api/auth/switch",
    {
      config: { access: "account:own" },
      schema: {
        operationId: "switchOrganization",
        tags: ["sign-in"],
        summary: "Go on in another of one's organizations",
        description: "The session stays the same, and so do tokens of the organization before.",
        body: Body({ organization: SerialId }),
        response: answers(200, TokenPair),
      },
    },
    (request) => switchOrganization(accounts, requesterFor(request), personOf(request), request.body.organization),
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
    (request) =>
      changePassword(accounts, requesterFor(request), {
        userId: personOf(request).userId,
        currentPassword: request.body.current_password,
        newPassword: request.body.new_password,
        userAgent: request.headers["user-agent"],
      }),
  );
}

function placeOf(request: FastifyRequest) {
  return { address: request.ip, userAgent: request.headers["user-agent"] };
}
