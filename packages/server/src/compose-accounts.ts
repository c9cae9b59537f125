import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { AccountMailWorker, type Accounts, createAccounts, type MailOutcome, type SendMail } from "./auth/index.ts";
import type { Config } from "./config.ts";
import type { Notifications } from "./notifications/index.ts";
import type { Clock } from "./platform/clock.ts";
import type { Logger } from "./platform/logger.ts";
import type { Sealer } from "./platform/secret.ts";

export interface AccountParts {
  /** How the world reaches us, for links in mails. */
  readonly publicUrl: string;
  readonly pool: Pool;
  readonly urgentPool: Pool;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function composeAccounts({ publicUrl, ...parts }: AccountParts, config: Config): Accounts {
  const { registration, notifications } = config;
  const sendsMail = notifications.email !== undefined;
  return createAccounts({
    ...parts,
    randomBytes,
    settings: { registration, sendsMail, publicUrl: publicUrl.replace(/\/+$/, "") },
  });
}

export function composeMailWorker(
  accounts: Accounts,
  senders: Notifications["senders"],
  logger: Logger,
): AccountMailWorker {
  return new AccountMailWorker({ accounts, logger, send: mailBy(senders.email) });
}

/** The mail server of notifications sends these too. */
function mailBy(email: Notifications["senders"]["email"]): SendMail | undefined {
  if (email === undefined) return undefined;
  return async ({ id, to, subject, text }, signal): Promise<MailOutcome> => {
    const target = { configuration: { kind: "email", to: [to] }, signingSecrets: [] } as const;
    const message = { id, subject, text, entries: [], noticeCount: 1, isDigest: false, note: undefined };
    const { kind, error } = await email(target, message, signal);
    return { kind: kind === "sent" || kind === "refused" ? kind : "failed", error };
  };
}
