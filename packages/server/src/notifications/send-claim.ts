import { findSite } from "../devices/index.ts";
import { isTransient } from "../platform/postgres.ts";
import type { Outcome, OutgoingMessage } from "./channel.ts";
import { openSecrets } from "./channel-secret.ts";
import type { Claim } from "./claim-message.ts";
import { composeMessage } from "./compose-message.ts";
import { clip, storable } from "./notice.ts";
import { type Notifications, nowMs } from "./notifications.ts";
import { recordOutcome } from "./record-outcome.ts";
import { untilAborted } from "./senders/until-aborted.ts";

/**
 * Sends what was claimed and records what became of it. Who is killed between the two leaves a message that is sent twice, under
 * the same id.
 */
export async function sendClaim(notifications: Notifications, claim: Claim, signal: AbortSignal): Promise<void> {
  const { clock, logger } = notifications;
  const startedAtMs = nowMs(notifications);
  const beganMs = clock.monotonicMs();
  const outcome = await composeAndSend(notifications, claim, signal);
  const durationMs = clock.monotonicMs() - beganMs;
  const isRecorded = await recordOutcome(notifications, claim, { outcome, startedAtMs, durationMs });
  const { channelId } = claim.lane;
  if (!isRecorded) logger.warn({ channelId, messageId: claim.messageId }, "a message took longer than its lease");
  else if (outcome.kind !== "sent") {
    logger.warn(
      { channelId, messageId: claim.messageId, outcome: outcome.kind, error: outcome.error },
      "not delivered",
    );
  }
}

async function composeAndSend(notifications: Notifications, claim: Claim, signal: AbortSignal): Promise<Outcome> {
  let message: OutgoingMessage;
  try {
    message = await compose(notifications, claim);
  } catch (error) {
    // While the database is away nothing can be recorded either: the lease runs out, and it is sent after that.
    if (isTransient(error)) throw error;
    return writable({ kind: "refused", error: `It could not be written: ${reasonOf(error)}` });
  }
  const outcome = await sendMessage(notifications, claim, message, signal);
  return { ...outcome, note: [message.note, outcome.note].filter((text) => text !== undefined).join(" ") || undefined };
}

/** Less than a lease: a lane is free again before another worker could take it. */
const SEND_LIMIT_MS = 45_000;
/** What is longer of a receiver's words is cut. */
const MAX_REASON_LENGTH = 1_000;

type Addressed = Pick<Claim, "configuration" | "sealedSecret">;

/**
 * Sends one message. What a sender throws is an outcome too, and every outcome can be stored, whatever words a stranger's server
 * put into it: a message must come to an end whatever happens.
 */
export async function sendMessage(
  notifications: Notifications,
  { configuration, sealedSecret }: Addressed,
  message: OutgoingMessage,
  signal: AbortSignal,
): Promise<Outcome> {
  const send = notifications.senders[configuration.kind];
  if (send === undefined) return { kind: "failed", error: unconfigured(configuration.kind) };
  const limit = new AbortController();
  const tooSlow = new Error(`It took longer than ${SEND_LIMIT_MS / 1000} s.`);
  const cancel = notifications.clock.after(SEND_LIMIT_MS, () => limit.abort(tooSlow));
  try {
    const signingSecrets = openSecrets(notifications.sealer, sealedSecret, nowMs(notifications));
    const ending = AbortSignal.any([signal, limit.signal]);
    // Also where a sender does not mind the signal: its place among the sends is free again.
    return writable(await untilAborted(send({ configuration, signingSecrets }, message, ending), ending));
  } catch (error) {
    if (signal.aborted) return { kind: "interrupted", error: "The server stopped before the answer." };
    notifications.logger.info({ err: error }, "a message could not be sent");
    return writable({ kind: "failed", error: reasonOf(error) });
  } finally {
    cancel();
  }
}

function writable(outcome: Outcome): Outcome {
  const { error, note } = outcome;
  return { ...outcome, error: error && storedReason(error), note: note && storedReason(note) };
}

function storedReason(text: string): string {
  return clip(storable(text), MAX_REASON_LENGTH);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function unconfigured(kind: string): string {
  const variables = kind === "email" ? "SLUICE_SMTP_URL and SLUICE_SMTP_FROM" : "SLUICE_SMS_URL and SLUICE_SMS_FROM";
  return `This installation cannot send ${kind === "email" ? "mail" : "SMS"}: set ${variables} and start it again.`;
}

async function compose({ pool }: Notifications, claim: Claim): Promise<OutgoingMessage> {
  const siteNames = new Map<number, string>();
  for (const siteId of new Set(claim.notices.map((notice) => notice.siteId))) {
    const site = siteId === null ? undefined : await findSite(pool, claim.lane.organizationId, siteId);
    if (site !== undefined) siteNames.set(site.id, site.name);
  }
  return composeMessage({
    id: claim.messageId,
    isDigest: claim.isDigest,
    notices: claim.notices,
    template: claim.templates[claim.configuration.kind],
    siteNames,
  });
}
