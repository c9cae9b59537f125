import { SluiceError } from "@sluice/core/errors.ts";
import type { Sender } from "../../devices/index.ts";

/** Ours are shorter; more is not worth looking up. */
const MAX_TOKEN_CHARACTERS = 512;

/** InfluxDB 1's user and password in a query; a name may come several times. */
export interface RequestTokenQuery {
  readonly u?: unknown;
  readonly p?: unknown;
}

/** Where a request may carry its token. */
export interface TokenPlaces {
  readonly authorization: string | undefined;
  /** InfluxDB 1's `p`, or else `u`, of the query. */
  readonly password?: string | undefined;
  readonly username?: string | undefined;
}

/**
 * The token of a request: `Authorization: Bearer …`, InfluxDB 2's `Token …`, or InfluxDB 1's user and password, as Basic or
 * in the query, where the password is the token (or the user, when there is no password).
 */
export function requestToken({ authorization, password, username }: TokenPlaces): string | undefined {
  const token = authorization === undefined ? password || username : authorizationToken(authorization);
  return token === undefined || token === "" || token.length > MAX_TOKEN_CHARACTERS ? undefined : token;
}

function authorizationToken(header: string): string | undefined {
  const space = header.indexOf(" ");
  if (space === -1) return undefined;
  const credentials = header.slice(space + 1).trim();
  switch (header.slice(0, space).toLowerCase()) {
    case "bearer":
      return credentials;
    case "token":
      // InfluxDB 2 took "user:password" here too.
      return credentials.slice(credentials.indexOf(":") + 1);
    case "basic":
      return basicToken(credentials);
    default:
      return undefined;
  }
}

function basicToken(credentials: string): string | undefined {
  const text = Buffer.from(credentials, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon === -1) return undefined;
  return text.slice(colon + 1) || text.slice(0, colon);
}

/** Who sends, if they may. Throws `auth.token_missing`, `auth.token_invalid` (401) or `auth.scope_missing` (403). */
export async function senderOf(
  token: string | undefined,
  authenticate: (token: string) => Promise<Sender | undefined>,
): Promise<Sender> {
  if (token === undefined) {
    throw new SluiceError("unauthenticated", "auth.token_missing", "Send a device's or an API client's token.");
  }
  const sender = await authenticate(token);
  if (sender === undefined) throw new SluiceError("unauthenticated", "auth.token_invalid", "The token is not valid.");
  if (sender.kind === "client" && !sender.scopes.has("ingest")) {
    throw new SluiceError("forbidden", "auth.scope_missing", "The API client needs the scope ingest.", {
      details: { scope: "ingest" },
    });
  }
  return sender;
}
