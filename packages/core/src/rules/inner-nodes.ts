/** The conditions that look at conditions, and the gates. */
import { isDaylight, nextDaylightChange, type Place } from "../schedules/sun.ts";
import type { RuleNode } from "./leaf-nodes.ts";
import { FALSE, not, TRUE, type Truth, truthOf, UNKNOWN } from "./truth.ts";
import type { Turn } from "./turn.ts";

export class AllNode implements RuleNode {
  private readonly nodes: readonly RuleNode[];

  constructor(nodes: readonly RuleNode[]) {
    this.nodes = nodes;
  }

  evaluate(turn: Turn): Truth {
    let least: Truth = TRUE;
    for (const node of this.nodes) least = Math.min(least, node.evaluate(turn)) as Truth;
    return least;
  }

  nextDueMicros(turn: Turn, afterMicros: number): number {
    return earliest(this.nodes, turn, afterMicros);
  }
}

export class AnyNode implements RuleNode {
  private readonly nodes: readonly RuleNode[];

  constructor(nodes: readonly RuleNode[]) {
    this.nodes = nodes;
  }

  evaluate(turn: Turn): Truth {
    let most: Truth = FALSE;
    for (const node of this.nodes) most = Math.max(most, node.evaluate(turn)) as Truth;
    return most;
  }

  nextDueMicros(turn: Turn, afterMicros: number): number {
    return earliest(this.nodes, turn, afterMicros);
  }
}

function earliest(nodes: readonly RuleNode[], turn: Turn, afterMicros: number): number {
  let due = Number.POSITIVE_INFINITY;
  for (const node of nodes) due = Math.min(due, node.nextDueMicros(turn, afterMicros));
  return due;
}

export class NotNode implements RuleNode {
  private readonly node: RuleNode;

  constructor(node: RuleNode) {
    this.node = node;
  }

  evaluate(turn: Turn): Truth {
    return not(this.node.evaluate(turn));
  }

  nextDueMicros(turn: Turn, afterMicros: number): number {
    return this.node.nextDueMicros(turn, afterMicros);
  }
}

const NO_EDGE = -1;

/** Slot 0: what the inner condition last was when it was known. Then the times of its last edges, the newest first. */
export class RepeatedNode implements RuleNode {
  static memory(times: number): number[] {
    return [UNKNOWN, ...Array.from({ length: times }, () => NO_EDGE)];
  }

  private readonly node: RuleNode;
  private readonly slot: number;
  private readonly times: number;
  private readonly withinMicros: number;

  constructor(node: RuleNode, slot: number, times: number, withinMicros: number) {
    this.node = node;
    this.slot = slot;
    this.times = times;
    this.withinMicros = withinMicros;
  }

  evaluate(turn: Turn): Truth {
    const inner = this.node.evaluate(turn);
    if (turn.memory[this.slot + 1]! > turn.timeMicros) this.forgetEdgesToCome(turn);
    if (inner !== UNKNOWN) {
      if (inner === TRUE && turn.memory[this.slot] === FALSE) this.addEdge(turn);
      turn.remember(this.slot, inner);
    }
    if (turn.timeMicros < this.endMicros(turn)) return TRUE;
    return inner === UNKNOWN ? UNKNOWN : FALSE;
  }

  nextDueMicros(turn: Turn, afterMicros: number): number {
    const end = this.endMicros(turn);
    return Math.min(end > afterMicros ? end : Number.POSITIVE_INFINITY, this.node.nextDueMicros(turn, afterMicros));
  }

  /** A clock that was set back leaves edges of a time to come: for the rule they never were. */
  private forgetEdgesToCome(turn: Turn): void {
    const edges = turn.memory.slice(this.slot + 1, this.slot + 1 + this.times);
    const past = edges.filter((edge) => edge <= turn.timeMicros);
    for (let i = 0; i < this.times; i++) turn.remember(this.slot + 1 + i, past[i] ?? NO_EDGE);
  }

  private addEdge(turn: Turn): void {
    for (let i = this.times; i > 1; i--) turn.remember(this.slot + i, turn.memory[this.slot + i - 1]!);
    turn.remember(this.slot + 1, turn.timeMicros);
  }

  /** When the last `times` edges no longer fall into one window. */
  private endMicros(turn: Turn): number {
    const first = turn.memory[this.slot + this.times]!;
    return first === NO_EDGE ? Number.NEGATIVE_INFINITY : first + this.withinMicros;
  }
}

/** Its slot holds whether the other rule fired when that was last told. */
export class RuleGateNode implements RuleNode {
  static readonly memory = [0];
  private readonly slot: number;
  private readonly news: number;
  private readonly openWhen: 0 | 1;

  constructor(slot: number, news: number, is: "firing" | "not-firing") {
    this.slot = slot;
    this.news = news;
    this.openWhen = is === "firing" ? 1 : 0;
  }

  evaluate(turn: Turn): Truth {
    const told = turn.news[this.news]!;
    if (!Number.isNaN(told)) turn.remember(this.slot, told);
    return truthOf(turn.memory[this.slot] === this.openWhen);
  }

  nextDueMicros(): number {
    return Number.POSITIVE_INFINITY;
  }
}

/** A change of daylight is known to less than a millisecond: asked this much later, the sun has surely changed at it. */
const SUN_MARGIN_MICROS = 1000;

/** Knows the sun's last answer and how long it holds: asking the sky is slow. */
export class DaylightNode implements RuleNode {
  private readonly place: Place;
  private readonly is: "day" | "night";
  private readonly offsetMicros: number;
  private known = { fromMicros: 0, toMicros: 0, isDay: false };

  constructor(place: Place, is: "day" | "night", offsetMicros: number) {
    this.place = place;
    this.is = is;
    this.offsetMicros = offsetMicros;
  }

  evaluate({ timeMicros }: Turn): Truth {
    return truthOf(this.at(timeMicros).isDay === (this.is === "day"));
  }

  nextDueMicros(_turn: Turn, afterMicros: number): number {
    return Number.isFinite(afterMicros) ? this.at(afterMicros).toMicros : Number.POSITIVE_INFINITY;
  }

  private at(timeMicros: number): { readonly toMicros: number; readonly isDay: boolean } {
    const { fromMicros, toMicros } = this.known;
    if (timeMicros < fromMicros || timeMicros >= toMicros) {
      this.known = { fromMicros: timeMicros, toMicros: this.changeAfter(timeMicros), isDay: this.isDayAt(timeMicros) };
    }
    return this.known;
  }

  /** The day that an offset makes shorter lies within the day at both ends; the one that it makes longer, at either. */
  private isDayAt(timeMicros: number): boolean {
    const offset = Math.abs(this.offsetMicros);
    const before = isDaylight(this.place, timeMicros - offset + SUN_MARGIN_MICROS);
    const after = isDaylight(this.place, timeMicros + offset + SUN_MARGIN_MICROS);
    return this.offsetMicros >= 0 ? before && after : before || after;
  }

  private changeAfter(timeMicros: number): number {
    const offset = Math.abs(this.offsetMicros);
    const changes = [-offset, offset].map((shift) => {
      const change = nextDaylightChange(this.place, timeMicros + shift + SUN_MARGIN_MICROS);
      return change === undefined ? Number.POSITIVE_INFINITY : change.timeMicros - shift;
    });
    return Math.min(...changes);
  }
}
