import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Alerts } from "./alerts.ts";
import { type Probe, type Trouble, within } from "./probe.ts";
import { type FoundTrouble, reportTroubles } from "./report-troubles.ts";
import { beat, endBeat, forgetSilent } from "./watched-store.ts";

/** Sluice looks at itself this often. */
export const WATCH_MS = 5_000;
/** A probe that has not answered by then cannot tell. */
export const PROBE_TIMEOUT_MS = 4_000;
/** Troubles that were over before anybody could be told; the oldest are forgotten beyond this. */
const MAX_PAST = 100;

export interface SelfWatchOptions {
  readonly alerts: Alerts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly probes: readonly Probe[];
  readonly host: string;
  /** What this process does right now, of its roles. */
  readonly roles: () => readonly string[];
}

interface Found {
  readonly sinceMs: number;
  readonly trouble: FoundTrouble;
  /** It was there for long enough. */
  isFiring: boolean;
  /** It is in the tables. */
  isTold: boolean;
}

/**
 * Failures of Sluice itself are alerts too. Every few seconds all probes are asked; what one finds for long enough fires, and
 * resolves by itself. While the database is away nothing can be written: what was found meanwhile is kept, and told over the
 * same channels as soon as it answers.
 */
export class SelfWatch {
  private readonly options: SelfWatchOptions;
  private readonly processId: string;
  private readonly found = new Map<string, Found>();
  private past: (FoundTrouble & { readonly untilMicros: number })[] = [];
  private cancel: () => void = () => {};
  private looking: Promise<void> | undefined;
  private isRunning = false;

  constructor(options: SelfWatchOptions) {
    this.options = options;
    this.processId = options.alerts.newId();
  }

  start(): void {
    this.isRunning = true;
    this.look();
  }

  /** Resolves once the look under way has ended, and this process has said that it goes. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.cancel();
    await this.settled();
    await endBeat(this.options.alerts.pool, this.processId).catch(() => {});
  }

  /** Resolves once no look is under way. */
  async settled(): Promise<void> {
    while (this.looking !== undefined) await this.looking;
  }

  private look(): void {
    this.looking = this.lookOnce().finally(() => {
      this.looking = undefined;
      if (this.isRunning) this.cancel = this.options.clock.after(WATCH_MS, () => this.look());
    });
  }

  private async lookOnce(): Promise<void> {
    const { alerts, probes, host, roles, clock, logger } = this.options;
    const outcomes = await Promise.all(probes.map((probe) => this.ask(probe)));
    const known = probes.filter((_, index) => outcomes[index] !== undefined);
    for (const [index, probe] of probes.entries()) this.note(probe, outcomes[index]);
    const nowMs = clock.monotonicMs();
    const forMsOf = new Map(probes.map(({ source, forMs }) => [source, forMs]));
    const found = [...this.found.values()];
    const firing = found.filter(({ sinceMs, trouble }) => nowMs - sinceMs >= forMsOf.get(trouble.source)!);
    const recent = found.filter((one) => !firing.includes(one));
    for (const one of firing) one.isFiring = true;
    try {
      await beat(alerts.pool, { id: this.processId, host, roles: roles() });
      await forgetSilent(alerts.pool);
      await reportTroubles(alerts, {
        firing: firing.map(({ trouble }) => trouble),
        recent: recent.map(({ trouble }) => trouble),
        past: this.past,
        known: known.map(({ source }) => source),
        nowMicros: clock.nowMicros(),
      });
      for (const one of firing) one.isTold = true;
      this.past = [];
    } catch (error) {
      logger.warn({ err: error }, "what Sluice found of itself could not be told yet");
    }
  }

  /** Undefined when the probe cannot tell. */
  private async ask({ source, check }: Probe): Promise<readonly Trouble[] | undefined> {
    const { clock, logger } = this.options;
    try {
      return await within(clock, PROBE_TIMEOUT_MS, check());
    } catch (error) {
      logger.debug({ err: error, source }, "a probe could not tell");
      return undefined;
    }
  }

  private note({ source }: Probe, troubles: readonly Trouble[] | undefined): void {
    if (troubles === undefined) return;
    const { clock } = this.options;
    const nowMs = clock.monotonicMs();
    const keys = new Set<string>();
    for (const trouble of troubles) {
      const key = `${source} ${trouble.organizationId ?? ""}`;
      keys.add(key);
      const before = this.found.get(key);
      const { sinceMs = nowMs, isFiring = false, isTold = false } = before ?? {};
      const sinceMicros = before?.trouble.sinceMicros ?? clock.nowMicros();
      this.found.set(key, { sinceMs, isFiring, isTold, trouble: { ...trouble, source, sinceMicros } });
    }
    for (const [key, { trouble, isFiring, isTold }] of this.found) {
      if (trouble.source !== source || keys.has(key)) continue;
      this.found.delete(key);
      if (isFiring && !isTold)
        this.past = [...this.past, { ...trouble, untilMicros: clock.nowMicros() }].slice(-MAX_PAST);
    }
  }
}
