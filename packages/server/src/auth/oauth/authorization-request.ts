import { SluiceError } from "@sluice/core/errors.ts";
import type { Queryable } from "../../platform/postgres.ts";
import type { Accounts } from "../accounts.ts";
import { findApplicationById } from "./application-store.ts";
import type { OAuthErrorName } from "./oauth-failure.ts";
import { isRegisteredRedirect } from "./redirect-uri.ts";

/** The console, which comes with the server. */
export const CONSOLE_APPLICATION = "sluice-console";
/** Where the console has people sent back to, under the address by which the server is reached. */
export const CONSOLE_REDIRECT_PATHS = ["/", "/signed-in"];

/** RFC 6749, section 4.1.1, and RFC 7636, section 4.3. */
export interface AuthorizationQuery {
  readonly response_type?: string | undefined;
  readonly client_id?: string | undefined;
  readonly redirect_uri?: string | undefined;
  readonly state?: string | undefined;
  readonly code_challenge?: string | undefined;
  readonly code_challenge_method?: string | undefined;
  readonly prompt?: string | undefined;
}

/** What a program asks a person for, checked. */
export interface AuthorizationRequest {
  readonly applicationId: string;
  readonly applicationName: string;
  /** The organization that the application is of; undefined: the person's own. */
  readonly organizationId: number | undefined;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly challenge: string;
}

/** What may be told to the program, because where it is told is registered. */
export interface RefusedRequest {
  readonly error: OAuthErrorName;
  readonly description: string;
  readonly redirectUri: string;
  readonly state: string | undefined;
}

export interface SignInApplication {
  readonly name: string;
  readonly organizationId: number | undefined;
  readonly redirectUris: readonly string[];
  /** It comes with the server, and is where it says: on this machine, too, no other port is its. */
  readonly isConsole: boolean;
}

/** `origin`: by which the server is reached. Undefined when there is none that may be used. */
export async function findSignInApplication(
  db: Queryable,
  id: string,
  origin: string,
  lock: "for share" | "" = "",
): Promise<SignInApplication | undefined> {
  if (id === CONSOLE_APPLICATION) {
    const redirectUris = CONSOLE_REDIRECT_PATHS.map((path) => origin + path);
    return { name: "Sluice", organizationId: undefined, redirectUris, isConsole: true };
  }
  const found = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) && (await findApplicationById(db, id, lock));
  return found ? { ...found, isConsole: false } : undefined;
}

/**
 * Throws `oauth.client_unknown` or `oauth.redirect_unknown`, which people are shown here: sending them on would make us a
 * relay to anywhere (RFC 6749, section 10.15).
 */
export async function checkAuthorizationRequest(
  accounts: Accounts,
  query: AuthorizationQuery,
  origin: string,
): Promise<AuthorizationRequest | RefusedRequest> {
  const { client_id: applicationId = "", redirect_uri: redirectUri = "", state } = query;
  const application = await findSignInApplication(accounts.pool, applicationId, origin);
  if (!application) {
    throw new SluiceError("invalid", "oauth.client_unknown", "No application is registered under this client_id.");
  }
  const { redirectUris, isConsole } = application;
  if (!(isConsole ? redirectUris.includes(redirectUri) : isRegisteredRedirect(redirectUris, redirectUri))) {
    throw new SluiceError(
      "invalid",
      "oauth.redirect_unknown",
      "This redirect_uri is not registered for the application.",
    );
  }
  const refusal = refusalOf(query);
  if (refusal) return { ...refusal, redirectUri, state };
  const { name: applicationName, organizationId } = application;
  return { applicationId, applicationName, organizationId, redirectUri, state, challenge: query.code_challenge! };
}

function refusalOf(query: AuthorizationQuery): Pick<RefusedRequest, "error" | "description"> | undefined {
  if (query.response_type !== "code") {
    return { error: "unsupported_response_type", description: "response_type must be code." };
  }
  if (query.code_challenge_method !== "S256" || !/^[A-Za-z0-9_-]{43}$/.test(query.code_challenge ?? "")) {
    return {
      error: "invalid_request",
      description: "PKCE is needed: send code_challenge and code_challenge_method=S256.",
    };
  }
  if (query.prompt === "none") return { error: "login_required", description: "The person has to sign in." };
  return undefined;
}

/** Where the browser goes on to. `iss` says who answers (RFC 9207). */
export function redirectWith(
  to: { readonly redirectUri: string; readonly state?: string | undefined },
  origin: string,
  answer: Readonly<Record<string, string>>,
): string {
  const url = new URL(to.redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (to.state !== undefined) url.searchParams.set("state", to.state);
  url.searchParams.set("iss", origin);
  return url.href;
}
