import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { badCredentials, type Credentials, provePassword, rememberNetwork, type SigningIn } from "../login.ts";
import { findRoles } from "../membership-store.ts";
import { proveSecondFactor, type SecondFactorProof } from "../second-factor/login-with-second-factor.ts";
import { holdPassword } from "../user-store.ts";
import { issueAuthorizationCode } from "./authorization-code.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";

/** What a person has typed into the sign-in page. */
export type Proof = Credentials | SecondFactorProof;

/**
 * Signs a person in for a program and returns the code for it. Throws what `login` and `loginWithSecondFactor` do, and
 * `auth.not_a_member` for somebody of another organization than the application's.
 */
export async function signInForApplication(
  accounts: Accounts,
  request: AuthorizationRequest,
  proof: Proof,
): Promise<string> {
  const person = "challenge" in proof ? await proveSecondFactor(accounts, proof) : await provePassword(accounts, proof);
  const organizationId = await organizationFor(accounts, request, person);
  return inTransaction(accounts.pool, async (client) => {
    // A password that was changed since it was looked at has ended the codes that there were, and this one would outlive that.
    if (!(await holdPassword(client, person.id, person.passwordHash))) throw badCredentials();
    await rememberNetwork(client, person, proof.address, nowOf(accounts));
    return issueAuthorizationCode(accounts, { userId: person.id, organizationId }, request, client);
  });
}

export async function organizationFor(
  { pool }: Accounts,
  { organizationId }: Pick<AuthorizationRequest, "organizationId">,
  person: Pick<SigningIn, "id" | "organizationId">,
): Promise<number> {
  if (organizationId === undefined) return person.organizationId;
  if (await findRoles(pool, person.id, organizationId)) return organizationId;
  throw new SluiceError("forbidden", "auth.not_a_member", "The application is another organization's than yours.");
}
