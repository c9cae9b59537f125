import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { hashSecretToken, newSecretToken } from "../platform/secret-token.ts";
import {
  type AccountToken,
  type AccountTokenPurpose,
  insertAccountToken,
  keepNewestTokens,
  takeAccountToken,
} from "./account-token-store.ts";
import { type Accounts, nowOf } from "./accounts.ts";

/** How long a link in a mail is good. */
export const TOKEN_LIFETIME_MS: Readonly<Record<AccountTokenPurpose, number>> = {
  "reset-password": 30 * 60_000,
  "change-email": 24 * 3_600_000,
};
/** Of one person and purpose; an older one is good no more. */
const MAX_TOKENS = 5;

/** Makes a token that is good once; only its hash is stored. */
export async function issueAccountToken(
  accounts: Accounts,
  client: PoolClient,
  token: { readonly purpose: AccountTokenPurpose; readonly userId: string; readonly email?: string },
): Promise<string> {
  const secret = newSecretToken("sla_", accounts.randomBytes);
  const createdAt = nowOf(accounts);
  const expiresAt = new Date(createdAt.getTime() + TOKEN_LIFETIME_MS[token.purpose]);
  await insertAccountToken(client, { ...token, hash: hashSecretToken(secret), createdAt, expiresAt });
  await keepNewestTokens(client, token.userId, token.purpose, MAX_TOKENS);
  return secret;
}

/** Throws `auth.link_invalid`. */
export async function redeemAccountToken(
  accounts: Accounts,
  client: PoolClient,
  purpose: AccountTokenPurpose,
  secret: string,
): Promise<AccountToken> {
  const token = await takeAccountToken(client, purpose, hashSecretToken(secret), nowOf(accounts));
  if (token) return token;
  throw linkInvalid();
}

export function linkInvalid(): SluiceError {
  const message = "The link has been used, or is too old: ask for a new one.";
  return new SluiceError("invalid", "auth.link_invalid", message);
}
