import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import { type Accounts, nowOf } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { findRoles } from "./membership-store.ts";
import type { Person } from "./profile/profile.ts";
import type { Requester } from "./requester.ts";
import { inSigningTransaction, issueTokens, type TokenPair } from "./session.ts";
import {
  findSessionAccess,
  isEndedIn,
  listSessions,
  lockSession,
  revokeSession,
  revokeSessionsOf,
  type Session,
} from "./session-store.ts";

export interface OwnSession extends Session {
  /** The one that asks. */
  readonly isCurrent: boolean;
}

export async function listOwnSessions(accounts: Accounts, person: Person): Promise<OwnSession[]> {
  const sessions = await listSessions(accounts.pool, person.userId, nowOf(accounts));
  return sessions.map((session) => ({ ...session, isCurrent: session.id === person.sessionId }));
}

/** Ends one of one's own, its access tokens within a second. Throws `session.unknown`. */
export async function endSession(accounts: Accounts, by: Requester, person: Person, sessionId: string): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    if (!(await revokeSession(client, person.userId, sessionId, nowOf(accounts)))) {
      throw new SluiceError("not-found", "session.unknown", "You have no such session, or it has ended.");
    }
    const after = { session: sessionId };
    await recordAuditEvent(client, by, { action: "session.end", subject: `user:${person.userId}`, after });
  });
}

export async function endOtherSessions(accounts: Accounts, by: Requester, person: Person): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    await revokeSessionsOf(client, person.userId, nowOf(accounts), { exceptSessionId: person.sessionId });
    await recordAuditEvent(client, by, { action: "session.end-others", subject: `user:${person.userId}` });
  });
}

/**
 * Goes on with the same session in another of one's organizations. Tokens of the one before stay good, for a second window; to
 * sign out ends both. Throws `organization.unknown` or `session.ended_there`.
 */
export async function switchOrganization(
  accounts: Accounts,
  by: Requester,
  { userId, sessionId, organizationId }: Person,
  toOrganizationId: number,
): Promise<TokenPair> {
  return inSigningTransaction(accounts, async (client) => {
    await lockSession(client, sessionId);
    // The caller was believed for a moment, in which the session may have ended.
    const access = await findSessionAccess(client, { userId, sessionId, organizationId }, nowOf(accounts));
    if (!access)
      throw new SluiceError("unauthenticated", "auth.session_ended", "The session has ended: sign in again.");
    if (access.applicationId !== null) throw throughApplication();
    if (!(await findRoles(client, userId, toOrganizationId))) {
      throw new SluiceError("not-found", "organization.unknown", "You belong to no such organization.");
    }
    if (await isEndedIn(client, sessionId, toOrganizationId)) {
      const message = "That organization has ended your sessions since you signed in: sign in anew to act for it.";
      throw new SluiceError("forbidden", "session.ended_there", message);
    }
    const into = { ...by, organizationId: toOrganizationId };
    await recordAuditEvent(client, into, { action: "session.switch", subject: `user:${userId}` });
    return issueTokens(accounts, client, { userId, organizationId: toOrganizationId, sessionId });
  });
}

/** An organization's application acts in that organization alone, and a person's account is none of its business. */
export function throughApplication(): SluiceError {
  return new SluiceError(
    "forbidden",
    "auth.through_application",
    "You signed in through an organization's application, which may not do this: sign in to Sluice itself.",
  );
}
