import type { GateDriver, OnEdge } from "@sluice/core/safety/gate-ports.ts";
import type { Clock } from "./clock.ts";
import type { DeviceRecorder } from "./device-recorder.ts";
import type { IrrigationModel } from "./irrigation-model.ts";

/** How often the pump's meter is read during a DOSE. */
const METER_EVERY_MS = 50;

export interface PumpDriverParts {
  readonly model: IrrigationModel;
  readonly clock: Clock;
  readonly recorder: DeviceRecorder;
  /** Told what a DOSE has pumped so far. */
  readonly onCounted: (actuator: string, commandId: string, litres: number) => void;
}

/** The line first, then the water: a pump whose edge could not be logged does not run. */
export class PumpDriver implements GateDriver {
  private readonly parts: PumpDriverParts;
  private cancelMeter: (() => void) | undefined;

  constructor(parts: PumpDriverParts) {
    this.parts = parts;
  }

  on(edge: OnEdge): void {
    const { model, clock, recorder } = this.parts;
    this.cancelMeter?.();
    recorder.record({ event: "on", ...edge, wallClockMicros: clock.nowMicros() });
    model.setPump(true);
    if (edge.amount !== undefined) this.readMeter(edge, model.pumpedLitres);
  }

  off(edge: Parameters<GateDriver["off"]>[0]): void {
    this.cancelMeter?.();
    this.parts.model.setPump(false);
    this.parts.recorder.record({ event: "off", ...edge });
  }

  safe(edge: Parameters<GateDriver["safe"]>[0]): void {
    this.cancelMeter?.();
    this.parts.recorder.record({ event: "safe", ...edge });
    this.parts.model.setPump(edge.state === "on");
  }

  set(): void {
    throw new Error("this pump is on or off, and has no set-point");
  }

  private readMeter(edge: OnEdge, litresBefore: number): void {
    const { model, clock, onCounted } = this.parts;
    this.cancelMeter = clock.after(METER_EVERY_MS, () => {
      this.readMeter(edge, litresBefore);
      onCounted(edge.actuator, edge.commandId, model.pumpedLitres - litresBefore);
    });
  }
}
