import { PollingWorker } from "../platform/polling-worker.ts";
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
 * A round claims messages, urgent ones first, while there are any and fewer than `MAX_SENDS` are on their way; a message that has
 * ended is a nudge.
 *
 * Workers may be as many as one likes, and may be killed at any line: a message that was being sent then is sent again under
 * the same id once its lease has run out.
 */
export class DeliveryWorker extends PollingWorker {
  private readonly notifications: Notifications;
  private readonly sends = new Map<Promise<void>, boolean>();
  private readonly ending = new AbortController();
  private sweptAtMs: number | undefined;

  constructor(notifications: Notifications) {
    const { clock, logger } = notifications;
    super({ clock, logger, name: "deliveries", failure: "notifications could not go on" });
    this.notifications = notifications;
  }

  /** Ends what is on its way, which is sent again under the same id by whoever comes next. */
  override async stop(): Promise<void> {
    const stopped = super.stop();
    this.ending.abort(new Error("the server stops"));
    await stopped;
  }

  /** Resolves once everything that can be sent now has been. */
  override async settled(): Promise<void> {
    await super.settled();
    while (this.sends.size > 0) {
      await Promise.all(this.sends.keys());
      await super.settled();
    }
  }

  /** It ends when what can be sent is on its way; a message that has ended nudges. */
  protected override async round(): Promise<void> {
    await escalate(this.notifications);
    await this.claimWhilePossible();
    await this.sweep();
  }

  protected override pauseMs(): number {
    return DELIVERY_POLL_MS;
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
