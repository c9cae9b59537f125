import type { ServerProcess } from "../server-process.ts";

/** What the live stream says of an alert, as far as the benchmark looks at it. */
export interface StreamedAlert {
  readonly id: string;
  readonly device: string | null;
  readonly state: "pending" | "firing" | "resolved";
  readonly episode: number;
}

/** One subscriber of the live stream of alerts. */
export class AlertStream {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<string, (atMs: number) => void>();
  private isClosing = false;
  /** Changes of alerts that came, however often. */
  changes = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
  }

  /** Resolves past the first snapshot; whoever loses the connection later fails. */
  static async open(server: ServerProcess, onLost: (error: Error) => void): Promise<AlertStream> {
    const socket = new WebSocket(`${server.httpUrl.replace("http", "ws")}/api/v1/stream`);
    const stream = new AlertStream(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () =>
        socket.send(JSON.stringify({ token: server.accessToken, subscribe: { alerts: {} } })),
      );
      socket.addEventListener("message", ({ data }) => stream.take(JSON.parse(String(data)), resolve));
      socket.addEventListener("close", ({ code, reason }) => {
        const error = new Error(`the live stream closed with ${code} ${reason}`);
        reject(error);
        if (!stream.isClosing) onLost(error);
      });
    });
    return stream;
  }

  /** Resolves with the time (`performance.now()`) at which the device's alert is seen in this state; ask before causing it. */
  seen(device: string, state: StreamedAlert["state"]): Promise<number> {
    return new Promise((resolve) => {
      this.waiting.set(`${device} ${state}`, resolve);
    });
  }

  close(): void {
    this.isClosing = true;
    this.socket.close();
  }

  private take(message: { type: string; item?: StreamedAlert | null }, onSnapshot: () => void): void {
    if (message.type === "snapshot") onSnapshot();
    if (message.type !== "change" || !message.item) return;
    this.changes++;
    const key = `${message.item.device} ${message.item.state}`;
    const resolve = this.waiting.get(key);
    this.waiting.delete(key);
    resolve?.(performance.now());
  }
}
