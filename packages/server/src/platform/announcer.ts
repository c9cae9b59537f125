import type { Pool } from "pg";
import type { Logger } from "./logger.ts";
import { isTransient, type Notice, sendNotices } from "./postgres.ts";

/** Notices that wait to be sent; beyond this the oldest are dropped, because who listens looks for itself now and then. */
export const MAX_WAITING_NOTICES = 10_000;

/**
 * Sends the notices of committed transactions, all that have come meanwhile in one go: commits that NOTIFY pass one after the
 * other, so whoever decides must not be among them.
 *
 *   idle    → until a notice
 *   sending → and again while others have come
 *
 * What is lost with the process, or while the database is away, is found by those who listen: each of them polls.
 */
export class Announcer {
  private readonly pool: Pool;
  private readonly logger: Logger;
  private waiting = new Map<string, Notice>();
  private sending: Promise<void> | undefined;

  /** The pool is best one of its own, of one connection. */
  constructor(pool: Pool, logger: Logger) {
    this.pool = pool;
    this.logger = logger;
  }

  readonly take = (notices: readonly Notice[]): void => {
    for (const notice of notices) this.waiting.set(`${notice.channel} ${notice.payload}`, notice);
    for (const key of this.waiting.keys()) {
      if (this.waiting.size <= MAX_WAITING_NOTICES) break;
      this.waiting.delete(key);
    }
    this.sending ??= this.send().finally(() => {
      this.sending = undefined;
    });
  };

  /** Resolves once everything taken so far has been sent. */
  async settled(): Promise<void> {
    while (this.sending !== undefined) await this.sending;
  }

  private async send(): Promise<void> {
    while (this.waiting.size > 0) {
      const notices = [...this.waiting.values()];
      this.waiting = new Map();
      try {
        await sendNotices(this.pool, notices);
      } catch (error) {
        this.logger[isTransient(error) ? "warn" : "error"]({ err: error, notices: notices.length }, "notices are lost");
      }
    }
  }
}
