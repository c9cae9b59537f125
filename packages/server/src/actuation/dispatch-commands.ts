import type { CommandMessage } from "@sluice/core/commands/messages.ts";
import { encodeCommand } from "@sluice/protocol/commands/command-codec.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Actuation } from "./actuation.ts";
import {
  type Claimed,
  claimQueued,
  devicesToAsk,
  markDispatching,
  takeRetransmissions,
} from "./command-queue-store.ts";
import { appendEvents } from "./command-store.ts";

/** Commands that one transaction takes from the queue; the caller comes back while there are more. */
export const CLAIM_LIMIT = 200;
/** A deadline in the device's own time comes from a sample of its clock that is at most this old. */
export const MAX_SAMPLE_AGE_MS = 60_000;

export interface Outgoing {
  readonly id: string;
  readonly deviceId: number;
  readonly payload: string;
}

export interface Dispatch {
  /** Committed as DISPATCHING: to be published now. */
  readonly outgoing: readonly Outgoing[];
  /** Devices whose clock must be asked for before their RUN can be sent; it stays queued. */
  readonly toAsk: readonly number[];
  /** True when there was more than one transaction takes. */
  readonly hasMore: boolean;
}

/**
 * Takes what is queued for these devices, fixes the bytes, and commits that they are being sent, before they are. `isGreeted`
 * tells whether a device has said hello in its present session: a clock sampled in an earlier one may be of another boot.
 */
export async function dispatchQueued(
  actuation: Actuation,
  deviceIds: readonly number[],
  isGreeted: (deviceId: number) => boolean,
): Promise<Dispatch> {
  const filter = { deviceIds, greetedIds: deviceIds.filter(isGreeted), maxSampleAgeMs: MAX_SAMPLE_AGE_MS };
  return inTransaction(actuation.pool, async (client) => {
    const claimed = await claimQueued(client, filter, CLAIM_LIMIT);
    const outgoing = claimed.map((command) => {
      const payload = encodeCommand(messageOf(command));
      return { id: command.id, deviceId: command.deviceId, payload };
    });
    await markDispatching(client, outgoing);
    await appendEvents(
      client,
      outgoing.map(({ id }) => ({ commandId: id, what: "dispatched", state: "DISPATCHING", who: "gateway" })),
    );
    return { outgoing, toAsk: await devicesToAsk(client, filter), hasMore: claimed.length === CLAIM_LIMIT };
  });
}

/** Takes the commands that are to be sent once more, and notes that they are. */
export async function takeUnanswered(
  actuation: Actuation,
  cameBack: readonly number[],
  silentMs: number,
): Promise<readonly Outgoing[]> {
  return inTransaction(actuation.pool, async (client) => {
    const taken = await takeRetransmissions(client, cameBack, silentMs, CLAIM_LIMIT);
    await appendEvents(
      client,
      taken.map(({ id }) => ({ commandId: id, what: "retransmitted", state: "DISPATCHING", who: "gateway" })),
    );
    return taken;
  });
}

function messageOf(command: Claimed): CommandMessage {
  const { id, actuatorKey: actuator, fence } = command;
  if (command.kind === "STOP") return { id, actuator, kind: "STOP", ...(fence === null ? {} : { fence }) };
  if (command.kind === "SET") return { id, actuator, kind: "SET", fence: fence!, release: command.releases ?? [] };
  if (command.kind !== "RUN") throw new Error(`a command of kind ${command.kind} cannot be sent yet`);
  const run = { id, actuator, kind: "RUN", fence: fence! } as const;
  const limits = { durationMs: command.durationMs!, cooldownMs: command.cooldownMs ?? 0 };
  return { ...run, ...limits, ...deadlineOf(command) };
}

/**
 * The deadline in the device's own clock; the sample was older than it looked when it arrived, so this errs early. A device
 * that has never said hello keeps no boots, and gets a wall-clock deadline.
 */
function deadlineOf({ bootId, monoMs, sampledMicros, deadlineMicros }: Claimed) {
  if (bootId === null || monoMs === null || sampledMicros === null) return { expiresAtMicros: deadlineMicros! };
  return { bootId, validUntilMonoMs: monoMs + (deadlineMicros! - sampledMicros) / 1000 };
}
