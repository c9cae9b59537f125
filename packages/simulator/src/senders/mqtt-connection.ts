import { createConnection } from "node:net";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { connect, type IClientOptions, MqttClient } from "mqtt";
import type { Clock } from "../clock.ts";

const CONNECT_GIVE_UP_MS = 30_000;
const RECONNECT_EVERY_MS = 1_000;
const DEFAULT_PORT = 1883;
const DEFAULT_KEEPALIVE_SECONDS = 60;
/** How long a goodbye waits for acknowledgements. */
const STOP_GRACE_MS = 2_000;
/** CONNACK codes 4 and 5 of MQTT 3.1.1: bad user name or password, not authorized. */
const REFUSED_CODES: ReadonlySet<unknown> = new Set([4, 5]);

export interface MqttIdentity {
  readonly url: string;
  readonly uid: string;
  readonly token: string;
  /** From which of this machine's addresses it comes; the system's choice when absent. */
  readonly localAddress?: string | undefined;
}

export interface ConnectionOptions {
  /** What the device listens to, such as "command"; subscribed anew after each reconnect. */
  readonly channels?: readonly string[];
  /** A dead link is noticed after one and a half times this. */
  readonly keepaliveSeconds?: number;
  /**
   * Without an acknowledgement for this long, connected or not, while it has something to say: given up. Never, when absent.
   */
  readonly giveUpAfterMs?: number;
  onConnect?(): void;
  /** `lastHeardMs`: by the clock's monotonic time, when the broker last said anything. */
  onLost?(lastHeardMs: number): void;
  onMessage?(channel: string, payload: string): void;
  /** The connection will not come back: refused, or silent for too long. */
  onFailed?(error: SluiceError): void;
}

/**
 * A device's MQTT connection, QoS 1; it comes back by itself. What was in flight when it broke is rejected, and whoever sent it
 * decides: the client library's own resending would keep the next hello waiting behind old readings, one by one.
 *
 *   connecting → connected ⇄ lost → failed (refused) │ stopped
 */
export class MqttConnection {
  private readonly identity: MqttIdentity;
  private readonly clock: Clock;
  private readonly options: ConnectionOptions;
  private readonly pending = new Set<(error: SluiceError) => void>();
  private client: MqttClient | undefined;
  private failure: SluiceError | undefined;
  private cancelSilenceCheck: (() => void) | undefined;
  private onSettled: (() => void) | undefined;
  private lastSignMs = 0;
  private lastHeardMs = 0;

  constructor(identity: MqttIdentity, clock: Clock, options: ConnectionOptions = {}) {
    this.identity = identity;
    this.clock = clock;
    this.options = options;
  }

  get isConnected(): boolean {
    return this.client?.connected === true && this.failure === undefined;
  }

  /** Messages sent and not yet acknowledged. */
  get inFlight(): number {
    return this.pending.size;
  }

  /** Resolves when the broker has taken the connection and the subscriptions. */
  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const client = this.newClient();
    this.client = client;
    let lastError: Error | undefined;
    const cancel = this.clock.after(CONNECT_GIVE_UP_MS, () => reject(this.fail(this.unreachable(lastError))));
    // A connection that breaks while it subscribes is made anew; only a refusal is final.
    client.on("connect", () => this.onConnected(client).then(resolve, () => this.failure && reject(this.failure)));
    client.on("close", () => this.onClosed(client));
    client.on("packetreceive", () => {
      this.lastHeardMs = this.clock.monotonicMs();
    });
    client.on("message", (topic, payload) => this.onMessage(topic, payload));
    client.on("error", (error) => {
      lastError = error;
      if (REFUSED_CODES.has((error as { code?: unknown }).code)) reject(this.fail(this.refused(error)));
    });
    try {
      await promise;
    } catch (error) {
      client.end(true);
      throw isSluiceError(error) ? error : this.unreachable(error as Error);
    } finally {
      cancel();
    }
    this.lastSignMs = this.clock.monotonicMs();
    if (this.options.giveUpAfterMs !== undefined) this.watchSilence(this.options.giveUpAfterMs);
  }

  /** On the device's own topic. Resolves once the broker acknowledged it. The caller bounds how many are in flight. */
  publish(channel: string, payload: string): Promise<void> {
    return this.publishTo(`devices/${this.identity.uid}/${channel}`, payload);
  }

  /** The same on any topic. */
  publishTo(topic: string, payload: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.failure !== undefined || this.client === undefined) {
      reject(this.failure ?? this.unreachable());
      return promise;
    }
    this.pending.add(reject);
    this.client.publish(topic, payload, { qos: 1 }, (error) => {
      this.pending.delete(reject);
      if (this.pending.size === 0) this.onSettled?.();
      if (error) reject(this.unreachable(error));
      else {
        this.lastSignMs = this.clock.monotonicMs();
        resolve();
      }
    });
    return promise;
  }

  /** Says goodbye once what is under way is acknowledged; `isForced` breaks off at once, as a failing network would. */
  async stop(isForced = false): Promise<void> {
    this.cancelSilenceCheck?.();
    const client = this.client;
    if (client === undefined) return;
    if (!isForced && client.connected) await this.settled();
    this.client = undefined;
    await client.endAsync(isForced || !client.connected || this.pending.size > 0);
    this.rejectPending(this.unreachable());
  }

  /** Resolves when nothing is in flight any more, at the latest after the grace. */
  private settled(): Promise<void> {
    if (this.pending.size === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.clock.after(STOP_GRACE_MS, resolve);
    this.onSettled = () => {
      cancel();
      resolve();
    };
    return promise;
  }

  private async onConnected(client: MqttClient): Promise<void> {
    const topics = (this.options.channels ?? []).map((channel) => `devices/${this.identity.uid}/${channel}`);
    if (topics.length > 0) {
      const grants = await client.subscribeAsync(topics, { qos: 1 });
      if (grants.some(({ qos }) => qos === 128)) throw this.fail(this.refused(new Error("a subscription was refused")));
    }
    this.options.onConnect?.();
  }

  private onClosed(client: MqttClient): void {
    for (const messageId of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(messageId));
    this.options.onLost?.(this.lastHeardMs);
  }

  private onMessage(topic: string, payload: Buffer): void {
    const prefix = `devices/${this.identity.uid}/`;
    if (topic.startsWith(prefix)) this.options.onMessage?.(topic.slice(prefix.length), payload.toString("utf8"));
  }

  private watchSilence(giveUpAfterMs: number): void {
    this.cancelSilenceCheck = this.clock.after(giveUpAfterMs / 4, () => {
      const nowMs = this.clock.monotonicMs();
      const isIdle = this.isConnected && this.pending.size === 0;
      if (isIdle) this.lastSignMs = nowMs;
      if (nowMs - this.lastSignMs > giveUpAfterMs) this.fail(this.silent(giveUpAfterMs));
      else this.watchSilence(giveUpAfterMs);
    });
  }

  private fail(error: SluiceError): SluiceError {
    if (this.failure !== undefined) return this.failure;
    this.failure = error;
    this.cancelSilenceCheck?.();
    this.client?.end(true);
    this.rejectPending(error);
    this.options.onFailed?.(error);
    return error;
  }

  private rejectPending(error: SluiceError): void {
    for (const reject of this.pending) reject(error);
    this.pending.clear();
  }

  private newClient(): MqttClient {
    const { url, localAddress } = this.identity;
    if (localAddress === undefined) return connect(url, this.clientOptions());
    // The library's own `connect` lets nobody choose the address it comes from.
    const { protocol, hostname, port } = new URL(url);
    if (protocol !== "mqtt:") throw this.unreachable(new Error("a local address is for mqtt:// only"));
    const open = () => createConnection({ host: hostname, port: Number(port || DEFAULT_PORT), localAddress });
    return new MqttClient(open, { ...this.clientOptions(), protocol: "mqtt" });
  }

  private clientOptions(): IClientOptions {
    const { uid, token } = this.identity;
    return {
      clientId: uid,
      username: uid,
      password: token,
      protocolVersion: 4,
      clean: true,
      keepalive: this.options.keepaliveSeconds ?? DEFAULT_KEEPALIVE_SECONDS,
      reconnectPeriod: RECONNECT_EVERY_MS,
      connectTimeout: CONNECT_GIVE_UP_MS,
      // "Server unavailable" passes; what does not ends in `fail`.
      reconnectOnConnackError: true,
      queueQoSZero: false,
      resubscribe: false,
    };
  }

  private refused(cause: Error): SluiceError {
    const { uid, url } = this.identity;
    return new SluiceError("unauthenticated", "mqtt.refused", `${url} refused device "${uid}": ${cause.message}.`, {
      cause,
      details: { mend: "Check the uid and its token: the token is shown once, when the device is registered." },
    });
  }

  private unreachable(cause?: Error): SluiceError {
    const reason = cause === undefined ? "" : `: ${(cause as NodeJS.ErrnoException).code ?? cause.message}`;
    return new SluiceError("unavailable", "mqtt.unreachable", `No connection to ${this.identity.url}${reason}.`, {
      cause,
      details: { mend: "Is the broker running there? Give its address with --mqtt mqtt://HOST:PORT." },
    });
  }

  private silent(forMs: number): SluiceError {
    const seconds = forMs / 1000;
    return new SluiceError(
      "unavailable",
      "mqtt.silent",
      `${this.identity.url} acknowledged nothing for ${seconds} s.`,
      {
        details: { mend: "Is the server well? Sending the same again stores nothing twice." },
      },
    );
  }
}
