import { SluiceError } from "@sluice/core/errors.ts";
import {
  gateRulesOf,
  type MetricReference,
  metricName,
  metricsOf,
  type RuleDefinition,
} from "@sluice/core/rules/rule-definition.ts";
import type { PoolClient } from "pg";
import { nearestKey } from "./nearest-key.ts";
import {
  findRuleDevices,
  type GatedRule,
  listAssetDevices,
  listGatedRules,
  metricKeysOf,
  type RuleDevice,
} from "./rule-check-store.ts";

/** Where a rule is to be: on a device, by uid, or over the devices of an asset. */
export interface RulePlace {
  readonly device?: string | undefined;
  readonly asset?: number | undefined;
}

/**
 * The device that a rule's transitions name: its own, or of an asset's the one that the rule names first, or else the first
 * that has all its metrics. Throws `device.unknown`, `asset.empty`.
 */
export async function findHome(
  client: PoolClient,
  organizationId: number,
  { device, asset }: RulePlace,
  definition: RuleDefinition,
): Promise<RuleDevice> {
  if (asset === undefined) return requireRuleDevice(client, organizationId, device ?? "");
  const devices = await listAssetDevices(client, organizationId, asset);
  const named = metricsOf(definition).find((metric) => typeof metric !== "string");
  const namedUid = typeof named === "object" ? named.device : undefined;
  if (namedUid !== undefined) {
    const home = devices.find(({ uid }) => uid === namedUid);
    if (home === undefined) throw elsewhere(namedUid);
    return home;
  }
  const metrics = metricsOf(definition) as string[];
  for (const candidate of devices) {
    const keys = await metricKeysOf(client, candidate.profileId);
    if (metrics.every((metric) => keys.includes(metric))) return candidate;
  }
  const message = `No device of the asset has ${metrics.map((metric) => `"${metric}"`).join(" and ")}.`;
  throw new SluiceError("invalid", "rule.metric_unknown", message, { details: { asset, metrics } });
}

/** Throws `rule.metric_unknown`, `rule.device_elsewhere`, `rule.place_unknown`, `rule.gate_unknown` and `rule.gate_cycle`. */
export async function assertRule(
  client: PoolClient,
  organizationId: number,
  home: RuleDevice,
  definition: RuleDefinition,
  id: number | undefined,
): Promise<void> {
  await assertMetrics(client, organizationId, home, metricsOf(definition));
  if (definition.gates?.some(({ kind }) => kind === "daylight") && !home.hasPlace) {
    const message = `A daylight gate needs to know where the site is: give the site "${home.site}" its latitude and longitude.`;
    throw new SluiceError("invalid", "rule.place_unknown", message, { details: { site: home.site } });
  }
  const gateRuleIds = gateRulesOf(definition);
  if (gateRuleIds.length === 0) return;
  const rules = new Map((await listGatedRules(client, organizationId, gateRuleIds)).map((rule) => [rule.id, rule]));
  for (const gateRuleId of gateRuleIds) assertGate(gateRuleId, rules.get(gateRuleId), home, id);
  if (id !== undefined) assertNoCircle(id, gateRuleIds, rules);
}

async function assertMetrics(
  client: PoolClient,
  organizationId: number,
  home: RuleDevice,
  metrics: readonly MetricReference[],
): Promise<void> {
  const uids = metrics.flatMap((metric) => (typeof metric === "string" ? [] : metric.device));
  const others = await findRuleDevices(client, organizationId, uids);
  for (const metric of metrics) {
    const device = typeof metric === "string" ? home : others.find(({ uid }) => uid === metric.device);
    if (device === undefined) throw deviceUnknown(metricName(metric).split("/")[0]!);
    if (device.id !== home.id && (device.assetId === null || device.assetId !== home.assetId))
      throw elsewhere(device.uid);
    const key = typeof metric === "string" ? metric : metric.metric;
    const keys = await metricKeysOf(client, device.profileId);
    if (!keys.includes(key)) throw metricUnknown(device, key, keys);
  }
}

function assertGate(gateRuleId: number, rule: GatedRule | undefined, home: RuleDevice, id: number | undefined): void {
  if (gateRuleId === id) throw circle([gateRuleId, gateRuleId]);
  const isNear = rule?.deviceId === home.id || (rule?.assetId != null && rule.assetId === home.assetId);
  if (isNear) return;
  const message =
    rule === undefined
      ? `There is no rule ${gateRuleId} for a gate to go by.`
      : `A gate goes by a rule of the same device or asset; rule ${gateRuleId} ("${rule.key}") is elsewhere.`;
  throw new SluiceError("invalid", "rule.gate_unknown", message, { details: { rule: gateRuleId } });
}

/** A rule that waits for itself would never be evaluated. Each rule is visited once: there may be very many ways through them. */
export function assertNoCircle(
  id: number,
  gateRuleIds: readonly number[],
  rules: ReadonlyMap<number, Pick<GatedRule, "definition">>,
): void {
  const cameFrom = new Map(gateRuleIds.map((gateRuleId) => [gateRuleId, id]));
  // Takes in what is added on the way.
  for (const ruleId of cameFrom.keys()) {
    const definition = rules.get(ruleId)?.definition;
    for (const next of definition === undefined ? [] : gateRulesOf(definition)) {
      if (next === id) throw circle([...wayTo(ruleId, id, cameFrom), id]);
      if (!cameFrom.has(next)) cameFrom.set(next, ruleId);
    }
  }
}

function wayTo(ruleId: number, fromId: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const way: number[] = [];
  for (let at = ruleId; at !== fromId; at = cameFrom.get(at)!) way.push(at);
  return [fromId, ...way.reverse()];
}

function circle(path: readonly number[]): SluiceError {
  const message = `The gates would form a circle: ${path.join(" → ")}. Take one of them out.`;
  return new SluiceError("invalid", "rule.gate_cycle", message, { details: { rules: path } });
}

export async function requireRuleDevice(client: PoolClient, organizationId: number, uid: string): Promise<RuleDevice> {
  const [device] = await findRuleDevices(client, organizationId, [uid]);
  if (device === undefined) throw deviceUnknown(uid);
  return device;
}

function deviceUnknown(uid: string): SluiceError {
  return new SluiceError("not-found", "device.unknown", `There is no device "${uid}".`, { details: { device: uid } });
}

function elsewhere(uid: string): SluiceError {
  const message = `A rule reads devices of one asset; "${uid}" is not at the rule's. Give both devices the same asset first.`;
  return new SluiceError("invalid", "rule.device_elsewhere", message, { details: { device: uid } });
}

function metricUnknown({ uid, profile }: RuleDevice, key: string, keys: readonly string[]): SluiceError {
  const nearest = nearestKey(key, keys);
  const hint = nearest === undefined ? `It has ${keys.join(", ") || "none yet"}.` : `Did you mean "${nearest}"?`;
  const message = `The profile "${profile}" of device "${uid}" has no metric "${key}", and no device of it has ever sent one. ${hint}`;
  return new SluiceError("invalid", "rule.metric_unknown", message, {
    details: { device: uid, metric: key, ...(nearest === undefined ? {} : { nearest }) },
  });
}
