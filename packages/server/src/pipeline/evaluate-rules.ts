import type { CompiledRule, RuleState } from "@sluice/core/rules/rule.ts";
import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { type DeviceRuleState, type RuleOverlay, type RuleStateChange, stateOf } from "./rule-states.ts";

/** After this long of nothing but late readings, the device's clock was set back, and its readings act again. */
export const CLOCK_STEPPED_BACK_MICROS = 10 * 60 * 1_000_000;

/** A change of a rule's state, committed with the reading that caused it. */
export interface RuleTransition {
  readonly ruleId: number;
  readonly deviceId: number;
  readonly episode: number;
  readonly state: "firing" | "resolved";
  readonly readingMicros: number;
  readonly value: number;
}

export interface Evaluation {
  readonly transitions: readonly RuleTransition[];
  /** The last state of each rule that changed. */
  readonly changes: readonly RuleStateChange[];
}

export interface EvaluationInput {
  readonly batch: MessageBatch;
  /** Messages in (device, time, arrival) order. */
  readonly order: Int32Array;
  readonly overlay: RuleOverlay;
  readonly rulesOf: (deviceId: number) => readonly CompiledRule[];
  /** Time of the newest stored reading of a device that has no rule state yet. */
  readonly lastMicros: (deviceId: number) => number | undefined;
  readonly nowMicros: number;
}

/** Runs the rules over the messages of each device, in time order; leaves the new states in the overlay. */
export function evaluateRules(input: EvaluationInput): Evaluation {
  const { batch, order } = input;
  const transitions: RuleTransition[] = [];
  const changes: RuleStateChange[] = [];
  for (let from = 0; from < batch.length; ) {
    const deviceId = batch.deviceIds[order[from]!]!;
    let to = from + 1;
    while (to < batch.length && batch.deviceIds[order[to]!] === deviceId) to++;
    const rules = input.rulesOf(deviceId);
    if (rules.length > 0) evaluateDevice(input, deviceId, rules, from, to, transitions, changes);
    from = to;
  }
  return { transitions, changes };
}

function evaluateDevice(
  { batch, order, overlay, lastMicros, nowMicros }: EvaluationInput,
  deviceId: number,
  rules: readonly CompiledRule[],
  from: number,
  to: number,
  transitions: RuleTransition[],
  changes: RuleStateChange[],
): void {
  const before = overlay.get(deviceId);
  const states = rules.map((rule) => stateOf(before, rule.id));
  let lastActedMicros = before?.lastActedMicros ?? lastMicros(deviceId) ?? Number.NEGATIVE_INFINITY;
  let lateSinceMicros = before?.lateSinceMicros ?? 0;

  for (let i = from; i < to; i++) {
    const message = order[i]!;
    const timeMicros = batch.timesMicros[message]!;
    if (timeMicros < lastActedMicros && !hasSteppedBack(lateSinceMicros, nowMicros)) {
      if (lateSinceMicros === 0) lateSinceMicros = nowMicros;
      continue;
    }
    lastActedMicros = timeMicros;
    lateSinceMicros = 0;
    for (let r = 0; r < rules.length; r++) {
      states[r] = evaluateMessage(rules[r]!, states[r]!, batch, message, deviceId, transitions);
    }
  }
  const after = mergeStates(before, rules, states, deviceId, changes);
  overlay.changes.set(deviceId, { lastActedMicros, lateSinceMicros, states: after });
}

function hasSteppedBack(lateSinceMicros: number, nowMicros: number): boolean {
  return lateSinceMicros !== 0 && nowMicros - lateSinceMicros >= CLOCK_STEPPED_BACK_MICROS;
}

function evaluateMessage(
  rule: CompiledRule,
  before: RuleState,
  batch: MessageBatch,
  message: number,
  deviceId: number,
  transitions: RuleTransition[],
): RuleState {
  let state = before;
  const end = batch.valueEnds[message]!;
  for (let at = batch.valueStart(message); at < end; at++) {
    if (batch.metricNumbers[at] !== rule.metricNumber) continue;
    const readingMicros = batch.timesMicros[message]!;
    const value = batch.values[at]!;
    const next = rule.evaluate(state, readingMicros, value);
    if (next.phase !== state.phase) {
      transitions.push({
        ruleId: rule.id,
        deviceId,
        episode: next.episode,
        state: next.phase === "firing" ? "firing" : "resolved",
        readingMicros,
        value,
      });
    }
    state = next;
  }
  return state;
}

function mergeStates(
  before: DeviceRuleState | undefined,
  rules: readonly CompiledRule[],
  states: readonly RuleState[],
  deviceId: number,
  changes: RuleStateChange[],
): ReadonlyMap<number, RuleState> {
  let merged: Map<number, RuleState> | undefined;
  for (let r = 0; r < rules.length; r++) {
    const rule = rules[r]!;
    const state = states[r]!;
    if (state === stateOf(before, rule.id)) continue;
    merged ??= new Map(before?.states);
    merged.set(rule.id, state);
    changes.push({ ruleId: rule.id, deviceId, state });
  }
  return merged ?? before?.states ?? new Map();
}
