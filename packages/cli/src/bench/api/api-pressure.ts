import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { ownCpuSeconds } from "../server-process.ts";
import type { Asked } from "./asking.ts";

export interface ApiPressureOrder {
  /** Asked in turn, again and again. */
  readonly asked: readonly Asked[];
  readonly connections: number;
}

export interface ApiPressureResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Status → answers. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Asks the API as fast as it answers, over many connections, from a process of its own. */
export class ApiPressure {
  private readonly host: ChildProcess = fork(path.join(import.meta.dirname, "api-pressure-host.ts"));

  /** Resolves once the first round was answered. */
  async start(order: ApiPressureOrder): Promise<void> {
    this.host.send(order);
    await this.told();
  }

  /** CPU seconds that asking has taken. */
  cpuSeconds(): number {
    return ownCpuSeconds(this.host.pid!);
  }

  async stop(): Promise<ApiPressureResult> {
    this.host.send("stop");
    const result = (await this.told()) as ApiPressureResult;
    this.close();
    return result;
  }

  close(): void {
    if (this.host.connected) this.host.disconnect();
  }

  private async told(): Promise<unknown> {
    const ended = once(this.host, "exit").then(([code]) => {
      throw new Error(`the process that asks ended with ${code}`);
    });
    const [message] = (await Promise.race([once(this.host, "message"), ended])) as [unknown];
    return message;
  }
}
