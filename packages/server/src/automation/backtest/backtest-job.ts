import type { Dose } from "@sluice/core/commands/messages.ts";
import { compileRule } from "@sluice/core/rules/compile-rule.ts";
import { newestEvidence } from "@sluice/core/rules/evidence.ts";
import { type CompiledRule, isFiring, NEVER, type RuleInput } from "@sluice/core/rules/rule.ts";
import {
  type MetricReference,
  metricName,
  metricsOf,
  type RuleDefinition,
} from "@sluice/core/rules/rule-definition.ts";
import type { RuleRun } from "@sluice/core/rules/rule-run.ts";
import type { Priority } from "@sluice/core/safety/decide.ts";
import type { Envelope } from "@sluice/core/safety/envelope.ts";
import type { Place } from "@sluice/core/schedules/sun.ts";

/** What an actuator asks of a rule that starts it. */
export interface Cause {
  readonly isFiring: () => boolean;
  /** Of when the newest evidence is that it fires rightly; undefined: there is none. */
  readonly newestEvidence: (nowMicros: number) => number | undefined;
}

/** A rule with all that it needs to run, as plain data: it travels to a thread. */
export interface JobRule {
  readonly id: number;
  readonly definition: RuleDefinition;
  /** Its home. */
  readonly deviceId: number;
  /** By the metric's name in the definition (`metricName`). */
  readonly inputs: Readonly<Record<string, RuleInput>>;
  readonly place?: Place | undefined;
}

/** An actuator that rules would have started, under its limits. */
export interface JobActuator {
  readonly actuatorId: number;
  readonly envelope: Envelope;
  readonly durationMs: number;
  readonly dose?: Dose | undefined;
  readonly priority: Priority;
  /** IANA zone in which its days begin. */
  readonly timeZone: string;
  /** Rules that start it. */
  readonly ruleIds: readonly number[];
}

export interface BacktestJob {
  readonly partition: number;
  /** Inclusive. */
  readonly fromMicros: number;
  /** Exclusive. */
  readonly toMicros: number;
  /** Those that are asked about, and those that open or close their gates. */
  readonly rules: readonly JobRule[];
  /** Ids of those that are asked about. */
  readonly askedIds: readonly number[];
  readonly actuators: readonly JobActuator[];
  /** Episodes, and runs of each actuator, that are told one by one; all are counted. */
  readonly maxTold: number;
}

/** Times are microseconds; null: not within the period. */
export interface ToldEpisode {
  readonly ruleId: number;
  readonly episode: number;
  readonly pendingMicros: number | null;
  readonly firedMicros: number;
  readonly resolvedMicros: number | null;
  /** What it fired on. */
  readonly value: number | null;
}

export interface RuleOutcome {
  readonly ruleId: number;
  /** Episodes that fired. */
  readonly fired: number;
  /** Episodes that were pending and never fired. */
  readonly lapsed: number;
  readonly firingMs: number;
}

export interface ActuatorOutcome {
  readonly actuatorId: number;
  readonly runs: number;
  readonly runMs: number;
  /** How often it had to wait, and for what: limit → times. */
  readonly deferred: Readonly<Record<string, number>>;
  /** How often it was refused for good, and why. */
  readonly refused: Readonly<Record<string, number>>;
  readonly told: readonly { readonly startMicros: number; readonly endMicros: number }[];
}

export interface BacktestResult {
  /** Valid readings of the metrics that the rules read. */
  readonly readings: number;
  /** Readings that were left out because they were marked. */
  readonly invalid: number;
  readonly rules: readonly RuleOutcome[];
  /** In the order in which they fired. */
  readonly episodes: readonly ToldEpisode[];
  readonly actuators: readonly ActuatorOutcome[];
}

/** As the pipeline has it, watched from the beginning of the period. */
export function compileJobRule({ id, definition, deviceId, inputs, place }: JobRule, fromMicros: number): CompiledRule {
  const inputOf = (metric: MetricReference) => inputs[metricName(metric)]!;
  return compileRule(id, definition, { deviceId, definedMicros: fromMicros, inputOf, place });
}

/** A rule of the job on its way, as what starts actuators. Its inputs stand in the order of the definition's metrics. */
export function causeOf({ definition }: Pick<JobRule, "definition">, run: RuleRun, fromMicros: number): Cause {
  const numbers = new Map(metricsOf(definition).map((metric, number) => [metricName(metric), number]));
  const newestMicros = (metric: MetricReference) => {
    const timeMicros = run.readings[2 * numbers.get(metricName(metric))!]!;
    return timeMicros === NEVER ? undefined : timeMicros;
  };
  return {
    isFiring: () => isFiring(run.state),
    newestEvidence: (nowMicros) => newestEvidence(definition, { nowMicros, definedMicros: fromMicros, newestMicros }),
  };
}
