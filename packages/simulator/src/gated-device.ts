import path from "node:path";
import type { CommandMessage, DeviceLimits } from "@sluice/core/commands/messages.ts";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { DeviceGate } from "@sluice/core/safety/device-gate.ts";
import type { FaultPlace } from "@sluice/core/safety/gate-ports.ts";
import { parseCommand } from "@sluice/protocol/commands/command-codec.ts";
import { encodeEvidence } from "@sluice/protocol/commands/evidence-codec.ts";
import { encodeHello, parseConfig } from "@sluice/protocol/commands/hello-codec.ts";
import type { Clock } from "./clock.ts";
import { DeviceLog, type EdgeLine } from "./device-log.ts";
import type { DeviceModel } from "./device-model.ts";
import { DeviceRecorder } from "./device-recorder.ts";
import type { FleetDevice } from "./fleet.ts";
import { gateFile } from "./gate-file.ts";
import { ModelDriver } from "./model-driver.ts";
import { MqttConnection, type MqttIdentity } from "./senders/mqtt-connection.ts";
import { toTelemetryJson } from "./senders/outgoing-reading.ts";

/** A device with a queue this long drops readings, as small devices do. */
const MAX_TELEMETRY_IN_FLIGHT = 500;

export interface GatedDeviceOptions {
  readonly identity: MqttIdentity;
  /** Holds `<uid>.log.jsonl` and `<uid>.gate.json`. */
  readonly stateDirectory: string;
  readonly model: DeviceModel;
  readonly clock: Clock;
  /** New at every boot. */
  readonly bootId: string;
  /** By key: the device's own limits, which no server can loosen. */
  readonly actuators: Readonly<Record<string, DeviceLimits>>;
  /** Of an observer, whose time makes one line of all boots in the log; by default the device's own wall clock. */
  readonly observerMicros?: (() => number) | undefined;
  /** Told of each command as it arrives, before the gate sees it. */
  readonly onCommand?: ((command: CommandMessage) => void) | undefined;
  /** Told of each edge once it is in the log. */
  readonly onEdge?: ((edge: EdgeLine) => void) | undefined;
  /** Told what failed below the gate: a full disk, a broken link. */
  readonly onFault?: ((where: FaultPlace, error: unknown) => void) | undefined;
}

/**
 * A controller on its MQTT connection: reports what its model measures, takes commands through its safety gate, and keeps a
 * durable log of every edge of its outputs. A crash is a crash of its process; the files are what a restart boots from.
 */
export class GatedDevice implements FleetDevice {
  readonly uid: string;
  private readonly options: GatedDeviceOptions;
  private readonly connection: MqttConnection;
  private readonly log: DeviceLog;
  private readonly recorder: DeviceRecorder;
  private readonly gate: DeviceGate;
  private readonly bootedMs: number;
  /** A gate that was shut down takes nothing more, and its connection may still have something to say. */
  private isStopped = false;
  private isLinkUp = false;

  constructor(options: GatedDeviceOptions) {
    const { identity, stateDirectory, clock, bootId, actuators } = options;
    this.options = options;
    this.uid = identity.uid;
    this.bootedMs = clock.monotonicMs();
    this.log = new DeviceLog(deviceLogPath(stateDirectory, this.uid));
    this.recorder = new DeviceRecorder({
      log: this.log,
      bootId,
      wallClockMicros: () => clock.nowMicros(),
      onEdge: options.onEdge,
      onFault: (error) => options.onFault?.("storage", error),
    });
    this.connection = new MqttConnection(identity, clock, {
      channels: ["command", "config"],
      keepaliveSeconds: keepaliveSeconds(Object.values(actuators)),
      onConnect: () => this.onConnect(),
      onLost: (lastHeardMs) => this.onLost(lastHeardMs),
      onMessage: (channel, payload) => this.onMessage(channel, payload),
    });
    this.gate = this.newGate();
  }

  private newGate(): DeviceGate {
    const { identity, stateDirectory, model, clock, bootId, actuators, onFault } = this.options;
    const onCounted = (actuator: string, commandId: string, amount: number): void =>
      this.gate.counted(actuator, commandId, amount);
    return new DeviceGate({
      bootId,
      actuators,
      ports: {
        storage: gateFile(path.join(stateDirectory, `${fileName(identity.uid)}.gate.json`)),
        driver: new ModelDriver({ model, clock, recorder: this.recorder, onCounted }),
        clock: {
          monotonicMs: () => this.monoMs(),
          wallClockMicros: () => clock.nowMicros(),
          after: (delayMs, callback) => clock.after(delayMs, callback),
        },
        send: (evidence) => this.say("evidence", encodeEvidence(evidence)),
        fault: (where, error) => onFault?.(where, error),
      },
    });
  }

  async start(): Promise<void> {
    const { bootId, clock, observerMicros = () => clock.nowMicros() } = this.options;
    this.recorder.record({ event: "boot", bootId, atMs: observerMicros() / 1000 - this.monoMs() });
    this.gate.start();
    await this.connection.start();
  }

  report(timeMicros: number): Promise<boolean> {
    const values = this.options.model.read(timeMicros);
    if (values.length === 0) return Promise.resolve(false);
    if (!this.connection.isConnected || this.connection.inFlight >= MAX_TELEMETRY_IN_FLIGHT) {
      return Promise.reject(new SluiceError("unavailable", "simulator.dropped", `${this.uid} dropped a reading.`));
    }
    return this.connection.publish("telemetry", toTelemetryJson({ timeMicros, values })).then(() => true);
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.gate.shutdown();
    await this.connection.stop();
    this.log.close();
  }

  isOn(actuator: string): boolean {
    return this.gate.isOn(actuator);
  }

  private onConnect(): void {
    if (this.isStopped) return;
    this.isLinkUp = true;
    this.recorder.note({ event: "link_up", monoMs: this.monoMs() });
    this.gate.linkUp();
    this.sayHello();
  }

  /** Said again at every attempt that fails; the first time counts. */
  private onLost(lastHeardMs: number): void {
    if (this.isStopped || !this.isLinkUp) return;
    this.isLinkUp = false;
    const lastSeenMonoMs = lastHeardMs - this.bootedMs;
    this.recorder.note({ event: "link_lost", monoMs: this.monoMs(), lastSeenMonoMs });
    this.gate.linkLost(lastSeenMonoMs);
  }

  private onMessage(channel: string, payload: string): void {
    if (this.isStopped) return;
    try {
      if (channel === "command") this.takeCommand(payload);
      if (channel === "config") this.takeConfig(payload);
    } catch (error) {
      // What makes no sense moves nothing; the server finds no evidence of it.
      if (!isSluiceError(error)) throw error;
    }
  }

  private takeCommand(payload: string): void {
    const message = parseCommand(payload);
    this.options.onCommand?.(message);
    const before = this.gate.hello();
    this.gate.handle(message);
    this.recorder.noteCommand(message, before, this.gate.hello());
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

  private monoMs(): number {
    return this.options.clock.monotonicMs() - this.bootedMs;
  }
}

/** A dead link is noticed well within the time that any output may go without it. */
function keepaliveSeconds(limits: readonly DeviceLimits[]): number | undefined {
  const linkLossMs = Math.min(...limits.map((limit) => limit.linkLossMs ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(linkLossMs) ? Math.min(60, Math.max(1, Math.floor(linkLossMs / 2_000))) : undefined;
}

export function deviceLogPath(stateDirectory: string, uid: string): string {
  return path.join(stateDirectory, `${fileName(uid)}.log.jsonl`);
}

/** A uid may hold what a file name may not. */
export function fileName(uid: string): string {
  return encodeURIComponent(uid);
}
