import { callApi, type ServerProcess, startServerProcess } from "@sluice/cli/bench/server-process.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface Message {
  readonly type: string;
  readonly cursor?: string;
  readonly [part: string]: unknown;
}

describe("somebody who watches a pond", () => {
  let server: ServerProcess;
  let deviceToken: string;

  beforeAll(async () => {
    server = await startServerProcess();
    const draft = { uid: "pond-1", profile: "generic" };
    deviceToken = (await callApi<{ token: string }>(server, "POST", "/api/v1/devices", draft)).token;
    await say(8);
    await callApi(server, "POST", "/api/v1/rules", {
      key: "low",
      name: "Oxygen is low",
      device: "pond-1",
      definition: { kind: "threshold", metric: "oxygen", operator: "below", value: 4 },
      alert: { severity: "critical" },
    });
  });
  afterAll(() => server?.remove());

  it("sees its readings and its alert, and after a drop what has ended meanwhile", async () => {
    const watcher = await Watcher.connect(server, { readings: { devices: ["pond-1"] }, alerts: {} });
    expect(await watcher.next("readings")).toMatchObject({ snapshot: true, items: [{ values: { oxygen: 8 } }] });
    await watcher.next("snapshot");
    await say(3);
    expect(await watcher.next("readings")).toMatchObject({ items: [{ device: "pond-1", values: { oxygen: 3 } }] });
    expect(await watcher.next("change")).toMatchObject({ item: { device: "pond-1", state: "firing" } });
    const { cursor } = watcher;
    await watcher.close();

    const other = await Watcher.connect(server, { alerts: {} });
    await other.next("snapshot");
    await say(8);
    expect(await other.next("change")).toMatchObject({ item: { state: "resolved" } });
    await other.close();

    const again = await Watcher.connect(server, { alerts: {} }, cursor);
    expect(await again.next("snapshot")).toMatchObject({ alerts: [], resumed: true });
    expect(await again.next("change")).toMatchObject({ item: { device: "pond-1", state: "resolved" } });
    await again.close();
  });

  async function say(oxygen: number): Promise<void> {
    const sender = { ...server, accessToken: deviceToken };
    await callApi(sender, "POST", "/api/sensors/data", { sensor_id: "pond-1", oxygen });
  }
});

class Watcher {
  private readonly socket: WebSocket;
  private readonly unread: Message[] = [];
  private onMessage: () => void = () => {};
  cursor: string | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as Message;
      this.cursor = message.cursor ?? this.cursor;
      this.unread.push(message);
      this.onMessage();
    });
  }

  static async connect({ httpUrl, accessToken }: ServerProcess, subscribe: object, resume?: string): Promise<Watcher> {
    const socket = new WebSocket(`${httpUrl.replace("http", "ws")}/api/v1/stream`);
    const watcher = new Watcher(socket);
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    socket.send(JSON.stringify({ token: accessToken, subscribe, ...(resume === undefined ? {} : { resume }) }));
    return watcher;
  }

  /** The next message of this type; those of others stay for whoever asks for them. */
  async next(type: string): Promise<Message> {
    for (;;) {
      const at = this.unread.findIndex((message) => message.type === type);
      if (at >= 0) return this.unread.splice(at, 1)[0]!;
      await new Promise<void>((resolve) => {
        this.onMessage = resolve;
      });
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.socket.addEventListener("close", resolve));
    this.socket.close();
    await closed;
  }
}
