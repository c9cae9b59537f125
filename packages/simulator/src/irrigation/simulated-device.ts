import path from "node:path";
import type { CommandMessage, DeviceLimits } from "@sluice/core/commands/messages.ts";
import type { FaultPlace } from "@sluice/core/safety/gate-ports.ts";
import type { Clock } from "../clock.ts";
import type { EdgeLine } from "../device-log.ts";
import { replaceFile } from "../durable-file.ts";
import { fileName, GatedDevice } from "../gated-device.ts";
import type { MqttIdentity } from "../senders/mqtt-connection.ts";
import type { IrrigationModel } from "./irrigation-model.ts";

export { deviceLogPath } from "../gated-device.ts";

export const PUMP = "pump";
/** The device's own limits, which no server can loosen; those of the irrigation solution. */
export const DEFAULT_PUMP_LIMITS: DeviceLimits = {
  maxRunMs: 30_000,
  cooldownMs: 15 * 60_000,
  linkLossMs: 10_000,
  safeState: "off",
  maxDose: { amount: 1.5, unit: "L" },
};
export interface SimulatedDeviceOptions {
  readonly identity: MqttIdentity;
  /** Holds `<uid>.log.jsonl`, `<uid>.gate.json` and `<uid>.zone.json`. */
  readonly stateDirectory: string;
  readonly model: IrrigationModel;
  readonly clock: Clock;
  /** New at every boot. */
  readonly bootId: string;
  readonly limits?: DeviceLimits;
  /** Of an observer, whose time makes one line of all boots in the log; by default the device's own wall clock. */
  readonly observerMicros?: () => number;
  /** Told of each command as it arrives, before the gate sees it. */
  readonly onCommand?: (command: CommandMessage) => void;
  /** Told of each edge once it is in the log. */
  readonly onEdge?: (edge: EdgeLine) => void;
  /** Told what failed below the gate: a full disk, a broken link. */
  readonly onFault?: (where: FaultPlace, error: unknown) => void;
}

/** An irrigation controller: one moisture probe and one pump. Its zone survives a restart in a file as well. */
export class SimulatedDevice extends GatedDevice {
  private readonly zone: IrrigationModel;
  private readonly statePath: string;

  constructor(options: SimulatedDeviceOptions) {
    const { limits = DEFAULT_PUMP_LIMITS, ...device } = options;
    super({ ...device, actuators: { [PUMP]: limits } });
    this.zone = options.model;
    this.statePath = zoneStatePath(options.stateDirectory, this.uid);
  }

  override async stop(): Promise<void> {
    await super.stop();
    replaceFile(this.statePath, JSON.stringify(this.zone.state));
  }

  get isPumpOn(): boolean {
    return this.isOn(PUMP);
  }
}

export function zoneStatePath(stateDirectory: string, uid: string): string {
  return path.join(stateDirectory, `${fileName(uid)}.zone.json`);
}
