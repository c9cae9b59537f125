import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../../platform/postgres.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { distinctRoles } from "../create-user.ts";
import {
  countMemberships,
  deleteMembership,
  findMember,
  lockAdministrators,
  lockMemberships,
  type Member,
  markSessionsEnded,
  updateMembership,
} from "../membership-store.ts";
import type { Role } from "../principal.ts";
import type { Requester } from "../requester.ts";
import { dropSecondFactor } from "../second-factor/enrol.ts";
import { revokeSessionsOf } from "../session-store.ts";
import { deleteUser, updateUser } from "../user-store.ts";

export interface MemberChange {
  readonly name?: string | undefined;
  readonly roles?: readonly Role[] | undefined;
  /** False: may not act for this organization until it is true again. */
  readonly isActive?: boolean | undefined;
}

/** Throws `user.unknown`, which another organization's people are too. */
export async function requireMember(accounts: Accounts, organizationId: number, userId: string): Promise<Member> {
  return (await findMember(accounts.pool, organizationId, userId)) ?? fail(unknownUser());
}

/**
 * Changes what a person is in the requester's organization. Roles count within a second, and whoever is switched off is signed
 * out. Throws `organization.last_administrator` or `user.shared`.
 */
export async function updateMember(
  accounts: Accounts,
  by: Requester,
  userId: string,
  change: MemberChange,
): Promise<Member> {
  const roles = change.roles && distinctRoles(change.roles);
  const { name, isActive } = change;
  return inTransaction(accounts.pool, async (client) => {
    const before = await lockMember(client, by, userId);
    by.assertSeen?.(before);
    if ((roles && !roles.includes("admin")) || isActive === false) await assertNotLast(client, by, userId);
    if (name !== undefined && name !== before.name) {
      await assertOwnAlone(client, userId, "name");
      await updateUser(client, userId, { name });
    }
    await updateMembership(client, userId, by.organizationId, { roles, isActive });
    if (isActive === false) await endSessionsHere(accounts, client, by, userId);
    const after = (await findMember(client, by.organizationId, userId))!;
    const audit = { action: "user.update", subject: `user:${userId}`, before: shown(before), after: shown(after) };
    await recordAuditEvent(client, by, audit);
    return after;
  });
}

/** Takes a person out of the organization; an account that is in no other is deleted. */
export async function removeMember(accounts: Accounts, by: Requester, userId: string): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    const member = await lockMember(client, by, userId);
    by.assertSeen?.(member);
    await assertNotLast(client, by, userId);
    await endSessionsHere(accounts, client, by, userId);
    await deleteMembership(client, userId, by.organizationId);
    const isDeleted = (await countMemberships(client, userId)) === 0;
    if (isDeleted) await deleteUser(client, userId);
    const audit = { action: "user.remove", subject: `user:${userId}`, before: shown(member), after: { isDeleted } };
    await recordAuditEvent(client, by, audit);
  });
}

/** Signs a person out of the organization, on whatever devices; in others they stay. */
export async function endSessionsOfMember(accounts: Accounts, by: Requester, userId: string): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    await lockMember(client, by, userId);
    await endSessionsHere(accounts, client, by, userId);
    await recordAuditEvent(client, by, { action: "user.end-sessions", subject: `user:${userId}` });
  });
}

/** For one who has lost app and recovery codes: the next sign-in asks for the password alone. */
export async function resetSecondFactorOfMember(accounts: Accounts, by: Requester, userId: string): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    await lockMember(client, by, userId);
    await assertOwnAlone(client, userId, "second factor");
    if (await dropSecondFactor(accounts, client, by, userId)) return;
    throw new SluiceError("not-found", "auth.second_factor_unknown", "This person has no second factor.");
  });
}

/** Locks the person first and then the administrators: everything that changes memberships locks in this order. */
async function lockMember(client: PoolClient, by: Requester, userId: string): Promise<Member> {
  await lockMemberships(client, userId);
  return (await findMember(client, by.organizationId, userId)) ?? fail(unknownUser());
}

async function assertNotLast(client: PoolClient, by: Requester, userId: string): Promise<void> {
  if (!(await isLastAdministrator(client, by.organizationId, userId))) return;
  const message = "Nobody else administers this organization: make somebody else an administrator first.";
  throw new SluiceError("conflict", "organization.last_administrator", message);
}

/** To be asked with the person locked. The answer holds until the transaction ends. */
export async function isLastAdministrator(
  client: PoolClient,
  organizationId: number,
  userId: string,
): Promise<boolean> {
  const administrators = await lockAdministrators(client, organizationId);
  return administrators.length === 1 && administrators[0] === userId;
}

/** Of a person who belongs to several organizations none decides alone: its administrator may not be trusted by the others. */
async function assertOwnAlone(client: PoolClient, userId: string, what: string): Promise<void> {
  if ((await countMemberships(client, userId)) === 1) return;
  const message = `This person belongs to other organizations, too: only they themselves, or whoever runs the server, change the ${what}.`;
  throw new SluiceError("conflict", "user.shared", message);
}

/** Sessions that go on elsewhere do not come back here: the mark comes first, so that a switch that waits for one sees it. */
async function endSessionsHere(accounts: Accounts, client: PoolClient, by: Requester, userId: string): Promise<void> {
  const { organizationId } = by;
  const now = nowOf(accounts);
  await markSessionsEnded(client, userId, organizationId, now);
  await revokeSessionsOf(client, userId, now, { organizationId });
}

function shown({ email, name, roles, isActive }: Member) {
  return { email, name, roles, isActive };
}

function unknownUser(): SluiceError {
  return new SluiceError("not-found", "user.unknown", "There is no such person in this organization.");
}

function fail(error: SluiceError): never {
  throw error;
}
