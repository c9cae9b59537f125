import type { Socket } from "node:net";
import { inboundChannel, maySubscribe } from "@sluice/protocol/mqtt/topics.ts";
import type { AuthenticateError } from "aedes";
import type { DeviceDirectory, DeviceEntry, Sender } from "../../devices/index.ts";
import type { ReadingLog, RejectedRow } from "../../pipeline/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { DeviceSessionListener, MqttPublisher } from "../../platform/mqtt-publisher.ts";
import type { TokenBuckets } from "../../platform/token-buckets.ts";
import type { IngestCounters } from "../counters.ts";
import type { IngestLimits } from "../limits.ts";
import type { StampClock } from "../stamp-clock.ts";
import { type AedesClient, DeviceBroker, type IncomingPacket, takeOverReading } from "./aedes-broker.ts";
import { authenticateDevice, stoppingRefusal } from "./authenticate-device.ts";
import { type ControlChannel, ControlMessages } from "./control-messages.ts";
import { CredentialWatch } from "./credential-watch.ts";
import { GroupSettler } from "./group-settler.ts";
import { MqttListeners, type MqttListenOptions, type MqttPorts } from "./mqtt-listeners.ts";
import { MESSAGE_OVERHEAD_BYTES, MqttSession } from "./session.ts";
import { SessionRegistry } from "./session-registry.ts";
import { SocketReader } from "./socket-reader.ts";
import { TelemetryGatherer } from "./telemetry-gatherer.ts";

export interface MqttGatewayDeps {
  readonly directory: DeviceDirectory;
  readonly authenticate: (token: string) => Promise<Sender | undefined>;
  /** Whether a device may speak for others of its organization, as a ThingsBoard gateway does. */
  readonly isGateway: (device: DeviceEntry) => boolean;
  readonly log: ReadingLog;
  readonly recordRejected: (rows: readonly RejectedRow[]) => Promise<void>;
  readonly recordAttributes: (deviceId: number, attributes: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly readAttributes: (deviceId: number) => Promise<Readonly<Record<string, unknown>>>;
  readonly sessions: DeviceSessionListener;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: IngestLimits;
  readonly counters: IngestCounters;
  readonly stamps: StampClock;
  readonly buckets: TokenBuckets;
}

type Done = (error?: Error | null) => void;

/**
 * The MQTT side of ingest. Sessions end with their connections, whatever a client asks for (CONNACK says so): commands wait
 * in the command table, not here. QoS 2 is taken; what it promises beyond QoS 1 holds within a connection.
 */
export class MqttGateway {
  readonly publisher: MqttPublisher;
  private readonly deps: MqttGatewayDeps;
  private readonly broker: DeviceBroker;
  /** Outlives the connection for its will, which Aedes publishes after its end. */
  private readonly sessionOfClient = new WeakMap<AedesClient, MqttSession>();
  private readonly sessions = new Set<MqttSession>();
  private readonly registry: SessionRegistry;
  private readonly reader: SocketReader;
  private readonly gatherer: TelemetryGatherer;
  private readonly settler: GroupSettler;
  private readonly controls: ControlMessages;
  private readonly listeners: MqttListeners;
  private readonly credentials: CredentialWatch;
  /** Changes of the registry heard of: a session that was let in meanwhile is looked at again. */
  private registryChanges = 0;
  private isTurnScheduled = false;
  private isStopping = false;

  constructor(deps: MqttGatewayDeps) {
    this.deps = deps;
    const { limits, clock } = deps;
    const disconnect = (session: MqttSession, reason: string) => this.disconnect(session, reason);
    const scheduleTurn = () => this.scheduleTurn();
    this.registry = new SessionRegistry(limits, deps.sessions, disconnect);
    this.publisher = this.registry;
    this.reader = new SocketReader(limits, clock, scheduleTurn, disconnect);
    const onRoom = (session: MqttSession) => this.reader.wakeIfParked(session);
    this.settler = new GroupSettler({ ...deps, onRoom, disconnect });
    this.gatherer = new TelemetryGatherer({
      ...deps,
      scheduleTurn,
      onRoom,
      settle: (group, committed) => this.settler.settle(group, committed),
    });
    this.controls = new ControlMessages({
      ...deps,
      setAside: (session, payload, error) => this.settler.setAside(session, payload, error),
    });
    this.credentials = new CredentialWatch({ ...deps, disconnect });
    this.broker = this.createBroker();
    this.listeners = new MqttListeners({
      maxConnections: limits.maxConnections,
      handshakeTimeoutMs: limits.connectTimeoutMs,
      onConnection: (socket, fingerprint) => this.accept(socket, fingerprint),
      onRefused: () => deps.counters.connectionsRefused++,
    });
  }

  async start(options: MqttListenOptions): Promise<MqttPorts> {
    await this.broker.listen();
    try {
      return await this.listeners.start(options);
    } catch (error) {
      // A port that is taken, say: nothing of a failed start goes on.
      await this.stop();
      throw error;
    }
  }

  /** Reads no more, lets what is being committed be acknowledged, and closes every connection. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const closed = this.listeners.stop();
    this.reader.stop();
    this.credentials.stop();
    this.gatherer.stop();
    await this.grace(this.settler.idle());
    // Acknowledgements leave at the end of the turn in which they were written.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    await new Promise<void>((resolve) => this.broker.close(resolve));
    for (const { client } of [...this.sessions]) client.conn.destroy();
    await closed;
  }

  /** Ends those sessions of a changed device whose credentials do not open it any more. */
  recheckDevice(deviceId: number): Promise<void> {
    this.registryChanges++;
    return this.credentials.recheck(this.registry.sessionsOf(deviceId));
  }

  /** The same of all devices: changes may have been missed. */
  recheckAll(): Promise<void> {
    this.registryChanges++;
    return this.credentials.recheckAll(() => [...this.sessions].filter(({ isAuthenticated }) => isAuthenticated));
  }

  private accept(socket: Socket, fingerprint: Buffer | undefined): void {
    const { limits, counters } = this.deps;
    if (this.sessions.size >= limits.maxConnections) {
      counters.connectionsRefused++;
      socket.destroy();
      return;
    }
    const client = this.broker.handle(socket) as unknown as AedesClient;
    takeOverReading(client);
    const session = new MqttSession(client, limits, counters, fingerprint);
    this.sessionOfClient.set(client, session);
    this.sessions.add(session);
    counters.connections++;
    socket.on("readable", () => this.wake(session));
    client.once("connected", () => this.wake(session));
    socket.once("close", () => this.ended(session));
  }

  private ended(session: MqttSession): void {
    if (!this.sessions.delete(session)) return;
    this.deps.counters.connections--;
    this.reader.forget(session);
    session.end();
    this.gatherer.ended(session);
    this.credentials.remove(session);
    if (session.isAuthenticated) this.registry.remove(session);
  }

  private createBroker(): DeviceBroker {
    const { limits, logger } = this.deps;
    const broker = new DeviceBroker({
      connectTimeoutMs: limits.connectTimeoutMs,
      drainTimeoutMs: limits.drainTimeoutMs,
      preConnect: (_client, packet, done) => {
        packet.clean = true;
        done(null, true);
      },
      authenticate: (client, username, password, done) => {
        this.authenticate(client as unknown as AedesClient, username, password).then(
          () => done(null, true),
          (error: AuthenticateError) => done(error, false),
        );
      },
      authorizePublish: (client, packet, done) => this.received(client, packet, done),
      maySubscribe: (client, filter) => maySubscribe(filter, this.sessionOf(client).device.uid),
    });
    broker.on("subscribe", (subscriptions, client) => {
      const session = this.sessionOf(client as unknown as AedesClient);
      // 0x80: refused.
      const isCommand = subscriptions.some(
        ({ topic, qos }) => topic === session.commandTopic && (qos as number) < 0x80,
      );
      if (isCommand) this.registry.startListening(session);
      // No more than there are of them in ThingsBoard's names: `maySubscribe` lets no others pass.
      for (const { topic, qos } of subscriptions) if ((qos as number) < 0x80) session.answerFilters.add(topic);
    });
    broker.on("unsubscribe", (topics, client) => {
      const session = this.sessionOf(client as unknown as AedesClient);
      for (const topic of topics) session.answerFilters.delete(topic);
      if (session.isListening && topics.includes(session.commandTopic)) this.registry.stopListening(session);
    });
    broker.on("clientError", (client, error) => {
      this.deps.counters.connectionsClosed++;
      logger.debug({ client: client.id, reason: error.message }, "an MQTT connection was closed");
    });
    broker.on("connectionError", (_client, error) => {
      this.deps.counters.connectionsClosed++;
      logger.debug({ reason: error.message }, "an MQTT connection was closed before it was open");
    });
    return broker;
  }

  private async authenticate(client: AedesClient, username?: string, password?: Buffer): Promise<void> {
    const session = this.sessionOf(client);
    if (this.isStopping) throw stoppingRefusal();
    const will = client._will ?? undefined;
    const { fingerprint } = session;
    const claim = { username, password, clientId: client.id, willTopic: will?.topic, fingerprint };
    const changesBefore = this.registryChanges;
    const sender = await authenticateDevice(claim, this.deps);
    if (client.closed) return;
    session.authenticate(sender);
    // Equal client ids of different devices never meet.
    client.id = `${sender.device.id}/${client.id}`;
    this.registry.add(session);
    this.credentials.add(session);
    // What was asked may have changed on the way here, before anybody could know that this session has to hear of it.
    if (this.registryChanges !== changesBefore) await this.credentials.recheck([session]);
  }

  private received(client: AedesClient, packet: IncomingPacket, done: Done): void {
    const session = this.sessionOf(client);
    const { device } = session;
    const channel = packet.topic === session.telemetryTopic ? "telemetry" : inboundChannel(packet.topic, device.uid);
    if (channel === undefined || (channel.startsWith("gateway-") && !this.deps.isGateway(device))) {
      done(new Error(`${device.uid} may not publish on ${packet.topic}`));
      return;
    }
    // MQTT 3.1.1, 2.3.1-1.
    if (packet.qos > 0 && packet.messageId === 0) done(new Error("a packet identifier of 0"));
    else if (packet.qos === 2) this.receivedOnce(session, channel, packet, done);
    else this.take(session, channel, packet, done);
  }

  /** A QoS 2 message that is sent again before it was released is acknowledged and not taken twice. */
  private receivedOnce(session: MqttSession, channel: Channel, packet: IncomingPacket, done: Done): void {
    this.broker.isRepeated(session.client, packet).then((isRepeated) => {
      if (isRepeated) done();
      else this.take(session, channel, packet, done);
    });
  }

  private take(session: MqttSession, channel: Channel, packet: IncomingPacket, done: Done): void {
    const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    if (channel !== "telemetry" && channel !== "gateway-telemetry") {
      this.takeControl(session, channel, packet.topic, payload, packet.qos, done);
      return;
    }
    const heldBytes = payload.length + MESSAGE_OVERHEAD_BYTES;
    const qos = session.isClosed ? 0 : packet.qos;
    const isGateway = channel === "gateway-telemetry";
    const messageId = packet.messageId ?? 0;
    this.gatherer.receive({ session, isGateway, payload, heldBytes, qos, messageId, done, isSettled: false });
    if (qos === 0) done();
  }

  private takeControl(
    session: MqttSession,
    channel: ControlChannel,
    topic: string,
    payload: Buffer,
    qos: number,
    done: Done,
  ): void {
    const message = { isSettled: false, done: qos === 0 ? () => {} : done };
    session.controlLane.push(message);
    session.beginControl();
    if (qos === 0) done();
    this.controls
      .handle(session, channel, topic, payload)
      .then(
        () => session.controlLane.settle(message),
        (error: unknown) => {
          this.deps.logger.warn({ error, device: session.device.id, channel }, "what a device said was not stored");
          this.disconnect(session, `its ${channel} could not be stored`);
        },
      )
      .finally(() => {
        session.endControl();
        this.reader.wakeIfParked(session);
      });
  }

  private wake(session: MqttSession): void {
    if (!this.isStopping) this.reader.wake(session);
  }

  private scheduleTurn(): void {
    if (this.isTurnScheduled) return;
    this.isTurnScheduled = true;
    setImmediate(() => {
      this.isTurnScheduled = false;
      const isMoreToRead = !this.isStopping && this.reader.readSome();
      const isMoreToGather = this.gatherer.gatherSome();
      if (isMoreToRead || isMoreToGather) this.scheduleTurn();
    });
  }

  private disconnect(session: MqttSession, reason: string): void {
    if (session.isClosed) return;
    this.deps.counters.connectionsClosed++;
    this.deps.logger.debug({ device: session.isAuthenticated ? session.device.id : undefined, reason }, "disconnected");
    session.client.close();
  }

  private sessionOf(client: AedesClient): MqttSession {
    const session = this.sessionOfClient.get(client);
    if (session === undefined) throw new Error("the connection has no session");
    return session;
  }

  private async grace(work: Promise<void>): Promise<void> {
    let cancel = () => {};
    const over = new Promise<void>((resolve) => {
      cancel = this.deps.clock.after(this.deps.limits.stopGraceMs, resolve);
    });
    await Promise.race([work, over]);
    cancel();
  }
}

type Channel = NonNullable<ReturnType<typeof inboundChannel>>;
