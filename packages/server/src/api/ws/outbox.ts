import { type MessageText, readingsText } from "./messages.ts";

/** The part of a WebSocket that messages go out by. */
export interface OutgoingSocket {
  /** Bytes that wait in this process for a consumer that reads more slowly than it is written to. */
  readonly bufferedAmount: number;
  send(text: string, onWritten: (error?: Error) => void): void;
}

export interface OutboxOptions {
  readonly socket: OutgoingSocket;
  /** By which a cursor is known to be of this process. */
  readonly streamId: string;
  /** More changes waited than are kept, and now they can go out: a snapshot has to stand in for them. */
  readonly onOverflow: (reached: number | undefined) => void;
  readonly limits?: OutboxLimits | undefined;
  readonly budget?: SendBudget | undefined;
}

export interface OutboxLimits {
  /** Beyond this nothing more is handed to the socket until it has drained. */
  readonly highWaterBytes: number;
  /** Things of which a change may wait; each waits once, in its latest state. */
  readonly maxWaiting: number;
}

export const OUTBOX_LIMITS: OutboxLimits = { highWaterBytes: 64 * 1024, maxWaiting: 2_000 };

/** What all connections of a process may have handed to their sockets; beyond it only those that read get anything. */
export const MAX_SENDING_CHARACTERS = 64 * 1024 * 1024;

/** Characters on their way out over all connections. */
export class SendBudget {
  private sending = 0;
  private readonly max: number;

  constructor(max = MAX_SENDING_CHARACTERS) {
    this.max = max;
  }

  get isSpent(): boolean {
    return this.sending >= this.max;
  }

  add(characters: number): void {
    this.sending += characters;
  }
}

/** A device's latest values: whoever sends them sends them as they are by then. */
export interface OutgoingState {
  readonly text: string;
}

/**
 * What goes out to one consumer, numbered from 1 without a gap.
 *
 *   flowing   → messages go to the socket as they come
 *   waiting   → the socket is full: of each thing only the latest change is kept, of each device that it has changed, and goes
 *               out once it has drained
 *   overflown → too many things have changed: their changes are dropped, and a snapshot is asked for once it has drained
 */
export class Outbox {
  private readonly socket: OutgoingSocket;
  private readonly streamId: string;
  private readonly onOverflow: OutboxOptions["onOverflow"];
  private readonly limits: OutboxLimits;
  private readonly budget: SendBudget;
  private readonly waiting = new Map<string, () => MessageText>();
  private snapshot: (() => MessageText) | undefined;
  private states = new Set<OutgoingState>();
  private isStatesSnapshot = false;
  private isOverflown = false;
  private isSnapshotAsked = false;
  private isClosed = false;
  private seq = 0;
  private sending = 0;
  /** Everything up to this change has been put; and handed to the socket. */
  private put: number | undefined;
  private sent: number | undefined;
  /** Messages that the socket has written. */
  written = 0;

  constructor(options: OutboxOptions) {
    const { socket, streamId, onOverflow, limits = OUTBOX_LIMITS, budget = new SendBudget() } = options;
    this.socket = socket;
    this.streamId = streamId;
    this.onOverflow = onOverflow;
    this.limits = limits;
    this.budget = budget;
  }

  /** Something waits, because the consumer is slow. */
  get isWaiting(): boolean {
    return this.snapshot !== undefined || this.waiting.size > 0 || this.states.size > 0 || this.isOverflown;
  }

  /** At once, whatever waits: answers and errors, of which there are few. */
  say(message: { readonly type: string } & Readonly<Record<string, unknown>>): void {
    const { type, ...more } = message;
    this.send(JSON.stringify({ type, ...more }) as MessageText);
  }

  /**
   * Stands in for every change that still waits, because those were read before it. What has to be told besides follows it, and
   * is not held against the limit: a snapshot that could not be sent whole would be asked for again and again.
   */
  putSnapshot(text: () => MessageText, following: readonly (readonly [string, () => MessageText])[] = []): void {
    this.waiting.clear();
    for (const [key, change] of following) this.waiting.set(key, change);
    this.isOverflown = false;
    this.isSnapshotAsked = false;
    this.snapshot = text;
    this.pump();
  }

  /** `key` names the thing: a later change of it takes the place of one that still waits. */
  putChange(key: string, text: () => MessageText): void {
    if (this.isOverflown) return;
    if (!this.waiting.has(key) && this.waiting.size >= this.limits.maxWaiting) {
      this.waiting.clear();
      this.isOverflown = true;
      return;
    }
    this.waiting.set(key, text);
    this.pump();
  }

  /** These have changed, and are sent as they are when the consumer can take them. */
  putStates(states: Iterable<OutgoingState>): void {
    for (const state of states) this.states.add(state);
    this.pump();
  }

  /** All that the consumer watches from here on; nothing else waits then. */
  putStatesSnapshot(states: Iterable<OutgoingState>): void {
    this.states = new Set(states);
    this.isStatesSnapshot = true;
    this.pump();
  }

  /**
   * Everything up to the change of this number has been put. Later messages tell it, as soon as nothing of it waits any more:
   * who has seen such a message has seen all before it.
   */
  reach(number: number): void {
    this.put = number;
    if (this.isCaughtUp) this.sent = number;
  }

  /** The client has said that it knows everything up to this change, of a connection before. */
  begin(number: number): void {
    this.sent ??= number;
  }

  private get isCaughtUp(): boolean {
    return this.waiting.size === 0 && this.snapshot === undefined && !this.isOverflown;
  }

  close(): void {
    this.isClosed = true;
    this.budget.add(-this.sending);
    this.sending = 0;
    this.waiting.clear();
    this.states.clear();
    this.snapshot = undefined;
  }

  private pump(): void {
    while (!this.isClosed && this.hasRoom()) {
      const message = this.next();
      if (message === undefined) return;
      this.send(message);
    }
  }

  private hasRoom(): boolean {
    const { bufferedAmount } = this.socket;
    return bufferedAmount < (this.budget.isSpent ? 1 : this.limits.highWaterBytes);
  }

  private next(): MessageText | undefined {
    const { snapshot, states } = this;
    if (snapshot !== undefined) {
      this.snapshot = undefined;
      return snapshot();
    }
    for (const [key, text] of this.waiting) {
      this.waiting.delete(key);
      return text();
    }
    if (states.size > 0 || this.isStatesSnapshot) {
      const text = readingsText(states, this.isStatesSnapshot);
      states.clear();
      this.isStatesSnapshot = false;
      return text;
    }
    if (this.isOverflown && !this.isSnapshotAsked) {
      this.isSnapshotAsked = true;
      this.onOverflow(this.sent);
    }
    return undefined;
  }

  private send(message: MessageText): void {
    if (this.isClosed) return;
    if (this.isCaughtUp) this.sent = this.put ?? this.sent;
    const cursor = this.isCaughtUp && this.put !== undefined ? `"cursor":"${this.streamId}-${this.put}",` : "";
    const text = `{"seq":${++this.seq},${cursor}${message.slice(1)}`;
    this.sending += text.length;
    this.budget.add(text.length);
    this.socket.send(text, (error) => {
      // A socket that failed closes, and is no more to be written to.
      if (this.isClosed) return;
      this.sending -= text.length;
      this.budget.add(-text.length);
      if (error) return;
      this.written++;
      this.pump();
    });
  }
}
