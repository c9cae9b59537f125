import type { PoolClient } from "pg";
import { type Accounts, nowOf } from "../accounts.ts";
import { insertMail } from "./mail-store.ts";
import type { MailText } from "./mail-texts.ts";

export interface AccountMail extends MailText {
  readonly to: string;
}

/** Somebody says that they have forgotten a password; perhaps that of nobody. */
export interface ForgottenPassword {
  /** E-mail address or user name. */
  readonly username: string;
  /** From where it was asked. */
  readonly address: string;
}

/** What lies in the queue. */
export type QueuedWork =
  | { readonly kind: "mail"; readonly mail: AccountMail }
  | { readonly kind: "forgotten"; readonly forgotten: ForgottenPassword };

const FORGOTTEN_LIFETIME_MS = 30 * 60_000;

/**
 * Queues a mail in the transaction of what it tells of. It is dropped when it was not sent in `lifetimeMs`: the link in it opens
 * nothing by then. Without a mail service nothing is queued.
 */
export async function enqueueMail(
  accounts: Accounts,
  client: PoolClient,
  mail: AccountMail,
  lifetimeMs: number,
): Promise<void> {
  if (accounts.settings.sendsMail) await enqueue(accounts, client, { kind: "mail", mail }, lifetimeMs);
}

export async function enqueueForgotten(
  accounts: Accounts,
  client: PoolClient,
  forgotten: ForgottenPassword,
): Promise<void> {
  await enqueue(accounts, client, { kind: "forgotten", forgotten }, FORGOTTEN_LIFETIME_MS);
}

async function enqueue(accounts: Accounts, client: PoolClient, work: QueuedWork, lifetimeMs: number): Promise<void> {
  const createdAt = nowOf(accounts);
  await insertMail(client, {
    sealed: accounts.sealer.seal(Buffer.from(JSON.stringify(work))),
    createdAt,
    expiresAt: new Date(createdAt.getTime() + lifetimeMs),
  });
}

export type LinkTarget = "reset-password" | "confirm-email" | "invitation";

/** The secret stands behind "#", which browsers tell no server: it is in no log and no Referer. */
export function linkTo({ settings }: Accounts, target: LinkTarget, secret: string): string {
  return `${settings.publicUrl}/account/#${target}=${secret}`;
}
