import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { ValidityLimits, ValidityState } from "@sluice/core/telemetry/validity.ts";
import type { LatestValues } from "./latest-values.ts";

/** What is remembered of a device, as of the last committed flush, and under which limits. */
interface Remembered {
  readonly limits: ValidityLimits;
  state: ValidityState;
}

/** What a flush has seen of the devices that are judged by what came before, ascending; dropped whole when it fails. */
export interface ValidityOverlay {
  readonly deviceIds: number[];
  readonly devices: Remembered[];
  readonly states: ValidityState[];
}

export interface JudgeInput {
  readonly batch: MessageBatch;
  /** Messages in (device, time, arrival) order. */
  readonly order: Int32Array;
  readonly limitsOf: (deviceId: number) => ValidityLimits;
  readonly nowMicros: number;
  /** Of a flush that is being committed. */
  readonly parent: ValidityOverlay | undefined;
}

/** Marks the invalid readings of each flush, once, before its rules see them. */
export class ReadingValidity {
  private readonly byDevice = new Map<number, Remembered>();
  private readonly latest: LatestValues;

  /** `latest`: what is known of a device that is judged for the first time since the start, or under new limits. */
  constructor(latest: LatestValues) {
    this.latest = latest;
  }

  /** Sets the batch's flags; `fold` takes the answer once the batch is committed. */
  judge({ batch, order, limitsOf, nowMicros, parent }: JudgeInput): ValidityOverlay {
    const overlay: ValidityOverlay = { deviceIds: [], devices: [], states: [] };
    let cursor = 0;
    for (let from = 0; from < batch.length; ) {
      const deviceId = batch.deviceIds[order[from]!]!;
      let to = from + 1;
      while (to < batch.length && batch.deviceIds[order[to]!] === deviceId) to++;
      const limits = limitsOf(deviceId);
      if (limits.remembers) {
        const device = this.remembered(deviceId, limits);
        // Both ascend, so the parent is gone through once.
        while (parent !== undefined && parent.deviceIds[cursor]! < deviceId) cursor++;
        const isInParent = parent?.devices[cursor] === device;
        const state = (isInParent ? parent.states[cursor]! : device.state).slice();
        judgeInOrder(batch, order, limits, state, nowMicros, from, to);
        overlay.deviceIds.push(deviceId);
        overlay.devices.push(device);
        overlay.states.push(state);
      } else if (limits.judges) judgeRanges(batch, order, limits, from, to);
      from = to;
    }
    return overlay;
  }

  /** Takes a committed flush's memory in. */
  fold({ devices, states }: ValidityOverlay): void {
    for (let i = 0; i < devices.length; i++) devices[i]!.state = states[i]!;
  }

  private remembered(deviceId: number, limits: ValidityLimits): Remembered {
    const known = this.byDevice.get(deviceId);
    if (known?.limits === limits) return known;
    const newest = (metric: number) => this.latest.value(deviceId, metric);
    const device = { limits, state: limits.initialState(this.latest.lastMicros(deviceId), newest) };
    this.byDevice.set(deviceId, device);
    return device;
  }
}

function judgeInOrder(
  batch: MessageBatch,
  order: Int32Array,
  limits: ValidityLimits,
  state: number[],
  nowMicros: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const message = order[i]!;
    const timeMicros = batch.timesMicros[message]!;
    if (!limits.advance(state, timeMicros, nowMicros)) {
      judgeRanges(batch, order, limits, i, i + 1);
      continue;
    }
    const end = batch.valueEnds[message]!;
    for (let at = batch.valueStart(message); at < end; at++) {
      batch.setFlags(at, limits.judge(state, batch.metricNumbers[at]!, timeMicros, batch.values[at]!));
    }
  }
}

function judgeRanges(batch: MessageBatch, order: Int32Array, limits: ValidityLimits, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const message = order[i]!;
    const end = batch.valueEnds[message]!;
    for (let at = batch.valueStart(message); at < end; at++) {
      batch.setFlags(at, limits.judgeRange(batch.metricNumbers[at]!, batch.values[at]!));
    }
  }
}
