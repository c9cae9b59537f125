import { isTransient } from "../platform/postgres.ts";
import { type WorkerRound, WorkerRounds } from "../platform/worker-rounds.ts";
import { type Claim, claimMessage } from "./claim-message.ts";
import { escalate } from "./escalate.ts";
import { type Notifications, nowMs } from "./notifications.ts";
import { sendClaim } from "./send-claim.ts";
import { sweepDeliveries } from "./sweep-deliveries.ts";

/** Without a nudge it looks this often; a delivery that is due at a time of its own is late by no more. */
export const DELIVERY_POLL_MS = 1_000;
/** Messages that one process sends at the same time, each of another lane. */
export const MAX_SENDS = 8;
/** Of these, only for urgent lanes: slow receivers of bulk cannot take them. */
export const URGENT_SENDS = 2;
const SWEEP_INTERVAL_MS = 3_600_000;

/**
 * Sends what is queued, and escalates.
 *
 *   idle    → until a nudge (something was queued) or the poll
 *   filling → claims messages, urgent ones first, while there are any and fewer than `MAX_SENDS` are on their way
 *   a message that has ended nudges
 *
 * Workers may be as many as one likes, and may be killed at any line: a message that was being sent then is sent again under
 * the same id once its lease has run out.
 */
export class DeliveryWorker {
  private readonly notifications: Notifications;
  private readonly rounds: WorkerRounds;
  private readonly sends = new Map<Promise<void>, boolean>();
  private readonly ending = new AbortController();
  private cancelPoll: () => void = () => {};
  private filling: Promise<void> | undefined;
  private isNudged = false;
  private isRunning = false;
  private sweptAtMs: number | undefined;

  constructor(notifications: Notifications) {
    this.notifications = notifications;
    this.rounds = new WorkerRounds("deliveries", notifications.clock);
  }

  start(): void {
    this.isRunning = true;
    this.nudge();
  }

  /** Ends what is on its way, which is sent again under the same id by whoever comes next. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.cancelPoll();
    this.ending.abort(new Error("the server stops"));
    await this.settled();
  }

  /** Resolves once everything that can be sent now has been. */
  async settled(): Promise<void> {
    while (this.filling !== undefined || this.sends.size > 0) {
      await this.filling;
      await Promise.all(this.sends.keys());
    }
  }

  /** Costs nothing when it is looking already. */
  nudge(): void {
    this.isNudged = true;
    if (!this.isRunning || this.filling !== undefined) return;
    this.cancelPoll();
    this.filling = this.fill().finally(() => {
      this.filling = undefined;
      if (!this.isRunning) return;
      if (this.isNudged) this.nudge();
      else this.cancelPoll = this.notifications.clock.after(DELIVERY_POLL_MS, () => this.nudge());
    });
  }

  /** How it is, for whoever watches over it. A round ends when what can be sent is on its way. */
  health(): WorkerRound {
    return this.rounds.health(this.isRunning);
  }

  private fill(): Promise<void> {
    const { notifications } = this;
    this.isNudged = false;
    return this.rounds.work(
      async () => {
        await escalate(notifications);
        await this.claimWhilePossible();
        await this.sweep();
      },
      // The next poll tries again; a database that is away for a moment is no news.
      (error) =>
        notifications.logger[isTransient(error) ? "warn" : "error"]({ err: error }, "notifications could not go on"),
    );
  }

  private async claimWhilePossible(): Promise<void> {
    const passedOver: string[] = [];
    while (this.isRunning && this.sends.size < MAX_SENDS) {
      const answer = await claimMessage(this.notifications, { urgentOnly: this.isBulkFull(), passedOver });
      if (answer === undefined) return;
      if ("claim" in answer) this.send(answer.claim);
      else passedOver.push(answer.passOver);
    }
  }

  private isBulkFull(): boolean {
    return [...this.sends.values()].filter((isUrgent) => !isUrgent).length >= MAX_SENDS - URGENT_SENDS;
  }

  private send(claim: Claim): void {
    const { logger } = this.notifications;
    const sending = sendClaim(this.notifications, claim, this.ending.signal)
      .catch((error) => logger.error({ err: error, channelId: claim.lane.channelId }, "an outcome was not recorded"))
      .finally(() => {
        this.sends.delete(sending);
        this.nudge();
      });
    this.sends.set(sending, claim.lane.isUrgent);
  }

  private async sweep(): Promise<void> {
    const now = nowMs(this.notifications);
    if (this.sweptAtMs !== undefined && now - this.sweptAtMs < SWEEP_INTERVAL_MS) return;
    this.sweptAtMs = now;
    const isSwept = await sweepDeliveries(this.notifications);
    // The rest goes with the next round.
    if (!isSwept) this.sweptAtMs = undefined;
  }
}
