import { Queue } from "./queue.ts";

/** A message that waits for what it says to be committed. */
export interface Unacknowledged {
  isSettled: boolean;
  /** Lets the broker acknowledge it. */
  readonly done: (error?: Error | null) => void;
}

/**
 * Acknowledges messages in the order they were received, each once it and all before it are settled: MQTT 3.1.1 wants
 * PUBACKs in the order of their messages (4.6). Telemetry has a faster one of its own in its session.
 */
export class AckLane<T extends Unacknowledged> {
  private readonly messages = new Queue<T>();

  push(message: T): void {
    this.messages.push(message);
  }

  settle(message: T): void {
    message.isSettled = true;
    for (let next = this.messages.peek(); next?.isSettled === true; next = this.messages.peek()) {
      this.messages.shift();
      next.done();
    }
  }

  clear(): void {
    this.messages.clear();
  }
}
