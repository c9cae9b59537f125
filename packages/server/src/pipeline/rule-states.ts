import type { DeviceClock } from "@sluice/core/rules/device-clock.ts";
import { type CompiledRule, calmState, NEVER, type RuleState } from "@sluice/core/rules/rule.ts";

/** What is remembered of one rule. Replaced as a whole, never changed in place. */
export interface RuleMemory {
  readonly deviceId: number;
  readonly revision: number;
  readonly state: RuleState;
  /** By how much the server's clock was ahead of its newest reading when that came; ticks wait as long. */
  readonly lagMicros: number;
  /** As it was last stored. */
  readonly storedLagMicros: number;
  /** Of a rule that knows time, per input: time and value of its newest reading. Not stored: the readings are. */
  readonly readings: readonly number[];
  /** Stored readings that did not act, although they are newer than those that did. */
  readonly passedOver: readonly PassedOver[];
}

/** The newest stored reading of an input did not act: as long as none is newer than `untilMicros`, this time holds. */
export interface PassedOver {
  readonly input: number;
  readonly untilMicros: number;
  readonly actedMicros: number;
}

export interface RuleStateChange {
  readonly ruleId: number;
  readonly memory: RuleMemory;
}

/** A device whose time did not simply go on: late readings began, or its clock was set back. */
export interface DeviceClockChange {
  readonly deviceId: number;
  readonly clock: DeviceClock;
}

export interface StateChanges {
  readonly rules: readonly RuleStateChange[];
  readonly devices: readonly DeviceClockChange[];
}

/** Answers with time and value of the newest stored reading of a metric; −∞ and NaN if there is none. */
export type NewestReading = (deviceId: number, metricNumber: number) => { timeMicros: number; value: number };

/** States as of the last committed flush. */
export class RuleStates {
  private readonly clocks = new Map<number, DeviceClock>();
  private readonly memories = new Map<number, RuleMemory>();

  clock(deviceId: number): DeviceClock | undefined {
    return this.clocks.get(deviceId);
  }

  memory(ruleId: number): RuleMemory | undefined {
    return this.memories.get(ruleId);
  }

  ruleIds(): Iterable<number> {
    return this.memories.keys();
  }

  /** A view in which one flush makes its changes; it sees those of `parent`, a flush still being committed. */
  overlay(parent?: RuleOverlay): RuleOverlay {
    return new RuleOverlay(this, parent);
  }

  /** Takes a committed flush's changes in. */
  fold(overlay: RuleOverlay): void {
    for (const [deviceId, clock] of overlay.clocks) this.clocks.set(deviceId, clock);
    for (const [ruleId, memory] of overlay.memories) this.memories.set(ruleId, memory);
    overlay.detach();
  }

  /** Takes in changes read from the store, in order; clocks of devices that went on since come from the stored readings. */
  restore({ rules, devices }: StateChanges, lastMicros: (deviceId: number) => number | undefined): void {
    for (const { ruleId, memory } of rules) this.memories.set(ruleId, memory);
    for (const { deviceId, clock } of devices) {
      if ((lastMicros(deviceId) ?? NEVER) <= clock.newestMicros) this.clocks.set(deviceId, clock);
      else this.clocks.delete(deviceId);
    }
  }

  /** Rules that are gone are forgotten once their last episode has ended: else every snapshot would have them for ever. */
  forget(isDeleted: (ruleId: number) => boolean): void {
    for (const [ruleId, { state }] of this.memories) {
      if (state.phase === "normal" && isDeleted(ruleId)) this.memories.delete(ruleId);
    }
  }

  /** Every state there is, for the snapshot at the close of a generation. */
  all(): StateChanges {
    const rules = [...this.memories].map(([ruleId, memory]) => ({ ruleId, memory }));
    const devices = [...this.clocks]
      .filter(([, { lateSinceMicros, lastActedMicros, newestMicros }]) => {
        return lateSinceMicros !== 0 || lastActedMicros !== newestMicros;
      })
      .map(([deviceId, clock]) => ({ deviceId, clock }));
    return { rules: rules.filter(({ memory }) => memory.state.episode > 0 || !isFresh(memory)), devices };
  }
}

/** Nothing that a rule's first evaluation would not find as well. */
function isFresh({ state, lagMicros, passedOver }: RuleMemory): boolean {
  return state.atMicros === NEVER && passedOver.length === 0 && !isOtherLag(lagMicros, 0);
}

/** Readings come a little sooner or later all the time: only a change of the lag by more than this is stored by itself. */
export const LAG_TOLERANCE_MICROS = 10_000_000;

export function isOtherLag(lagMicros: number, storedMicros: number): boolean {
  return Math.abs(lagMicros - storedMicros) > LAG_TOLERANCE_MICROS;
}

/** Copy on write: dropped whole when its flush fails. */
export class RuleOverlay {
  readonly clocks = new Map<number, DeviceClock>();
  readonly memories = new Map<number, RuleMemory>();
  /** When each rule that knows time, of those touched, has to be looked at next; by the server's clock. */
  readonly dues = new Map<number, number>();
  private readonly base: RuleStates;
  private parent: RuleOverlay | undefined;

  constructor(base: RuleStates, parent: RuleOverlay | undefined) {
    this.base = base;
    this.parent = parent;
  }

  /** Once all before it is folded in, nothing is behind it but the base; else every flush would keep the one before. */
  detach(): void {
    this.parent = undefined;
  }

  clock(deviceId: number): DeviceClock | undefined {
    return this.clocks.get(deviceId) ?? this.parent?.clocks.get(deviceId) ?? this.base.clock(deviceId);
  }

  memory(ruleId: number): RuleMemory | undefined {
    return this.memories.get(ruleId) ?? this.parent?.memories.get(ruleId) ?? this.base.memory(ruleId);
  }
}

export const NOTHING_PASSED_OVER: readonly PassedOver[] = [];

/** The state to go on with: one without a memory of the rule's conditions, as after it was switched off, gets a fresh one. */
export function stateOf(memory: RuleMemory | undefined, rule: CompiledRule): RuleState {
  if (memory === undefined) return rule.initialState;
  const { state } = memory;
  return state.nodes.length === rule.initialState.nodes.length ? state : calmState(rule, state.episode);
}

/** The readings to go on with: those in memory, or at a start the newest stored ones. */
export function readingsOf(memory: RuleMemory | undefined, rule: CompiledRule, newest: NewestReading): number[] {
  if (memory !== undefined && memory.readings.length === 2 * rule.inputs.length) return memory.readings.slice();
  return rule.inputs.flatMap(({ deviceId, metricNumber }, input) => {
    const { timeMicros, value } = newest(deviceId, metricNumber);
    const passed = memory?.passedOver.find((one) => one.input === input);
    return passed === undefined || timeMicros > passed.untilMicros
      ? [timeMicros, value]
      : [passed.actedMicros, Number.NaN];
  });
}
