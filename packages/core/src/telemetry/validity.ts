/**
 * Reading validity: whether a reading can be what the sensor measured. Judged once, in the order in which a device's
 * readings arrive and from nothing but what came before, so that a reading never changes its mark. An invalid reading is
 * kept and shown, and never acts.
 *
 *   range     outside of what the metric can be
 *   spike     further than `maxStep` from the newest valid reading, which is at most `stepMs` old. The next reading that
 *             stays there, within `maxStep` of the marked one, is valid again: a step that is real costs one reading
 *   flatline  the same value, bit for bit, for longer than `flatlineMs` and FLATLINE_READINGS times: a sensor that hangs.
 *             Valid again with the first reading that differs
 *
 * One that is late for its device is judged by its range alone: it does not act, and what came meanwhile would be the wrong
 * company. After CLOCK_STEPPED_BACK_MICROS of nothing but late readings the device's clock was set back, and all begins anew.
 */
import { CLOCK_STEPPED_BACK_MICROS, MAX_METRICS_PER_PROFILE } from "./limits.ts";

export const VALID = 0;
export const OUT_OF_RANGE = 1;
export const FLATLINE = 2;
export const SPIKE = 4;

/** Few readings over a long time, as of a device that was away, are no flatline. */
export const FLATLINE_READINGS = 5;

export type Fault = "range" | "flatline" | "spike";
export const FAULTS: readonly (readonly [number, Fault])[] = [
  [OUT_OF_RANGE, "range"],
  [FLATLINE, "flatline"],
  [SPIKE, "spike"],
];

/** What is wrong with a reading of these flags, in words; empty when it is valid. */
export function faultsOf(flags: number): Fault[] {
  return FAULTS.filter(([bit]) => (flags & bit) !== 0).map(([, fault]) => fault);
}

/** The limits of one metric, in its own unit; null where it has none. */
export interface MetricLimits {
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly flatlineMs: number | null;
  readonly maxStep: number | null;
  readonly stepMs: number | null;
}

// Of each metric that needs a memory, in a plain array: a run of equal values, the newest valid reading, a marked step.
const RUN_VALUE = 0;
const RUN_SINCE = 1;
const RUN_LAST = 2;
const RUN_COUNT = 3;
const VALID_MICROS = 4;
const VALID_VALUE = 5;
const STEP_MICROS = 6;
const STEP_VALUE = 7;
const FIELDS = 8;
const NEVER = Number.NEGATIVE_INFINITY;
const BLANK = [Number.NaN, NEVER, NEVER, 0, NEVER, Number.NaN, NEVER, Number.NaN] as const;
// Of the device, before those: its newest time, and since when (server's clock) only late readings have come, or 0.
const LAST_MICROS = 0;
const LATE_SINCE = 1;
const FIRST_METRIC = 2;

/** What is remembered of one device. Replaced as a whole by whoever keeps it; made by `ValidityLimits` alone. */
export type ValidityState = readonly number[];

/** The newest reading of a metric, as far as it is known after a restart. */
export interface KnownReading {
  readonly timeMicros: number;
  readonly value: number;
  /** Absent: valid. */
  readonly flags?: number | undefined;
  /** The newest valid reading, where the newest is not. */
  readonly valid?: { readonly timeMicros: number; readonly value: number } | undefined;
}

/** The limits of a profile's metrics, compiled: by metric number, without an object a metric. */
export class ValidityLimits {
  /** False: no reading of the profile can be invalid. */
  readonly judges: boolean;
  /** True: some metric is judged by what came before. */
  readonly remembers: boolean;
  private readonly minimum = new Float64Array(MAX_METRICS_PER_PROFILE).fill(Number.NEGATIVE_INFINITY);
  private readonly maximum = new Float64Array(MAX_METRICS_PER_PROFILE).fill(Number.POSITIVE_INFINITY);
  private readonly flatlineMicros = new Float64Array(MAX_METRICS_PER_PROFILE).fill(Number.POSITIVE_INFINITY);
  private readonly maxStep = new Float64Array(MAX_METRICS_PER_PROFILE).fill(Number.POSITIVE_INFINITY);
  private readonly stepMicros = new Float64Array(MAX_METRICS_PER_PROFILE);
  /** Metric number → where its fields begin; 0 when it needs no memory. */
  private readonly places = new Uint16Array(MAX_METRICS_PER_PROFILE);
  private readonly remembered: number[] = [];

  /** `metrics`: by number. */
  constructor(metrics: readonly (MetricLimits | undefined)[]) {
    metrics.forEach((limits, number) => {
      if (limits !== undefined) this.add(number, limits);
    });
    this.remembers = this.remembered.length > 0;
    this.judges = metrics.some((limits) => limits !== undefined && hasLimit(limits));
  }

  private add(number: number, { minimum, maximum, flatlineMs, maxStep, stepMs }: MetricLimits): void {
    this.minimum[number] = minimum ?? Number.NEGATIVE_INFINITY;
    this.maximum[number] = maximum ?? Number.POSITIVE_INFINITY;
    if (flatlineMs !== null) this.flatlineMicros[number] = flatlineMs * 1000;
    if (maxStep !== null && stepMs !== null) {
      this.maxStep[number] = maxStep;
      this.stepMicros[number] = stepMs * 1000;
    }
    if (flatlineMs === null && (maxStep === null || stepMs === null)) return;
    this.places[number] = FIRST_METRIC + this.remembered.length * FIELDS;
    this.remembered.push(number);
  }

  /** What is known of a device that has not been judged yet: nothing, or what its newest readings say. */
  initialState(lastMicros: number | undefined, newest: (metric: number) => KnownReading | undefined): ValidityState {
    const state = this.blankState(lastMicros ?? NEVER);
    for (const metric of this.remembered) {
      const known = newest(metric);
      if (known !== undefined) restore(state, this.places[metric]!, known);
    }
    return state;
  }

  private blankState(lastMicros: number): number[] {
    const state = [lastMicros, 0];
    for (let i = 0; i < this.remembered.length; i++) state.push(...BLANK);
    return state;
  }

  /** The flags of a reading that is late: what its value alone says. */
  judgeRange(metric: number, value: number): number {
    return value < this.minimum[metric]! || value > this.maximum[metric]! ? OUT_OF_RANGE : VALID;
  }

  /**
   * Takes note, in a copy of the state, of a message that comes next; answers whether it is on time. A late one is judged by
   * range alone.
   */
  advance(state: number[], timeMicros: number, nowMicros: number): boolean {
    if (timeMicros < state[LAST_MICROS]!) {
      if (state[LATE_SINCE] === 0) state[LATE_SINCE] = nowMicros;
      if (nowMicros - state[LATE_SINCE]! < CLOCK_STEPPED_BACK_MICROS) return false;
      const fresh = this.blankState(timeMicros);
      for (let i = 0; i < fresh.length; i++) state[i] = fresh[i]!;
      return true;
    }
    state[LAST_MICROS] = timeMicros;
    state[LATE_SINCE] = 0;
    return true;
  }

  /** The flags of a reading that is on time; takes note of it in the state. */
  judge(state: number[], metric: number, timeMicros: number, value: number): number {
    const flags = this.judgeRange(metric, value);
    const place = this.places[metric]!;
    if (place === 0 || Number.isNaN(value)) return flags;
    return flags | this.judgeRun(state, place, metric, timeMicros, value, flags);
  }

  private judgeRun(state: number[], place: number, metric: number, time: number, value: number, flags: number): number {
    let found = flags;
    if (Object.is(value, state[place + RUN_VALUE])) {
      // The same message sent again is no further reading.
      if (time > state[place + RUN_LAST]!) state[place + RUN_COUNT]! += 1;
      const isLong = time - state[place + RUN_SINCE]! > this.flatlineMicros[metric]!;
      if (isLong && state[place + RUN_COUNT]! >= FLATLINE_READINGS) found |= FLATLINE;
    } else {
      state[place + RUN_VALUE] = value;
      state[place + RUN_SINCE] = time;
      state[place + RUN_COUNT] = 1;
    }
    state[place + RUN_LAST] = time;
    // What is no measurement anyway is nothing to step from or to.
    if (found !== VALID) return found;
    return this.judgeStep(state, place, metric, time, value);
  }

  private judgeStep(state: number[], place: number, metric: number, time: number, value: number): number {
    const limit = this.maxStep[metric]!;
    const isRecent = time - state[place + VALID_MICROS]! <= this.stepMicros[metric]!;
    const isStep = isRecent && Math.abs(value - state[place + VALID_VALUE]!) > limit;
    // NaN where there is no marked step: no difference to it is within the limit.
    const stays = Math.abs(value - state[place + STEP_VALUE]!) <= limit && time > state[place + STEP_MICROS]!;
    if (isStep && !stays) {
      state[place + STEP_MICROS] = time;
      state[place + STEP_VALUE] = value;
      return SPIKE;
    }
    state[place + VALID_MICROS] = time;
    state[place + VALID_VALUE] = value;
    state[place + STEP_VALUE] = Number.NaN;
    return VALID;
  }
}

function hasLimit({ minimum, maximum, flatlineMs, maxStep }: MetricLimits): boolean {
  return minimum !== null || maximum !== null || flatlineMs !== null || maxStep !== null;
}

/**
 * A run that was marked goes on; one that was not is counted from its newest reading, so a flatline may be noticed later by
 * what it had lasted before the restart.
 */
function restore(state: number[], place: number, { timeMicros, value, flags = VALID, valid }: KnownReading): void {
  const isFlat = (flags & FLATLINE) !== 0;
  state[place + RUN_VALUE] = value;
  state[place + RUN_SINCE] = isFlat ? Number.NEGATIVE_INFINITY : timeMicros;
  state[place + RUN_LAST] = timeMicros;
  state[place + RUN_COUNT] = isFlat ? FLATLINE_READINGS : 1;
  const newestValid = flags === VALID ? { timeMicros, value } : valid;
  state[place + VALID_MICROS] = newestValid?.timeMicros ?? NEVER;
  state[place + VALID_VALUE] = newestValid?.value ?? Number.NaN;
  if ((flags & SPIKE) === 0) return;
  state[place + STEP_MICROS] = timeMicros;
  state[place + STEP_VALUE] = value;
}

/** Of a profile none of whose metrics has a limit. */
export const NO_LIMITS = new ValidityLimits([]);
