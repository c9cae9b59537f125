import type { Logger } from "../../platform/logger.ts";
import { PollingWorker } from "../../platform/polling-worker.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { mailResetLink } from "../forgot-password.ts";
import { sweepAccounts } from "../sweep-accounts.ts";
import type { AccountMail, ForgottenPassword, QueuedWork } from "./enqueue-mail.ts";
import { claimMail, deleteExpiredMails, deleteMail, postponeMail, type QueuedMail } from "./mail-store.ts";

/** What became of an attempt: "refused" will not be taken however often it is tried. */
export interface MailOutcome {
  readonly kind: "sent" | "failed" | "refused";
  readonly error?: string | undefined;
}

/** Sends one mail under an id that stays the same with every attempt; throws nothing but programming errors. */
export type SendMail = (mail: AccountMail & { readonly id: string }, signal: AbortSignal) => Promise<MailOutcome>;

export interface MailWorkerOptions {
  readonly accounts: Accounts;
  readonly logger: Logger;
  /** Undefined: this installation has no mail service, and nothing is queued. */
  readonly send: SendMail | undefined;
}

export const MAIL_POLL_MS = 2_000;
/** A mail that was claimed and of which nothing was heard is sent again after this; a send takes far less. */
export const MAIL_LEASE_MS = 60_000;
/** Pauses double from the first to the last. */
const FIRST_PAUSE_MS = 5_000;
const LAST_PAUSE_MS = 5 * 60_000;
const SWEEP_INTERVAL_MS = 3_600_000;

/**
 * Sends mails about accounts, one after the other, at least once under one id:
 *
 *   due → claimed until its lease ends → sent, and gone
 *                                      → failed: due again after a pause, until it expires
 *                                      → refused: gone, and in the log
 */
export class AccountMailWorker extends PollingWorker {
  private readonly options: MailWorkerOptions;
  private readonly ending = new AbortController();
  private sweptAtMs: number | undefined;

  constructor(options: MailWorkerOptions) {
    const { accounts, logger } = options;
    super({ clock: accounts.clock, logger, name: "account-mails", failure: "mails about accounts could not go on" });
    this.options = options;
  }

  override async stop(): Promise<void> {
    this.ending.abort(new Error("the server stops"));
    await super.stop();
  }

  protected override async round(): Promise<void> {
    while (this.isRunning && (await this.sendNext())) {}
    await this.sweep();
  }

  protected override pauseMs(): number {
    return MAIL_POLL_MS;
  }

  private async sendNext(): Promise<boolean> {
    const { accounts, send } = this.options;
    if (send === undefined) return false;
    const now = nowOf(accounts);
    const queued = await claimMail(accounts.pool, now, later(now, MAIL_LEASE_MS));
    if (queued === undefined) return false;
    const work = JSON.parse(accounts.sealer.unseal(queued.sealed).toString()) as QueuedWork;
    if (work.kind === "forgotten") await this.answerForgotten(queued, work.forgotten);
    else await this.record(queued, await send({ ...work.mail, id: queued.id }, this.ending.signal));
    return true;
  }

  private async answerForgotten({ id }: QueuedMail, forgotten: ForgottenPassword): Promise<void> {
    const { accounts } = this.options;
    await inTransaction(accounts.pool, async (client) => {
      await mailResetLink(accounts, client, forgotten);
      await deleteMail(client, id);
    });
  }

  private async record({ id, attempts }: QueuedMail, { kind, error = "" }: MailOutcome): Promise<void> {
    const { accounts, logger } = this.options;
    const { pool } = accounts;
    if (kind === "failed") {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 10), LAST_PAUSE_MS);
      await postponeMail(pool, id, later(nowOf(accounts), pauseMs), error);
      return;
    }
    if (kind === "refused") logger.warn({ mail: id, error }, "a mail about an account was refused by the mail server");
    await deleteMail(pool, id);
  }

  private async sweep(): Promise<void> {
    const { accounts, logger } = this.options;
    const { pool } = accounts;
    const now = nowOf(accounts);
    const dropped = await deleteExpiredMails(pool, now);
    if (dropped > 0) logger.error({ dropped }, "mails about accounts expired before the mail server took them");
    if (this.sweptAtMs !== undefined && now.getTime() - this.sweptAtMs < SWEEP_INTERVAL_MS) return;
    this.sweptAtMs = now.getTime();
    await sweepAccounts(pool, now);
  }
}

function later(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms);
}
