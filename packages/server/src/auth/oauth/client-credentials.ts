import { hashSecretToken } from "../../platform/secret-token.ts";
import { ACCESS_TOKEN_LIFETIME_S, signAccessToken } from "../access-token.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { findClientByCredential } from "../client-store.ts";
import type { Scope } from "../permissions.ts";
import { oauthFailure } from "./oauth-failure.ts";

export interface ClientCredentialsRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Names with spaces between them; all that the client has when absent. */
  readonly scope?: string | undefined;
}

export interface ClientTokenAnswer {
  readonly access_token: string;
  readonly token_type: "Bearer";
  readonly expires_in: number;
  readonly scope: string;
}

/**
 * OAuth 2.0's client_credentials (RFC 6749, section 4.4): a program's secret for an access token that lives minutes and ends
 * with the client. Throws `oauth.invalid_client` or `oauth.invalid_scope`.
 */
export async function grantClientCredentials(
  accounts: Accounts,
  request: ClientCredentialsRequest,
): Promise<ClientTokenAnswer> {
  const { pool, signingKeys, clock } = accounts;
  const secretHash = hashSecretToken(request.clientSecret);
  const client = await findClientByCredential(pool, "secret", secretHash, nowOf(accounts));
  if (!client || client.id !== request.clientId.toLowerCase()) {
    throw oauthFailure("invalid_client", "There is no such client, or its secret is another one.");
  }
  const scopes = grantedScopes(client.scopes, request.scope);
  const { id: clientId, organizationId } = client;
  return {
    access_token: await signAccessToken(signingKeys, clock, { clientId, organizationId, scopes }),
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_LIFETIME_S,
    scope: scopes.join(" "),
  };
}

function grantedScopes(granted: readonly Scope[], asked: string | undefined): readonly string[] {
  const names = [...new Set((asked ?? "").split(" ").filter((name) => name !== ""))];
  if (names.length === 0) return granted;
  const refused = names.filter((name) => !(granted as readonly string[]).includes(name));
  if (refused.length === 0) return names;
  throw oauthFailure("invalid_scope", `The client has no scope ${refused.join(", ")}; it has ${granted.join(", ")}.`);
}
