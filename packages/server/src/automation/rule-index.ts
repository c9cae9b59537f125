import { compileRule } from "@sluice/core/rules/compile-rule.ts";
import { parseRuleDefinition } from "@sluice/core/rules/parse-rule-definition.ts";
import type { CompiledRule } from "@sluice/core/rules/rule.ts";
import { type DeviceRules, RuleCatalog, type RuleSource } from "@sluice/core/rules/rule-catalog.ts";
import { type MetricReference, metricsOf } from "@sluice/core/rules/rule-definition.ts";
import type { RuleGroup } from "@sluice/core/rules/rule-group.ts";
import type { Pool } from "pg";
import type { Logger } from "pino";
import type { Clock } from "../platform/clock.ts";
import { type ActiveRule, listActiveRules } from "./active-rule-store.ts";

/** Past this many devices waiting to be read again, all rules are read at once. */
export const MAX_STALE_DEVICES = 1_000;

/** What could not be read is asked for again after this: until then rules are judged as they were. */
export const REFRESH_RETRY_MS = 1_000;

export interface RuleIndexOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Something of the registry changed, or ("gap") anything may have. */
export type RegistryChangeNotice =
  | { readonly kind: "device" | "profile"; readonly id: number }
  | { readonly kind: "gap" };

/**
 * The rules of every device, in memory, for the pipeline. Rules change seldom and are looked up with every batch, so a lookup
 * is one access to a Map, and a change reads only what changed.
 */
export class RuleIndex implements RuleSource {
  private readonly options: RuleIndexOptions;
  private readonly catalog = new RuleCatalog();
  /** Homes whose rules are not judged now, by the profile that may have to learn a metric first. */
  private readonly dormant = new Map<number, number>();
  /** Every rule there is, also of those that are not judged, by its home; undefined before the first read. */
  private known: Map<number, readonly number[]> | undefined;
  private knownIds = new Set<number>();
  private readonly watchers: ((ruleIds: ReadonlySet<number>) => void)[] = [];
  private readonly stale = new Set<number>();
  private isAllStale = true;
  private refreshing: Promise<void> | undefined;
  private cancelRetry: (() => void) | undefined;
  private isStopped = false;

  constructor(options: RuleIndexOptions) {
    this.options = options;
  }

  rulesOf(deviceId: number): DeviceRules {
    return this.catalog.rulesOf(deviceId);
  }

  find(ruleId: number): CompiledRule | undefined {
    return this.catalog.find(ruleId);
  }

  groupOf(ruleId: number): RuleGroup | undefined {
    return this.catalog.groupOf(ruleId);
  }

  timedRuleIds(): Iterable<number> {
    return this.catalog.timedRuleIds();
  }

  /** Whether a rule that there was is gone for good, and not just switched off. */
  isDeleted(ruleId: number): boolean {
    return this.known !== undefined && !this.knownIds.has(ruleId);
  }

  /** Rules that are judged. */
  get size(): number {
    return this.catalog.size;
  }

  /** Calls back when rules are in force that are others now, or are gone. */
  watch(watcher: (ruleIds: ReadonlySet<number>) => void): void {
    this.watchers.push(watcher);
  }

  /** Asks for nothing again; resolves once no read is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelRetry?.();
    await this.refreshing?.catch(() => {});
  }

  /**
   * Rules of this device, or of all when undefined, have changed; resolves once the change is in force here. Rejects when they
   * could not be read: then that is tried again until it succeeds.
   */
  async refresh(deviceId?: number): Promise<void> {
    if (deviceId === undefined || this.stale.size >= MAX_STALE_DEVICES) this.isAllStale = true;
    else this.stale.add(deviceId);
    await this.readStale();
  }

  private async readStale(): Promise<void> {
    // A read that is under way may have begun before the change was committed: wait for the one after it.
    await this.refreshing?.catch(() => {});
    this.refreshing ??= this.read().finally(() => {
      this.refreshing = undefined;
    });
    await this.refreshing;
  }

  /** A notification of another process: a device's number, or nothing for all. Failures are logged, and tried again. */
  onNotice(payload: string): void {
    this.refreshSoon(/^\d{1,10}$/.test(payload) ? Number(payload) : undefined);
  }

  /** A device may have gone out of service, or moved; a profile may have learnt a metric that a rule waits for. */
  onRegistryChange(change: RegistryChangeNotice): void {
    if (change.kind === "gap") this.refreshSoon(undefined);
    else if (change.kind === "device") {
      if (this.dormant.has(change.id) || this.catalog.hasHome(change.id)) this.refreshSoon(change.id);
    } else {
      for (const [deviceId, profileId] of this.dormant) if (profileId === change.id) this.refreshSoon(deviceId);
    }
  }

  private refreshSoon(deviceId: number | undefined): void {
    this.refresh(deviceId).catch((error) => this.onFailed(error));
  }

  private onFailed(error: unknown): void {
    this.options.logger.error({ err: error }, "rules could not be read");
  }

  private retryLater(): void {
    if (this.isStopped) return;
    this.cancelRetry ??= this.options.clock.after(REFRESH_RETRY_MS, () => {
      this.cancelRetry = undefined;
      this.readStale().catch((error) => this.onFailed(error));
    });
  }

  private async read(): Promise<void> {
    const isAll = this.isAllStale;
    const deviceIds = isAll ? undefined : [...this.stale];
    if (deviceIds?.length === 0) return;
    this.isAllStale = false;
    const waiting = [...this.stale];
    this.stale.clear();
    try {
      this.apply(await listActiveRules(this.options.pool, deviceIds), deviceIds);
    } catch (error) {
      if (isAll) this.isAllStale = true;
      for (const deviceId of waiting) this.stale.add(deviceId);
      this.retryLater();
      throw error;
    }
  }

  private apply(rules: readonly ActiveRule[], deviceIds: readonly number[] | undefined): void {
    if (deviceIds === undefined) this.dormant.clear();
    else for (const deviceId of deviceIds) this.dormant.delete(deviceId);
    this.note(rules, deviceIds);
    const compiled: CompiledRule[] = [];
    for (const rule of rules) {
      const one = this.compile(rule);
      if (one !== undefined) compiled.push(one);
      else this.dormant.set(rule.deviceId, rule.profileId);
    }
    const changed = this.catalog.replace(deviceIds, compiled);
    for (const watcher of this.watchers) watcher(changed);
  }

  private note(rules: readonly ActiveRule[], deviceIds: readonly number[] | undefined): void {
    if (deviceIds === undefined || this.known === undefined) {
      this.known = new Map();
      this.knownIds = new Set();
    }
    for (const deviceId of deviceIds ?? []) {
      for (const id of this.known.get(deviceId) ?? []) this.knownIds.delete(id);
      this.known.delete(deviceId);
    }
    for (const [deviceId, ofDevice] of Map.groupBy(rules, (rule) => rule.deviceId)) {
      const ids = ofDevice.map(({ id }) => id);
      this.known.set(deviceId, ids);
      for (const id of ids) this.knownIds.add(id);
    }
  }

  /** Undefined for a rule that is not judged. One that cannot be compiled must not keep all others from being judged. */
  private compile(rule: ActiveRule): CompiledRule | undefined {
    if (!rule.isActive) return undefined;
    try {
      const definition = parseRuleDefinition(rule.definition);
      // Nobody has sent it yet: the rule begins with its first reading.
      if (metricsOf(definition).some((metric) => rule.inputOf(metric) === undefined)) return undefined;
      const { deviceId, revision, definedMicros, place } = rule;
      const inputOf = (metric: MetricReference) => rule.inputOf(metric)!;
      return compileRule(rule.id, definition, { deviceId, revision, definedMicros, place, inputOf });
    } catch (error) {
      this.options.logger.error({ ruleId: rule.id, err: error }, "a rule cannot be compiled and is not judged");
      return undefined;
    }
  }
}
