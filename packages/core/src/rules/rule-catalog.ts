import type { CompiledRule } from "./rule.ts";
import { groupRules, type RuleGroup } from "./rule-group.ts";

/** Where a metric of a device is read: by the rule at `index` of the group, as its `input`. */
export interface Tap {
  readonly index: number;
  readonly input: number;
  readonly metricNumber: number;
}

/** What a group reads of one device. */
export interface GroupTaps {
  readonly group: RuleGroup;
  /** Whether it reads other devices as well. */
  readonly isShared: boolean;
  readonly taps: readonly Tap[];
}

/** What reads a device. */
export interface DeviceRules {
  /** Thresholds without any time, which stand for themselves. */
  readonly plain: readonly CompiledRule[];
  readonly groups: readonly GroupTaps[];
}

export const NO_RULES: DeviceRules = { plain: [], groups: [] };

/** How the rules are looked up on the way of a reading. */
export interface RuleSource {
  /** The same object until something about them changes. */
  rulesOf(deviceId: number): DeviceRules;
  find(ruleId: number): CompiledRule | undefined;
  /** The group of a rule; undefined for a plain one. */
  groupOf(ruleId: number): RuleGroup | undefined;
  /** Of those that may become due. */
  timedRuleIds(): Iterable<number>;
}

/** The rules in force, by device and by group. A change costs as much as what it is connected with, however many there are. */
export class RuleCatalog implements RuleSource {
  private readonly byId = new Map<number, CompiledRule>();
  private readonly byHome = new Map<number, number[]>();
  /** Device → rules that read it. */
  private readonly readers = new Map<number, number[]>();
  /** Rule → rules that have a gate about it. */
  private readonly dependents = new Map<number, number[]>();
  private readonly groups = new Map<number, RuleGroup>();
  private readonly devices = new Map<number, DeviceRules>();

  constructor(rules: readonly CompiledRule[] = []) {
    this.replace(undefined, rules);
  }

  get size(): number {
    return this.byId.size;
  }

  /** Whether a device is the home of a rule. */
  hasHome(deviceId: number): boolean {
    return this.byHome.has(deviceId);
  }

  rulesOf(deviceId: number): DeviceRules {
    return this.devices.get(deviceId) ?? NO_RULES;
  }

  find(ruleId: number): CompiledRule | undefined {
    return this.byId.get(ruleId);
  }

  groupOf(ruleId: number): RuleGroup | undefined {
    return this.groups.get(ruleId);
  }

  timedRuleIds(): Iterable<number> {
    return this.groups.keys();
  }

  /**
   * Puts `rules` in the place of all rules whose home is one of the devices, or of all rules when undefined. Answers which
   * rules may be others now, or be gone.
   */
  replace(homes: readonly number[] | undefined, rules: readonly CompiledRule[]): ReadonlySet<number> {
    const changed = new Set<number>();
    for (const home of homes ?? [...this.byHome.keys()]) {
      for (const id of this.byHome.get(home) ?? []) changed.add(id);
    }
    for (const { id } of rules) changed.add(id);
    const devices = new Set<number>();
    const replaced = homes === undefined ? undefined : new Set(homes);
    this.addConnected(changed);
    for (const id of changed) this.note(id, devices);
    const kept = [...changed].filter((id) => !this.isReplaced(id, replaced)).map((id) => this.byId.get(id));
    for (const id of changed) this.remove(id);
    for (const rule of [...kept, ...rules]) if (rule !== undefined) this.add(rule);
    this.addConnected(changed);
    this.group(changed);
    for (const id of changed) this.note(id, devices);
    for (const deviceId of devices) this.listDevice(deviceId);
    return changed;
  }

  private isReplaced(id: number, homes: ReadonlySet<number> | undefined): boolean {
    const rule = this.byId.get(id);
    return homes === undefined || rule === undefined || homes.has(rule.deviceId);
  }

  /** Whatever gates connect with these. */
  private addConnected(ids: Set<number>): void {
    for (const id of ids) {
      for (const gateRuleId of this.byId.get(id)?.gateRuleIds ?? []) if (this.byId.has(gateRuleId)) ids.add(gateRuleId);
      for (const dependent of this.dependents.get(id) ?? []) ids.add(dependent);
    }
  }

  private note(id: number, devices: Set<number>): void {
    for (const { deviceId } of this.byId.get(id)?.inputs ?? []) devices.add(deviceId);
  }

  private add(rule: CompiledRule): void {
    this.byId.set(rule.id, rule);
    append(this.byHome, rule.deviceId, rule.id);
    for (const deviceId of devicesOf(rule)) append(this.readers, deviceId, rule.id);
    for (const id of rule.gateRuleIds) append(this.dependents, id, rule.id);
  }

  private remove(id: number): void {
    const rule = this.byId.get(id);
    if (rule === undefined) return;
    this.byId.delete(id);
    this.groups.delete(id);
    drop(this.byHome, rule.deviceId, id);
    for (const deviceId of devicesOf(rule)) drop(this.readers, deviceId, id);
    for (const gateRuleId of rule.gateRuleIds) drop(this.dependents, gateRuleId, id);
  }

  private group(ids: ReadonlySet<number>): void {
    for (const id of ids) this.groups.delete(id);
    const rules = [...ids].flatMap((id) => this.byId.get(id) ?? []);
    for (const group of groupRules(rules)) {
      if (group.rules.length === 1 && group.rules[0]!.evaluateValue !== undefined) continue;
      for (const { id } of group.rules) this.groups.set(id, group);
    }
  }

  private listDevice(deviceId: number): void {
    const ids = [...(this.readers.get(deviceId) ?? [])].sort((a, b) => a - b);
    if (ids.length === 0) {
      this.devices.delete(deviceId);
      return;
    }
    const groups = new Set(ids.flatMap((id) => this.groups.get(id) ?? []));
    this.devices.set(deviceId, {
      plain: ids
        .map((id) => this.byId.get(id)!)
        .filter(({ id, evaluateValue }) => evaluateValue !== undefined && !this.groups.has(id)),
      groups: [...groups].map((group) => tapsOf(group, deviceId)),
    });
  }
}

function tapsOf(group: RuleGroup, deviceId: number): GroupTaps {
  const taps = group.rules.flatMap(({ inputs }, index) =>
    inputs.flatMap((of, input) => (of.deviceId === deviceId ? { index, input, metricNumber: of.metricNumber } : [])),
  );
  return { group, isShared: group.deviceIds.length > 1, taps };
}

function devicesOf({ inputs }: CompiledRule): Set<number> {
  return new Set(inputs.map(({ deviceId }) => deviceId));
}

function append(lists: Map<number, number[]>, key: number, id: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [id]);
  else list.push(id);
}

function drop(lists: Map<number, number[]>, key: number, id: number): void {
  const rest = lists.get(key)?.filter((other) => other !== id) ?? [];
  if (rest.length === 0) lists.delete(key);
  else lists.set(key, rest);
}
