import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { callApi, type ServerProcess } from "./server-process.ts";

export interface PressureOrder {
  readonly url: string;
  readonly token: string;
  readonly devices: number;
  readonly messages: number;
  readonly messagesPerRequest: number;
  readonly connections: number;
  /** Undefined: as fast as it is taken. */
  readonly messagesPerSecond?: number | undefined;
}

export interface PressureResult {
  readonly messagesPerSecond: number;
}

const DEVICES = 10_000;
const MESSAGES = 500_000;
const MESSAGES_PER_REQUEST = 5_000;
/** At a given speed: many senders with little each, as devices are. */
const MESSAGES_PER_PACED_REQUEST = 500;
const CONNECTIONS = 4;
/** Each waits for its flush: fewer could not send as much as they are told to. */
const PACED_CONNECTIONS = 64;

/**
 * Line protocol as `bench ingest` sends it, as fast as it is taken, from a process of its own: the same messages again and
 * again, so that it lasts as long as it is needed.
 */
export class IngestPressure {
  private readonly host: ChildProcess = fork(path.join(import.meta.dirname, "pressure-host.ts"));

  /** Resolves once its devices are known to the server and the pressure is on. */
  async start(server: ServerProcess, messagesPerSecond?: number): Promise<void> {
    const scopes = ["ingest", "devices:provision"];
    const name = `pressure-${this.host.pid}`;
    const { token } = await callApi<{ token: string }>(server, "POST", "/api/v1/clients", { name, scopes });
    const order: PressureOrder = {
      url: `${server.httpUrl}/api/v2/write?precision=ns`,
      token,
      devices: DEVICES,
      messages: MESSAGES,
      messagesPerRequest: messagesPerSecond === undefined ? MESSAGES_PER_REQUEST : MESSAGES_PER_PACED_REQUEST,
      connections: messagesPerSecond === undefined ? CONNECTIONS : PACED_CONNECTIONS,
      messagesPerSecond,
    };
    this.host.send(order);
    await this.told();
  }

  /** Answers what was acknowledged in a second, from `start` to here. */
  async stop(): Promise<PressureResult> {
    this.host.send("stop");
    const result = (await this.told()) as PressureResult;
    this.close();
    return result;
  }

  close(): void {
    if (this.host.connected) this.host.disconnect();
  }

  private async told(): Promise<unknown> {
    const ended = once(this.host, "exit").then(([code]) => {
      throw new Error(`the process that sends readings ended with ${code}`);
    });
    const [message] = (await Promise.race([once(this.host, "message"), ended])) as [unknown];
    return message;
  }
}
