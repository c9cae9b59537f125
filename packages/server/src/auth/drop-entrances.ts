import type { PoolClient } from "pg";
import { recordAuditEvent } from "./audit-store.ts";
import type { Requester } from "./requester.ts";
import { deleteAnySecondFactor } from "./second-factor/second-factor-store.ts";
import { deleteExternalIdentities } from "./sign-on/external-identity-store.ts";

/**
 * When somebody proves for the first time that the address of an account is theirs: whoever set the account up was perhaps
 * somebody else, who waited there for them to come. An administrator makes accounts for any address, with a password in mind; a
 * provider that verifies no addresses lets anybody claim one. So second factor and external identities go. The password is
 * changed by whoever calls this, which ends sessions and links.
 */
export async function dropEntrances(client: PoolClient, by: Requester, userId: string): Promise<void> {
  const hadSecondFactor = await deleteAnySecondFactor(client, userId);
  const externalIdentities = await deleteExternalIdentities(client, userId);
  const before = { hadSecondFactor, externalIdentities };
  await recordAuditEvent(client, by, { action: "user.prove-address", subject: `user:${userId}`, before });
}
