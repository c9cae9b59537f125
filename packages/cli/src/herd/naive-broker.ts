import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Aedes } from "aedes";

export interface NaiveBroker {
  readonly port: number;
  /** Resolves once the broker has the message for its subscribers. */
  publish(uid: string, channel: string, payload: string): Promise<void>;
  /** Told of what devices say on a channel. */
  onMessage(channel: string, take: (payload: string) => void): Promise<void>;
  stop(): Promise<void>;
}

/** A broker inside the program, as Node programs with an MQTT device often have it. */
export async function startNaiveBroker(): Promise<NaiveBroker> {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    publish: (uid, channel, payload) =>
      new Promise((resolve, reject) => {
        const packet = { cmd: "publish", qos: 1, retain: false, dup: false } as const;
        broker.publish({ ...packet, topic: `devices/${uid}/${channel}`, payload }, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    onMessage: (channel, take) =>
      new Promise((resolve) => {
        broker.subscribe(
          `devices/+/${channel}`,
          ({ payload }, done) => {
            take(payload.toString());
            done();
          },
          () => resolve(),
        );
      }),
    async stop() {
      await new Promise<void>((resolve) => broker.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
