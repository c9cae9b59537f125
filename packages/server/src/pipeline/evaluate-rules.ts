import { DeviceClock } from "@sluice/core/rules/device-clock.ts";
import { type CompiledRule, NEVER, type RuleState } from "@sluice/core/rules/rule.ts";
import type { DeviceRules, GroupTaps, RuleSource, Tap } from "@sluice/core/rules/rule-catalog.ts";
import { advanceGroup, evaluateGroup, type RuleGroup, tickLagMicros } from "@sluice/core/rules/rule-group.ts";
import type { OnTransition, RuleTransition } from "@sluice/core/rules/rule-run.ts";
import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { VALID } from "@sluice/core/telemetry/validity.ts";
import { OpenRules } from "./open-rules.ts";
import { endOrphan, isOrphan } from "./orphan-rules.ts";
import {
  type DeviceClockChange,
  type NewestReading,
  NOTHING_PASSED_OVER,
  type RuleMemory,
  type RuleOverlay,
  type RuleStateChange,
  type StateChanges,
  stateOf,
} from "./rule-states.ts";
import type { TickWork } from "./rule-ticks.ts";

export type { RuleTransition } from "@sluice/core/rules/rule-run.ts";
export { CLOCK_STEPPED_BACK_MICROS } from "@sluice/core/telemetry/limits.ts";

/** Committed with the readings and ticks that caused it. */
export interface Evaluation {
  readonly transitions: readonly RuleTransition[];
  /** The last state of each rule, and clock of each device, that has to be stored. */
  readonly changes: StateChanges;
}

export interface EvaluationInput {
  readonly batch: MessageBatch;
  /** Messages in (device, time, arrival) order. */
  readonly order: Int32Array;
  readonly overlay: RuleOverlay;
  readonly rules: RuleSource;
  /** Of the newest stored message of a device. */
  readonly lastMicros: (deviceId: number) => number | undefined;
  readonly newestReading: NewestReading;
  readonly nowMicros: number;
  readonly ticks: TickWork;
}

/**
 * Runs the rules over what a flush holds, and leaves their new states in the overlay:
 *
 *   1. rules that were changed or are gone end what they had begun
 *   2. the messages of each device, in time order, go through its rules; those of rules over several devices are set aside
 *   3. what was set aside goes through those rules, merged by time
 *   4. what is due by now happens, each at its own time
 */
export function evaluateRules(input: EvaluationInput): Evaluation {
  return new FlushEvaluation(input).run();
}

/** A message that acts, for rules over several devices. */
interface SharedMessage {
  readonly message: number;
  readonly timeMicros: number;
  readonly isSetBack: boolean;
  readonly taps: GroupTaps;
}

class FlushEvaluation {
  private readonly input: EvaluationInput;
  private readonly open: OpenRules;
  private readonly transitions: RuleTransition[] = [];
  private readonly changes: RuleStateChange[] = [];
  private readonly clockChanges: DeviceClockChange[] = [];
  private readonly shared: SharedMessage[] = [];

  constructor(input: EvaluationInput) {
    this.input = input;
    this.open = new OpenRules(input.overlay, input.newestReading);
  }

  run(): Evaluation {
    const touched = this.endOrphans();
    this.evaluateDevices();
    this.evaluateShared();
    for (const group of touched) this.tick(group, true);
    this.evaluateDue();
    this.open.close(this.changes);
    return { transitions: this.transitions, changes: { rules: this.changes, devices: this.clockChanges } };
  }

  private readonly onTransition: OnTransition = (transition) => this.transitions.push(transition);

  /** Answers which groups have to be looked at although nobody said anything. */
  private endOrphans(): Set<RuleGroup> {
    const { overlay, rules, ticks } = this.input;
    const touched = new Set<RuleGroup>();
    for (const ruleId of ticks.changed) {
      const rule = rules.find(ruleId);
      const memory = overlay.memory(ruleId);
      if (memory !== undefined && isOrphan(memory, rule)) this.endOrphan(ruleId, memory, rule);
      const group = rules.groupOf(ruleId);
      if (group !== undefined) touched.add(group);
    }
    return touched;
  }

  /** A change may not have been told yet, or be held back: what another definition began ends here, and is never gone on with. */
  private memoryOf(rule: CompiledRule): RuleMemory | undefined {
    const memory = this.input.overlay.memory(rule.id);
    if (memory === undefined || memory.revision === rule.revision) return memory;
    return this.endOrphan(rule.id, memory, rule);
  }

  private endOrphan(ruleId: number, before: RuleMemory, rule: CompiledRule | undefined): RuleMemory {
    const { overlay, nowMicros } = this.input;
    const { memory, transition } = endOrphan(ruleId, before, rule, nowMicros);
    overlay.memories.set(ruleId, memory);
    this.changes.push({ ruleId, memory });
    if (transition !== undefined) this.transitions.push(transition);
    return memory;
  }

  private evaluateDevices(): void {
    const { batch, order, rules } = this.input;
    for (let from = 0; from < batch.length; ) {
      const deviceId = batch.deviceIds[order[from]!]!;
      let to = from + 1;
      while (to < batch.length && batch.deviceIds[order[to]!] === deviceId) to++;
      const ofDevice = rules.rulesOf(deviceId);
      if (ofDevice.plain.length > 0 || ofDevice.groups.length > 0) this.evaluateDevice(deviceId, ofDevice, from, to);
      from = to;
    }
  }

  private evaluateDevice(deviceId: number, { plain, groups }: DeviceRules, from: number, to: number): void {
    const { batch, order, overlay, nowMicros } = this.input;
    for (const { group } of groups) for (const rule of group.rules) this.memoryOf(rule);
    const clock = this.clockOf(deviceId);
    const { lateSinceMicros } = clock;
    const states = plain.map((rule) => stateOf(this.memoryOf(rule), rule));
    let wasSetBack = false;
    for (let i = from; i < to; i++) {
      const message = order[i]!;
      const timeMicros = batch.timesMicros[message]!;
      const arrival = clock.admit(timeMicros, nowMicros);
      if (arrival === "late") {
        for (const taps of groups) this.passOver(taps, message, timeMicros);
        continue;
      }
      wasSetBack ||= arrival === "set-back";
      for (let r = 0; r < plain.length; r++) states[r] = this.evaluatePlain(plain[r]!, states[r]!, message, timeMicros);
      const isSetBack = arrival === "set-back";
      for (const taps of groups) {
        if (!taps.isShared) this.evaluateMessage(taps, message, timeMicros, isSetBack);
        else if (this.isHeard(taps, message)) this.shared.push({ message, timeMicros, isSetBack, taps });
      }
    }
    this.keepPlain(plain, states);
    overlay.clocks.set(deviceId, clock);
    const beganLate = clock.lateSinceMicros !== 0 && clock.lateSinceMicros !== lateSinceMicros;
    if (beganLate || wasSetBack) this.clockChanges.push({ deviceId, clock });
  }

  private clockOf(deviceId: number): DeviceClock {
    const { overlay, lastMicros } = this.input;
    return overlay.clock(deviceId)?.copy() ?? new DeviceClock(lastMicros(deviceId) ?? NEVER);
  }

  /** The way of nearly every reading: it allocates nothing unless the phase changes. */
  private evaluatePlain(rule: CompiledRule, before: RuleState, message: number, timeMicros: number): RuleState {
    const { batch } = this.input;
    const { metricNumber } = rule.inputs[0]!;
    const end = batch.valueEnds[message]!;
    let state = before;
    for (let at = batch.valueStart(message); at < end; at++) {
      if (batch.metricNumbers[at] !== metricNumber) continue;
      const value = actingValue(batch, at);
      const next = rule.evaluateValue!(state, timeMicros, value);
      if (next.phase !== state.phase) {
        const { episode, phase } = next;
        const transition = phase === "firing" ? "firing" : "resolved";
        this.transitions.push({
          ruleId: rule.id,
          deviceId: rule.deviceId,
          episode,
          state: transition,
          timeMicros,
          value,
        });
      }
      state = next;
    }
    return state;
  }

  private keepPlain(plain: readonly CompiledRule[], states: readonly RuleState[]): void {
    const { overlay } = this.input;
    for (let r = 0; r < plain.length; r++) {
      const rule = plain[r]!;
      const state = states[r]!;
      if (state === (overlay.memory(rule.id)?.state ?? rule.initialState)) continue;
      const { id: ruleId, deviceId, revision } = rule;
      const lags = { lagMicros: 0, storedLagMicros: 0 };
      const memory = { deviceId, revision, state, ...lags, readings: [], passedOver: NOTHING_PASSED_OVER };
      overlay.memories.set(ruleId, memory);
      this.changes.push({ ruleId, memory });
    }
  }

  private isHeard({ taps }: GroupTaps, message: number): boolean {
    const { batch } = this.input;
    return taps.some(({ metricNumber }) => !Number.isNaN(actingValueOf(batch, message, metricNumber)));
  }

  /** All that a message says is said at once. */
  private evaluateMessage({ group, taps }: GroupTaps, message: number, timeMicros: number, isSetBack: boolean): void {
    const { batch, nowMicros } = this.input;
    let hasNews = false;
    const runs = this.open.runs(group);
    for (const { index, input, metricNumber } of taps) {
      const value = actingValueOf(batch, message, metricNumber);
      if (Number.isNaN(value)) continue;
      if (!hasNews) {
        hasNews = true;
        if (isSetBack) this.setBack(taps, timeMicros, group);
        advanceGroup(group, runs, timeMicros, this.onTransition);
      }
      runs[index]!.take(input, timeMicros, value);
    }
    if (!hasNews) return;
    evaluateGroup(group, runs, timeMicros, this.onTransition);
    this.open.noteLag(group, tickLagMicros(group, timeMicros, nowMicros));
  }

  /** What was later never was; in the store it still is. */
  private setBack(taps: readonly Tap[], toMicros: number, group: RuleGroup): void {
    const runs = this.open.runs(group);
    const before = taps.map(({ index, input }) => runs[index]!.readings[2 * input]!);
    for (const run of runs) run.rewind(toMicros);
    for (const [at, { index, input }] of taps.entries()) this.open.passOver(group, index, input, before[at]!);
  }

  private passOver({ group, taps }: GroupTaps, message: number, timeMicros: number): void {
    for (const { index, input, metricNumber } of taps) {
      if (Number.isNaN(actingValueOf(this.input.batch, message, metricNumber))) continue;
      this.open.passOver(group, index, input, timeMicros);
    }
  }

  private evaluateShared(): void {
    const inOrder = this.shared.sort((a, b) => a.timeMicros - b.timeMicros || a.message - b.message);
    for (const one of inOrder) this.evaluateMessage(one.taps, one.message, one.timeMicros, one.isSetBack);
  }

  private evaluateDue(): void {
    const due = new Set<RuleGroup>();
    for (const ruleId of this.input.ticks.due) {
      const group = this.input.rules.groupOf(ruleId);
      if (group !== undefined) due.add(group);
    }
    for (const group of due) this.tick(group, false);
  }

  /** The server's clock, as far behind as the group's readings come; so what is on its way is not overtaken. */
  private tick(group: RuleGroup, isChanged: boolean): void {
    const untilMicros = this.input.nowMicros - this.open.lagOf(group);
    const runs = this.open.runs(group);
    advanceGroup(group, runs, untilMicros, this.onTransition);
    this.open.noteTick(group, untilMicros);
    // A gate may go by a rule that was switched off.
    if (isChanged && group.gates.some(({ length }) => length > 0))
      evaluateGroup(group, runs, untilMicros, this.onTransition);
  }
}

/** The value of a metric in a message, as far as rules are concerned; NaN if there is none. The last one holds. */
function actingValueOf(batch: MessageBatch, message: number, metricNumber: number): number {
  let value = Number.NaN;
  const end = batch.valueEnds[message]!;
  for (let at = batch.valueStart(message); at < end; at++) {
    if (batch.metricNumbers[at] === metricNumber) value = actingValue(batch, at);
  }
  return value;
}

/** A reading that is marked invalid never acts: for rules it is NaN, which changes nothing. */
function actingValue(batch: MessageBatch, at: number): number {
  return batch.flags[at] === VALID ? batch.values[at]! : Number.NaN;
}
