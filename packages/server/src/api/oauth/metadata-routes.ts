import { Type } from "typebox";
import { type Accounts, SCOPES } from "../../auth/index.ts";
import type { Api } from "../schema-validation.ts";
import { answers, Thing } from "../schemas.ts";
import { originOf } from "./request-origin.ts";

/** A key that was made is signed with at once, and whoever meets an unknown key asks anew. */
const KEYS_BELIEVED_S = 300;

const Texts = Type.Array(Type.String());

const ServerMetadata = Thing("AuthorizationServer", {
  issuer: Type.String(),
  authorization_endpoint: Type.String(),
  token_endpoint: Type.String(),
  revocation_endpoint: Type.String(),
  jwks_uri: Type.String(),
  scopes_supported: Texts,
  response_types_supported: Texts,
  response_modes_supported: Texts,
  grant_types_supported: Texts,
  token_endpoint_auth_methods_supported: Texts,
  revocation_endpoint_auth_methods_supported: Texts,
  code_challenge_methods_supported: Texts,
  authorization_response_iss_parameter_supported: Type.Boolean(),
});

const KeySet = Thing("KeySet", {
  keys: Type.Array(
    Type.Object({
      kty: Type.Literal("OKP"),
      crv: Type.Literal("Ed25519"),
      x: Type.String(),
      kid: Type.String(),
      alg: Type.String(),
      use: Type.Literal("sig"),
    }),
  ),
});

export interface MetadataRoutesDependencies {
  readonly accounts: Accounts;
  readonly publicUrl?: string | undefined;
}

/** What a library of OAuth 2.0 needs to know of us (RFC 8414). */
export function metadataRoutes(api: Api, { accounts, publicUrl }: MetadataRoutesDependencies): void {
  api.get(
    "/.well-known/oauth-authorization-server",
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "Where and how to get tokens (RFC 8414)",
        response: answers(200, ServerMetadata),
      },
    },
    async (request) => {
      const origin = originOf(request, publicUrl);
      return {
        issuer: origin,
        authorization_endpoint: `${origin}/oauth2/authorize`,
        token_endpoint: `${origin}/oauth2/token`,
        revocation_endpoint: `${origin}/oauth2/revoke`,
        jwks_uri: `${origin}/.well-known/jwks.json`,
        scopes_supported: [...SCOPES],
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "client_credentials", "refresh_token"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
        revocation_endpoint_auth_methods_supported: ["none"],
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
      };
    },
  );

  api.get(
    "/.well-known/jwks.json",
    {
      config: { access: "public" },
      schema: {
        tags: ["sign-in"],
        summary: "The keys that access tokens are signed with",
        response: answers(200, KeySet),
      },
    },
    async (_request, reply) => {
      reply.header("cache-control", `public, max-age=${KEYS_BELIEVED_S}`);
      return { keys: await accounts.signingKeys.publicKeys() };
    },
  );
}
