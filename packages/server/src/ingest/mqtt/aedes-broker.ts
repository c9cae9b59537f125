import type { Socket } from "node:net";
import { Aedes, type AedesOptions } from "aedes";

/** What the gateway uses of a connection as Aedes 1.2.0 keeps it, its types and a little more. */
export interface AedesClient {
  /** Set by the client's CONNECT, replaced by one scoped to its device before Aedes registers it. */
  id: string;
  readonly conn: Socket;
  readonly closed: boolean;
  readonly connecting: boolean;
  readonly connected: boolean;
  /** The will of a CONNECT that is being authenticated. */
  readonly _will: { readonly topic: string } | null;
  /** Packets Aedes is handling; it reads the socket itself when there are none. */
  _parsingBatch: number;
  readonly _keepaliveTimer: NodeJS.Timeout | null;
  readonly _parser: {
    /** The packet being read; `length` is -1 before its header is whole. */
    readonly packet: { readonly length: number };
    parse(bytes: Buffer): number;
  };
  /** Stops Aedes from reading the socket, for good once `resume` does nothing. */
  pause(): void;
  resume(): void;
  close(done?: () => void): void;
  publish(packet: OutgoingPacket, done: () => void): void;
  once(event: "connected", listener: () => void): unknown;
}

export interface OutgoingPacket {
  readonly cmd: "publish";
  readonly topic: string;
  readonly payload: string;
  readonly qos: 1;
  readonly retain: false;
  readonly dup: false;
}

export interface IncomingPacket {
  readonly topic: string;
  readonly payload: Buffer | string;
  readonly qos: 0 | 1 | 2;
  readonly messageId?: number;
}

type Done = (error?: Error | null) => void;

/** Connections below this have been tried; Aedes raises its own warning for more listeners than twice this. */
const CONCURRENCY = 100;
/** Packets that one read before CONNACK may bring along: a client need not wait for it. */
const QUEUED_BEFORE_CONNACK = 8_192;

export interface BrokerHandlers {
  readonly preConnect: AedesOptions["preConnect"];
  readonly authenticate: AedesOptions["authenticate"];
  readonly authorizePublish: (client: AedesClient, packet: IncomingPacket, done: Done) => void;
  readonly maySubscribe: (client: AedesClient, filter: string) => boolean;
  readonly connectTimeoutMs: number;
  readonly drainTimeoutMs: number;
}

/**
 * Aedes without its switchboard: what a device publishes goes to the handlers and to no subscriber, ever, and what a device
 * is sent goes to its own session directly. So no topic, wildcard or equal name can lead from one device to another, nothing
 * is retained, and a message costs no look-up of subscribers.
 */
export class DeviceBroker extends Aedes {
  constructor(handlers: BrokerHandlers) {
    super({
      concurrency: CONCURRENCY,
      queueLimit: QUEUED_BEFORE_CONNACK,
      connectTimeout: handlers.connectTimeoutMs,
      drainTimeout: handlers.drainTimeoutMs,
      preConnect: handlers.preConnect!,
      authenticate: handlers.authenticate!,
      authorizePublish: (client, packet, done) =>
        handlers.authorizePublish(client as unknown as AedesClient, packet as IncomingPacket, done),
      authorizeSubscribe: (client, subscription, done) => {
        const may = handlers.maySubscribe(client as unknown as AedesClient, subscription.topic);
        // Null is answered with SUBACK 0x80, failure (MQTT 3.1.1, 3.9.3).
        done(null, may ? subscription : null);
      },
    });
  }

  /** Aedes calls this once it has acknowledged a message, for wills, and to tell other brokers of what happens here. */
  override publish(_packet: unknown, client: unknown, done?: unknown): void {
    const callback = typeof client === "function" ? client : done;
    if (typeof callback === "function") (callback as Done)();
  }

  /** Whether this QoS 2 message was stored already and its sender has not released it yet (MQTT 3.1.1, 4.3.3). */
  async isRepeated(client: AedesClient, packet: IncomingPacket): Promise<boolean> {
    const { persistence } = this as unknown as {
      persistence: { incomingGetPacket(...of: unknown[]): Promise<unknown> };
    };
    return persistence.incomingGetPacket(client, packet).then(
      () => true,
      () => false,
    );
  }

  override subscribe(_topic: string, _deliver: unknown, done: () => void): void {
    setImmediate(done);
  }

  override unsubscribe(_topic: string, _deliver: unknown, done?: () => void): void {
    if (done !== undefined) setImmediate(done);
  }
}

/**
 * Takes the reading of the socket over from Aedes, which reads on only when it is done with all it has read: then a message
 * that waits for its commit would hold up the evidence and the pings behind it. Fails on an Aedes that works otherwise.
 */
export function takeOverReading(client: AedesClient): void {
  if (typeof client.pause !== "function" || typeof client._parser?.parse !== "function") {
    throw new Error("this version of Aedes keeps its connections in another way");
  }
  client.pause();
  client.resume = () => {};
  // Aedes starts at 1 and counts down when it reads first; a CONNECT that arrives as the second would be queued.
  client._parsingBatch = 0;
}
