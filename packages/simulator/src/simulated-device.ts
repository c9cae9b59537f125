import path from "node:path";
import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { DeviceGate } from "@sluice/core/safety/device-gate.ts";
import type { FaultPlace, GateDriver } from "@sluice/core/safety/gate-ports.ts";
import { parseCommand } from "@sluice/protocol/commands/command-codec.ts";
import { encodeEvidence } from "@sluice/protocol/commands/evidence-codec.ts";
import { encodeHello, parseConfig } from "@sluice/protocol/commands/hello-codec.ts";
import type { Clock } from "./clock.ts";
import { DeviceLog, type EdgeLine } from "./device-log.ts";
import { replaceFile } from "./durable-file.ts";
import type { FleetDevice } from "./fleet.ts";
import { gateFile } from "./gate-file.ts";
import type { IrrigationModel } from "./irrigation-model.ts";
import { MqttConnection, type MqttIdentity } from "./senders/mqtt-connection.ts";
import { toRfc3339, toTelemetryJson } from "./senders/outgoing-reading.ts";

export const PUMP = "pump";
/** The device's own limits, which no server can loosen; those of the irrigation solution. */
export const DEFAULT_PUMP_LIMITS: DeviceLimits = { maxRunMs: 30_000, cooldownMs: 15 * 60_000, linkLossMs: 10_000 };
/** A device with a queue this long drops readings, as small devices do. */
const MAX_TELEMETRY_IN_FLIGHT = 500;

export interface SimulatedDeviceOptions {
  readonly identity: MqttIdentity;
  /** Holds `<uid>.log.jsonl`, `<uid>.gate.json` and `<uid>.zone.json`. */
  readonly stateDirectory: string;
  readonly model: IrrigationModel;
  readonly clock: Clock;
  /** New at every boot. */
  readonly bootId: string;
  readonly limits?: DeviceLimits;
  /** Told of each edge once it is in the log. */
  readonly onEdge?: (edge: EdgeLine) => void;
  /** Told what failed below the gate: a full disk, a broken link. */
  readonly onFault?: (where: FaultPlace, error: unknown) => void;
}

/**
 * An irrigation controller on its MQTT connection: reports moisture, takes commands through its safety gate, and keeps a
 * durable log of every edge of its pump. A crash is a crash of its process; the files are what a restart boots from.
 */
export class SimulatedDevice implements FleetDevice {
  readonly uid: string;
  private readonly options: SimulatedDeviceOptions;
  private readonly connection: MqttConnection;
  private readonly log: DeviceLog;
  private readonly gate: DeviceGate;
  private readonly bootedMs: number;
  /** A gate that was shut down takes nothing more, and its connection may still have something to say. */
  private isStopped = false;

  constructor(options: SimulatedDeviceOptions) {
    const { identity, stateDirectory, clock, bootId, limits = DEFAULT_PUMP_LIMITS } = options;
    this.options = options;
    this.uid = identity.uid;
    this.bootedMs = clock.monotonicMs();
    this.log = new DeviceLog(deviceLogPath(stateDirectory, this.uid));
    this.connection = new MqttConnection(identity, clock, {
      channels: ["command", "config"],
      onConnect: () => this.onConnect(),
      onLost: () => {
        if (!this.isStopped) this.gate.linkLost();
      },
      onMessage: (channel, payload) => this.onMessage(channel, payload),
    });
    this.gate = new DeviceGate({
      bootId,
      actuators: { [PUMP]: limits },
      ports: {
        storage: gateFile(path.join(stateDirectory, `${fileName(this.uid)}.gate.json`)),
        driver: this.pumpDriver(),
        clock: {
          monotonicMs: () => this.monoMs(),
          wallClockMicros: () => clock.nowMicros(),
          after: (delayMs, callback) => clock.after(delayMs, callback),
        },
        send: (evidence) => this.say("evidence", encodeEvidence(evidence)),
        fault: (where, error) => options.onFault?.(where, error),
      },
    });
  }

  async start(): Promise<void> {
    this.gate.start();
    await this.connection.start();
  }

  report(timeMicros: number): Promise<void> {
    const values = this.options.model.read();
    if (values.length === 0) return Promise.resolve();
    if (!this.connection.isConnected || this.connection.inFlight >= MAX_TELEMETRY_IN_FLIGHT) {
      return Promise.reject(new SluiceError("unavailable", "simulator.dropped", `${this.uid} dropped a reading.`));
    }
    return this.connection.publish("telemetry", toTelemetryJson({ timeMicros, values }));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.gate.shutdown();
    await this.connection.stop();
    this.log.close();
    const { stateDirectory, model } = this.options;
    replaceFile(zoneStatePath(stateDirectory, this.uid), JSON.stringify(model.state));
  }

  get isPumpOn(): boolean {
    return this.gate.isOn(PUMP);
  }

  private onConnect(): void {
    if (this.isStopped) return;
    this.gate.linkUp();
    this.sayHello();
  }

  private onMessage(channel: string, payload: string): void {
    if (this.isStopped) return;
    try {
      if (channel === "command") this.gate.handle(parseCommand(payload));
      if (channel === "config") this.takeConfig(payload);
    } catch (error) {
      // What makes no sense moves nothing; the server finds no evidence of it.
      if (!isSluiceError(error)) throw error;
    }
  }

  /** The hello that follows a new configuration acknowledges its version. */
  private takeConfig(payload: string): void {
    const message = parseConfig(payload);
    if (!("ask" in message)) this.gate.handleConfig(message);
    this.sayHello();
  }

  private sayHello(): void {
    this.say("hello", encodeHello(this.gate.hello()));
  }

  /** What cannot be said now is in the journal of the next hello. */
  private say(channel: "evidence" | "hello", payload: string): void {
    if (this.connection.isConnected) this.connection.publish(channel, payload).catch(() => {});
  }

  /** The line first, then the water: a pump whose edge could not be logged does not run. */
  private pumpDriver(): GateDriver {
    const { model } = this.options;
    return {
      on: ({ actuator, commandId, fence, monoMs }) => {
        this.appendEdge({ mono: monoMs, actuator, edge: "ON", fence, commandId });
        model.setPump(true);
      },
      off: ({ actuator, commandId, fence, monoMs, reason }) => {
        model.setPump(false);
        this.appendEdge({
          mono: monoMs,
          actuator,
          edge: "OFF",
          reason,
          ...(fence === undefined ? {} : { fence }),
          ...(commandId === undefined ? {} : { commandId }),
        });
      },
    };
  }

  private appendEdge(edge: Omit<EdgeLine, "at" | "bootId">): void {
    const { clock, bootId, onEdge } = this.options;
    const line = { at: toRfc3339(clock.nowMicros()), bootId, ...edge };
    this.log.append(line);
    onEdge?.(line);
  }

  private monoMs(): number {
    return this.options.clock.monotonicMs() - this.bootedMs;
  }
}

export function deviceLogPath(stateDirectory: string, uid: string): string {
  return path.join(stateDirectory, `${fileName(uid)}.log.jsonl`);
}

export function zoneStatePath(stateDirectory: string, uid: string): string {
  return path.join(stateDirectory, `${fileName(uid)}.zone.json`);
}

/** A uid may hold what a file name may not. */
function fileName(uid: string): string {
  return encodeURIComponent(uid);
}
