import type { GateDriver, OnEdge } from "@sluice/core/safety/gate-ports.ts";
import type { Clock } from "./clock.ts";
import type { ControlledModel } from "./device-model.ts";
import type { DeviceRecorder } from "./device-recorder.ts";

/** How often a meter is read during a DOSE. */
const METER_EVERY_MS = 50;

export interface ModelDriverParts {
  readonly model: ControlledModel;
  readonly clock: Clock;
  readonly recorder: DeviceRecorder;
  /** Told what a DOSE has counted out so far. */
  readonly onCounted: (actuator: string, commandId: string, amount: number) => void;
}

/** The line first, then the world: an output whose edge could not be logged does not run. */
export class ModelDriver implements GateDriver {
  private readonly parts: ModelDriverParts;
  private readonly cancelMeters = new Map<string, () => void>();

  constructor(parts: ModelDriverParts) {
    this.parts = parts;
  }

  on(edge: OnEdge): void {
    const { model, clock, recorder } = this.parts;
    this.stopMeter(edge.actuator);
    recorder.record({ event: "on", ...edge, wallClockMicros: clock.nowMicros() });
    model.setOutput(edge.actuator, true);
    if (edge.amount !== undefined) this.readMeter(edge, model.metered(edge.actuator));
  }

  off(edge: Parameters<GateDriver["off"]>[0]): void {
    this.stopMeter(edge.actuator);
    this.parts.model.setOutput(edge.actuator, false);
    this.parts.recorder.record({ event: "off", ...edge });
  }

  safe(edge: Parameters<GateDriver["safe"]>[0]): void {
    this.stopMeter(edge.actuator);
    this.parts.recorder.record({ event: "safe", ...edge });
    this.parts.model.setOutput(edge.actuator, edge.state === "on");
  }

  set(): void {
    throw new Error("this output is on or off, and has no set-point");
  }

  private readMeter(edge: OnEdge, before: number): void {
    const { model, clock, onCounted } = this.parts;
    const cancel = clock.after(METER_EVERY_MS, () => {
      this.readMeter(edge, before);
      onCounted(edge.actuator, edge.commandId, model.metered(edge.actuator) - before);
    });
    this.cancelMeters.set(edge.actuator, cancel);
  }

  private stopMeter(actuator: string): void {
    this.cancelMeters.get(actuator)?.();
    this.cancelMeters.delete(actuator);
  }
}
