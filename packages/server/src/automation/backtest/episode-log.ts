import type { RuleTransition } from "@sluice/core/rules/rule-run.ts";
import type { RuleOutcome, ToldEpisode } from "./backtest-job.ts";

interface Standing {
  fired: number;
  lapsed: number;
  firingMicros: number;
  pendingMicros: number | null;
  open: { told: { resolvedMicros: number | null } | undefined; firedMicros: number } | undefined;
}

/** Counts the episodes of the rules that are asked about, and keeps the first of them. */
export class EpisodeLog {
  readonly episodes: ToldEpisode[] = [];
  private readonly maxTold: number;
  private readonly standings: ReadonlyMap<number, Standing>;

  constructor(ruleIds: readonly number[], maxTold: number) {
    this.maxTold = maxTold;
    const calm = () => ({ fired: 0, lapsed: 0, firingMicros: 0, pendingMicros: null, open: undefined });
    this.standings = new Map(ruleIds.map((id) => [id, calm()]));
  }

  take(transition: RuleTransition): void {
    const standing = this.standings.get(transition.ruleId);
    if (standing === undefined) return;
    if (transition.state === "pending") standing.pendingMicros = transition.timeMicros;
    else if (transition.state === "firing") this.begin(standing, transition);
    else end(standing, transition.timeMicros);
  }

  /** What fires yet fires up to here. */
  outcomes(untilMicros: number): RuleOutcome[] {
    return [...this.standings].map(([ruleId, { fired, lapsed, firingMicros, open }]) => {
      const stillMicros = open === undefined ? 0 : untilMicros - open.firedMicros;
      return { ruleId, fired, lapsed, firingMs: (firingMicros + stillMicros) / 1000 };
    });
  }

  private begin(standing: Standing, { ruleId, episode, timeMicros: firedMicros, value }: RuleTransition): void {
    const { pendingMicros } = standing;
    standing.fired++;
    standing.pendingMicros = null;
    standing.open = { told: undefined, firedMicros };
    if (this.episodes.length === this.maxTold) return;
    const told = { ruleId, episode, pendingMicros, firedMicros, resolvedMicros: null, value };
    standing.open.told = told;
    this.episodes.push(told);
  }
}

function end(standing: Standing, timeMicros: number): void {
  const { open } = standing;
  if (open === undefined) standing.lapsed++;
  else {
    standing.firingMicros += timeMicros - open.firedMicros;
    if (open.told !== undefined) open.told.resolvedMicros = timeMicros;
  }
  standing.open = undefined;
  standing.pendingMicros = null;
}
