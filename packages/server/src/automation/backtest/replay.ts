import { type CompiledRule, isFiring, NEVER } from "@sluice/core/rules/rule.ts";
import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import { evaluateGroup, nextDueOf, type RuleGroup } from "@sluice/core/rules/rule-group.ts";
import { type OnTransition, RuleRun } from "@sluice/core/rules/rule-run.ts";
import { Merge } from "./merge.ts";

const NOT_DUE = Number.POSITIVE_INFINITY;

/** The readings of one device in a window of time, ascending. */
export interface DeviceColumns {
  readonly timesMicros: Float64Array;
  /** One a metric; NaN where there is no valid reading. */
  readonly columns: readonly Float64Array[];
}

/** Whose readings come, and in which order their metrics stand. */
export interface ReplayDevice {
  readonly deviceId: number;
  readonly metricNumbers: readonly number[];
}

/** Something that acts between readings: an actuator. */
export interface Follower {
  readonly dueMicros: number;
  proceed(): void;
}

interface PlainFeed {
  readonly run: RuleRun;
  readonly evaluate: NonNullable<CompiledRule["evaluateValue"]>;
  readonly column: number;
}

/** A group on its way. */
interface OpenGroup {
  readonly group: RuleGroup;
  readonly runs: readonly RuleRun[];
  /** Where it was last evaluated by itself. */
  afterMicros: number;
}

interface GroupFeed {
  readonly open: OpenGroup;
  readonly taps: readonly { readonly run: RuleRun; readonly input: number; readonly column: number }[];
}

/** What reads one device. */
interface Feed {
  readonly plain: readonly PlainFeed[];
  readonly groups: readonly GroupFeed[];
}

/**
 * Evaluates rules over stored readings, in the order of their times, as the pipeline evaluates them when they arrive in that
 * order: what is due before a reading happens before it, all that a message says is said at once, and of devices that speak
 * at the same time the first of the list comes first.
 */
export class Replay {
  private readonly runs = new Map<number, RuleRun>();
  private readonly groups = new Map<RuleGroup, OpenGroup>();
  private readonly feeds: readonly Feed[];
  private readonly onTransition: OnTransition;
  private followers: readonly Follower[] = [];
  private followersDueMicros = NOT_DUE;
  private followsSeveral = false;

  constructor(rules: readonly CompiledRule[], devices: readonly ReplayDevice[], onTransition: OnTransition) {
    this.onTransition = (transition) => {
      onTransition(transition);
      this.noteFollowers();
    };
    const catalog = new RuleCatalog(rules);
    this.feeds = devices.map((device) => this.feedOf(catalog, device));
  }

  /** A rule on its way, for those who follow it. */
  runOf(ruleId: number): RuleRun {
    return this.runs.get(ruleId)!;
  }

  /**
   * Actuators that act on what fires. What one of them follows happens strictly in the order of time: that costs nothing where
   * it follows one rule (`followsSeveral` false), because the rules of different devices then know nothing of one another.
   */
  follow(followers: readonly Follower[], followsSeveral: boolean): void {
    this.followers = followers;
    this.followsSeveral = followsSeveral;
  }

  /** Windows come one after the other in time; of each, the devices in their order. */
  take(window: readonly DeviceColumns[]): void {
    if (window.length === 1) {
      const { timesMicros } = window[0]!;
      for (let row = 0; row < timesMicros.length; row++) this.message(0, window[0]!, row);
      return;
    }
    new Merge(window.map(({ timesMicros }) => timesMicros)).forEach((device, row) => {
      this.message(device, window[device]!, row);
    });
  }

  /** Lets happen what is due until then, although nobody says anything. */
  end(untilMicros: number): void {
    this.proceed(untilMicros);
    this.advanceAll(untilMicros);
    this.proceed(untilMicros);
  }

  private message(device: number, { timesMicros, columns }: DeviceColumns, row: number): void {
    const { plain, groups } = this.feeds[device]!;
    const timeMicros = timesMicros[row]!;
    if (this.followsSeveral) this.advanceAll(timeMicros);
    if (this.followersDueMicros < timeMicros) this.proceed(timeMicros);
    for (let i = 0; i < plain.length; i++) {
      const value = columns[plain[i]!.column]![row]!;
      if (!Number.isNaN(value)) this.evaluatePlain(plain[i]!, timeMicros, value);
    }
    for (let i = 0; i < groups.length; i++) this.evaluateGroup(groups[i]!, columns, row, timeMicros);
  }

  private evaluatePlain({ run, evaluate }: PlainFeed, timeMicros: number, value: number): void {
    const before = run.state;
    const state = evaluate(before, timeMicros, value);
    run.readings[0] = timeMicros;
    run.readings[1] = value;
    if (state === before) return;
    run.state = state;
    const { id: ruleId, deviceId } = run.rule;
    const word = isFiring(state) ? "firing" : "resolved";
    this.onTransition({ ruleId, deviceId, episode: state.episode, state: word, timeMicros, value });
  }

  private evaluateGroup({ open, taps }: GroupFeed, columns: readonly Float64Array[], row: number, time: number): void {
    const { group, runs } = open;
    let hasNews = false;
    for (const { run, input, column } of taps) {
      const value = columns[column]![row]!;
      if (Number.isNaN(value)) continue;
      if (!hasNews) this.advance(open, time);
      hasNews = true;
      run.take(input, time, value);
    }
    if (hasNews) evaluateGroup(group, runs, time, this.onTransition);
  }

  /** What is due in a group until then, each at its own time, and what is due for followers meanwhile. */
  private advance(open: OpenGroup, untilMicros: number): void {
    for (;;) {
      const due = nextDueOf(open.runs, open.afterMicros);
      if (due > untilMicros) break;
      this.step(open, due);
    }
    if (this.followersDueMicros < untilMicros) this.proceed(untilMicros);
  }

  private advanceAll(untilMicros: number): void {
    for (;;) {
      let first: OpenGroup | undefined;
      let firstDue = untilMicros;
      for (const open of this.groups.values()) {
        const due = nextDueOf(open.runs, open.afterMicros);
        if (due > firstDue || (due === firstDue && first !== undefined)) continue;
        first = open;
        firstDue = due;
      }
      if (first === undefined) return;
      this.step(first, firstDue);
    }
  }

  private step(open: OpenGroup, due: number): void {
    if (this.followersDueMicros < due) this.proceed(due);
    evaluateGroup(open.group, open.runs, due, this.onTransition);
    open.afterMicros = due;
  }

  /** What followers have to do before then, the first first, each after the rules have come as far. */
  private proceed(beforeMicros: number): void {
    while (this.followersDueMicros < beforeMicros) {
      const due = this.followersDueMicros;
      this.advanceAll(due);
      // What the rules did meanwhile may have made another due before.
      if (this.followersDueMicros < due) continue;
      for (const follower of this.followers) if (follower.dueMicros === due) follower.proceed();
      this.noteFollowers();
    }
  }

  private noteFollowers(): void {
    let due = NOT_DUE;
    for (const follower of this.followers) due = Math.min(due, follower.dueMicros);
    this.followersDueMicros = due;
  }

  private feedOf(catalog: RuleCatalog, { deviceId, metricNumbers }: ReplayDevice): Feed {
    const { plain, groups } = catalog.rulesOf(deviceId);
    return {
      plain: plain.map((rule) => ({
        run: this.open(rule),
        evaluate: rule.evaluateValue!,
        column: metricNumbers.indexOf(rule.inputs[0]!.metricNumber),
      })),
      groups: groups.map(({ group, taps }) => {
        const open = this.openGroup(group);
        return {
          open,
          taps: taps.map(({ index, input, metricNumber }) => ({
            run: open.runs[index]!,
            input,
            column: metricNumbers.indexOf(metricNumber),
          })),
        };
      }),
    };
  }

  private open(rule: CompiledRule): RuleRun {
    const run = this.runs.get(rule.id) ?? new RuleRun(rule);
    this.runs.set(rule.id, run);
    return run;
  }

  private openGroup(group: RuleGroup): OpenGroup {
    const runs = () => group.rules.map((rule) => this.open(rule));
    const open = this.groups.get(group) ?? { group, runs: runs(), afterMicros: NEVER };
    this.groups.set(group, open);
    return open;
  }
}
