import { DeviceClock } from "@sluice/core/rules/device-clock.ts";
import { NEVER, type RulePhase, type RuleState } from "@sluice/core/rules/rule.ts";
import { NOTHING_PASSED_OVER, type RuleMemory, type RuleStateChange, type StateChanges } from "./rule-states.ts";

const VERSION = 2;

type RowV1 = [rule: number, device: number, phase: RulePhase, episode: number];
type RowV2 = [
  rule: number,
  device: number,
  revision: number,
  phase: RulePhase,
  episode: number,
  since: number | null,
  at: number | null,
  lag?: number,
  nodes?: number[],
  passedOver?: [input: number, until: number, acted: number | null][],
];
type ClockRow = [device: number, lastActed: number | null, newest: number | null, lateSince: number];

/**
 * JSON text: states change seldom. Version 2 is `[2, [[rule, device, revision, phase, episode, since, at, lag, nodes,
 * passed over], …], [[device, last acted, newest, late since], …]]`, times in microseconds and null for never; what follows
 * `at` is absent where it is empty. Version 1 was `[1, [[rule, device, phase, episode], …]]`, of thresholds without times.
 */
export function encodeRuleStates({ rules, devices }: StateChanges): Buffer {
  const clocks = devices.map(({ deviceId, clock: { lastActedMicros, newestMicros, lateSinceMicros } }): ClockRow => {
    return [deviceId, finiteOrNull(lastActedMicros), finiteOrNull(newestMicros), lateSinceMicros];
  });
  return Buffer.from(JSON.stringify([VERSION, rules.map(rowOf), clocks]));
}

/** Throws a `RangeError` for a version of the future. */
export function decodeRuleStates(body: Buffer): StateChanges {
  const [version, rows, clocks] = JSON.parse(body.toString()) as [number, unknown[], ClockRow[] | undefined];
  if (version === 1) return { rules: (rows as RowV1[]).map(changeOfV1), devices: [] };
  if (version !== VERSION) throw new RangeError(`rule states of version ${version} are not known`);
  return {
    rules: (rows as RowV2[]).map(changeOf),
    devices: (clocks ?? []).map(([deviceId, lastActed, newest, lateSince]) => {
      return { deviceId, clock: new DeviceClock(lastActed ?? NEVER, newest ?? NEVER, lateSince) };
    }),
  };
}

function rowOf({ ruleId, memory }: RuleStateChange): RowV2 {
  const { deviceId, revision, state, lagMicros, passedOver } = memory;
  const { phase, episode, sinceMicros, atMicros, nodes } = state;
  const row: RowV2 = [ruleId, deviceId, revision, phase, episode, finiteOrNull(sinceMicros), finiteOrNull(atMicros)];
  if (nodes.length === 0 && passedOver.length === 0 && lagMicros === 0) return row;
  row[7] = lagMicros;
  row[8] = [...nodes];
  if (passedOver.length > 0)
    row[9] = passedOver.map((one) => [one.input, one.untilMicros, finiteOrNull(one.actedMicros)]);
  return row;
}

function changeOf([ruleId, deviceId, revision, phase, episode, since, at, lag, nodes, passed]: RowV2): RuleStateChange {
  const state = { phase, episode, sinceMicros: since ?? NEVER, atMicros: at ?? NEVER, nodes: nodes ?? [] };
  const passedOver = passed?.map(([input, untilMicros, acted]) => ({
    input,
    untilMicros,
    actedMicros: acted ?? NEVER,
  }));
  return { ruleId, memory: memoryOf(deviceId, revision, state, lag, passedOver) };
}

function changeOfV1([ruleId, deviceId, phase, episode]: RowV1): RuleStateChange {
  const state = { phase, episode, sinceMicros: NEVER, atMicros: NEVER, nodes: [] };
  return { ruleId, memory: memoryOf(deviceId, 1, state) };
}

function memoryOf(
  deviceId: number,
  revision: number,
  state: RuleState,
  lagMicros = 0,
  passedOver = NOTHING_PASSED_OVER,
): RuleMemory {
  return { deviceId, revision, state, lagMicros, storedLagMicros: lagMicros, readings: [], passedOver };
}

function finiteOrNull(micros: number): number | null {
  return Number.isFinite(micros) ? micros : null;
}
