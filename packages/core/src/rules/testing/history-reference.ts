import { type Condition, DEFAULT_STALE_AFTER_MS, type RuleDefinition } from "../rule-definition.ts";

/** What one message said, in the order in which they came. */
export interface HistoryReading {
  readonly timeMicros: number;
  readonly values: Readonly<Record<string, number>>;
}

export interface HistoryTransition {
  readonly timeMicros: number;
  readonly state: "pending" | "firing" | "resolved";
  readonly episode: number;
}

type Truth = boolean | undefined;

/** A moment to look at: a time, and how many of the readings have come by then. */
interface Moment {
  readonly timeMicros: number;
  readonly come: number;
}

const STEP_MICROS = 1_000_000;

/**
 * The slow way to say what a rule does: at every moment at which anything could change, each condition is asked anew about the
 * whole history before it. Nothing is remembered but the moments before. Everything has to lie on a grid of seconds; the rule
 * was defined at 0.
 */
export function transitionsByHistory(
  definition: RuleDefinition,
  readings: readonly HistoryReading[],
  endMicros: number,
): HistoryTransition[] {
  const history = new History(readings, (definition.staleAfterMs ?? DEFAULT_STALE_AFTER_MS) * 1000, endMicros);
  const truths = history.moments.map((_, at) => history.truth(definition, at));
  const { forMs = 0, resolveAfterMs = 0 } = definition;
  const times = history.moments.map(({ timeMicros }) => timeMicros);
  const told: HistoryTransition[] = [];
  let episode = 0;
  for (let at = 0; at < truths.length; at++) {
    if (truths[at] !== true) continue;
    episode++;
    const fires = firstHeld(truths, times, at, true, forMs * 1000);
    if (forMs > 0) told.push({ timeMicros: times[at]!, state: "pending", episode });
    if (fires.isHeld) told.push({ timeMicros: times[fires.at]!, state: "firing", episode });
    const end = fires.isHeld ? endOfFiring(truths, times, fires.at, resolveAfterMs * 1000) : fires.at;
    if (end === truths.length) return told;
    told.push({ timeMicros: times[end]!, state: "resolved", episode });
    // A rule that lapses is calm for the rest of that moment; one that ends may not begin again in it either.
    at = end;
  }
  return told;
}

/** Where a truth that begins at `from` has held for so long, or else where it breaks off. */
function firstHeld(
  truths: readonly Truth[],
  times: readonly number[],
  from: number,
  truth: boolean,
  forMicros: number,
): { readonly at: number; readonly isHeld: boolean } {
  for (let at = from; at < truths.length; at++) {
    if (truths[at] !== truth) return { at, isHeld: false };
    if (times[at]! - times[from]! >= forMicros) return { at, isHeld: true };
  }
  return { at: truths.length, isHeld: false };
}

function endOfFiring(truths: readonly Truth[], times: readonly number[], from: number, afterMicros: number): number {
  for (let at = from + 1; at < truths.length; at++) {
    if (truths[at] !== false) continue;
    const cleared = firstHeld(truths, times, at, false, afterMicros);
    if (cleared.isHeld) return cleared.at;
    at = cleared.at;
  }
  return truths.length;
}

class History {
  readonly moments: readonly Moment[];
  private readonly readings: readonly HistoryReading[];
  private readonly staleMicros: number;
  /** What was asked before, so that asking again is not slower still. */
  private readonly answers = new Map<Condition, Map<number, Truth>>();

  constructor(readings: readonly HistoryReading[], staleMicros: number, endMicros: number) {
    this.readings = readings;
    this.staleMicros = staleMicros;
    this.moments = momentsOf(readings, endMicros);
  }

  truth(condition: Condition, at: number): Truth {
    const known = this.answers.get(condition) ?? new Map<number, Truth>();
    this.answers.set(condition, known);
    if (!known.has(at)) known.set(at, this.ask(condition, at));
    return known.get(at);
  }

  private ask(condition: Condition, at: number): Truth {
    switch (condition.kind) {
      case "threshold":
        return this.unlessStale(condition.metric as string, at, this.threshold(condition, at));
      case "rate":
        return this.unlessStale(condition.metric as string, at, this.rate(condition, at));
      case "no-data": {
        const newest = this.of(condition.metric as string, at).at(-1)?.timeMicros ?? 0;
        return this.moments[at]!.timeMicros - newest >= condition.afterMs * 1000;
      }
      case "all": {
        const truths = condition.conditions.map((one) => this.truth(one, at));
        if (truths.includes(false)) return false;
        return truths.includes(undefined) ? undefined : true;
      }
      case "any": {
        const truths = condition.conditions.map((one) => this.truth(one, at));
        if (truths.includes(true)) return true;
        return truths.includes(undefined) ? undefined : false;
      }
      case "not": {
        const truth = this.truth(condition.condition, at);
        return truth === undefined ? undefined : !truth;
      }
      case "repeated":
        return this.repeated(condition, at);
    }
  }

  private threshold(condition: Condition & { readonly kind: "threshold" }, at: number): Truth {
    const { operator, value, hysteresis = 0 } = condition;
    const sign = operator === "above" ? 1 : -1;
    const said = this.of(condition.metric as string, at).map((one) => sign * one.value);
    // The last reading that leaves no doubt decides; without one it was never breached.
    const clear = said.findLast((one) => one > sign * value || one <= sign * value - hysteresis);
    return said.length === 0 ? undefined : clear !== undefined && clear > sign * value;
  }

  private rate(condition: Condition & { readonly kind: "rate" }, at: number): Truth {
    const said = this.of(condition.metric as string, at);
    const newest = said.at(-1);
    if (newest === undefined) return undefined;
    const withinMicros = condition.withinMs * 1000;
    const part = withinMicros / 15;
    const firstOfPart = said.filter(
      (one, index) =>
        index === 0 || Math.floor(said[index - 1]!.timeMicros / part) !== Math.floor(one.timeMicros / part),
    );
    const oldest = firstOfPart.find((one) => one.timeMicros >= newest.timeMicros - withinMicros);
    if (oldest === undefined || oldest.timeMicros === newest.timeMicros) return undefined;
    const change = newest.value - oldest.value;
    return (condition.operator === "rising" ? change : -change) >= condition.by;
  }

  private repeated({ condition, times, withinMs }: Condition & { readonly kind: "repeated" }, at: number): Truth {
    const nowMicros = this.moments[at]!.timeMicros;
    const truths = Array.from({ length: at + 1 }, (_, before) => this.truth(condition, before));
    const known = truths
      .map((truth, index) => ({ truth, timeMicros: this.moments[index]!.timeMicros }))
      .filter(({ truth }) => truth !== undefined);
    const edges = known.filter(({ truth }, index) => truth === true && known[index - 1]?.truth === false);
    if (edges.filter(({ timeMicros }) => nowMicros - timeMicros < withinMs * 1000).length >= times) return true;
    return truths[at] === undefined ? undefined : false;
  }

  private unlessStale(metric: string, at: number, truth: Truth): Truth {
    const newest = this.of(metric, at).at(-1);
    const isStale = newest === undefined || this.moments[at]!.timeMicros - newest.timeMicros > this.staleMicros;
    return isStale ? undefined : truth;
  }

  private of(metric: string, at: number): { readonly timeMicros: number; readonly value: number }[] {
    return this.readings.slice(0, this.moments[at]!.come).flatMap(({ timeMicros, values }) => {
      const value = values[metric];
      return value === undefined ? [] : [{ timeMicros, value }];
    });
  }
}

/** Each second before and after each of its readings, and the moment right after it, when what must be older than it is. */
function momentsOf(readings: readonly HistoryReading[], endMicros: number): Moment[] {
  const moments: Moment[] = [];
  let come = 0;
  for (let timeMicros = 0; timeMicros <= endMicros; timeMicros += STEP_MICROS) {
    moments.push({ timeMicros, come });
    while (come < readings.length && readings[come]!.timeMicros === timeMicros)
      moments.push({ timeMicros, come: ++come });
    if (timeMicros < endMicros) moments.push({ timeMicros: timeMicros + 1, come });
  }
  return moments;
}
