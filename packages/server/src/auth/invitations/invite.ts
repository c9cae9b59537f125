import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction, isUniqueViolation } from "../../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../../platform/secret-token.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { assertEmail, distinctRoles } from "../create-user.ts";
import { enqueueMail, linkTo } from "../mail/enqueue-mail.ts";
import { textsIn } from "../mail/mail-texts.ts";
import { hasMembership } from "../membership-store.ts";
import type { Role } from "../principal.ts";
import { languageOf } from "../profile/preference-store.ts";
import type { Requester } from "../requester.ts";
import { findUserByEmail } from "../user-store.ts";
import {
  countOpenInvitations,
  findOrganizationName,
  type Invitation,
  insertInvitation,
  revokeOpenInvitation,
} from "./invitation-store.ts";

export const INVITATION_LIFETIME_MS = 7 * 24 * 3_600_000;
/** Of one organization; revoke some, or wait until people have accepted. */
export const MAX_OPEN_INVITATIONS = 500;

export interface Invited {
  readonly invitation: Invitation;
  /** Only where no mail can be sent: hand it to the person. */
  readonly link: string | undefined;
}

/** Invites whoever reads mail at the address. An invitation of that address which is open is replaced. */
export async function invite(
  accounts: Accounts,
  by: Requester,
  draft: { readonly email: string; readonly roles: readonly Role[] },
): Promise<Invited> {
  const email = draft.email.trim();
  assertEmail(email);
  const roles = distinctRoles(draft.roles);
  assertMayMail(accounts, email);
  const { organizationId } = by;
  const createdAt = nowOf(accounts);
  const secret = newSecretToken("sla_", accounts.randomBytes);
  return inTransaction(accounts.pool, async (client) => {
    const user = await findUserByEmail(client, email);
    if (user && (await hasMembership(client, user.id, organizationId))) throw memberAlready();
    await revokeOpenInvitation(client, organizationId, { email }, createdAt);
    if ((await countOpenInvitations(client, organizationId)) >= MAX_OPEN_INVITATIONS) throw tooMany();
    const invitation = await insertInvitation(client, {
      organizationId,
      email,
      roles,
      tokenHash: hashSecretToken(secret),
      invitedBy: by.actor,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + INVITATION_LIFETIME_MS),
    }).catch((error) => {
      throw isUniqueViolation(error, "invitation_open") ? justInvited(error) : error;
    });
    const link = linkTo(accounts, "invitation", secret);
    const language = user && (await languageOf(client, user.id));
    const text = textsIn(language).invitation(await findOrganizationName(client, organizationId), link);
    await enqueueMail(accounts, client, { to: email, ...text }, INVITATION_LIFETIME_MS);
    const audit = { action: "invitation.create", subject: `invitation:${invitation.id}`, after: { email, roles } };
    await recordAuditEvent(client, by, audit);
    return { invitation, link: accounts.settings.sendsMail ? undefined : link };
  });
}

/** Throws `invitation.unknown`. */
export async function revokeInvitation(accounts: Accounts, by: Requester, id: string): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    const invitation = await revokeOpenInvitation(client, by.organizationId, { id }, nowOf(accounts));
    if (!invitation) {
      throw new SluiceError("not-found", "invitation.unknown", "There is no such invitation that is open.");
    }
    const { email, roles } = invitation;
    const audit = { action: "invitation.revoke", subject: `invitation:${id}`, before: { email, roles } };
    await recordAuditEvent(client, by, audit);
  });
}

function assertMayMail(accounts: Accounts, email: string): void {
  if (!accounts.settings.sendsMail || accounts.requestLimits.mayMail("invitation", email)) return;
  const message = "This address has just had several mails: give the person time to read them.";
  throw new SluiceError("limit", "invitation.too_often", message, { retryable: true, retryAfterMs: 600_000 });
}

export function memberAlready(): SluiceError {
  return new SluiceError("conflict", "user.member_already", "This person belongs to the organization already.");
}

function justInvited(cause: unknown): SluiceError {
  const message = "Somebody invited this address at the same moment.";
  return new SluiceError("conflict", "invitation.exists", message, { cause, retryable: true });
}

function tooMany(): SluiceError {
  const message = `${MAX_OPEN_INVITATIONS} invitations are open: revoke some first.`;
  return new SluiceError("conflict", "invitation.too_many", message, { details: { limit: MAX_OPEN_INVITATIONS } });
}
