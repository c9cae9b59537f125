/** The part of a WebSocket that messages go out by. */
export interface OutgoingSocket {
  /** Bytes that wait in this process for a consumer that reads more slowly than it is written to. */
  readonly bufferedAmount: number;
  send(text: string, onWritten: (error?: Error) => void): void;
}

export interface OutboxOptions {
  readonly socket: OutgoingSocket;
  /** More changes wait than are kept: a snapshot has to stand in for them. Told once until the snapshot has come. */
  readonly onOverflow: () => void;
  readonly limits?: OutboxLimits;
}

export interface OutboxLimits {
  /** Beyond this nothing more is handed to the socket until it has drained. */
  readonly highWaterBytes: number;
  /** Things of which a change may wait; each waits once, in its latest state. */
  readonly maxWaiting: number;
}

export const OUTBOX_LIMITS: OutboxLimits = { highWaterBytes: 256 * 1024, maxWaiting: 2_000 };

export type OutgoingMessage = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * What goes out to one consumer, numbered from 1 without a gap.
 *
 *   flowing   → messages go to the socket as they come
 *   waiting   → the socket is full: of each thing only the latest change is kept, and goes out once it has drained
 *   overflown → too many things have changed: their changes are dropped, and a snapshot is asked for
 */
export class Outbox {
  private readonly socket: OutgoingSocket;
  private readonly onOverflow: () => void;
  private readonly limits: OutboxLimits;
  private readonly waiting = new Map<string, OutgoingMessage>();
  private snapshot: OutgoingMessage | undefined;
  private isOverflown = false;
  private seq = 0;

  constructor({ socket, onOverflow, limits = OUTBOX_LIMITS }: OutboxOptions) {
    this.socket = socket;
    this.onOverflow = onOverflow;
    this.limits = limits;
  }

  /** At once, whatever waits: answers and errors, of which there are few. */
  say(message: OutgoingMessage): void {
    this.send(message);
  }

  /** Stands in for every change that still waits, because those were read before it. */
  putSnapshot(message: OutgoingMessage): void {
    this.waiting.clear();
    this.isOverflown = false;
    this.snapshot = message;
    this.pump();
  }

  /** `key` names the thing: a later change of it takes the place of one that still waits. */
  putChange(key: string, message: OutgoingMessage): void {
    if (this.isOverflown) return;
    if (!this.waiting.has(key) && this.waiting.size >= this.limits.maxWaiting) {
      this.waiting.clear();
      this.isOverflown = true;
      this.onOverflow();
      return;
    }
    this.waiting.set(key, message);
    this.pump();
  }

  private pump(): void {
    while (this.socket.bufferedAmount < this.limits.highWaterBytes) {
      const message = this.next();
      if (message === undefined) return;
      this.send(message);
    }
  }

  private next(): OutgoingMessage | undefined {
    const { snapshot } = this;
    this.snapshot = undefined;
    if (snapshot !== undefined) return snapshot;
    for (const [key, message] of this.waiting) {
      this.waiting.delete(key);
      return message;
    }
    return undefined;
  }

  private send(message: OutgoingMessage): void {
    this.socket.send(JSON.stringify({ seq: ++this.seq, ...message }), (error) => {
      // A socket that failed closes, and is no more to be written to.
      if (!error) this.pump();
    });
  }
}
