import { compileRule } from "@sluice/core/rules/compile-rule.ts";
import { parseRuleDefinition } from "@sluice/core/rules/parse-rule-definition.ts";
import type { CompiledRule } from "@sluice/core/rules/rule.ts";
import { type DeviceRules, RuleCatalog, type RuleSource } from "@sluice/core/rules/rule-catalog.ts";
import { type MetricReference, metricsOf } from "@sluice/core/rules/rule-definition.ts";
import type { RuleGroup } from "@sluice/core/rules/rule-group.ts";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { type ActiveRule, listActiveRules } from "./active-rule-store.ts";

/** Past this many devices waiting to be read again, all rules are read at once. */
export const MAX_STALE_DEVICES = 1_000;

export interface RuleIndexOptions {
  readonly pool: Pool;
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
  private readonly watchers: ((ruleIds: ReadonlySet<number>) => void)[] = [];
  private readonly stale = new Set<number>();
  private isAllStale = true;
  private refreshing: Promise<void> | undefined;

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

  /** Rules that are judged. */
  get size(): number {
    return this.catalog.size;
  }

  /** Calls back when rules are in force that are others now, or are gone. */
  watch(watcher: (ruleIds: ReadonlySet<number>) => void): void {
    this.watchers.push(watcher);
  }

  /** Rules of this device, or of all when undefined, have changed; resolves once the change is in force here. */
  async refresh(deviceId?: number): Promise<void> {
    if (deviceId === undefined || this.stale.size >= MAX_STALE_DEVICES) this.isAllStale = true;
    else this.stale.add(deviceId);
    // A read that is under way may have begun before the change was committed: wait for the one after it.
    await this.refreshing?.catch(() => {});
    this.refreshing ??= this.read().finally(() => {
      this.refreshing = undefined;
    });
    await this.refreshing;
  }

  /** A notification of another process: a device's number, or nothing for all. Failures are logged; the next notice mends them. */
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
    this.refresh(deviceId).catch((error) => this.options.logger.error({ err: error }, "rules could not be read"));
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
      throw error;
    }
  }

  private apply(rules: readonly ActiveRule[], deviceIds: readonly number[] | undefined): void {
    if (deviceIds === undefined) this.dormant.clear();
    else for (const deviceId of deviceIds) this.dormant.delete(deviceId);
    const compiled: CompiledRule[] = [];
    for (const rule of rules) {
      const one = this.compile(rule);
      if (one !== undefined) compiled.push(one);
      else this.dormant.set(rule.deviceId, rule.profileId);
    }
    const changed = this.catalog.replace(deviceIds, compiled);
    for (const watcher of this.watchers) watcher(changed);
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
