import type { PoolClient } from "pg";
import { inTransaction } from "../../platform/postgres.ts";
import type { Accounts } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { beginSession, type Credentials, findSignIn, type SigningIn } from "../login.ts";
import type { TokenPair } from "../session.ts";
import { findUser } from "../user-store.ts";
import { challengeInvalid, isStillFor, openChallenge } from "./challenge.ts";
import { takeCode, wrongCode } from "./verify-code.ts";

export interface SecondFactorProof extends Pick<Credentials, "address" | "userAgent"> {
  readonly challenge: string;
  readonly code: string;
}

/**
 * Goes on with a sign-in whose password was right. Throws `auth.challenge_invalid` (begin anew), `auth.second_factor_wrong` or
 * `auth.too_many_attempts`.
 */
export async function loginWithSecondFactor(accounts: Accounts, proof: SecondFactorProof): Promise<TokenPair> {
  return beginSession(accounts, await proveSecondFactor(accounts, proof), proof);
}

/** Who it is. Throws as `loginWithSecondFactor` does. Wrong codes are limited like wrong passwords, over all challenges. */
export async function proveSecondFactor(accounts: Accounts, proof: SecondFactorProof): Promise<SigningIn> {
  const user = await findChallenged(accounts, proof);
  await proveCode(accounts, user, proof);
  return user;
}

async function findChallenged(accounts: Accounts, proof: SecondFactorProof): Promise<SigningIn> {
  const challenge = openChallenge(accounts, proof.challenge);
  const { email } = (await findUser(accounts.pool, challenge.userId)) ?? {};
  const user = email === undefined ? undefined : await findSignIn(accounts, email, proof.address);
  if (!user?.isActive || user.organizationId === null || !isStillFor(challenge, user)) throw challengeInvalid();
  return { ...user, organizationId: user.organizationId };
}

/** Throws `auth.second_factor_wrong` or `auth.too_many_attempts`. */
export async function proveCode(
  accounts: Accounts,
  { id: userId, organizationId, networkSeenAt }: SigningIn,
  { code, address }: Pick<SecondFactorProof, "code" | "address">,
): Promise<void> {
  const take = async (client: PoolClient) => {
    const kind = await takeCode(accounts, client, userId, code);
    if (kind === "recovery") {
      const by = { organizationId, actor: `user:${userId}`, address };
      await recordAuditEvent(client, by, { action: "user.use-recovery-code", subject: `user:${userId}` });
    }
    return kind;
  };
  const attempt = { address, account: userId, isKnownThere: networkSeenAt !== null };
  const taken = await accounts.codeLimits.checking(attempt, () => inTransaction(accounts.pool, take));
  if (taken === undefined) throw wrongCode("unauthenticated");
}
