import type { OutgoingReading } from "./outgoing-reading.ts";

export interface SendCounters {
  /** Readings handed to the wire. */
  readonly sent: number;
  /** Readings that the server has confirmed as stored. */
  readonly acknowledged: number;
  /** Readings that the server refused one by one; it will not take them later either. */
  readonly refused: number;
  /** The first refusal's reason. */
  readonly firstRefusal: string | undefined;
}

/** A way of sending one device's readings, in order, whatever the protocol. */
export interface ReadingSender {
  start(): Promise<void>;
  /** Resolves when there is room for the next one: what is under way is bounded. */
  send(reading: OutgoingReading): Promise<void>;
  /** Resolves when everything sent was acknowledged or refused; rejects when the server is given up. */
  drain(): Promise<void>;
  stop(): Promise<void>;
  readonly counters: SendCounters;
}
