import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../../platform/postgres.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { holdOwnPassword, proveOwnPassword } from "../prove-own-password.ts";
import type { Requester } from "../requester.ts";
import { revokeSessionsOf } from "../session-store.ts";
import { findUserByEmail } from "../user-store.ts";
import { enrolmentOf, hashRecoveryCode, newRecoveryCodes, newTotpSecret, type TotpEnrolment } from "./codes.ts";
import {
  deleteSecondFactor,
  lockSecondFactor,
  markConfirmed,
  putUnconfirmed,
  replaceRecoveryCodes,
} from "./second-factor-store.ts";
import { takeCode, takeTotp, wrongCode } from "./verify-code.ts";

/**
 * A second factor of a person:
 *
 *   none → enrolled (asks nothing yet) → confirmed with a code: every sign-in asks from now on → none
 *
 * Begins with the password, and answers what the app is to be told, this once.
 */
export async function enrolSecondFactor(
  accounts: Accounts,
  by: Requester,
  { userId, password }: { readonly userId: string; readonly password: string },
): Promise<TotpEnrolment> {
  const user = await proveOwnPassword(accounts, by, userId, password);
  const secret = newTotpSecret(accounts.randomBytes);
  await inTransaction(accounts.pool, async (client) => {
    await holdOwnPassword(client, user);
    if (!(await putUnconfirmed(client, userId, accounts.sealer.seal(secret), nowOf(accounts)))) {
      const message = "You have a second factor already: disable it before you set up another.";
      throw new SluiceError("conflict", "auth.second_factor_exists", message);
    }
    await recordAuditEvent(client, by, { action: "user.enrol-second-factor", subject: `user:${userId}` });
  });
  return enrolmentOf(secret, user.email);
}

/** Answers the recovery codes, this once. Throws `auth.second_factor_wrong` or `auth.second_factor_unknown`. */
export async function confirmSecondFactor(
  accounts: Accounts,
  by: Requester,
  { userId, code }: { readonly userId: string; readonly code: string },
): Promise<readonly string[]> {
  return withCodeLimit(accounts, by, userId, async (client) => {
    const factor = await lockSecondFactor(client, userId);
    if (!factor || factor.confirmedAt !== null) {
      throw new SluiceError("conflict", "auth.second_factor_unknown", "There is none to confirm: enrol one first.");
    }
    if (!(await takeTotp(accounts, client, userId, factor, code))) return undefined;
    await markConfirmed(client, userId, nowOf(accounts));
    await recordAuditEvent(client, by, { action: "user.confirm-second-factor", subject: `user:${userId}` });
    return renewCodes(accounts, client, userId);
  });
}

/** The codes before are good no more. */
export async function renewRecoveryCodes(
  accounts: Accounts,
  by: Requester,
  { userId, code }: { readonly userId: string; readonly code: string },
): Promise<readonly string[]> {
  return withCodeLimit(accounts, by, userId, async (client) => {
    if ((await takeCode(accounts, client, userId, code)) === undefined) return undefined;
    await recordAuditEvent(client, by, { action: "user.renew-recovery-codes", subject: `user:${userId}` });
    return renewCodes(accounts, client, userId);
  });
}

export async function disableSecondFactor(
  accounts: Accounts,
  by: Requester,
  proof: { readonly userId: string; readonly password: string; readonly code: string },
): Promise<void> {
  const { userId, password, code } = proof;
  const user = await proveOwnPassword(accounts, by, userId, password);
  await withCodeLimit(accounts, by, userId, async (client) => {
    await holdOwnPassword(client, user);
    if ((await takeCode(accounts, client, userId, code)) === undefined) return undefined;
    await deleteSecondFactor(client, userId);
    await recordAuditEvent(client, by, { action: "user.disable-second-factor", subject: `user:${userId}` });
    return true;
  });
}

/** First aid by whoever runs the server, for one who has lost app and codes. Every session ends. */
export async function resetSecondFactor(accounts: Accounts, by: Requester, email: string): Promise<boolean> {
  const user = await findUserByEmail(accounts.pool, email);
  if (!user) throw new SluiceError("not-found", "user.unknown", "There is no account with this e-mail address.");
  return inTransaction(accounts.pool, (client) => dropSecondFactor(accounts, client, by, user.id));
}

/** Answers whether there was one. */
export async function dropSecondFactor(
  accounts: Accounts,
  client: PoolClient,
  by: Requester,
  userId: string,
): Promise<boolean> {
  if (!(await deleteSecondFactor(client, userId))) return false;
  await revokeSessionsOf(client, userId, nowOf(accounts));
  await recordAuditEvent(client, by, { action: "user.reset-second-factor", subject: `user:${userId}` });
  return true;
}

async function renewCodes(accounts: Accounts, client: PoolClient, userId: string): Promise<readonly string[]> {
  const codes = newRecoveryCodes(accounts.randomBytes);
  await replaceRecoveryCodes(
    client,
    userId,
    codes.map((code) => hashRecoveryCode(code)!),
  );
  return codes;
}

/** `work` answers undefined when the code is wrong. */
async function withCodeLimit<T>(
  accounts: Accounts,
  by: Requester,
  userId: string,
  work: (client: PoolClient) => Promise<T | undefined>,
): Promise<T> {
  const attempt = { address: by.address ?? "", account: userId, isKnownThere: true };
  const answer = await accounts.codeLimits.checking(attempt, () => inTransaction(accounts.pool, work));
  if (answer === undefined) throw wrongCode("forbidden");
  return answer;
}
