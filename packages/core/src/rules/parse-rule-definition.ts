import { SluiceError } from "../errors.ts";
import {
  type Condition,
  type Gate,
  innerConditions,
  MAX_DAYLIGHT_OFFSET_MS,
  MAX_GATES,
  MAX_INPUTS,
  MAX_LEAVES,
  MAX_NESTING,
  MAX_REPETITIONS,
  MAX_WINDOW_MS,
  type MetricReference,
  metricsOf,
  type RuleDefinition,
  type RuleTiming,
} from "./rule-definition.ts";

type Fields = Readonly<Record<string, unknown>>;

const TIMING_KEYS = ["forMs", "resolveAfterMs", "staleAfterMs", "gates"];
const KEYS_OF_KIND: Readonly<Record<Condition["kind"], readonly string[]>> = {
  threshold: ["metric", "operator", "value", "hysteresis"],
  rate: ["metric", "operator", "by", "withinMs"],
  "no-data": ["metric", "afterMs"],
  repeated: ["condition", "times", "withinMs"],
  all: ["conditions"],
  any: ["conditions"],
  not: ["condition"],
};
const MAX_KEY_BYTES = 256;
const MAX_UID_BYTES = 128;

/**
 * Reads a definition from JSON, strictly: a key that its kind does not have is refused. Throws `rule.definition_invalid` with
 * the path of what is wrong, and `rule.too_large` for one past a limit.
 */
export function parseRuleDefinition(value: unknown): RuleDefinition {
  const path = "definition";
  const fields = objectAt(value, path);
  const condition = parseFields(fields, path, TIMING_KEYS, 1);
  const definition = { ...condition, ...parseTiming(fields, path) };
  assertWithinLimits(definition);
  return definition;
}

function parseCondition(value: unknown, path: string, depth: number): Condition {
  return parseFields(objectAt(value, path), path, [], depth);
}

function parseFields(fields: Fields, path: string, further: readonly string[], depth: number): Condition {
  const kind = oneOf(fields.kind, Object.keys(KEYS_OF_KIND) as Condition["kind"][], `${path}.kind`);
  if (depth > MAX_NESTING) throw tooLarge(path, `at most ${MAX_NESTING} conditions within one another`);
  assertKeys(fields, ["kind", ...KEYS_OF_KIND[kind], ...further], path);
  switch (kind) {
    case "threshold":
      return {
        kind,
        metric: parseMetric(fields.metric, `${path}.metric`),
        operator: oneOf(fields.operator, ["below", "above"], `${path}.operator`),
        value: finite(fields.value, `${path}.value`),
        hysteresis: fields.hysteresis === undefined ? 0 : atLeastZero(fields.hysteresis, `${path}.hysteresis`),
      };
    case "rate":
      return {
        kind,
        metric: parseMetric(fields.metric, `${path}.metric`),
        operator: oneOf(fields.operator, ["rising", "falling"], `${path}.operator`),
        by: positive(fields.by, `${path}.by`),
        withinMs: windowMs(fields.withinMs, `${path}.withinMs`),
      };
    case "no-data":
      return {
        kind,
        metric: parseMetric(fields.metric, `${path}.metric`),
        afterMs: windowMs(fields.afterMs, `${path}.afterMs`),
      };
    case "repeated":
      return {
        kind,
        condition: parseCondition(fields.condition, `${path}.condition`, depth + 1),
        times: whole(fields.times, 1, MAX_REPETITIONS, `${path}.times`),
        withinMs: windowMs(fields.withinMs, `${path}.withinMs`),
      };
    case "not":
      return { kind, condition: parseCondition(fields.condition, `${path}.condition`, depth + 1) };
    default:
      return { kind, conditions: parseConditions(fields.conditions, `${path}.conditions`, depth + 1) };
  }
}

function parseConditions(value: unknown, path: string, depth: number): Condition[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid(path, value, "a list of conditions");
  if (value.length > MAX_LEAVES) throw tooLarge(path, `at most ${MAX_LEAVES} conditions`);
  return value.map((one, index) => parseCondition(one, `${path}[${index}]`, depth));
}

function parseMetric(value: unknown, path: string): MetricReference {
  if (typeof value === "string") return text(value, MAX_KEY_BYTES, path);
  const fields = objectAt(value, path);
  assertKeys(fields, ["device", "metric"], path);
  return {
    device: text(fields.device, MAX_UID_BYTES, `${path}.device`),
    metric: text(fields.metric, MAX_KEY_BYTES, `${path}.metric`),
  };
}

function parseTiming(fields: Fields, path: string): RuleTiming {
  const { forMs, resolveAfterMs, staleAfterMs, gates } = fields;
  return {
    ...(forMs === undefined ? {} : { forMs: whole(forMs, 0, MAX_WINDOW_MS, `${path}.forMs`) }),
    ...(resolveAfterMs === undefined
      ? {}
      : { resolveAfterMs: whole(resolveAfterMs, 0, MAX_WINDOW_MS, `${path}.resolveAfterMs`) }),
    ...(staleAfterMs === undefined ? {} : { staleAfterMs: windowMs(staleAfterMs, `${path}.staleAfterMs`) }),
    ...(gates === undefined ? {} : { gates: parseGates(gates, `${path}.gates`) }),
  };
}

function parseGates(value: unknown, path: string): Gate[] {
  if (!Array.isArray(value)) throw invalid(path, value, "a list of gates");
  if (value.length > MAX_GATES) throw tooLarge(path, `at most ${MAX_GATES} gates`);
  return value.map((one, index) => parseGate(one, `${path}[${index}]`));
}

function parseGate(value: unknown, path: string): Gate {
  const fields = objectAt(value, path);
  const kind = oneOf(fields.kind, ["daylight", "rule"], `${path}.kind`);
  if (kind === "rule") {
    assertKeys(fields, ["kind", "rule", "is"], path);
    const rule = whole(fields.rule, 1, 2_147_483_647, `${path}.rule`);
    return { kind, rule, is: oneOf(fields.is, ["firing", "not-firing"], `${path}.is`) };
  }
  assertKeys(fields, ["kind", "is", "offsetMs"], path);
  const is = oneOf(fields.is, ["day", "night"], `${path}.is`);
  if (fields.offsetMs === undefined) return { kind, is };
  const offsetMs = whole(fields.offsetMs, -MAX_DAYLIGHT_OFFSET_MS, MAX_DAYLIGHT_OFFSET_MS, `${path}.offsetMs`);
  return { kind, is, offsetMs };
}

function assertWithinLimits(definition: RuleDefinition): void {
  const leaves = countLeaves(definition);
  if (leaves > MAX_LEAVES) throw tooLarge("definition", `at most ${MAX_LEAVES} thresholds, rates and no-datas`);
  if (metricsOf(definition).length > MAX_INPUTS) throw tooLarge("definition", `at most ${MAX_INPUTS} metrics`);
}

function countLeaves(condition: Condition): number {
  const inner = innerConditions(condition);
  return inner.length === 0 ? 1 : inner.reduce((sum, one) => sum + countLeaves(one), 0);
}

function objectAt(value: unknown, path: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(path, value, "an object");
}

function assertKeys(fields: Fields, known: readonly string[], path: string): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw invalid(`${path}.${unknown}`, fields[unknown], `absent: ${path} has ${known.join(", ")}`);
}

function oneOf<Word extends string>(value: unknown, words: readonly Word[], path: string): Word {
  if (words.includes(value as Word)) return value as Word;
  throw invalid(path, value, `one of ${words.join(", ")}`);
}

function text(value: unknown, maxLength: number, path: string): string {
  if (typeof value === "string" && value.length > 0 && value.length <= maxLength) return value;
  throw invalid(path, value, `a text of at most ${maxLength} characters`);
}

function finite(value: unknown, path: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw invalid(path, value, "a finite number");
}

function atLeastZero(value: unknown, path: string): number {
  const number = finite(value, path);
  if (number >= 0) return number;
  throw invalid(path, value, "a number of at least 0");
}

function positive(value: unknown, path: string): number {
  const number = finite(value, path);
  if (number > 0) return number;
  throw invalid(path, value, "a number above 0");
}

function windowMs(value: unknown, path: string): number {
  return whole(value, 1, MAX_WINDOW_MS, path);
}

function whole(value: unknown, from: number, to: number, path: string): number {
  if (Number.isInteger(value) && Number(value) >= from && Number(value) <= to) return Number(value);
  throw invalid(path, value, `a whole number from ${from} to ${to}`);
}

function invalid(path: string, given: unknown, expected: string): SluiceError {
  return new SluiceError("invalid", "rule.definition_invalid", `${path} must be ${expected}.`, {
    details: { path, given: JSON.stringify(given)?.slice(0, 200) ?? "nothing" },
  });
}

function tooLarge(path: string, limit: string): SluiceError {
  return new SluiceError("invalid", "rule.too_large", `${path}: a rule has ${limit}.`, { details: { path } });
}
