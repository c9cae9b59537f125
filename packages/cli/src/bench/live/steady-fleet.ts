import { setTimeout as pause } from "node:timers/promises";
import { bearer, HttpClient } from "@sluice/simulator/senders/http-client.ts";
import { Latencies } from "../latencies.ts";
import { machineMs } from "../one-clock.ts";
import { uidOf } from "../workload.ts";

/** Each second is sent in so many requests, evenly. */
const REQUESTS_A_SECOND = 50;
const CONNECTIONS = 64;
const WRITE_PATH = "/api/v2/write?precision=ms";

/** Every device says a reading a second, in turn, by line protocol: its number, and when it was sent. */
export class SteadyFleet {
  private readonly client: HttpClient;
  private readonly token: string;
  private readonly devices: number;
  /** Of the last run. */
  acknowledged = new Latencies();
  /** Number of the last reading of each device. */
  last = -1;

  constructor(httpUrl: string, token: string, devices: number) {
    this.client = new HttpClient(httpUrl, CONNECTIONS);
    this.token = token;
    this.devices = devices;
  }

  /** Registers them all. */
  async begin(): Promise<void> {
    for (let slot = 0; slot < REQUESTS_A_SECOND; slot++) await this.send(0, slot);
    this.last = 0;
  }

  /** Resolves when everything is acknowledged, however late; answers the readings a second. */
  async run(seconds: number, signal: AbortSignal): Promise<number> {
    const beginMs = performance.now();
    this.acknowledged = new Latencies();
    const sent: Promise<void>[] = [];
    const failures: unknown[] = [];
    for (let second = 0; second < seconds; second++) {
      for (let slot = 0; slot < REQUESTS_A_SECOND; slot++) {
        const dueMs = beginMs + (second + slot / REQUESTS_A_SECOND) * 1_000;
        if (dueMs > performance.now()) await pause(dueMs - performance.now(), undefined, { signal });
        signal.throwIfAborted();
        if (failures.length > 0) throw failures[0];
        sent.push(this.send(this.last + 1, slot).catch((error) => void failures.push(error)));
      }
      this.last++;
    }
    await Promise.all(sent);
    if (failures.length > 0) throw failures[0];
    return (seconds * this.devices) / ((performance.now() - beginMs) / 1_000);
  }

  close(): void {
    this.client.close();
  }

  private async send(number: number, slot: number): Promise<void> {
    const timeMs = Date.now();
    const at = machineMs();
    let lines = "";
    const firstOf = (one: number) => Math.ceil((one * this.devices) / REQUESTS_A_SECOND);
    for (let device = firstOf(slot); device < firstOf(slot + 1); device++) {
      lines += `bench,device=${uidOf(device)} n=${number},at=${at} ${timeMs}\n`;
    }
    if (lines === "") return;
    const headers = { ...bearer(this.token), "content-type": "text/plain" };
    const { status, text } = await this.client.request("POST", WRITE_PATH, headers, lines);
    if (status >= 300) throw new Error(`readings were answered with ${status}: ${text}`);
    this.acknowledged.add(machineMs() - at);
  }
}
