import type { Clock } from "../clock.ts";
import { MqttConnection, type MqttIdentity } from "./mqtt-connection.ts";
import { type OutgoingReading, toTelemetryJson } from "./outgoing-reading.ts";
import type { ReadingSender, SendCounters } from "./reading-sender.ts";
import { GIVE_UP_AFTER_MS } from "./retry.ts";

/** Enough to keep a link busy whose commits take 20 ms; fewer than what a server may hold unacknowledged for one client. */
const MAX_IN_FLIGHT = 500;

/**
 * One message a reading, QoS 1. What was not acknowledged when a connection broke goes first on the next one, all at once
 * and in order: the client library's own resending waits for one acknowledgement after the other.
 */
export class MqttSender implements ReadingSender {
  private readonly connection: MqttConnection;
  /** Number of a reading → its message, in the order in which they were sent. */
  private readonly unacknowledged = new Map<number, string>();
  private sent = 0;
  private failure: { readonly error: unknown } | undefined;
  private wake: (() => void) | undefined;

  constructor(identity: MqttIdentity, clock: Clock) {
    this.connection = new MqttConnection(identity, clock, {
      giveUpAfterMs: GIVE_UP_AFTER_MS,
      onConnect: () => this.sendAgain(),
      onFailed: (error) => {
        this.failure = { error };
        this.wake?.();
      },
    });
  }

  start(): Promise<void> {
    return this.connection.start();
  }

  async send(reading: OutgoingReading): Promise<void> {
    await this.until(MAX_IN_FLIGHT - 1);
    const number = this.sent++;
    const message = toTelemetryJson(reading);
    this.unacknowledged.set(number, message);
    if (this.connection.isConnected) this.publish(number, message);
  }

  drain(): Promise<void> {
    return this.until(0);
  }

  stop(): Promise<void> {
    return this.connection.stop();
  }

  get counters(): SendCounters {
    const acknowledged = this.sent - this.unacknowledged.size;
    return { sent: this.sent, acknowledged, refused: 0, firstRefusal: undefined };
  }

  private sendAgain(): void {
    for (const [number, message] of this.unacknowledged) this.publish(number, message);
  }

  private publish(number: number, message: string): void {
    this.connection.publish("telemetry", message).then(
      () => {
        this.unacknowledged.delete(number);
        this.wake?.();
      },
      // Lost with its connection: the next one sends it again, and a final failure is told by `onFailed`.
      () => {},
    );
  }

  /** Waits until at most so many are in flight. */
  private async until(inFlight: number): Promise<void> {
    while (this.failure === undefined && this.unacknowledged.size > inFlight) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.failure !== undefined) throw this.failure.error;
  }
}
