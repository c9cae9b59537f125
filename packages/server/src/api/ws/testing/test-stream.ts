import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { ManualClock } from "../../../actuation/testing/manual-clock.ts";
import { createTestAlerts, type TestAlerts } from "../../../alerts/testing/test-alerts.ts";
import { type Accounts, createAccounts, createUser, login, prepareAccounts, type Role } from "../../../auth/index.ts";
import { listExecutions } from "../../../automation/index.ts";
import { ChannelListener } from "../../../platform/channel-listener.ts";
import { systemClock } from "../../../platform/clock.ts";
import { LIVE_CHANNEL } from "../../../platform/live-notice.ts";
import { createLogger } from "../../../platform/logger.ts";
import { connectClient } from "../../../platform/postgres.ts";
import { createSealer } from "../../../platform/secret.ts";
import { createLiveReaders } from "../live-readers.ts";
import { LiveStream, type LiveStreamLimits, STREAM_PATH } from "../live-stream.ts";
import { COALESCE_MS } from "../organization-feed.ts";

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
  connect(headers?: Readonly<Record<string, string>>): TestClient;
  /** Connected, known and subscribed: past its first snapshot. */
  subscribe(subscription: object, role?: Role): Promise<TestClient>;
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

/** Coalescing takes no time, and everything else as much as a test says. */
class StreamClock extends ManualClock {
  override after(delayMs: number, callback: () => void): () => void {
    if (delayMs > COALESCE_MS) return super.after(delayMs, callback);
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  }
}

/** Longer than any test lets pass, so that snapshots come only when they are asked for. */
const RENEW_MS = 24 * 3_600_000;

export async function createTestStream(limits?: LiveStreamLimits): Promise<TestStream> {
  const alerts = await createTestAlerts();
  const { pool, database, operator } = alerts;
  const clock = new StreamClock();
  const accounts = createAccounts({ pool, clock, randomBytes, sealer: createSealer("secret") });
  await prepareAccounts(accounts);
  const stream = new LiveStream({
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
  await app.listen({ host: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${(app.server.address() as AddressInfo).port}`;

  const tokens = new Map<Role, Promise<string>>();
  const signIn = async (role: Role) => {
    const email = `${role}@example.org`;
    await createUser(accounts, { ...operator, actor: "system" }, { email, password: PASSWORD, roles: [role] });
    return (await login(accounts, { username: email, password: PASSWORD, address: "10.0.0.1" })).access_token;
  };
  const test: TestStream = {
    ...alerts,
    clock,
    stream,
    app,
    accounts,
    httpUrl: `http://${address}${STREAM_PATH}`,
    tokenOf: (role) => {
      const token = tokens.get(role) ?? signIn(role);
      tokens.set(role, token);
      return token;
    },
    connect: (headers) => openClient(`ws://${address}${STREAM_PATH}`, headers),
    subscribe: async (subscription, role = "scientist") => {
      const client = test.connect();
      await client.say({ token: await test.tokenOf(role), subscribe: subscription });
      await client.next();
      await client.next();
      return client;
    },
    stop: async () => {
      await app.close();
      await listener.stop();
      await alerts.stop();
    },
  };
  return test;
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
