import type { CompiledRule } from "@sluice/core/rules/rule.ts";
import { compileThreshold } from "@sluice/core/rules/threshold.ts";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { type ActiveRule, listActiveRules } from "./rule-store.ts";

const NONE: readonly CompiledRule[] = [];

/** Past this many devices waiting to be read again, all rules are read at once. */
export const MAX_STALE_DEVICES = 1_000;

export interface RuleIndexOptions {
  readonly pool: Pool;
  readonly logger: Logger;
}

/**
 * The rules of every device, in memory, for the pipeline. Rules change seldom and are looked up with every batch, so a lookup
 * is one access to a Map, and a change reads only what changed.
 */
export class RuleIndex {
  private readonly options: RuleIndexOptions;
  private rules = new Map<number, readonly CompiledRule[]>();
  private readonly stale = new Set<number>();
  private isAllStale = true;
  private refreshing: Promise<void> | undefined;

  constructor(options: RuleIndexOptions) {
    this.options = options;
  }

  /** The same array until the device's rules change. */
  rulesOf(deviceId: number): readonly CompiledRule[] {
    return this.rules.get(deviceId) ?? NONE;
  }

  get size(): number {
    return this.rules.size;
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
    const deviceId = /^\d{1,10}$/.test(payload) ? Number(payload) : undefined;
    this.refresh(deviceId).catch((error) => this.options.logger.error({ err: error }, "rules could not be read"));
  }

  private async read(): Promise<void> {
    const isAll = this.isAllStale;
    const deviceIds = [...this.stale];
    if (!isAll && deviceIds.length === 0) return;
    this.isAllStale = false;
    this.stale.clear();
    try {
      this.apply(
        await listActiveRules(this.options.pool, isAll ? undefined : deviceIds),
        isAll ? undefined : deviceIds,
      );
    } catch (error) {
      if (isAll) this.isAllStale = true;
      for (const deviceId of deviceIds) this.stale.add(deviceId);
      throw error;
    }
  }

  private apply(active: readonly ActiveRule[], deviceIds: readonly number[] | undefined): void {
    const byDevice = new Map<number, CompiledRule[]>();
    for (const rule of active) {
      const compiled = this.compile(rule);
      if (compiled === undefined) continue;
      const known = byDevice.get(rule.deviceId);
      if (known === undefined) byDevice.set(rule.deviceId, [compiled]);
      else known.push(compiled);
    }
    if (deviceIds === undefined) {
      this.rules = byDevice;
      return;
    }
    for (const deviceId of deviceIds) {
      const rules = byDevice.get(deviceId);
      if (rules === undefined) this.rules.delete(deviceId);
      else this.rules.set(deviceId, rules);
    }
  }

  /** One rule that cannot be compiled must not keep all others from being judged. */
  private compile({ id, metricNumber, definition }: ActiveRule): CompiledRule | undefined {
    try {
      const { operator, value, hysteresis } = definition;
      return compileThreshold({ id, metricNumber, operator, value, hysteresis });
    } catch (error) {
      this.options.logger.error({ ruleId: id, err: error }, "a rule cannot be compiled and is not judged");
      return undefined;
    }
  }
}
