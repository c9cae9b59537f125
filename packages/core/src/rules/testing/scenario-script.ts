import type { Place } from "../../schedules/sun.ts";
import { metricName, metricsOf, type RuleDefinition } from "../rule-definition.ts";
import type { RuleTransition } from "../rule-run.ts";
import { parseRuleText } from "./rule-text.ts";

/**
 * Scenarios as text. A file holds one or more:
 *
 *   scenario a gap in mid-for
 *   rule water: threshold moisture below 10, for 5 min
 *   10:00:00 moisture 9              → pending 1
 *   10:02:00 restart
 *   10:05:00 tick                    → firing 1
 *   10:06:00 moisture 12, rain 3     → resolved 1
 *
 * A line is a time, what happens then, and which transitions that has as its consequence: those of the rule that the
 * scenario has, or `name: firing 1` where it has several; `at 10:05:00` says when one happened, if not then, and `at 10:05`
 * in which minute. The time is the server's; a reading says it of that time, or `of 09:58:00`. Metrics are the device's own, or `probe-2/moisture`. Before the
 * first line may stand `date 2026-03-29`, `place 52.5 13.4` and `defined 09:00:00`. Times are UTC unless they have an offset.
 */
export interface Scenario {
  readonly title: string;
  readonly rules: readonly ScenarioRule[];
  readonly place: Place | undefined;
  readonly definedMicros: number;
  readonly steps: readonly ScenarioStep[];
  /** Devices by number, from 1; the rules' own is the first. */
  readonly devices: readonly string[];
  /** Metric keys by number, from 0. */
  readonly metrics: readonly string[];
}

export interface ScenarioRule {
  readonly id: number;
  readonly name: string;
  readonly definition: RuleDefinition;
}

export interface ScenarioMessage {
  readonly deviceId: number;
  readonly timeMicros: number;
  /** By metric number. */
  readonly values: ReadonlyMap<number, number>;
}

export interface ScenarioStep {
  readonly line: string;
  readonly nowMicros: number;
  readonly action: { readonly kind: "tick" | "restart" } | { readonly kind: "say"; readonly message: ScenarioMessage };
  /** "water: firing 1 at 2026-06-01T10:05:00.000Z", in order. */
  readonly expected: readonly string[];
}

export const OWN_DEVICE = "device";
const OWN_DEVICE_ID = 1;

export function parseScenarios(text: string): Scenario[] {
  return text
    .split(/^scenario /m)
    .slice(1)
    .map((part) => new ScenarioParser(part).parse());
}

/** As scripts expect it. */
export function describeTransition(ruleName: string, { state, episode, timeMicros }: RuleTransition): string {
  return describe(ruleName, state, episode, timeMicros);
}

/** What was told in a step, shortened to what the step expects of it where that is so. */
export function asExpected(told: readonly string[], { expected }: ScenarioStep): string[] {
  return told.map((one, index) => (one.startsWith(expected[index] ?? one) ? (expected[index] ?? one) : one));
}

function describe(rule: string, state: string, episode: number, timeMicros: number): string {
  return `${rule}: ${state} ${episode} at ${new Date(Math.floor(timeMicros / 1000)).toISOString()}`;
}

class ScenarioParser {
  private readonly title: string;
  private readonly lines: readonly string[];
  private readonly rules: ScenarioRule[] = [];
  private readonly steps: ScenarioStep[] = [];
  private readonly devices = [OWN_DEVICE];
  private readonly metrics: string[] = [];
  private date = "2026-06-01";
  private place: Place | undefined;
  private definedMicros: number | undefined;

  constructor(part: string) {
    const [title = "", ...lines] = part.split("\n");
    this.title = title.trim();
    this.lines = lines.map((line) => line.replace(/#.*$/, "").trim()).filter((line) => line !== "");
  }

  parse(): Scenario {
    for (const line of this.lines) this.parseLine(line);
    const { title, rules, place, steps, devices, metrics } = this;
    const definedMicros = this.definedMicros ?? steps[0]?.nowMicros ?? 0;
    return { title, rules, place, definedMicros, steps, devices, metrics };
  }

  private parseLine(line: string): void {
    const [word = "", ...rest] = line.split(/\s+/);
    if (word === "date") this.date = rest[0]!;
    else if (word === "place") this.place = { latitude: Number(rest[0]), longitude: Number(rest[1]) };
    else if (word === "defined") this.definedMicros = this.time(rest[0]!);
    else if (word === "rule") this.parseRule(line.slice("rule ".length));
    else this.parseStep(line);
  }

  private parseRule(text: string): void {
    const [name = "", condition = ""] = text.split(/:\s*(.*)/s);
    const definition = parseRuleText(condition, (other) => this.ruleOf(other).id);
    for (const metric of metricsOf(definition)) this.metric(metricName(metric));
    this.rules.push({ id: this.rules.length + 1, name, definition });
  }

  private parseStep(line: string): void {
    const [what = "", consequence = ""] = line.split("→").map((part) => part.trim());
    const [clock = "", ...words] = what.split(/\s+/);
    const nowMicros = this.time(clock);
    const happening = words.join(" ");
    const action =
      happening === "tick" || happening === "restart"
        ? ({ kind: happening } as const)
        : ({ kind: "say", message: this.message(happening, nowMicros) } as const);
    const parts = consequence === "" ? [] : consequence.split(/\s*,\s*/);
    const expected = parts.map((part) => this.expectation(part, nowMicros));
    this.steps.push({ line, nowMicros, action, expected });
  }

  private message(text: string, nowMicros: number): ScenarioMessage {
    const [said = "", of] = text.split(/\s+of\s+/);
    const values = new Map<number, number>();
    let deviceId = OWN_DEVICE_ID;
    for (const part of said.split(/\s*,\s*/)) {
      const [name = "", value] = part.split(/\s+/);
      if (value === undefined || !Number.isFinite(Number(value)))
        throw new Error(`"${part}" is no metric and its value`);
      const at = this.metric(name);
      deviceId = at.deviceId;
      values.set(at.metricNumber, Number(value));
    }
    return { deviceId, timeMicros: of === undefined ? nowMicros : this.time(of), values };
  }

  private expectation(part: string, nowMicros: number): string {
    const match = /^(?:(\S+):\s*)?(pending|firing|resolved) (\d+)(?: at (\S+))?$/.exec(part);
    if (match === null) throw new Error(`"${part}" is no transition`);
    const [, name, state = "", episode, at] = match;
    const rule = name === undefined ? this.rules[0]! : this.ruleOf(name);
    const full = describe(rule.name, state, Number(episode), at === undefined ? nowMicros : this.time(at));
    return at !== undefined && isMinute(at) ? full.slice(0, -":00.000Z".length) : full;
  }

  private ruleOf(name: string): ScenarioRule {
    const rule = this.rules.find((one) => one.name === name);
    if (rule === undefined) throw new Error(`there is no rule "${name}" yet`);
    return rule;
  }

  /** `moisture` of the own device, or `probe-2/moisture`. */
  private metric(name: string): { readonly deviceId: number; readonly metricNumber: number } {
    const [first = "", second] = name.split("/");
    const [device, metric] = second === undefined ? [OWN_DEVICE, first] : [first, second];
    return { deviceId: numberOf(this.devices, device) + 1, metricNumber: numberOf(this.metrics, metric) };
  }

  private time(text: string): number {
    const [, day, clock = "", micros = "", offset = "Z"] =
      /^(?:(\d{4}-\d\d-\d\d)T)?(\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
    const ms = Date.parse(`${day ?? this.date}T${clock.length === 5 ? `${clock}:00` : clock}${offset}`);
    if (Number.isNaN(ms)) throw new Error(`"${text}" is no time`);
    return ms * 1000 + Number(micros.padEnd(6, "0"));
  }
}

function isMinute(time: string): boolean {
  return /^(?:.*T)?\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?$/.test(time);
}

/** Where in the list it stands; adds it if it does not. */
function numberOf(list: string[], name: string): number {
  const known = list.indexOf(name);
  return known >= 0 ? known : list.push(name) - 1;
}
