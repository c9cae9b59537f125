import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** A text frame's first byte, final; and the sign of a masked one (RFC 6455, section 5.2). */
const FINAL_TEXT = 0x81;
const MASKED = 0x80;
const LENGTH_IN_TWO_BYTES = 126;
const LENGTH_IN_EIGHT_BYTES = 127;

/** The server cuts a stalled connection off sooner or later, which one that does not read does not see: another one joins it. */
const NEXT_MS = 20_000;

/** Subscribes and never reads what it is sent; every 20 s once more, so that there always is one. */
export class StalledSubscriber {
  private readonly url: URL;
  private readonly token: string;
  private readonly subscription: string;
  private readonly sockets: Socket[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(httpUrl: string, token: string, devices: readonly string[]) {
    this.url = new URL(httpUrl);
    this.token = token;
    this.subscription = JSON.stringify({ subscribe: { readings: { devices } } });
  }

  /** Connections so far. */
  get connections(): number {
    return this.sockets.length;
  }

  /** Resolves once the first has subscribed. */
  async start(): Promise<void> {
    this.timer = setInterval(() => void this.open().catch(() => {}), NEXT_MS);
    await this.open();
  }

  stop(): void {
    clearInterval(this.timer);
    for (const socket of this.sockets) socket.destroy();
  }

  private async open(): Promise<void> {
    const socket = connect(Number(this.url.port), this.url.hostname);
    this.sockets.push(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.on("error", reject);
    socket.once("connect", () => socket.write(this.handshake()));
    socket.once("data", () => {
      socket.pause();
      socket.write(frame(this.subscription), () => resolve());
    });
    await promise;
  }

  private handshake(): string {
    return [
      "GET /api/v1/stream HTTP/1.1",
      `Host: ${this.url.host}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
      `Authorization: Bearer ${this.token}`,
      "",
      "",
    ].join("\r\n");
  }
}

function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  for (let at = 0; at < payload.length; at++) payload[at]! ^= mask[at % 4]!;
  return Buffer.concat([header(payload.length), mask, payload]);
}

function header(length: number): Buffer {
  if (length < LENGTH_IN_TWO_BYTES) return Buffer.of(FINAL_TEXT, MASKED | length);
  const bytes = Buffer.alloc(length < 65_536 ? 4 : 10);
  bytes[0] = FINAL_TEXT;
  bytes[1] = MASKED | (bytes.length === 4 ? LENGTH_IN_TWO_BYTES : LENGTH_IN_EIGHT_BYTES);
  if (bytes.length === 4) bytes.writeUInt16BE(length, 2);
  else bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}
