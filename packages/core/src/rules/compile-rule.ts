import { SluiceError } from "../errors.ts";
import type { Place } from "../schedules/sun.ts";
import { AllNode, AnyNode, DaylightNode, NotNode, RepeatedNode, RuleGateNode } from "./inner-nodes.ts";
import { NoDataNode, RateNode, type RuleNode, ThresholdNode } from "./leaf-nodes.ts";
import { nextPhase, type PhaseTimes, phaseDueMicros } from "./phase.ts";
import { type CompiledRule, INITIAL_RULE_STATE, type RuleInput, type RuleState, type RuleTurn } from "./rule.ts";
import {
  type Condition,
  DEFAULT_STALE_AFTER_MS,
  type Gate,
  gateRulesOf,
  type MetricReference,
  metricName,
  metricsOf,
  type RuleDefinition,
} from "./rule-definition.ts";
import { compileThreshold } from "./threshold.ts";
import { Turn } from "./turn.ts";

/** What a definition means where it is applied. */
export interface RuleContext {
  /** The rule's home: its transitions name it. */
  readonly deviceId: number;
  /** 1 when absent. */
  readonly revision?: number;
  /** Since when it is watched: a `no-data` counts from here before the first reading. */
  readonly definedMicros: number;
  /** May throw for what there is not. */
  readonly inputOf: (metric: MetricReference) => RuleInput;
  /** Of the rule's site. */
  readonly place?: Place | undefined;
}

/** Throws `rule.place_unknown` for a daylight gate without a place, and whatever `inputOf` throws. */
export function compileRule(id: number, definition: RuleDefinition, context: RuleContext): CompiledRule {
  const metrics = metricsOf(definition);
  const inputs = metrics.map((metric) => context.inputOf(metric));
  const { deviceId, revision = 1 } = context;
  const rule = { id, deviceId, revision, inputs };
  if (isPlain(definition)) return new ThresholdRule(rule, definition);
  return new TimedRule(rule, definition, metrics, context);
}

type Plain = RuleDefinition & { readonly kind: "threshold" };
type RuleFacts = Pick<CompiledRule, "id" | "deviceId" | "revision" | "inputs">;

/** Without a time to hold, a gap changes nothing either: what is unknown neither begins nor ends an episode. */
function isPlain(definition: RuleDefinition): definition is Plain {
  const { kind, forMs = 0, resolveAfterMs = 0, gates = [] } = definition;
  return kind === "threshold" && forMs === 0 && resolveAfterMs === 0 && gates.length === 0;
}

class ThresholdRule implements CompiledRule {
  readonly id: number;
  readonly deviceId: number;
  readonly revision: number;
  readonly inputs: readonly RuleInput[];
  readonly gateRuleIds: readonly number[] = [];
  readonly initialState = INITIAL_RULE_STATE;
  readonly evaluateValue: (state: RuleState, timeMicros: number, value: number) => RuleState;

  constructor({ id, deviceId, revision, inputs }: RuleFacts, { operator, value, hysteresis = 0 }: Plain) {
    this.id = id;
    this.deviceId = deviceId;
    this.revision = revision;
    this.inputs = inputs;
    this.evaluateValue = compileThreshold({ operator, value, hysteresis });
  }

  evaluate(state: RuleState, { timeMicros, news }: RuleTurn): RuleState {
    return this.evaluateValue(state, timeMicros, news[0]!);
  }

  nextDueMicros(): number {
    return Number.POSITIVE_INFINITY;
  }
}

class TimedRule implements CompiledRule {
  readonly id: number;
  readonly deviceId: number;
  readonly revision: number;
  readonly inputs: readonly RuleInput[];
  readonly gateRuleIds: readonly number[];
  readonly initialState: RuleState;
  readonly evaluateValue = undefined;
  private readonly root: RuleNode;
  private readonly times: PhaseTimes;
  private readonly turn = new Turn();

  constructor(
    { id, deviceId, revision, inputs }: RuleFacts,
    definition: RuleDefinition,
    metrics: readonly MetricReference[],
    context: RuleContext,
  ) {
    this.id = id;
    this.deviceId = deviceId;
    this.revision = revision;
    this.inputs = inputs;
    this.gateRuleIds = gateRulesOf(definition);
    const layout = new Layout(definition, metrics, this.gateRuleIds, context);
    this.root = layout.root();
    this.times = {
      forMicros: (definition.forMs ?? 0) * 1000,
      resolveAfterMicros: (definition.resolveAfterMs ?? 0) * 1000,
    };
    this.initialState = { ...INITIAL_RULE_STATE, nodes: layout.memory };
  }

  evaluate(state: RuleState, at: RuleTurn): RuleState {
    const { turn } = this;
    turn.begin(state.nodes, at);
    const truth = this.root.evaluate(turn);
    const nodes = turn.memory;
    const phase = nextPhase(state, truth, at.timeMicros, this.times);
    if (phase === state.phase && nodes === state.nodes) return state;
    return {
      phase,
      episode: state.phase === "normal" && phase !== "normal" ? state.episode + 1 : state.episode,
      sinceMicros: phase === state.phase ? state.sinceMicros : at.timeMicros,
      atMicros: at.timeMicros,
      nodes,
    };
  }

  nextDueMicros(state: RuleState, readings: readonly number[], afterMicros: number): number {
    this.turn.look(state.nodes, readings, state.phase === "pending" || state.phase === "clearing");
    return Math.min(phaseDueMicros(state, this.times), this.root.nextDueMicros(this.turn, afterMicros));
  }
}

/** Gives every condition its place in the rule's memory, and its inputs their numbers. */
class Layout {
  readonly memory: number[] = [];
  private readonly definition: RuleDefinition;
  private readonly inputNumbers: ReadonlyMap<string, number>;
  private readonly gateRuleIds: readonly number[];
  private readonly context: RuleContext;
  private readonly staleMicros: number;

  constructor(
    definition: RuleDefinition,
    metrics: readonly MetricReference[],
    gateRuleIds: readonly number[],
    context: RuleContext,
  ) {
    this.definition = definition;
    this.inputNumbers = new Map(metrics.map((metric, number) => [metricName(metric), number]));
    this.gateRuleIds = gateRuleIds;
    this.context = context;
    this.staleMicros = (definition.staleAfterMs ?? DEFAULT_STALE_AFTER_MS) * 1000;
  }

  root(): RuleNode {
    const gates = (this.definition.gates ?? []).map((gate) => this.gate(gate));
    const condition = this.node(this.definition);
    return gates.length === 0 ? condition : new AllNode([condition, ...gates]);
  }

  private node(condition: Condition): RuleNode {
    switch (condition.kind) {
      case "threshold": {
        const { operator, value, hysteresis = 0 } = condition;
        return new ThresholdNode(this.leaf(condition.metric, ThresholdNode.memory), operator, value, hysteresis);
      }
      case "rate": {
        const { operator, by, withinMs } = condition;
        return new RateNode(this.leaf(condition.metric, RateNode.memory), operator, by, withinMs * 1000);
      }
      case "no-data": {
        const { definedMicros } = this.context;
        return new NoDataNode(this.inputNumber(condition.metric), condition.afterMs * 1000, definedMicros);
      }
      case "repeated": {
        const { times, withinMs } = condition;
        const slot = this.take(RepeatedNode.memory(times));
        return new RepeatedNode(this.node(condition.condition), slot, times, withinMs * 1000);
      }
      case "not":
        return new NotNode(this.node(condition.condition));
      case "all":
        return new AllNode(condition.conditions.map((one) => this.node(one)));
      case "any":
        return new AnyNode(condition.conditions.map((one) => this.node(one)));
    }
  }

  private gate(gate: Gate): RuleNode {
    if (gate.kind === "rule") {
      const news = this.inputNumbers.size + this.gateRuleIds.indexOf(gate.rule);
      return new RuleGateNode(this.take(RuleGateNode.memory), news, gate.is);
    }
    const { place } = this.context;
    if (place === undefined) {
      const message = "A daylight gate needs to know where the site is: give the site its latitude and longitude.";
      throw new SluiceError("invalid", "rule.place_unknown", message);
    }
    return new DaylightNode(place, gate.is, (gate.offsetMs ?? 0) * 1000);
  }

  private leaf(metric: MetricReference, memory: readonly number[]) {
    return { input: this.inputNumber(metric), slot: this.take(memory), staleMicros: this.staleMicros };
  }

  private inputNumber(metric: MetricReference): number {
    return this.inputNumbers.get(metricName(metric))!;
  }

  private take(memory: readonly number[]): number {
    return this.memory.push(...memory) - memory.length;
  }
}
