import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import mqtt from "mqtt-packet";
import { describeRun, rounded } from "./bench-report.ts";
import { Latencies } from "./latencies.ts";
import { callApi, type ServerProcess, startServerProcess } from "./server-process.ts";

export interface FloodOptions {
  readonly seconds: number;
  readonly say: (text: string) => void;
}

/** The flood is written in pieces of so many messages, as fast as the socket takes them. */
const FLOOD_PIECE = 500;
const STEADY_PAUSE_MS = 10;
const BURST = 1000;
const BURST_PAUSE_MS = 1000;

/**
 * One device floods at QoS 0 without pause. Beside it one device sends steadily at QoS 1, one sends evidence, and one keeps a
 * thousand messages in flight: how long do they wait, does any lose its connection, and how much memory is used?
 */
export async function benchFlood({ seconds, say }: FloodOptions): Promise<Record<string, unknown>> {
  say("starting a server");
  const server = await startServerProcess();
  try {
    // The rate class of a device would end the flood at the socket, and measure nothing but itself.
    const profile = { key: "unlimited", name: "Unlimited", readingsPerSecond: 1_000_000, readingsBurst: 1_000_000 };
    await callApi(server, "POST", "/api/v1/profiles", profile);
    const [flood, steady, burst] = await Promise.all(
      ["flood", "steady", "burst"].map((uid) => open(server, uid, "unlimited")),
    );
    const evidence = await open(server, "pump", "irrigation-zone");
    say(`flooding for ${seconds} s`);
    const until = performance.now() + seconds * 1000;
    let residentBytes = 0;
    const watching = async () => {
      for (; performance.now() < until; await pause(200))
        residentBytes = Math.max(residentBytes, server.residentBytes());
    };
    const [sent] = await Promise.all([
      floodUntil(flood!, until),
      sendUntil(steady!, "telemetry", until, STEADY_PAUSE_MS, 1),
      sendUntil(evidence, "evidence", until, STEADY_PAUSE_MS, 1),
      sendUntil(burst!, "telemetry", until, BURST_PAUSE_MS, BURST),
      watching(),
    ]);
    const clients = { steady: steady!, evidence, burst: burst! };
    const unanswered = Object.values(clients).reduce((sum, client) => sum + client.waiting.size, 0);
    const stored = await storedOf(server, "steady");
    return {
      ...describeRun({ seconds }),
      floodMessagesPerSecond: rounded(sent / seconds, 0),
      maxResidentMib: rounded(residentBytes / 2 ** 20, 0),
      steadyAckP99Ms: rounded(steady!.latencies.percentile(99)),
      evidenceAckP99Ms: rounded(evidence.latencies.percentile(99)),
      evidenceAckMaxMs: rounded(evidence.latencies.percentile(100)),
      burstAckP99Ms: rounded(burst!.latencies.percentile(99)),
      acknowledged: { steady: steady!.acknowledged, evidence: evidence.acknowledged, burst: burst!.acknowledged },
      brokenConnections: Object.values(clients).filter(({ isBroken }) => isBroken).length,
      lost: unanswered + Math.max(0, steady!.acknowledged - stored),
    };
  } finally {
    await server.remove();
  }
}

class Client {
  readonly latencies = new Latencies();
  readonly waiting = new Map<number, number>();
  acknowledged = 0;
  isBroken = false;
  private nextId = 0;
  private rest = Buffer.alloc(0);
  private onEmpty: () => void = () => undefined;
  readonly uid: string;
  readonly socket: Socket;

  constructor(uid: string, socket: Socket) {
    this.uid = uid;
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("close", () => {
      this.isBroken = true;
      this.onEmpty();
    });
    socket.on("error", () => undefined);
  }

  packet(channel: string, payload: string, qos: 0 | 1): Buffer {
    const messageId = qos === 0 ? undefined : 1 + (this.nextId++ % 65_535);
    if (messageId !== undefined) this.waiting.set(messageId, performance.now());
    return mqtt.generate({
      cmd: "publish",
      topic: `devices/${this.uid}/${channel}`,
      payload,
      qos,
      ...(messageId === undefined ? {} : { messageId }),
      dup: false,
      retain: false,
    });
  }

  whenAnswered(): Promise<void> {
    if (this.waiting.size === 0 || this.isBroken) return Promise.resolve();
    return new Promise((resolve) => {
      this.onEmpty = resolve;
    });
  }

  private receive(bytes: Buffer): void {
    const all = Buffer.concat([this.rest, bytes]);
    let at = 0;
    for (; at + 4 <= all.length; at += 4) {
      const id = all.readUInt16BE(at + 2);
      const sentAt = this.waiting.get(id);
      if (sentAt === undefined) continue;
      this.waiting.delete(id);
      this.acknowledged++;
      this.latencies.add(performance.now() - sentAt);
    }
    this.rest = Buffer.from(all.subarray(at));
    if (this.waiting.size === 0) this.onEmpty();
  }
}

async function open(server: ServerProcess, uid: string, profile: string): Promise<Client> {
  const { token } = await callApi<{ token: string }>(server, "POST", "/api/v1/devices", { uid, profile });
  const socket = connect(server.mqttPort, "127.0.0.1");
  socket.setNoDelay(true);
  socket.write(
    mqtt.generate({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clientId: uid,
      username: uid,
      password: Buffer.from(token),
      clean: true,
      keepalive: 30,
    }),
  );
  await once(socket, "data");
  return new Client(uid, socket);
}

/** Answers how many messages were handed to the socket. */
async function floodUntil(client: Client, until: number): Promise<number> {
  const one = client.packet("telemetry", '{"a":1.5,"b":2.5,"c":3.5,"d":4.5,"e":5.5}', 0);
  const piece = Buffer.concat(Array.from({ length: FLOOD_PIECE }, () => one));
  let sent = 0;
  while (performance.now() < until && !client.isBroken) {
    sent += FLOOD_PIECE;
    if (!client.socket.write(piece)) await drained(client.socket);
  }
  client.socket.destroy();
  return sent;
}

/** The socket takes more, or a second has passed: a server that reads no more is not waited for. */
async function drained(socket: Socket): Promise<void> {
  const signal = AbortSignal.timeout(1000);
  await once(socket, "drain", { signal }).catch(() => undefined);
}

async function sendUntil(
  client: Client,
  channel: string,
  until: number,
  pauseMs: number,
  burst: number,
): Promise<void> {
  let step = 0;
  while (performance.now() < until && !client.isBroken) {
    const packets = Array.from({ length: burst }, () => client.packet(channel, payloadOf(channel, step++), 1));
    client.socket.write(Buffer.concat(packets));
    await client.whenAnswered();
    await pause(pauseMs);
  }
}

function payloadOf(channel: string, step: number): string {
  if (channel === "evidence") {
    return JSON.stringify({
      id: randomUUID(),
      actuator: "pump",
      fence: 1,
      state: "COMPLETED",
      bootId: "b",
      mono: step,
    });
  }
  return JSON.stringify({ step });
}

async function storedOf(server: ServerProcess, uid: string): Promise<number> {
  const route = `/api/v1/devices/${uid}/telemetry?metrics=step&from=0&to=${Date.now() + 3_600_000}`;
  const { ts } = await callApi<{ ts: number[] }>(server, "GET", route);
  return ts.length;
}
