import type { Clock } from "../clock.ts";
import type { DeviceModel } from "../device-model.ts";
import { seededRandom } from "../random.ts";
import type { OutgoingValue } from "../senders/outgoing-reading.ts";
import { DEFAULT_ZONE, IrrigationZone, type ZoneParameters, type ZoneState } from "./irrigation-zone.ts";
import { DEFAULT_PROBE, MoistureProbe, type ProbeFault } from "./moisture-probe.ts";

export interface IrrigationModelOptions {
  readonly seed: number;
  /** How many times faster than the clock the zone lives. */
  readonly speedFactor: number;
  readonly zone?: Partial<ZoneParameters>;
  readonly fault?: ProbeFault;
  /** Where a former run left the zone. */
  readonly state?: ZoneState | undefined;
}

/** Where the solution's own rule begins to water. */
const TENDED_BELOW_PERCENT = 10;

/** A zone and its probe, carried along by a clock. */
export class IrrigationModel implements DeviceModel {
  private readonly clock: Clock;
  private readonly speedFactor: number;
  private readonly zone: IrrigationZone;
  private readonly probe: MoistureProbe;
  private isPumpOn = false;
  private pumped = 0;
  private lastMs: number;

  constructor(clock: Clock, options: IrrigationModelOptions) {
    this.clock = clock;
    this.speedFactor = options.speedFactor;
    this.zone = new IrrigationZone({ ...DEFAULT_ZONE, ...options.zone }, options.state);
    this.probe = new MoistureProbe(seededRandom(options.seed), DEFAULT_PROBE, options.fault);
    this.lastMs = clock.monotonicMs();
  }

  /** What the device reports now; nothing while its probe has dropped out. */
  read(): readonly OutgoingValue[] {
    this.advanceToNow();
    const moisture = this.probe.read(this.zone.moisturePercent, this.zone.state.elapsedMs);
    return moisture === undefined ? [] : [["moisture", moisture]];
  }

  /** Its one output is the pump. */
  setOutput(_actuator: string, isOn: boolean): void {
    this.setPump(isOn);
  }

  /** By hand, or by a timer of its own. */
  tend(): void {
    this.advanceToNow();
    this.setPump(this.zone.moisturePercent < TENDED_BELOW_PERCENT);
  }

  metered(): number {
    return this.pumpedLitres;
  }

  setPump(isOn: boolean): void {
    this.advanceToNow();
    this.isPumpOn = isOn;
    this.zone.setPump(isOn);
  }

  /** What the pump's meter shows: all that it has pumped since the model began. */
  get pumpedLitres(): number {
    this.advanceToNow();
    return this.pumped;
  }

  get state(): ZoneState {
    this.advanceToNow();
    return this.zone.state;
  }

  get isWatering(): boolean {
    return this.isPumpOn;
  }

  private advanceToNow(): void {
    const nowMs = this.clock.monotonicMs();
    const passedMs = (nowMs - this.lastMs) * this.speedFactor;
    this.zone.advance(passedMs);
    if (this.isPumpOn) this.pumped += (passedMs / 60_000) * this.zone.parameters.pumpLitresPerMinute;
    this.lastMs = nowMs;
  }
}
