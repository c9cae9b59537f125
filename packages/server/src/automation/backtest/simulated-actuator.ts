import { NEVER } from "@sluice/core/rules/rule.ts";
import type { DayUse } from "@sluice/core/safety/daily-budget.ts";
import { type ActuatorSituation, type Decision, decide, type LiveRun } from "@sluice/core/safety/decide.ts";
import { type Envelope, pauseMs } from "@sluice/core/safety/envelope.ts";
import { reserve } from "@sluice/core/safety/windows.ts";
import { type BucketFinder, bucketFinder } from "@sluice/core/telemetry/buckets.ts";
import type { ActuatorOutcome, Cause, JobActuator } from "./backtest-job.ts";

const FOREVER = Number.POSITIVE_INFINITY;

/**
 * When an actuator would have run, by the same decision as in earnest:
 *
 *   idle      nothing fires, or nothing would start it
 *   running   until its time is over; causes that begin meanwhile are absorbed
 *   waiting   for a limit (cooldown, a day's budget …), or after a run for a newer reading, as long as a rule fires
 *
 * A device that starts at once and tells its end is assumed, alone in its interlock group, with nothing that holds it and no
 * permissives to look at: those depend on what nobody has recorded.
 */
export class SimulatedActuator {
  /** When it has to be looked at again. */
  dueMicros = FOREVER;
  private readonly job: JobActuator;
  private readonly envelope: Envelope;
  private readonly causes: readonly Cause[];
  private readonly maxTold: number;
  private readonly dayOf: BucketFinder;
  private live: LiveRun | undefined;
  private lastRunEndMicros = 0;
  private lockEndMicros = 0;
  private readingNeededAfterMicros: number | undefined;
  private days: DayUse[] = [];
  private runs = 0;
  private runMs = 0;
  private readonly told: { startMicros: number; endMicros: number }[] = [];
  private readonly deferred = new Map<string, number>();
  private readonly refused = new Map<string, number>();

  constructor(job: JobActuator, causes: readonly Cause[], maxTold: number) {
    const { permissives, ...envelope } = job.envelope;
    this.job = job;
    this.envelope = envelope;
    this.causes = causes;
    this.maxTold = maxTold;
    this.dayOf = bucketFinder({ count: 1, unit: "d" }, job.timeZone);
  }

  /** One of its causes began to fire. What runs or waits has it among its causes. */
  onFiring(nowMicros: number): void {
    if (this.dueMicros === FOREVER) this.ask(nowMicros);
  }

  /** Does what is due at `dueMicros`. */
  proceed(): void {
    const nowMicros = this.dueMicros;
    this.dueMicros = FOREVER;
    if (this.live !== undefined) this.endRun(nowMicros);
    else if (this.isNeeded()) this.ask(nowMicros);
    else this.readingNeededAfterMicros = undefined;
  }

  /** A run that is still on counts up to here. */
  outcome(untilMicros: number): ActuatorOutcome {
    const overMs = this.live === undefined ? 0 : Math.max(0, this.live.runEndMicros - untilMicros) / 1000;
    return {
      actuatorId: this.job.actuatorId,
      runs: this.runs,
      runMs: this.runMs - overMs,
      deferred: Object.fromEntries(this.deferred),
      refused: Object.fromEntries(this.refused),
      told: this.told,
    };
  }

  private isNeeded(): boolean {
    return this.causes.some((cause) => cause.isFiring());
  }

  private ask(nowMicros: number): void {
    const decision = this.decide(nowMicros);
    if (decision.outcome === "accept") this.start(nowMicros);
    else if (decision.outcome === "defer") {
      count(this.deferred, decision.limit);
      this.dueMicros = decision.untilMicros;
    } else {
      count(this.refused, decision.limit);
      this.readingNeededAfterMicros = undefined;
    }
  }

  private decide(nowMicros: number): Decision {
    const { durationMs, dose, priority } = this.job;
    const { readingNeededAfterMicros } = this;
    const request = {
      durationMs,
      dose,
      priority,
      readingMicros: this.newestEvidence(nowMicros),
      readingNeededAfterMicros,
    };
    return decide(this.envelope, this.situation(nowMicros), request, nowMicros);
  }

  private newestEvidence(nowMicros: number): number {
    const firing = this.causes.filter((cause) => cause.isFiring());
    return Math.max(...firing.map((cause) => cause.newestEvidence(nowMicros) ?? NEVER));
  }

  private situation(nowMicros: number): ActuatorSituation {
    const { lastRunEndMicros, lockEndMicros, job } = this;
    this.openDays(nowMicros, reserve(nowMicros, job.durationMs, 0).runEndMicros);
    return {
      mode: "auto",
      isHeld: false,
      isSiteStopped: false,
      interlocked: [],
      lastRunEndMicros,
      lockEndMicros,
      isReachable: true,
      days: this.days,
    };
  }

  /** The days that a run may touch, with what has been used of them. */
  private openDays(fromMicros: number, toMicros: number): void {
    if (this.days.length > 0 && fromMicros < this.days[0]!.endMicros && toMicros < this.days.at(-1)!.endMicros) return;
    const known = this.days.filter(({ endMicros }) => endMicros > fromMicros);
    let at = known.at(-1)?.endMicros ?? fromMicros;
    while (at <= toMicros) {
      const day = { ...this.dayOf(at), starts: 0, runMs: 0 };
      known.push(day);
      at = day.endMicros;
    }
    this.days = known;
  }

  private start(nowMicros: number): void {
    const { durationMs, actuatorId, priority } = this.job;
    const runEndMicros = nowMicros + durationMs * 1000;
    const cooldownMs = pauseMs(this.envelope);
    const commandId = `${this.runs}`;
    this.live = { commandId, actuatorId, state: "RUNNING", priority, runEndMicros, cooldownMs, isStopping: false };
    this.dueMicros = runEndMicros;
    this.readingNeededAfterMicros = undefined;
    this.runs++;
    this.runMs += durationMs;
    this.days = this.days.map((day) => charged(day, nowMicros, runEndMicros));
    if (this.told.length < this.maxTold) this.told.push({ startMicros: nowMicros, endMicros: runEndMicros });
  }

  /** As in earnest: while a rule fires, the next run waits for the pause to pass, and for a reading that is newer than this. */
  private endRun(nowMicros: number): void {
    this.lockEndMicros = nowMicros + this.live!.cooldownMs * 1000;
    this.lastRunEndMicros = nowMicros;
    this.live = undefined;
    if (!this.isNeeded()) return;
    this.readingNeededAfterMicros = nowMicros;
    this.dueMicros = Math.max(this.lockEndMicros, nowMicros + 1);
  }
}

function charged(day: DayUse, startMicros: number, endMicros: number): DayUse {
  const overlap = Math.min(day.endMicros, endMicros) - Math.max(day.startMicros, startMicros);
  if (overlap <= 0) return day;
  const starts = startMicros >= day.startMicros ? day.starts + 1 : day.starts;
  return { ...day, starts, runMs: day.runMs + overlap / 1000 };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
