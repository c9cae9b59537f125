import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import { callApi, type ServerProcess } from "./server-process.ts";

/** What the process of the devices is told, and tells. */
export interface DevicesToHost {
  readonly kind: "start";
  readonly mqttUrl: string;
  readonly stateDirectory: string;
  readonly identities: readonly { readonly uid: string; readonly token: string }[];
  readonly moisturePercent: number;
}

export type ToHost = DevicesToHost | { readonly kind: "report"; readonly uid: string };

export type FromHost =
  | { readonly kind: "started" }
  | { readonly kind: "stop-arrived"; readonly id: string; readonly atMs: number }
  | { readonly kind: "pump-started"; readonly uid: string; readonly afterMs: number };

export interface FleetDevice {
  readonly uid: string;
  /** Of its pump. */
  readonly actuatorId: number;
}

export interface FleetOrder {
  /** Of all of them; their uids begin with its key. */
  readonly profile: string;
  readonly count: number;
  /** Of their soil. */
  readonly moisturePercent: number;
  readonly interruption: AbortSignal;
}

/** The devices' own: their commands ask for less of all of it. */
export const DEVICE_LIMITS: DeviceLimits = { maxRunMs: 1_000, cooldownMs: 0, linkLossMs: 60_000 };

/** Beyond this without what is waited for the run has failed: no benchmark hangs. */
const SILENCE_LIMIT_MS = 30_000;

/** Simulated devices of one profile, registered, connected and in a process of their own. */
export class DeviceFleet {
  readonly devices: readonly FleetDevice[];
  private readonly host: ChildProcess;
  private readonly arrivals = new Map<string, number>();
  private readonly starts = new Map<string, number>();
  private onTold: () => void = () => {};
  private isStarted = false;

  private constructor(devices: readonly FleetDevice[]) {
    this.devices = devices;
    this.host = fork(path.join(import.meta.dirname, "device-host.ts"));
    this.host.on("message", (message: FromHost) => this.hear(message));
  }

  static async open(server: ServerProcess, stateDirectory: string, wanted: FleetOrder): Promise<DeviceFleet> {
    const registered = await register(server, wanted);
    const fleet = new DeviceFleet(registered);
    const mqttUrl = `mqtt://127.0.0.1:${server.mqttPort}`;
    const { moisturePercent } = wanted;
    fleet.host.send({ kind: "start", mqttUrl, stateDirectory, identities: registered, moisturePercent });
    try {
      await fleet.until(() => fleet.isStarted, "its devices are connected");
    } catch (error) {
      await fleet.close();
      throw error;
    }
    return fleet;
  }

  /** The machine's time at which the device's handler was given this STOP for the first time. */
  async stopArrivedMs(id: string): Promise<number> {
    await this.until(() => this.arrivals.has(id), "a STOP arrives");
    return this.arrivals.get(id)!;
  }

  /** Lets a device say its moisture, and answers the time until its pump's ON edge stood in its log. */
  async reactionMs(uid: string): Promise<number> {
    this.host.send({ kind: "report", uid });
    await this.until(() => this.starts.has(uid), "a pump starts");
    return this.starts.get(uid)!;
  }

  /** Ends its process; the logs are whole then. */
  async close(): Promise<void> {
    if (!this.host.connected) return;
    this.host.disconnect();
    await once(this.host, "exit");
  }

  private hear(message: FromHost): void {
    if (message.kind === "started") this.isStarted = true;
    else if (message.kind === "pump-started") this.starts.set(message.uid, message.afterMs);
    // The same STOP comes twice: at once, and again from the queue.
    else if (!this.arrivals.has(message.id)) this.arrivals.set(message.id, message.atMs);
    this.onTold();
  }

  /** One at a time: whoever waits is woken by whatever is told. */
  private async until(isSo: () => boolean, what: string): Promise<void> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const silence = pause(SILENCE_LIMIT_MS, undefined, { signal }).then(() => {
      throw new Error(`waited ${SILENCE_LIMIT_MS / 1000} s until ${what}`);
    });
    const ended = once(this.host, "exit", { signal }).then(([code]) => {
      throw new Error(`the process of the devices ended with ${code} before ${what}`);
    });
    const told = async () => {
      while (!isSo())
        await new Promise<void>((resolve) => {
          this.onTold = resolve;
        });
    };
    try {
      await Promise.race([told(), silence, ended]);
    } finally {
      waiting.abort();
    }
  }
}

async function register(
  server: ServerProcess,
  { profile, count, interruption }: FleetOrder,
): Promise<(FleetDevice & { readonly token: string })[]> {
  const devices = [];
  for (let number = 1; number <= count; number++) {
    interruption.throwIfAborted();
    const uid = `${profile}-${number}`;
    const { token } = await callApi<{ token: string }>(server, "POST", "/api/v1/devices", { uid, profile });
    const [pump] = await callApi<{ id: number }[]>(server, "GET", `/api/v1/devices/${uid}/actuators`);
    devices.push({ uid, token, actuatorId: pump!.id });
  }
  return devices;
}
