import { connect as connectSocket, type Socket } from "node:net";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import type { RejectedRow } from "../../pipeline/index.ts";
import { createLogger } from "../../platform/logger.ts";
import { createIngest, type Ingest, type IngestLimits, type MqttListenOptions } from "../index.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryDirectory } from "./memory-directory.ts";
import { MemoryLog } from "./memory-log.ts";

const HOST = "127.0.0.1";

/** A gateway on a port of its own, and real clients for it. */
export class MqttFixture {
  readonly clock = new ManualClock();
  readonly directory = new MemoryDirectory(this.clock);
  readonly log: MemoryLog;
  readonly ingest: Ingest;
  readonly rejected: RejectedRow[] = [];
  readonly attributes: (readonly [deviceId: number, attributes: unknown])[] = [];
  /** What the gateway told of its sessions, in order. */
  readonly told: string[] = [];
  /** Holds back the commits of what is set aside, or of evidence, until it resolves. */
  rejectedCommit: Promise<void> = Promise.resolve();
  evidenceCommit: Promise<void> = Promise.resolve();
  private readonly clients: MqttClient[] = [];
  private readonly sockets: Socket[] = [];
  port = 0;
  tlsPort = 0;

  constructor(limits: Partial<IngestLimits> = {}, log = new MemoryLog()) {
    this.log = log;
    this.ingest = createIngest({
      directory: this.directory,
      authenticate: this.directory.authenticate,
      log,
      recordRejected: async (rows) => {
        await this.rejectedCommit;
        this.rejected.push(...rows);
      },
      recordAttributes: async (deviceId, attributes) => {
        this.attributes.push([deviceId, attributes]);
      },
      readAttributes: async (deviceId) =>
        Object.assign({}, ...this.attributes.filter(([id]) => id === deviceId).map(([, attributes]) => attributes)),
      sessions: {
        onListening: (deviceId) => this.told.push(`listening ${deviceId}`),
        onGone: (deviceId) => this.told.push(`gone ${deviceId}`),
        onEvidence: async (deviceId, payload) => {
          this.told.push(`evidence ${deviceId} ${payload}`);
          await this.evidenceCommit;
        },
        onHello: async (deviceId, payload) => {
          this.told.push(`hello ${deviceId} ${payload}`);
        },
      },
      clock: this.clock,
      logger: createLogger("silent"),
      limits,
    });
  }

  async start(tls?: MqttListenOptions["tls"], onPort = 0): Promise<this> {
    const options = { host: HOST, port: onPort };
    const { port, tlsPort } = await this.ingest.mqtt.start(tls === undefined ? options : { ...options, tls });
    this.port = port;
    this.tlsPort = tlsPort ?? 0;
    return this;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.end(true);
    for (const socket of this.sockets) socket.destroy();
    await this.ingest.mqtt.stop();
  }

  /** Connects as a device, by its uid and the token `<organization>:<uid>`. Rejects when it is refused. */
  connect(uid: string, options: IClientOptions & { readonly organizationId?: number } = {}): Promise<MqttClient> {
    const { organizationId = 1, ...more } = options;
    return this.connectAs({ username: uid, password: `${organizationId}:${uid}`, ...more });
  }

  connectAs(options: IClientOptions): Promise<MqttClient> {
    const client = mqtt.connect({ host: HOST, port: this.port, reconnectPeriod: 0, ...options });
    this.clients.push(client);
    return new Promise((resolve, reject) => {
      client.once("connect", () => resolve(client));
      client.once("error", reject);
      client.once("close", () => reject(new Error("closed before it was connected")));
      client.on("error", () => {});
    });
  }

  /** A bare socket to the gateway. */
  socket(): Promise<Socket> {
    const socket = connectSocket(this.port, HOST);
    this.sockets.push(socket);
    socket.on("error", () => {});
    return new Promise((resolve) => socket.once("connect", () => resolve(socket)));
  }

  /** Stored values of the one metric that a test uses, in order. */
  valuesOf(key: string): readonly (number | undefined)[] {
    const number = this.directory.metrics.indexOf(key);
    return this.log.stored.map(({ values }) => values.get(number));
  }
}

/** Resolves when the other end has closed the connection. */
export function closed(client: MqttClient | Socket): Promise<void> {
  return new Promise((resolve) => {
    if ("readyState" in client && client.destroyed) resolve();
    else (client as MqttClient).once("close", () => resolve());
  });
}

/** Lets the event loop turn until something is so; nothing here waits for a time to pass. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
