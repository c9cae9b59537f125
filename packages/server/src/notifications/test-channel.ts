import { inTransaction } from "../platform/postgres.ts";
import type { Outcome } from "./channel.ts";
import { findSealedSecret } from "./channel-store.ts";
import { composeMessage } from "./compose-message.ts";
import { requireChannel } from "./manage-channels.ts";
import type { Notifications, Requester } from "./notifications.ts";
import { sendMessage } from "./send-claim.ts";

export interface TestReport extends Outcome {
  readonly messageId: string;
  readonly durationMs: number;
}

/** Sends a message now, past the queue and the limits, and answers what became of it; also over a disabled channel. */
export async function testChannel(notifications: Notifications, by: Requester, id: number): Promise<TestReport> {
  const { pool, clock, newId } = notifications;
  const { configuration, name } = await requireChannel(pool, by.organizationId, id);
  const sealedSecret = await findSealedSecret(pool, by.organizationId, id);
  const message = testMessage(newId(), name, clock.nowMicros());
  const beganMs = clock.monotonicMs();
  const outcome = await sendMessage(
    notifications,
    { configuration, sealedSecret },
    message,
    new AbortController().signal,
  );
  const durationMs = Math.round(clock.monotonicMs() - beganMs);
  await inTransaction(pool, (client) =>
    notifications.recordChange(client, by, { action: "channel.test", subject: `channel:${id}`, after: outcome }),
  );
  return { ...outcome, messageId: message.id, durationMs };
}

function testMessage(id: string, channelName: string, nowMicros: number) {
  return composeMessage({
    id,
    isDigest: false,
    notices: [
      {
        noticeId: id,
        alertId: id,
        event: "test",
        severity: "info",
        siteId: null,
        ruleId: null,
        deviceId: null,
        title: "A test of this channel",
        message: `Notices over the channel "${channelName}" arrive here.`,
        occurredAtMicros: nowMicros,
        data: {},
      },
    ],
    template: undefined,
    siteNames: new Map(),
  });
}
