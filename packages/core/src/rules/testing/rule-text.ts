import { parseRuleDefinition } from "../parse-rule-definition.ts";
import type { RuleDefinition } from "../rule-definition.ts";

/**
 * A rule as the scenario scripts write it:
 *
 *   threshold moisture below 10 back by 2, for 5 min, resolved after 2 min, stale after 15 min
 *   rate level rising by 5 within 10 min
 *   no data of probe-2/oxygen for 10 min
 *   repeated 3 times within 1 h (threshold moisture below 10)
 *   all (threshold moisture below 10; not (threshold rain above 0)), by day less 30 min, while pump is not firing
 */
export function parseRuleText(text: string, ruleIdOf: (name: string) => number): RuleDefinition {
  return new RuleText(text, ruleIdOf).definition();
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

type Json = Record<string, unknown>;

class RuleText {
  private readonly text: string;
  private readonly words: readonly string[];
  private readonly ruleIdOf: (name: string) => number;
  private at = 0;

  constructor(text: string, ruleIdOf: (name: string) => number) {
    this.text = text;
    this.words = text.match(/[(),;]|[^\s(),;]+/g) ?? [];
    this.ruleIdOf = ruleIdOf;
  }

  definition(): RuleDefinition {
    const json = this.condition();
    const gates: Json[] = [];
    while (this.accept(",")) this.timing(json, gates);
    if (this.at < this.words.length) throw this.mistake("the end");
    return parseRuleDefinition(gates.length === 0 ? json : { ...json, gates });
  }

  private condition(): Json {
    const kind = this.next();
    switch (kind) {
      case "threshold":
        return this.threshold();
      case "rate":
        return {
          kind,
          metric: this.metric(),
          operator: this.next(),
          by: this.numberAfter("by"),
          withinMs: this.ms("within"),
        };
      case "no":
        this.expect("data");
        this.expect("of");
        return { kind: "no-data", metric: this.metric(), afterMs: this.ms("for") };
      case "repeated":
        return this.repeated();
      case "not":
        return { kind, condition: this.inBrackets()[0] };
      case "all":
      case "any":
        return { kind, conditions: this.inBrackets() };
      default:
        throw this.mistake("a condition");
    }
  }

  private threshold(): Json {
    const json: Json = { kind: "threshold", metric: this.metric(), operator: this.next(), value: this.number() };
    if (this.accept("back")) json.hysteresis = this.numberAfter("by");
    return json;
  }

  private repeated(): Json {
    const times = this.number();
    this.expect("times");
    const withinMs = this.ms("within");
    return { kind: "repeated", times, withinMs, condition: this.inBrackets()[0] };
  }

  private inBrackets(): Json[] {
    this.expect("(");
    const conditions = [this.condition()];
    while (this.accept(";")) conditions.push(this.condition());
    this.expect(")");
    return conditions;
  }

  private timing(json: Json, gates: Json[]): void {
    const word = this.next();
    if (word === "for") json.forMs = this.ms();
    else if (word === "resolved") json.resolveAfterMs = this.ms("after");
    else if (word === "stale") json.staleAfterMs = this.ms("after");
    else if (word === "by") gates.push(this.daylight());
    else if (word === "while") gates.push(this.ruleGate());
    else throw this.mistake("for, resolved, stale, by or while");
  }

  private daylight(): Json {
    const is = this.next();
    if (this.accept("less")) return { kind: "daylight", is, offsetMs: this.ms() };
    return this.accept("and") ? { kind: "daylight", is, offsetMs: -this.ms() } : { kind: "daylight", is };
  }

  private ruleGate(): Json {
    const rule = this.ruleIdOf(this.next());
    this.expect("is");
    const isNot = this.accept("not");
    this.expect("firing");
    return { kind: "rule", rule, is: isNot ? "not-firing" : "firing" };
  }

  private metric(): unknown {
    const [device, metric] = this.next().split("/");
    return metric === undefined ? device : { device, metric };
  }

  private ms(after?: string): number {
    if (after !== undefined) this.expect(after);
    const count = this.number();
    const unit = UNITS_MS[this.next()];
    if (unit === undefined) throw this.mistake("ms, s, min, h or d");
    return count * unit;
  }

  private numberAfter(word: string): number {
    this.expect(word);
    return this.number();
  }

  private number(): number {
    const value = Number(this.next());
    if (Number.isNaN(value)) throw this.mistake("a number");
    return value;
  }

  private expect(word: string): void {
    if (!this.accept(word)) throw this.mistake(word);
  }

  private accept(word: string): boolean {
    if (this.words[this.at] !== word) return false;
    this.at++;
    return true;
  }

  private next(): string {
    return this.words[this.at++] ?? "";
  }

  private mistake(expected: string): Error {
    return new Error(
      `${this.text}: expected ${expected} near "${this.words.slice(Math.max(0, this.at - 2), this.at + 1).join(" ")}"`,
    );
  }
}
