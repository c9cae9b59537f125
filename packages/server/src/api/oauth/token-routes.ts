import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import {
  type Accounts,
  grantClientCredentials,
  oauthFailure,
  printable,
  redeemAuthorizationCode,
  refresh,
  revokeToken,
} from "../../auth/index.ts";
import { problemOf } from "../error-mapping.ts";
import type { Api } from "../schema-validation.ts";
import { Thing } from "../schemas.ts";
import { originOf } from "./request-origin.ts";

const Field = (description: string) => Type.Optional(Type.String({ maxLength: 4096, description }));

/** What it does not know it ignores, as RFC 6749, section 3.2, asks. */
const TokenBody = Type.Object({
  grant_type: Field("client_credentials, refresh_token or authorization_code."),
  client_id: Field("Unless it comes by HTTP Basic."),
  client_secret: Field("Unless it comes by HTTP Basic."),
  scope: Field("client_credentials: names with spaces between them; all that the client has when absent."),
  refresh_token: Field("refresh_token"),
  code: Field("authorization_code"),
  redirect_uri: Field("authorization_code: as it was asked for with."),
  code_verifier: Field("authorization_code: what the code_challenge is the SHA-256 of."),
});

const RevocationBody = Type.Object({
  token: Field("A refresh token or an access token."),
  token_type_hint: Field("Not needed."),
  client_id: Field("Not needed."),
  client_secret: Field("Not needed."),
});

const TokenAnswer = Thing("OAuthTokens", {
  access_token: Type.String(),
  token_type: Type.Literal("Bearer"),
  expires_in: Type.Integer({ description: "Seconds that the access token lives." }),
  refresh_token: Type.Optional(Type.String({ description: "Good once: each refresh brings the next." })),
  scope: Type.Optional(Type.String()),
});

const Failure = Thing("OAuthError", {
  error: Type.String({ description: "As RFC 6749, section 5.2, names it." }),
  error_description: Type.String(),
});

const FAILURES = { 400: Failure, 401: Failure, 429: Failure, "5xx": Failure };
const CONSUMES = ["application/x-www-form-urlencoded", "application/json"];

export interface TokenRoutesDependencies {
  readonly accounts: Accounts;
  readonly publicUrl?: string | undefined;
}

/** Where programs get their tokens, as the libraries of OAuth 2.0 know it. In a scope of its own: errors have another shape. */
export function tokenRoutes(api: Api, { accounts, publicUrl }: TokenRoutesDependencies): void {
  answerWithOAuthErrors(api);

  api.post(
    "/oauth2/token",
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "Get an access token",
        description: "OAuth 2.0 (RFC 6749): client_credentials, refresh_token, and authorization_code with PKCE.",
        consumes: CONSUMES,
        body: TokenBody,
        response: { 200: TokenAnswer, ...FAILURES },
      },
    },
    async (request, reply) => {
      keepFromCaches(reply);
      return grant(accounts, request, request.body, originOf(request, publicUrl));
    },
  );

  api.post(
    "/oauth2/revoke",
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "End the session of a token",
        description: "RFC 7009. A token that is not known is no error.",
        consumes: CONSUMES,
        body: RevocationBody,
        response: { 200: Type.Null({ description: "Done, or nothing to do." }), ...FAILURES },
      },
    },
    async (request, reply) => {
      await revokeToken(accounts, required(request.body, "token"), request.ip);
      return keepFromCaches(reply).code(200).send();
    },
  );
}

type TokenFields = Static<typeof TokenBody>;

function grant(accounts: Accounts, request: FastifyRequest, body: TokenFields, origin: string) {
  const { grant_type: type } = body;
  switch (type) {
    case "client_credentials":
      return grantClientCredentials(accounts, { ...clientOf(request, body), scope: body.scope });
    case "refresh_token":
      return refresh(accounts, required(body, "refresh_token"));
    case "authorization_code":
      return redeemAuthorizationCode(accounts, {
        code: required(body, "code"),
        applicationId: required(body, "client_id"),
        redirectUri: required(body, "redirect_uri"),
        verifier: required(body, "code_verifier"),
        origin,
        address: request.ip,
        userAgent: request.headers["user-agent"],
      });
    case undefined:
      throw oauthFailure("invalid_request", "grant_type is missing.");
    default:
      throw oauthFailure(
        "unsupported_grant_type",
        "grant_type must be client_credentials, refresh_token or authorization_code.",
      );
  }
}

function required<Field extends string>(body: { readonly [F in Field]?: string | undefined }, field: Field): string {
  const value = body[field];
  if (value !== undefined && value !== "") return value;
  throw oauthFailure("invalid_request", `${field} is missing.`);
}

/** By HTTP Basic or in the body, not both (RFC 6749, section 2.3). */
function clientOf({ headers }: FastifyRequest, body: TokenFields) {
  const basic = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(headers.authorization ?? "")?.[1];
  if (basic === undefined) {
    const { client_id: clientId, client_secret: clientSecret } = body;
    if (clientId && clientSecret) return { clientId, clientSecret };
    throw oauthFailure("invalid_client", "Send the client's id and secret, by HTTP Basic or in the body.");
  }
  if (body.client_secret !== undefined) {
    throw oauthFailure("invalid_request", "Send the client's secret once: by HTTP Basic or in the body.");
  }
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, "base64").toString()) ?? [];
  return { clientId: formDecoded(id), clientSecret: formDecoded(secret) };
}

/** RFC 6749, section 2.3.1: both are form-encoded before they are put into the header. */
function formDecoded(text = ""): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** RFC 6749, section 5.1. */
function keepFromCaches(reply: FastifyReply): FastifyReply {
  return reply.header("cache-control", "no-store").header("pragma", "no-cache");
}

function answerWithOAuthErrors(scope: FastifyInstance): void {
  scope.setErrorHandler((error, request, reply) => {
    const { status, headers, body } = problemOf(error);
    if (status >= 500) request.log.error({ err: error, code: body.code }, "request failed");
    const name = oauthErrorOf(body.code, status);
    const isChallenged = name === "invalid_client";
    keepFromCaches(reply).headers(headers).removeHeader("www-authenticate");
    if (isChallenged) reply.header("www-authenticate", 'Basic realm="sluice"');
    return reply
      .code(isChallenged ? 401 : status === 429 || status >= 500 ? status : 400)
      .type("application/json; charset=utf-8")
      .send({ error: name, error_description: printable(body.detail) });
  });
}

function oauthErrorOf(code: string, status: number): string {
  if (code.startsWith("oauth.")) return code.slice("oauth.".length);
  if (code === "auth.refresh_invalid") return "invalid_grant";
  if (status === 429 || status === 503) return "temporarily_unavailable";
  return status >= 500 ? "server_error" : "invalid_request";
}
