import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import {
  CONNECT,
  type MqttPacket,
  MqttPacketReader,
  PUBACK,
  PUBLISH,
  type Publish,
  pubackIn,
  publishIn,
  publishPacket,
  usernameOf,
} from "./mqtt-packets.ts";
import { type Direction, type Passage, passAll, type Tap, type Transmission, type Verdict } from "./passage.ts";
import { forEachChunk, reset } from "./socket-chunks.ts";

/**
 * The network between devices and the broker: a TCP proxy that sees each PUBLISH and PUBACK in both directions, and may lose
 * them, send them once more under other packet identifiers, cut connections, or leave them half open.
 */
export class LinkProxy {
  tap: Tap = passAll;
  /** Awaited when a PUBLISH arrives here, before anything else: what is not so by then was not so when it was sent. */
  onTransmission: (transmission: Transmission) => void | Promise<void> = () => {};
  /** Devices that reach nobody: their connections are refused. */
  readonly isolated = new Set<string>();
  /** Where the broker is now. */
  targetPort: number;
  private readonly links = new Set<Link>();
  private readonly server: Server;
  private sessions = 0;

  constructor(targetPort: number) {
    this.targetPort = targetPort;
    this.server = createServer((device) => this.accept(device));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Sends a message of its own on the device's present connection; false when there is none. */
  inject(uid: string, direction: Direction, channel: string, payload: string): Promise<boolean> {
    const link = this.linkOf(uid);
    return link === undefined ? Promise.resolve(false) : link.inject(direction, channel, payload);
  }

  /** Ends the device's connection with RST. Returns whether it had one. */
  cut(uid: string): boolean {
    const link = this.linkOf(uid);
    link?.end();
    return link !== undefined;
  }

  /** From now on the present connection swallows what goes that way; the next one is whole again. */
  swallow(uid: string, direction: Direction): boolean {
    const link = this.linkOf(uid);
    link?.swallowing.add(direction);
    return link !== undefined;
  }

  async stop(): Promise<void> {
    for (const link of this.links) link.end();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private linkOf(uid: string): Link | undefined {
    return [...this.links].findLast((link) => link.uid === uid && link.isOpen);
  }

  private accept(device: Socket): void {
    const broker = connect(this.targetPort, "127.0.0.1");
    const link = new Link(device, broker, this, ++this.sessions);
    this.links.add(link);
    link.run().finally(() => this.links.delete(link));
  }
}

/** Identifiers of our own begin here; those of a device count up from anywhere, one at a time. */
const FIRST_OWN_ID = 50_000;

class Link {
  uid = "";
  readonly swallowing = new Set<Direction>();
  private readonly sockets: Readonly<Record<Direction, Socket>>;
  private readonly proxy: LinkProxy;
  private readonly session: number;
  /** What a message that was not acknowledged yet was about, by the way it went and its identifier. */
  private readonly underWay = { "to-device": new Map<number, string>(), "to-server": new Map<number, string>() };
  private readonly injected = { "to-device": new Set<number>(), "to-server": new Set<number>() };
  private nextOwnId = FIRST_OWN_ID;

  constructor(device: Socket, broker: Socket, proxy: LinkProxy, session: number) {
    this.sockets = { "to-device": device, "to-server": broker };
    this.proxy = proxy;
    this.session = session;
    for (const socket of [device, broker]) socket.setNoDelay(true).on("error", () => {});
  }

  get isOpen(): boolean {
    return !this.sockets["to-device"].destroyed && !this.sockets["to-server"].destroyed;
  }

  async run(): Promise<void> {
    await Promise.all([
      this.relay("to-server").then(() => this.sockets["to-server"].destroy()),
      this.relay("to-device").then(() => this.sockets["to-device"].destroy()),
    ]);
  }

  end(): void {
    reset(this.sockets["to-device"]);
    reset(this.sockets["to-server"]);
  }

  async inject(direction: Direction, channel: string, payload: string): Promise<boolean> {
    while (this.underWay[direction].has(this.nextOwnId)) this.nextOwnId++;
    const publish = { topic: `devices/${this.uid}/${channel}`, messageId: this.nextOwnId++, payload };
    this.injected[direction].add(publish.messageId);
    await this.proxy.onTransmission(this.transmission(direction, publish, false));
    return this.write(direction, publishPacket(publish));
  }

  private relay(direction: Direction): Promise<void> {
    const reader = new MqttPacketReader();
    return forEachChunk(this.sockets[opposite(direction)], async (chunk) => {
      for (const packet of reader.push(chunk)) await this.pass(direction, packet);
    });
  }

  private async pass(direction: Direction, packet: MqttPacket): Promise<void> {
    if (packet.type === CONNECT) this.uid = usernameOf(packet);
    if (this.proxy.isolated.has(this.uid)) this.end();
    if (packet.type === PUBACK && this.injected[opposite(direction)].delete(pubackIn(packet))) return;
    const what = this.describe(direction, packet);
    const message = packet.type === PUBLISH ? this.transmission(direction, publishIn(packet), true) : undefined;
    if (message !== undefined && !this.swallowing.has(direction)) await this.proxy.onTransmission(message);
    if (what !== undefined && !(await this.isLet({ what, side: "before", message }))) return;
    this.write(direction, packet.bytes);
    if (what !== undefined) await this.isLet({ what, side: "after", message });
  }

  private write(direction: Direction, bytes: Buffer): boolean {
    const socket = this.sockets[direction];
    if (this.swallowing.has(direction) || socket.destroyed) return false;
    socket.write(bytes);
    return true;
  }

  /** What a PUBLISH or PUBACK is about; undefined for every other packet. */
  private describe(direction: Direction, packet: MqttPacket): string | undefined {
    if (packet.type === PUBLISH) {
      const { topic, messageId, payload } = publishIn(packet);
      const about = aboutOf(channelOf(topic), payload);
      this.underWay[direction].set(messageId, about);
      return `PUBLISH ${about}`;
    }
    if (packet.type !== PUBACK) return undefined;
    const underWay = this.underWay[opposite(direction)];
    const messageId = pubackIn(packet);
    const about = underWay.get(messageId);
    underWay.delete(messageId);
    return `PUBACK ${about}`;
  }

  private async isLet(passage: Pick<Passage, "what" | "side" | "message">): Promise<boolean> {
    const verdict: Verdict = await this.proxy.tap({ where: "link", uid: this.uid, ...passage });
    if (verdict === "cut" || verdict === "half-open") this.end();
    return verdict === "pass";
  }

  private transmission(direction: Direction, { topic, payload }: Publish, isOriginal: boolean): Transmission {
    const { uid, session } = this;
    return { uid, direction, channel: channelOf(topic), payload, session, isOriginal };
  }
}

function opposite(direction: Direction): Direction {
  return direction === "to-device" ? "to-server" : "to-device";
}

function channelOf(topic: string): string {
  return topic.slice(topic.lastIndexOf("/") + 1);
}

/** The channel, and what distinguishes one message from another in the life of a command. */
function aboutOf(channel: string, payload: string): string {
  if (channel !== "command" && channel !== "evidence") return channel;
  const { kind, state } = JSON.parse(payload) as { kind?: string; state?: string };
  return `${channel} ${kind ?? state}`;
}
