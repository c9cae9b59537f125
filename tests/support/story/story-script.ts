import type { AlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import type { RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import { parseRuleText } from "@sluice/core/rules/testing/rule-text.ts";

/**
 * Stories as text: what is said and when, and which alerts and executions that has as its consequence. A file holds several:
 *
 *   story a dry zone is watered
 *   zone Europe/Berlin
 *   rule dry: threshold moisture below 10, for 5 min | alert major again 10 min | pump 30 s
 *   schedule night: cron 30 2 * * * | pump 20 s | repeated both | missed run-once
 *   10:00:00 moisture 9
 *   10:05:00 tick                 → dry fired, dry: pump dispatched
 *   10:05:30 pump done            → dry: pump succeeded
 *   10:06:00 acknowledge dry      → dry acknowledged
 *   10:07:00 moisture 12 of 10:06:30  → dry resolved
 *
 * Before the first line may stand `date 2026-03-29` and `place 52.5 13.4`. Times are UTC. Conditions are written as in the
 * scenarios of the rules, and other devices are named before a slash: `probe-2/moisture`. What a person does is `acknowledge`,
 * `shelve … for 10 min` or `stop pump`; `pump done` is what its device says. `later` says that the server was down until then: it
 * sees the time only when it has started again.
 */
export interface Story {
  readonly title: string;
  readonly timeZone: string;
  readonly place: { readonly latitude: number; readonly longitude: number } | undefined;
  readonly rules: readonly StoryRule[];
  readonly schedules: readonly StorySchedule[];
  readonly devices: readonly string[];
  readonly metrics: readonly string[];
  readonly actuators: readonly string[];
  readonly steps: readonly StoryStep[];
}

export interface StoryRule {
  readonly name: string;
  /** A gate's rule is the number of a rule of the story, from 1. */
  readonly definition: RuleDefinition;
  readonly alert: AlertPolicy | undefined;
  readonly run: StoryRun | undefined;
}

export interface StorySchedule {
  readonly name: string;
  readonly cron: string;
  readonly run: StoryRun;
  readonly skippedTime: "shift" | "skip" | undefined;
  readonly repeatedTime: "first" | "second" | "both" | undefined;
  readonly missed: "skip" | "run-once" | "run-all" | undefined;
}

export interface StoryRun {
  readonly actuator: string;
  readonly durationMs: number;
}

export type StoryAction =
  | { readonly kind: "tick" | "later" }
  | { readonly kind: "say"; readonly device: string; readonly timeMs: number; readonly values: Record<string, number> }
  | { readonly kind: "done" | "stop"; readonly actuator: string }
  | { readonly kind: "acknowledge"; readonly rule: string }
  | { readonly kind: "shelve"; readonly rule: string; readonly forMs: number };

export interface StoryStep {
  readonly line: string;
  readonly nowMs: number;
  readonly action: StoryAction;
  /** In order: "dry fired", "dry: pump waiting (cooldown)". */
  readonly expected: readonly string[];
}

export const OWN_DEVICE = "zone-1";
const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000 };

export function parseStories(text: string): Story[] {
  return text
    .split(/^story /m)
    .slice(1)
    .map((part) => new StoryParser(part).parse());
}

class StoryParser {
  private readonly lines: readonly string[];
  private readonly title: string;
  private date = "2026-06-01";
  private timeZone = "UTC";
  private place: Story["place"];
  private readonly rules: StoryRule[] = [];
  private readonly schedules: StorySchedule[] = [];
  private readonly devices = new Set([OWN_DEVICE]);
  private readonly metrics = new Set<string>();
  private readonly actuators = new Set<string>();
  private readonly steps: StoryStep[] = [];

  constructor(part: string) {
    const [title = "", ...lines] = part.split("\n");
    this.title = title.trim();
    this.lines = lines.map((line) => line.replace(/#.*$/, "").trim()).filter((line) => line !== "");
  }

  parse(): Story {
    for (const line of this.lines) this.take(line);
    const { title, timeZone, place, rules, schedules, steps } = this;
    const [devices, metrics, actuators] = [[...this.devices], [...this.metrics], [...this.actuators]];
    return { title, timeZone, place, rules, schedules, devices, metrics, actuators, steps };
  }

  private take(line: string): void {
    const [word = "", ...rest] = line.split(/\s+/);
    if (word === "date") this.date = rest[0]!;
    else if (word === "zone") this.timeZone = rest[0]!;
    else if (word === "place") this.place = { latitude: Number(rest[0]), longitude: Number(rest[1]) };
    else if (word === "rule") this.takeRule(line.slice("rule ".length));
    else if (word === "schedule") this.takeSchedule(line.slice("schedule ".length));
    else this.steps.push(this.step(line));
  }

  private takeRule(text: string): void {
    const [name = "", rest = ""] = text.split(/:\s*(.*)/s);
    const [condition = "", ...parts] = rest.split("|").map((part) => part.trim());
    const definition = parseRuleText(condition, (other) => 1 + this.rules.findIndex((rule) => rule.name === other));
    for (const [, device, metric] of condition.matchAll(/(?:threshold|rate|data of) (?:([\w-]+)\/)?([a-z][\w-]*)/g)) {
      this.devices.add(device ?? OWN_DEVICE);
      this.metrics.add(metric!);
    }
    const alert = parts.find((part) => part.startsWith("alert "));
    const run = parts.find((part) => !part.startsWith("alert "));
    this.rules.push({
      name,
      definition,
      alert: alert === undefined ? undefined : policyOf(alert),
      run: run === undefined ? undefined : this.run(run),
    });
  }

  private takeSchedule(text: string): void {
    const [name = "", rest = ""] = text.split(/:\s*(.*)/s);
    const [times = "", run = "", ...words] = rest.split("|").map((part) => part.trim());
    const said = new Map(words.map((part) => part.split(/\s+/) as [string, string]));
    this.schedules.push({
      name,
      cron: times.replace(/^cron /, ""),
      run: this.run(run),
      skippedTime: said.get("skipped") as StorySchedule["skippedTime"],
      repeatedTime: said.get("repeated") as StorySchedule["repeatedTime"],
      missed: said.get("missed") as StorySchedule["missed"],
    });
  }

  private run(text: string): StoryRun {
    const [actuator = "", count, unit] = text.split(/\s+/);
    this.actuators.add(actuator);
    return { actuator, durationMs: msOf(count, unit) };
  }

  private step(line: string): StoryStep {
    const [what = "", consequence = ""] = line.split("→").map((part) => part.trim());
    const [clock = "", ...words] = what.split(/\s+/);
    const nowMs = this.timeMs(clock);
    const expected = consequence === "" ? [] : consequence.split(/\s*,\s*/);
    return { line, nowMs, action: this.action(words, nowMs), expected };
  }

  private action(words: readonly string[], nowMs: number): StoryAction {
    const [first = "", second = "", , count, unit] = words;
    if (first === "tick" || first === "later") return { kind: first };
    if (second === "done") return { kind: "done", actuator: first };
    if (first === "stop") return { kind: "stop", actuator: second };
    if (first === "acknowledge") return { kind: "acknowledge", rule: second };
    if (first === "shelve") return { kind: "shelve", rule: second, forMs: msOf(count, unit) };
    return this.message(words.join(" "), nowMs);
  }

  private message(text: string, nowMs: number): StoryAction {
    const [said = "", of] = text.split(/\s+of\s+/);
    const values: Record<string, number> = {};
    let device = OWN_DEVICE;
    for (const part of said.split(/\s*;\s*/)) {
      const [name = "", value] = part.split(/\s+/);
      const [before, after] = name.split("/");
      if (value === undefined || Number.isNaN(Number(value))) throw new Error(`"${part}" is no metric and its value`);
      if (after !== undefined) device = before!;
      values[after ?? before!] = Number(value);
    }
    return { kind: "say", device, timeMs: of === undefined ? nowMs : this.timeMs(of), values };
  }

  private timeMs(text: string): number {
    const ms = Date.parse(text.includes("T") ? `${text}Z` : `${this.date}T${text}Z`);
    if (Number.isNaN(ms)) throw new Error(`"${text}" is no time`);
    return ms;
  }
}

/** `alert major latched in leaks again 10 min` */
function policyOf(text: string): AlertPolicy {
  const [, severity, ...words] = text.split(/\s+/);
  const again = words.indexOf("again");
  const group = words.indexOf("in");
  return {
    severity: severity as AlertPolicy["severity"],
    ...(words.includes("latched") ? { isLatched: true } : {}),
    ...(group < 0 ? {} : { group: words[group + 1]! }),
    ...(again < 0 ? {} : { reAlarmAfterMs: msOf(words[again + 1], words[again + 2]) }),
  };
}

function msOf(count: string | undefined, unit: string | undefined): number {
  const ms = Number(count) * (UNITS_MS[unit ?? ""] ?? Number.NaN);
  if (Number.isNaN(ms)) throw new Error(`"${count} ${unit}" is no time`);
  return ms;
}
