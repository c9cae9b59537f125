import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import { deviceLogPath } from "@sluice/simulator/irrigation/simulated-device.ts";
import { type DeviceLogReport, readDeviceLog } from "@sluice/simulator/read-device-log.ts";
import type { MqttIdentity } from "@sluice/simulator/senders/mqtt-connection.ts";
import { type LateTimer, lateTimersPath, readLateTimers } from "./late-timers.ts";

const MAIN = path.join(import.meta.dirname, "device-main.ts");

export interface DeviceDescription {
  readonly identity: MqttIdentity;
  /** Its disk: its log, and what its gate remembers. */
  readonly stateDirectory: string;
  /** Its own limits. */
  readonly limits: DeviceLimits;
  /** Of every boot; each has one of its own when absent. */
  readonly bootId?: string | undefined;
}

/** What a device is told on its standard input. */
export interface DeviceControl {
  readonly wallClockOffsetMs: number;
}

/** A device as a process of its own: it lives on when servers die, and its power can be cut. */
export class DeviceProcess {
  readonly description: DeviceDescription;
  private child: ChildProcess | undefined;
  private nextSign: (sign: string) => void = () => {};

  constructor(description: DeviceDescription) {
    this.description = description;
  }

  get uid(): string {
    return this.description.identity.uid;
  }

  get log(): DeviceLogReport {
    return readDeviceLog(deviceLogPath(this.description.stateDirectory, this.uid));
  }

  get lateTimers(): readonly LateTimer[] {
    return readLateTimers(lateTimersPath(this.description.stateDirectory, this.uid));
  }

  get isPumpOn(): boolean {
    const last = this.log.edges.at(-1);
    return last !== undefined && last.edge !== "OFF";
  }

  /** Ids of the STOPs that hold its pump, as its log tells. */
  get heldIds(): ReadonlySet<string> {
    const held = new Set<string>();
    for (const event of this.log.events) {
      if (event.event === "stop" && event.isHold) held.add(event.id);
      if (event.event === "release") for (const id of event.ids) held.delete(id);
    }
    return held;
  }

  /** Resolves when it is connected. */
  async boot(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, JSON.stringify(this.description)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.child = child;
    child.stdin.on("error", () => {});
    createInterface({ input: child.stdout }).on("line", (sign) => this.nextSign(sign));
    const ended = once(child, "exit").then(([code, signal]) => `ended with ${code ?? signal}`);
    const sign = await Promise.race([this.sign(), ended]);
    if (sign !== "connected") throw new Error(`the device ${this.uid} ${sign}`);
  }

  /** SIGKILL: as if its power had gone. */
  async cutPower(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Takes away what its gate has saved. For negative controls: a gate that forgets its fence must be found out. */
  forget(): void {
    const { stateDirectory } = this.description;
    rmSync(path.join(stateDirectory, `${encodeURIComponent(this.uid)}.gate.json`), { force: true });
  }

  /** Resolves once its wall clock is wrong by so much. */
  async stepWallClock(wallClockOffsetMs: number): Promise<void> {
    const stepped = this.sign();
    const control: DeviceControl = { wallClockOffsetMs };
    this.child?.stdin?.write(`${JSON.stringify(control)}\n`);
    await stepped;
  }

  private sign(): Promise<string> {
    return new Promise((resolve) => {
      this.nextSign = resolve;
    });
  }
}
