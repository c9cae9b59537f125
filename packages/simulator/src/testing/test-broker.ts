import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Aedes, type AuthErrorCode, type AuthenticateError } from "aedes";

const BAD_PASSWORD: AuthErrorCode.BAD_USERNAME_OR_PASSWORD = 4;
const UNAVAILABLE: AuthErrorCode.SERVER_UNAVAILABLE = 3;

export interface TestBroker {
  readonly url: string;
  /** Telemetry and evidence in the order in which it came, with the topic's last part. */
  readonly received: readonly { readonly channel: string; readonly payload: string }[];
  /** Sockets that have been opened so far. */
  readonly connections: number;
  /** Every socket breaks; clients may come back. */
  dropConnections(): void;
  /** The next so many messages are swallowed: never acknowledged, and their connection breaks. */
  swallow(messages: number): void;
  /** The next so many clients are told that the server is not available. */
  turnAway(clients: number): void;
  /** Resolves when so many messages have been received. */
  whenReceived(count: number): Promise<void>;
  send(uid: string, channel: string, payload: string): Promise<void>;
  /** Resolves when the device listens on the channel. */
  whenListening(uid: string, channel: string): Promise<void>;
  stop(): Promise<void>;
}

/** A real broker on a free port that takes one password for every device, and can fail on purpose. */
export async function startTestBroker(password = "secret"): Promise<TestBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const received: { channel: string; payload: string }[] = [];
  const listening = new Set<string>();
  const waiters = new Set<() => void>();
  let connections = 0;
  let toSwallow = 0;
  let toTurnAway = 0;
  const wake = () => {
    for (const waiter of waiters) waiter();
  };
  broker.authenticate = (_client, _user, given, done) => {
    const refuse = (returnCode: AuthErrorCode, message: string) =>
      done(Object.assign(new Error(message), { returnCode }) as AuthenticateError, false);
    if (given?.toString() !== password) refuse(BAD_PASSWORD, "bad password");
    else if (toTurnAway-- > 0) refuse(UNAVAILABLE, "not available");
    else done(null, true);
  };
  broker.authorizePublish = (_client, packet, done) => {
    if (toSwallow > 0) {
      toSwallow -= 1;
      for (const socket of sockets) socket.destroy();
      return;
    }
    received.push({ channel: packet.topic.split("/").at(-1)!, payload: packet.payload.toString() });
    done(null);
    wake();
  };
  broker.on("subscribe", (subscriptions) => {
    for (const { topic } of subscriptions) listening.add(topic);
    wake();
  });
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    broker.handle(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const until = (isDone: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!isDone()) return;
        waiters.delete(check);
        resolve();
      };
      waiters.add(check);
      check();
    });
  const dropConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    get connections() {
      return connections;
    },
    dropConnections,
    swallow: (messages) => {
      toSwallow = messages;
    },
    turnAway: (clients) => {
      toTurnAway = clients;
    },
    whenReceived: (count) => until(() => received.length >= count),
    whenListening: (uid, channel) => until(() => listening.has(`devices/${uid}/${channel}`)),
    send: (uid, channel, payload) =>
      new Promise((resolve, reject) => {
        const packet = { cmd: "publish", qos: 1, retain: false, dup: false } as const;
        broker.publish({ ...packet, topic: `devices/${uid}/${channel}`, payload }, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    async stop() {
      dropConnections();
      await new Promise<void>((resolve) => broker.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
