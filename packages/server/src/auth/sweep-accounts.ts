import type { Pool } from "pg";
import { deleteExpiredAccountTokens } from "./account-token-store.ts";
import { sweepInvitations } from "./invitations/invitation-store.ts";
import { sweepAuthorizationCodes } from "./oauth/authorization-code-store.ts";
import { deleteExpiredRegistrations } from "./registration/registration-store.ts";
import { sweepSessions } from "./session-store.ts";
import { forgetAddresses } from "./user-store.ts";

/** Ended sessions stay this long, and a used refresh token after it has expired. */
export const KEEP_SESSIONS_MS = 3_600_000;
/** Invitations that were accepted or revoked, or that nobody has sent anew. What became of them is in the audit. */
export const KEEP_INVITATIONS_MS = 90 * 24 * 3_600_000;
const KEEP_ADDRESSES_MS = 90 * 24 * 3_600_000;

/** What is good no more, of everybody: links, sessions, codes, and places from which nobody has signed in for long. */
export async function sweepAccounts(pool: Pool, now: Date): Promise<void> {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  await deleteExpiredAccountTokens(pool, now);
  await deleteExpiredRegistrations(pool, now);
  await forgetAddresses(pool, ago(KEEP_ADDRESSES_MS));
  await sweepInvitations(pool, ago(KEEP_INVITATIONS_MS));
  await sweepAuthorizationCodes(pool, now);
  await sweepSessions(pool, ago(KEEP_SESSIONS_MS));
}
