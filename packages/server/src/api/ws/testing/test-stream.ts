import { randomBytes } from "node:crypto";
import type { AddressInfo, Socket } from "node:net";
import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import Fastify, { type FastifyInstance } from "fastify";
import { ManualClock } from "../../../actuation/testing/manual-clock.ts";
import { createTestAlerts, type TestAlerts, testAlertsOf } from "../../../alerts/testing/test-alerts.ts";
import { type Accounts, createAccounts, createUser, login, prepareAccounts, type Role } from "../../../auth/index.ts";
import { listExecutions } from "../../../automation/index.ts";
import { installNewOrganization, PostgresDeviceDirectory } from "../../../devices/index.ts";
import { Pipeline } from "../../../pipeline/index.ts";
import { ChannelListener } from "../../../platform/channel-listener.ts";
import { systemClock } from "../../../platform/clock.ts";
import { LIVE_CHANNEL } from "../../../platform/live-notice.ts";
import { createLogger } from "../../../platform/logger.ts";
import { connectClient, inTransaction } from "../../../platform/postgres.ts";
import { createSealer } from "../../../platform/secret.ts";
import { createTelemetryReader } from "../../../telemetry/index.ts";
import { createLiveReaders } from "../live-readers.ts";
import { LiveStream, type LiveStreamLimits, STREAM_PATH } from "../live-stream.ts";
import { COALESCE_MS } from "../organization-feed.ts";
import { TICK_MS } from "../readings-feed.ts";

const PASSWORD = "correct horse battery";

/** The live stream on a real port, over a real database whose notices it hears. */
export interface TestStream extends TestAlerts {
  readonly clock: ManualClock;
  readonly stream: LiveStream;
  readonly app: FastifyInstance;
  readonly accounts: Accounts;
  readonly httpUrl: string;
  /** As somebody of this role; the same person each time. */
  tokenOf(role: Role): Promise<string>;
  emailOf(role: Role): string;
  /** `query` begins with a question mark. */
  connect(headers?: Readonly<Record<string, string>>, query?: string): TestClient;
  /** Past the first snapshot of these readings. */
  watch(readings: object): Promise<TestClient & { readonly snapshot: unknown }>;
  /** Ends every connection without a word. */
  cut(): void;
  /** Stores a message as ingest would, and resolves when it is committed. */
  store(uid: string, timeMs: number, values: Readonly<Record<string, number>>): Promise<void>;
  /** Connected, known and subscribed: past its first snapshot. */
  subscribe(subscription: object, role?: Role): Promise<TestClient>;
  /** The same stream with nobody on it, seen by another organization that has nothing yet. Stopped with the first. */
  anew(): Promise<TestStream>;
}

export type Received = { readonly seq: number; readonly type: string } & Record<string, unknown>;

/** A client over a real socket. */
export interface TestClient {
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  say(message: unknown): Promise<void>;
  /** The next message; rejects when the connection closes first. */
  next(): Promise<Received>;
  /** Messages that have come and were not asked for. */
  readonly unread: readonly Received[];
}

/** Coalescing and ticks take no time, and everything else as much as a test says. */
class StreamClock extends ManualClock {
  override after(delayMs: number, callback: () => void): () => void {
    if (delayMs > Math.max(COALESCE_MS, TICK_MS)) return super.after(delayMs, callback);
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  }
}

/** Longer than any test lets pass, so that snapshots come only when they are asked for. */
const RENEW_MS = 24 * 3_600_000;

export interface TestStreamOptions {
  readonly limits?: LiveStreamLimits;
  /** False: as in a process that does not store readings itself. */
  readonly isOwner?: boolean;
}

export async function createTestStream({ limits, isOwner = true }: TestStreamOptions = {}): Promise<TestStream> {
  const alerts = await createTestAlerts();
  const { pool, database } = alerts;
  const clock = new StreamClock();
  const accounts = createAccounts({ pool, clock, randomBytes, sealer: createSealer("secret") });
  await prepareAccounts(accounts);
  const directory = new PostgresDeviceDirectory({
    pool,
    clock: systemClock,
    connect: () => connectClient(database.url, "registry"),
  });
  await directory.start();
  const pipeline = new Pipeline({
    connectionString: database.url,
    pool,
    clock: systemClock,
    directory,
    rules: new RuleCatalog(),
    onTransitions: () => {},
    onFenced: () => {},
    onCommitError: () => {},
    onStored: (batch) => stream.readings.onStored(batch),
    owner: "test",
  });
  // Most tests have nothing to do with readings.
  let starting: Promise<void> | undefined;
  const startPipeline = () => {
    starting ??= pipeline.start();
    return starting;
  };
  const latestValues = () => (isOwner && pipeline.isRunning ? pipeline.latestValues() : undefined);
  const stream = new LiveStream({
    pool,
    directory,
    telemetry: createTelemetryReader({ pool, partition: 0, latestValues }),
    latestValues,
    streamId: "test",
    readers: createLiveReaders({ pool, listExecutions: (id, filter) => listExecutions(pool, id, filter) }),
    authenticate: (token) => accounts.authenticator.authenticate(token),
    clock,
    logger: createLogger("silent"),
    renewMs: RENEW_MS,
    ...(limits === undefined ? {} : { limits }),
  });
  const listener = new ChannelListener({
    connect: () => connectClient(database.url, "listen"),
    clock: systemClock,
    channels: [LIVE_CHANNEL],
    onNotice: (_channel, payload) => stream.hub.onNotice(payload),
    onGap: () => stream.hub.onGap(),
  });
  await listener.start();
  const app = Fastify();
  await app.register(stream.routes);
  const sockets = new Set<Socket>();
  app.server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${(app.server.address() as AddressInfo).port}`;

  const stop = async () => {
    await app.close();
    await pipeline.stop();
    await directory.stop();
    await listener.stop();
    await alerts.stop();
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  let organizations = 1;
  const seenBy = (alerts: TestAlerts): TestStream => {
    const { operator } = alerts;
    const tokens = new Map<Role, Promise<string>>();
    const emailOf = (role: Role) => `${role}-${operator.organizationId}@example.org`;
    const signIn = async (role: Role) => {
      const email = emailOf(role);
      await createUser(accounts, { ...operator, actor: "system" }, { email, password: PASSWORD, roles: [role] });
      return (await login(accounts, { username: email, password: PASSWORD, address: "10.0.0.1" })).access_token;
    };
    const test: TestStream = {
      ...alerts,
      clock,
      stream,
      app,
      accounts,
      emailOf,
      httpUrl: `http://${address}${STREAM_PATH}`,
      tokenOf: (role) => {
        const token = tokens.get(role) ?? signIn(role);
        tokens.set(role, token);
        return token;
      },
      connect: (headers, query = "") => openClient(`ws://${address}${STREAM_PATH}${query}`, headers),
      watch: async (readings) => {
        await startPipeline();
        const client = test.connect();
        await client.say({ token: await test.tokenOf("operator"), subscribe: { readings } });
        await client.next();
        const { items } = await client.next();
        return { ...client, snapshot: items };
      },
      cut,
      anew: async () => {
        cut();
        const name = `Organization ${++organizations}`;
        const { id } = await inTransaction(pool, (client) => installNewOrganization(client, { name }));
        return seenBy(testAlertsOf(database, id));
      },
      subscribe: async (subscription, role = "scientist") => {
        const client = test.connect();
        await client.say({ token: await test.tokenOf(role), subscribe: subscription });
        await client.next();
        await client.next();
        return client;
      },
      store: async (uid, timeMs, values) => {
        await startPipeline();
        const device = (await directory.resolve(operator.organizationId, [uid])).get(uid)!;
        await directory.allocateMetrics(device.profile, Object.keys(values));
        const batch = new MessageBatch(1);
        for (const [key, value] of Object.entries(values))
          batch.addValue(device.profile.metricNumbers.get(key)!, value);
        batch.endMessage(device.id, timeMs * 1000);
        await pipeline.offer(batch);
      },
      stop,
    };
    return test;
  };
  return seenBy(alerts);
}

function openClient(url: string, headers: Readonly<Record<string, string>> = {}): TestClient {
  // Node's own client takes headers, which the standard's constructor does not know.
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  const unread: Received[] = [];
  let waiting: { resolve: (message: Received) => void; reject: (error: Error) => void } | undefined;
  const opened = new Promise<void>((resolve) => socket.addEventListener("open", () => resolve()));
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as Received;
    if (waiting === undefined) unread.push(message);
    else waiting.resolve(message);
    waiting = undefined;
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => {
      waiting?.reject(new Error(`closed with ${code} ${reason}`));
      resolve({ code, reason });
    });
  });
  return {
    socket,
    closed,
    unread,
    say: async (message) => {
      await opened;
      socket.send(typeof message === "string" ? message : JSON.stringify(message));
    },
    next: () => {
      const first = unread.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
      });
    },
  };
}
