import type { DeviceModel } from "../device-model.ts";
import type { WriteLabel } from "../label-log.ts";
import type { Random } from "../random.ts";
import type { OutgoingValue } from "../senders/outgoing-reading.ts";
import { FAULT_KINDS, type FaultKind, type FaultRates } from "./fault-rates.ts";

/** How many readings a fault lasts, from and to. */
const LENGTHS: Readonly<Record<FaultKind, readonly [least: number, most: number]>> = {
  stuck: [10, 60],
  spike: [1, 1],
  drift: [50, 200],
  "drop-out": [5, 30],
  reboot: [2, 5],
};
/** Of the value's size, or of 1 where that is more. */
const SPIKE_LEAST_SHARE = 1;
const SPIKE_MOST_SHARE = 3;
const DRIFT_SHARE_PER_READING = 0.005;
const SIGNIFICANT_DIGITS = 9;

interface Fault {
  readonly kind: FaultKind;
  /** Which number of the reading; undefined when the whole device is silent. */
  readonly metric: string | undefined;
  readonly startMicros: number;
  /** What it showed when the fault began, and how far off it is then, or grows a reading. */
  readonly value: number;
  readonly offset: number;
  lastMicros: number;
  readings: number;
  left: number;
}

export interface FaultyModelOptions {
  readonly uid: string;
  readonly model: DeviceModel;
  readonly rates: FaultRates;
  readonly random: Random;
  readonly writeLabel: WriteLabel;
}

/**
 * A model whose probes fail: they stick, spike, drift, drop out, or the whole device boots anew. The world behind them knows
 * nothing of it. At most one fault of a kind at a time; each is labelled when it ends.
 */
export class FaultyModel implements DeviceModel {
  /** Told when the device boots anew. */
  onReboot: (() => void) | undefined;
  private readonly options: FaultyModelOptions;
  private readonly faults = new Map<FaultKind, Fault>();

  constructor(options: FaultyModelOptions) {
    this.options = options;
  }

  read(timeMicros: number): readonly OutgoingValue[] {
    const values = this.options.model.read(timeMicros);
    for (const kind of FAULT_KINDS) this.perhapsBegin(kind, values, timeMicros);
    const told = [...this.faults.values()].reduce((before, fault) => suffer(fault, before), values);
    for (const fault of this.faults.values()) this.age(fault, timeMicros);
    return told;
  }

  setOutput(actuator: string, isOn: boolean): void {
    this.options.model.setOutput(actuator, isOn);
  }

  metered(actuator: string): number {
    return this.options.model.metered(actuator);
  }

  tend(): void {
    this.options.model.tend?.();
  }

  /** Labels what has not ended yet. */
  end(): void {
    for (const fault of this.faults.values()) this.label(fault);
    this.faults.clear();
  }

  private perhapsBegin(kind: FaultKind, values: readonly OutgoingValue[], timeMicros: number): void {
    const { rates, random } = this.options;
    const rate = rates[kind] ?? 0;
    if (rate === 0 || random() >= rate || this.faults.has(kind)) return;
    const numbers = values.filter((value): value is readonly [string, number] => typeof value[1] === "number");
    const isSilence = kind === "drop-out" || kind === "reboot";
    const picked = numbers[Math.floor(random() * numbers.length)];
    if (picked === undefined && !isSilence) return;
    const [metric, value] = isSilence ? [undefined, 0] : picked!;
    const [least, most] = LENGTHS[kind];
    this.faults.set(kind, {
      kind,
      metric,
      startMicros: timeMicros,
      value,
      offset: offsetOf(kind, value, random),
      lastMicros: timeMicros,
      readings: 0,
      left: least + Math.floor(random() * (most - least + 1)),
    });
    if (kind === "reboot") this.onReboot?.();
  }

  private age(fault: Fault, timeMicros: number): void {
    fault.lastMicros = timeMicros;
    fault.readings += 1;
    fault.left -= 1;
    if (fault.left > 0) return;
    this.faults.delete(fault.kind);
    this.label(fault);
  }

  private label({ kind, metric, startMicros, lastMicros }: Fault): void {
    this.options.writeLabel({ device: this.options.uid, kind, metric, startMicros, endMicros: lastMicros });
  }
}

function offsetOf(kind: FaultKind, value: number, random: Random): number {
  const size = Math.max(1, Math.abs(value)) * (random() < 0.5 ? -1 : 1);
  if (kind === "spike") return size * (SPIKE_LEAST_SHARE + (SPIKE_MOST_SHARE - SPIKE_LEAST_SHARE) * random());
  return kind === "drift" ? size * DRIFT_SHARE_PER_READING : 0;
}

function suffer(fault: Fault, values: readonly OutgoingValue[]): readonly OutgoingValue[] {
  if (fault.metric === undefined) return [];
  return values.map(([key, value]) => [
    key,
    key === fault.metric && typeof value === "number" ? wrong(fault, value) : value,
  ]);
}

function wrong({ kind, value: stuckAt, offset, readings }: Fault, value: number): number {
  if (kind === "stuck") return stuckAt;
  const off = kind === "drift" ? offset * (readings + 1) : offset;
  return Number((value + off).toPrecision(SIGNIFICANT_DIGITS));
}
