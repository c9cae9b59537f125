import type { Clock } from "../../platform/clock.ts";
import type { IngestLimits } from "../limits.ts";
import { Queue } from "./queue.ts";
import type { MqttSession } from "./session.ts";

/** How often the keepalives of sockets that are not read are renewed; MQTT's shortest runs out after 1.5 s. */
const KEEPALIVE_TOUCH_MS = 500;

/**
 * Reads the sockets of all sessions in turns: a little from each in a row, so much in one turn of the event loop, and none
 * that holds its share of unacknowledged messages. A sender that is held back so is not silent, so its keepalive is renewed.
 */
export class SocketReader {
  private readonly limits: IngestLimits;
  private readonly clock: Clock;
  private readonly scheduleTurn: () => void;
  private readonly onMisbehaviour: (session: MqttSession, reason: string) => void;
  private readonly readable = new Queue<MqttSession>();
  private readonly parked = new Set<MqttSession>();
  private cancelTouch: (() => void) | undefined;

  constructor(
    limits: IngestLimits,
    clock: Clock,
    scheduleTurn: () => void,
    onMisbehaviour: (session: MqttSession, reason: string) => void,
  ) {
    this.limits = limits;
    this.clock = clock;
    this.scheduleTurn = scheduleTurn;
    this.onMisbehaviour = onMisbehaviour;
  }

  /** There is something to read, or the session may read again. */
  wake(session: MqttSession): void {
    if (session.isReadScheduled) return;
    session.isReadScheduled = true;
    this.readable.push(session);
    this.scheduleTurn();
  }

  /** The session may have got room: reads on if it was held back. */
  wakeIfParked(session: MqttSession): void {
    if (session.isReadParked && session.mayRead()) {
      this.unpark(session);
      this.wake(session);
    }
  }

  /** Reads until the turn's budget is spent; true when sockets are left to be read. */
  readSome(): boolean {
    let budget = this.limits.readBudgetBytes;
    while (budget > 0) {
      const session = this.readable.shift();
      if (session === undefined) return false;
      session.isReadScheduled = false;
      budget -= this.visit(session);
    }
    return this.readable.length > 0;
  }

  forget(session: MqttSession): void {
    this.unpark(session);
  }

  stop(): void {
    this.cancelTouch?.();
    this.cancelTouch = undefined;
    this.parked.clear();
  }

  /** Reads a quantum of one socket; answers how many bytes that were. */
  private visit(session: MqttSession): number {
    if (session.isClosed) return 0;
    if (!session.mayRead()) {
      this.park(session);
      return 0;
    }
    const { conn } = session.client;
    const size = Math.min(conn.readableLength, session.readQuantumBytes);
    const bytes: Buffer | null = size === 0 ? null : conn.read(size);
    if (bytes !== null) this.parse(session, bytes);
    if (session.isClosed) return size;
    if (conn.readableLength > 0) this.wake(session);
    // Asks the socket for more, and lets an end that was reached be noticed.
    else conn.read(0);
    return size;
  }

  private parse(session: MqttSession, bytes: Buffer): void {
    const { _parser: parser } = session.client;
    try {
      parser.parse(bytes);
    } catch {
      this.onMisbehaviour(session, "a malformed packet");
      return;
    }
    if (!session.isClosed && parser.packet.length > this.limits.maxPacketBytes) {
      this.onMisbehaviour(session, `a packet of more than ${this.limits.maxPacketBytes} bytes`);
    }
  }

  private park(session: MqttSession): void {
    session.isReadParked = true;
    this.parked.add(session);
    this.touchLater();
  }

  private unpark(session: MqttSession): void {
    session.isReadParked = false;
    this.parked.delete(session);
  }

  private touch(session: MqttSession): void {
    // Room may have come without a word: what was written to it has been read.
    this.wakeIfParked(session);
    if (!session.isReadParked) return;
    session.client._keepaliveTimer?.refresh();
    session.writeBlockedMs = session.isWriteBlocked ? session.writeBlockedMs + KEEPALIVE_TOUCH_MS : 0;
    if (session.writeBlockedMs >= this.limits.drainTimeoutMs) {
      this.onMisbehaviour(session, `it read nothing for ${this.limits.drainTimeoutMs} ms`);
    }
  }

  private touchLater(): void {
    this.cancelTouch ??= this.clock.after(KEEPALIVE_TOUCH_MS, () => {
      this.cancelTouch = undefined;
      for (const session of this.parked) this.touch(session);
      if (this.parked.size > 0) this.touchLater();
    });
  }
}
