import type { CommandMessage } from "@sluice/core/commands/messages.ts";
import { encodeCommand } from "@sluice/protocol/commands/command-codec.ts";
import type { Actuation } from "./actuation.ts";
import type { Claimed, CommandEvent, RetransmissionFilter } from "./actuation-store.ts";

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
  return actuation.store.transaction(async (tx) => {
    const claimed = await tx.claimQueued(filter, CLAIM_LIMIT);
    const taken = claimed.map((command) => {
      const payload = command.payload ?? encodeCommand(messageOf(command));
      return { id: command.id, deviceId: command.deviceId, payload };
    });
    const marked = new Set(taken.length === 0 ? [] : await tx.markDispatching(taken));
    const outgoing = taken.filter(({ id }) => marked.has(id));
    const events = outgoing.map(({ id }) => dispatched(id));
    const [toAsk] = await Promise.all([
      tx.devicesToAsk(filter),
      ...(events.length === 0 ? [] : [tx.appendEvents(events)]),
    ]);
    return { outgoing, toAsk, hasMore: claimed.length === CLAIM_LIMIT };
  });
}

function dispatched(commandId: string): CommandEvent {
  return { commandId, what: "dispatched", state: "DISPATCHING", who: "gateway" };
}

/** Takes the commands that are to be sent once more, and notes that they are. */
export async function takeUnanswered(actuation: Actuation, filter: RetransmissionFilter): Promise<readonly Outgoing[]> {
  return actuation.store.transaction(async (tx) => {
    const taken = await tx.takeRetransmissions(filter, CLAIM_LIMIT);
    await tx.appendEvents(
      taken.map(({ id }) => ({ commandId: id, what: "retransmitted", state: "DISPATCHING", who: "gateway" })),
    );
    return taken;
  });
}

function messageOf(command: Claimed): CommandMessage {
  const { id, actuatorKey: actuator, kind } = command;
  if (kind === "STOP") {
    // With a fence only a trip has a reason; without one a STOP has its bytes already.
    return { id, actuator, kind, ...present({ fence: command.fence, reason: command.reason }) };
  }
  const base = { id, actuator, fence: command.fence! };
  if (kind === "SET") {
    const { value, unit } = command;
    return { ...base, kind, release: command.releases ?? [], ...present({ value, unit }) };
  }
  const start = {
    ...base,
    durationMs: command.durationMs!,
    cooldownMs: command.cooldownMs ?? 0,
    ...(command.isOverride ? { override: true as const } : {}),
    ...deadlineOf(command),
  };
  return kind === "RUN" ? { ...start, kind } : { ...start, kind, amount: command.amount!, unit: command.unit! };
}

/** Leaves out what is null. */
function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as never;
}

/**
 * The deadline in the device's own clock; the sample was older than it looked when it arrived, so this errs early. A device
 * that has never said hello keeps no boots, and gets a wall-clock deadline.
 */
function deadlineOf({ bootId, monoMs, sampledMicros, deadlineMicros }: Claimed) {
  if (bootId === null || monoMs === null || sampledMicros === null) return { expiresAtMicros: deadlineMicros! };
  return { bootId, validUntilMonoMs: monoMs + (deadlineMicros! - sampledMicros) / 1000 };
}
