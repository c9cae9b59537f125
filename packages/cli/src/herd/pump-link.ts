import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import mqtt from "mqtt-packet";

/**
 * The wire between a pump and its broker, as a relay of MQTT messages that loses what wires lose: whatever the pump answers
 * before a second start has reached it. The pump believes that its answer was delivered, and the sender hears nothing.
 */
export interface PumpLink {
  /** Where the pump connects to. */
  readonly url: string;
  /** Starts that went over the wire to the pump. */
  readonly startsSent: number;
  readonly answersLost: number;
  stop(): Promise<void>;
}

export async function openPumpLink(brokerPort: number): Promise<PumpLink> {
  const link = new LossyLink(brokerPort);
  await link.start();
  return link;
}

class LossyLink implements PumpLink {
  startsSent = 0;
  answersLost = 0;
  private readonly brokerPort: number;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(brokerPort: number) {
    this.brokerPort = brokerPort;
    this.server = createServer((pump) => this.relay(pump, connect(this.brokerPort, "127.0.0.1")));
  }

  async start(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private relay(pump: Socket, broker: Socket): void {
    for (const [socket, other] of [
      [pump, broker],
      [broker, pump],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    readPackets(broker, (packet) => {
      if (isStart(packet)) this.startsSent++;
      pump.write(mqtt.generate(packet));
    });
    readPackets(pump, (packet) => {
      if (this.startsSent > 1 || !isAnswer(packet)) broker.write(mqtt.generate(packet));
      else this.lose(packet, pump);
    });
  }

  private lose({ messageId }: mqtt.IPublishPacket, pump: Socket): void {
    this.answersLost++;
    if (messageId !== undefined) pump.write(mqtt.generate({ cmd: "puback", messageId }));
  }
}

function readPackets(socket: Socket, take: (packet: mqtt.Packet) => void): void {
  const parser = mqtt.parser();
  parser.on("packet", take);
  parser.on("error", () => socket.destroy());
  socket.on("data", (bytes: Buffer) => parser.parse(bytes));
}

function isStart(packet: mqtt.Packet): boolean {
  if (packet.cmd !== "publish" || !packet.topic.endsWith("/command")) return false;
  return (JSON.parse(packet.payload.toString()) as { kind?: unknown }).kind === "RUN";
}

function isAnswer(packet: mqtt.Packet): packet is mqtt.IPublishPacket {
  return packet.cmd === "publish" && packet.topic.endsWith("/evidence");
}
