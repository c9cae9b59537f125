import type { SluiceError } from "@sluice/core/errors.ts";
import type { OfferOutcome, RejectedRow } from "../../pipeline/index.ts";
import type { Logger } from "../../platform/logger.ts";
import type { IngestCounters } from "../counters.ts";
import type { IngestLimits } from "../limits.ts";
import type { MqttSession, TelemetryMessage } from "./session.ts";
import type { Group } from "./telemetry-gatherer.ts";

export interface GroupSettlerDeps {
  readonly limits: IngestLimits;
  readonly counters: IngestCounters;
  readonly logger: Logger;
  /** Sets messages aside; resolves once they are committed. */
  readonly recordRejected: (rows: readonly RejectedRow[]) => Promise<void>;
  /** A session let messages go: it may be read again. */
  readonly onRoom: (session: MqttSession) => void;
  /** Ends a session whose messages could not be stored, so that it sends them again. */
  readonly disconnect: (session: MqttSession, reason: string) => void;
}

/** Acknowledges what a group holds: what was stored after its commit, what was refused once it is set aside. */
export class GroupSettler {
  private readonly deps: GroupSettlerDeps;
  private readonly running = new Set<Promise<void>>();
  private pendingRejections = 0;

  constructor(deps: GroupSettlerDeps) {
    this.deps = deps;
  }

  settle(group: Group, committed: Promise<OfferOutcome>): void {
    const settled = this.settleGroup(group, committed).finally(() => this.running.delete(settled));
    this.running.add(settled);
  }

  /** Resolves once nothing is on its way any more. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  /** Sets one message aside that is no telemetry. Rejects when that failed. */
  async setAside(session: MqttSession, payload: Buffer, error: SluiceError): Promise<void> {
    this.deps.counters.refused++;
    await this.record([rowOf(session, payload, error)]);
  }

  private async settleGroup(group: Group, committed: Promise<OfferOutcome>): Promise<void> {
    const { counters } = this.deps;
    const { messages, ends, refused } = group;
    try {
      const { rejected } = await committed;
      counters.stored += (ends.at(-1) ?? 0) - rejected.length;
      for (const { index, error } of rejected) refused.set(messageOf(ends, index), error);
    } catch (error) {
      this.failed(messages, error);
      return;
    }
    counters.refused += refused.size;
    this.acknowledge(messages.filter((_, index) => !refused.has(index)));
    if (refused.size > 0) await this.settleRefused(messages, refused);
  }

  private async settleRefused(messages: readonly TelemetryMessage[], refused: Group["refused"]): Promise<void> {
    const set = [...refused]
      .map(([index, error]) => ({ message: messages[index]!, error }))
      .filter(({ message }) => message.qos > 0 || this.pendingRejections < this.deps.limits.maxPendingRejections);
    try {
      await this.record(set.map(({ message, error }) => rowOf(message.session, message.payload, error)));
    } catch (error) {
      this.failed(
        set.map(({ message }) => message),
        error,
      );
      return;
    }
    this.acknowledge(set.map(({ message }) => message));
  }

  private acknowledge(messages: readonly TelemetryMessage[]): void {
    const sessions = new Set<MqttSession>();
    for (const message of messages) {
      message.isSettled = true;
      if (message.qos > 0) sessions.add(message.session);
    }
    for (const session of sessions) {
      session.acknowledgeSettled();
      this.deps.onRoom(session);
    }
  }

  private async record(rows: readonly RejectedRow[]): Promise<void> {
    if (rows.length === 0) return;
    this.pendingRejections += rows.length;
    try {
      await this.deps.recordRejected(rows);
    } finally {
      this.pendingRejections -= rows.length;
    }
  }

  private failed(messages: readonly TelemetryMessage[], error: unknown): void {
    const { counters, disconnect, logger } = this.deps;
    const sessions = new Set<MqttSession>();
    for (const { qos, session } of messages) {
      if (qos === 0) counters.qos0Dropped++;
      else sessions.add(session);
    }
    logger.warn({ error, sessions: sessions.size }, "messages were not stored; their senders are to send them again");
    for (const session of sessions) disconnect(session, "its messages could not be stored");
  }
}

/** The message that a reading of the batch came from: the first that ends after it. */
function messageOf(ends: readonly number[], reading: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! > reading) high = middle;
    else low = middle + 1;
  }
  return low;
}

function rowOf(session: MqttSession, payload: Buffer, error: SluiceError): RejectedRow {
  const { organizationId, uid } = session.device;
  return { organizationId, deviceUid: uid, source: "mqtt", code: error.code, reason: error.message, payload };
}
