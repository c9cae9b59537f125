import { once } from "node:events";
import { connect, type Socket } from "node:net";
import mqtt from "mqtt-packet";
import { Latencies } from "./latencies.ts";
import { deviceAt, microsAt, payloadAt, type Workload } from "./workload.ts";

export interface MqttSender {
  readonly uid: string;
  readonly token: string;
}

export interface MqttLoadResult {
  readonly seconds: number;
  readonly latencies: Latencies;
  readonly acknowledged: Uint8Array;
}

/** Beyond this without an acknowledgement the run has failed: no benchmark hangs. */
const SILENCE_LIMIT_MS = 30_000;
const PUBACK = 0x40;
const ACK_BYTES = 4;

/**
 * Publishes the workload at QoS 1, one connection a device and `inFlight` messages each, over bare sockets so that the
 * sender costs little of the cores it shares with the broker. Packets are made before the clock starts.
 */
export async function publishWorkload(
  port: number,
  workload: Workload,
  senders: readonly MqttSender[],
  inFlight: number,
): Promise<MqttLoadResult> {
  const latencies = new Latencies();
  const acknowledged = new Uint8Array(workload.messages);
  const clients = senders.map((sender, device) => {
    const messages: number[] = [];
    for (let message = device; message < workload.messages; message += workload.devices) messages.push(message);
    return new RawClient(sender, messages, packetsOf(workload, sender, messages), inFlight, latencies, acknowledged);
  });
  await Promise.all(clients.map((client) => client.open(port)));
  const begin = performance.now();
  await Promise.all(clients.map((client) => client.publishAll()));
  const seconds = (performance.now() - begin) / 1000;
  for (const client of clients) client.close();
  return { seconds, latencies, acknowledged };
}

function packetsOf(workload: Workload, { uid }: MqttSender, messages: readonly number[]): Buffer[] {
  return messages.map((message, index) => {
    if (deviceAt(workload, message) >= workload.devices) throw new RangeError("no such device");
    const payload = { ts: microsAt(workload, message) / 1000, values: payloadAt(workload, message) };
    return mqtt.generate({
      cmd: "publish",
      topic: `devices/${uid}/telemetry`,
      payload: JSON.stringify(payload),
      qos: 1,
      messageId: packetId(index),
      dup: false,
      retain: false,
    });
  });
}

function packetId(index: number): number {
  return 1 + (index % 65_535);
}

class RawClient {
  private socket!: Socket;
  private sent = 0;
  private done = 0;
  private rest = Buffer.alloc(0);
  private finish: () => void = () => undefined;
  private fail: (error: Error) => void = () => undefined;
  private readonly sentAt: Float64Array;
  private readonly sender: MqttSender;
  private readonly messages: readonly number[];
  private readonly packets: readonly Buffer[];
  private readonly inFlight: number;
  private readonly latencies: Latencies;
  private readonly acknowledged: Uint8Array;

  constructor(
    sender: MqttSender,
    messages: readonly number[],
    packets: readonly Buffer[],
    inFlight: number,
    latencies: Latencies,
    acknowledged: Uint8Array,
  ) {
    this.sender = sender;
    this.messages = messages;
    this.packets = packets;
    this.inFlight = inFlight;
    this.latencies = latencies;
    this.acknowledged = acknowledged;
    this.sentAt = new Float64Array(packets.length);
  }

  async open(port: number): Promise<void> {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    this.socket.write(
      mqtt.generate({
        cmd: "connect",
        protocolId: "MQTT",
        protocolVersion: 4,
        clientId: this.sender.uid,
        username: this.sender.uid,
        password: Buffer.from(this.sender.token),
        clean: true,
        keepalive: 60,
      }),
    );
    const [answer] = (await once(this.socket, "data")) as [Buffer];
    if (answer[3] !== 0) throw new Error(`the broker refused ${this.sender.uid} with code ${answer[3]}`);
    this.socket.on("data", (bytes: Buffer) => this.receive(bytes));
    this.socket.on("error", (error) => this.fail(error));
    this.socket.on("close", () => this.fail(new Error("the broker closed a connection")));
    this.socket.setTimeout(SILENCE_LIMIT_MS, () => this.fail(new Error("the broker acknowledged nothing for 30 s")));
  }

  publishAll(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
      this.fill();
    });
  }

  close(): void {
    this.fail = () => undefined;
    this.socket.destroy();
  }

  private fill(): void {
    const ready: Buffer[] = [];
    const now = performance.now();
    while (this.sent < this.packets.length && this.sent - this.done < this.inFlight) {
      this.sentAt[this.sent] = now;
      ready.push(this.packets[this.sent++]!);
    }
    if (ready.length > 0) this.socket.write(ready.length === 1 ? ready[0]! : Buffer.concat(ready));
    if (this.done === this.packets.length) this.finish();
  }

  private receive(bytes: Buffer): void {
    const all = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : bytes;
    const now = performance.now();
    let at = 0;
    for (; at + ACK_BYTES <= all.length; at += ACK_BYTES) {
      if (all[at] !== PUBACK) {
        this.fail(new Error(`the broker sent a packet of type ${all[at]! >> 4} instead of an acknowledgement`));
        return;
      }
      const index = this.indexOf(all.readUInt16BE(at + 2));
      this.acknowledged[this.messages[index]!] = 1;
      this.latencies.add(now - this.sentAt[index]!);
      this.done++;
    }
    this.rest = Buffer.from(all.subarray(at));
    this.fill();
  }

  /** The newest sent message with this packet identifier; identifiers come round only after 65,535 messages. */
  private indexOf(id: number): number {
    const round = Math.floor((this.sent - id) / 65_535);
    return id - 1 + Math.max(0, round) * 65_535;
  }
}
