import type { Dose } from "@sluice/core/commands/messages.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import { parseRuleDefinition } from "@sluice/core/rules/parse-rule-definition.ts";
import {
  gateRulesOf,
  type MetricReference,
  metricName,
  metricsOf,
  type RuleDefinition,
} from "@sluice/core/rules/rule-definition.ts";
import { assertEnvelope, type Envelope } from "@sluice/core/safety/envelope.ts";
import type { Place } from "@sluice/core/schedules/sun.ts";
import type { Pool } from "pg";
import { type ActuatorView, findActuators } from "../../actuation/index.ts";
import { type DeviceDirectory, type DeviceEntry, listDevices, requireSite } from "../../devices/index.ts";
import { type ActiveRule, listActiveRules } from "../active-rule-store.ts";
import { listRules, type RuleAction, type RuleView } from "../rule-store.ts";
import type { BacktestJob, JobActuator, JobRule } from "./backtest-job.ts";

/** Devices that one backtest evaluates a rule for. */
export const MAX_BACKTEST_DEVICES = 100;
export const MAX_BACKTEST_DAYS = 366;
/** Gates of gates. */
const MAX_GATE_RULES = 100;
const DAY_MICROS = 86_400_000_000;

/** What an actuator does while the rule fires; times are milliseconds. */
export interface BacktestAction {
  /** Its id, or the key that it has on each of the devices. */
  readonly actuator: number | string;
  /** The longest that the envelope allows when absent. */
  readonly durationMs?: number | undefined;
  readonly dose?: Dose | undefined;
  readonly priority?: "EMERGENCY" | "THRESHOLD" | undefined;
}

export interface BacktestOrder {
  readonly organizationId: number;
  /** A rule that is stored; what is given besides takes the place of what it has. */
  readonly ruleId?: number | undefined;
  readonly definition?: unknown;
  /** Uids: the rule is evaluated for each of them by itself. */
  readonly devices?: readonly string[] | undefined;
  /** Instead of `devices`: all of an asset that have the rule's metrics. */
  readonly asset?: number | undefined;
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly action?: BacktestAction | undefined;
  /** Limits that take the place of the actuator's own. */
  readonly envelope?: Partial<Envelope> | undefined;
  readonly maxTold: number;
}

export interface BacktestSources {
  readonly pool: Pool;
  readonly directory: Pick<DeviceDirectory, "resolve" | "resolveIds">;
}

export interface ResolvedBacktest {
  readonly job: BacktestJob;
  /** Which device each asked rule is evaluated for. */
  readonly uidOfRule: ReadonlyMap<number, string>;
  readonly actuators: ReadonlyMap<number, Pick<ActuatorView, "id" | "key" | "device">>;
}

/** Turns an order into a job: names into numbers, with everything that a thread cannot look up. */
export async function resolveBacktest(sources: BacktestSources, order: BacktestOrder): Promise<ResolvedBacktest> {
  assertPeriod(order);
  const stored =
    order.ruleId === undefined ? undefined : await requireRule(sources, order.organizationId, order.ruleId);
  const definition = parseRuleDefinition(order.definition ?? stored?.active.definition);
  const homes = await homesOf(sources, order, definition, stored);
  const others = await otherDevices(sources, order.organizationId, definition);
  // Below 0, where no stored rule is.
  const asked = await Promise.all(
    homes.map(async (home, index): Promise<JobRule> => {
      const inputs = inputsOf(definition, home, others);
      const place = await placeOf(sources, order.organizationId, home);
      return { id: -1 - index, definition, deviceId: home.id, inputs, place };
    }),
  );
  const gates = await gateRules(sources, order.organizationId, definition);
  const actuators = await actuatorsOf(sources, order, stored, homes);
  return {
    job: {
      partition: 0,
      fromMicros: order.fromMicros,
      toMicros: order.toMicros,
      rules: [...asked, ...gates],
      askedIds: asked.map(({ id }) => id),
      actuators: actuators.map(({ job }) => job),
      maxTold: order.maxTold,
    },
    uidOfRule: new Map(homes.map(({ uid }, index) => [-1 - index, uid])),
    actuators: new Map(actuators.map(({ view }) => [view.id, view])),
  };
}

function assertPeriod({ fromMicros, toMicros }: BacktestOrder): void {
  if (fromMicros >= toMicros) {
    throw new SluiceError("invalid", "backtest.period", "`to` must be later than `from`.");
  }
  if (toMicros - fromMicros <= MAX_BACKTEST_DAYS * DAY_MICROS) return;
  const message = `A backtest covers at most ${MAX_BACKTEST_DAYS} days.`;
  throw new SluiceError("invalid", "backtest.period", message, { details: { limitDays: MAX_BACKTEST_DAYS } });
}

interface StoredRule {
  readonly view: RuleView;
  readonly active: ActiveRule;
  readonly home: DeviceEntry;
}

async function requireRule(sources: BacktestSources, organizationId: number, id: number): Promise<StoredRule> {
  const [view] = await listRules(sources.pool, organizationId, { ids: [id], limit: 1 });
  const home = view && (await sources.directory.resolve(organizationId, [view.device])).get(view.device);
  const active = home && (await listActiveRules(sources.pool, [home.id])).find((rule) => rule.id === id);
  if (view && home && active) return { view, active, home };
  throw new SluiceError("not-found", "rule.unknown", "There is no rule with this id.", { details: { id } });
}

async function homesOf(
  sources: BacktestSources,
  { organizationId, devices, asset }: BacktestOrder,
  definition: RuleDefinition,
  stored: StoredRule | undefined,
): Promise<DeviceEntry[]> {
  if (devices !== undefined) return resolveUids(sources, organizationId, devices);
  if (asset !== undefined) return devicesOfAsset(sources, organizationId, asset, definition);
  if (stored !== undefined) return [stored.home];
  throw new SluiceError("invalid", "backtest.devices", "Name the `devices`, or the `asset`, to evaluate the rule for.");
}

async function resolveUids(
  { directory }: BacktestSources,
  organizationId: number,
  uids: readonly string[],
): Promise<DeviceEntry[]> {
  const distinct = [...new Set(uids)];
  if (distinct.length > MAX_BACKTEST_DEVICES) throw tooManyDevices();
  const known = await directory.resolve(organizationId, distinct);
  return distinct.map((uid) => {
    const device = known.get(uid);
    if (device !== undefined) return device;
    throw new SluiceError("not-found", "device.unknown", `There is no device "${uid}".`, { details: { uid } });
  });
}

async function devicesOfAsset(
  sources: BacktestSources,
  organizationId: number,
  asset: number,
  definition: RuleDefinition,
): Promise<DeviceEntry[]> {
  const found = await listDevices(sources.pool, organizationId, { asset, limit: MAX_BACKTEST_DEVICES + 1 });
  const entries = await resolveUids(
    sources,
    organizationId,
    found.map(({ uid }) => uid),
  );
  const own = metricsOf(definition).filter((metric) => typeof metric === "string");
  const fitting = entries.filter(({ profile }) => own.every((key) => profile.metricNumbers.has(key)));
  if (fitting.length > 0) return fitting;
  const message = "No device of this asset has the metrics that the rule reads.";
  throw new SluiceError("not-found", "backtest.no_device", message, { details: { asset, metrics: own } });
}

async function otherDevices(
  sources: BacktestSources,
  organizationId: number,
  definition: RuleDefinition,
): Promise<ReadonlyMap<string, DeviceEntry>> {
  const uids = metricsOf(definition).flatMap((metric) => (typeof metric === "string" ? [] : [metric.device]));
  return new Map((await resolveUids(sources, organizationId, uids)).map((device) => [device.uid, device]));
}

function inputsOf(
  definition: RuleDefinition,
  home: DeviceEntry,
  others: ReadonlyMap<string, DeviceEntry>,
): JobRule["inputs"] {
  const inputOf = (metric: MetricReference) => {
    const device = typeof metric === "string" ? home : others.get(metric.device)!;
    const key = typeof metric === "string" ? metric : metric.metric;
    const metricNumber = device.profile.metricNumbers.get(key);
    if (metricNumber !== undefined) return { deviceId: device.id, metricNumber };
    const message = `Device "${device.uid}" has no metric "${key}": name one that its profile has.`;
    throw new SluiceError("invalid", "rule.metric_unknown", message, { details: { device: device.uid, metric: key } });
  };
  return Object.fromEntries(metricsOf(definition).map((metric) => [metricName(metric), inputOf(metric)]));
}

async function placeOf(
  { pool }: BacktestSources,
  organizationId: number,
  { siteId }: DeviceEntry,
): Promise<Place | undefined> {
  const { latitude, longitude } = await requireSite(pool, organizationId, siteId);
  return latitude === null || longitude === null ? undefined : { latitude, longitude };
}

/** The rules that open or close the gates of a definition, and theirs; those that are not judged now do not fire. */
async function gateRules(
  { pool, directory }: BacktestSources,
  organizationId: number,
  definition: RuleDefinition,
): Promise<JobRule[]> {
  const found = new Map<number, JobRule>();
  let ids = gateRulesOf(definition);
  while (ids.length > 0 && found.size < MAX_GATE_RULES) {
    const views = await listRules(pool, organizationId, { ids, limit: ids.length });
    const homes = await directory.resolve(
      organizationId,
      views.map(({ device }) => device),
    );
    const rules = await listActiveRules(
      pool,
      [...homes.values()].map(({ id }) => id),
    );
    const wanted = new Set(views.map(({ id }) => id));
    const judged = rules.filter(({ id, isActive }) => wanted.has(id) && isActive).map(jobRuleOf);
    for (const rule of judged) if (rule !== undefined) found.set(rule.id, rule);
    ids = judged.flatMap((rule) => (rule === undefined ? [] : gateRulesOf(rule.definition)));
    ids = [...new Set(ids)].filter((id) => !found.has(id));
  }
  return [...found.values()];
}

/** Undefined while a metric of it has never been sent. */
function jobRuleOf({ id, deviceId, place, inputOf, definition }: ActiveRule): JobRule | undefined {
  const parsed = parseRuleDefinition(definition);
  const inputs = metricsOf(parsed).map((metric) => [metricName(metric), inputOf(metric)] as const);
  if (inputs.some(([, input]) => input === undefined)) return undefined;
  return { id, definition: parsed, deviceId, place, inputs: Object.fromEntries(inputs) as JobRule["inputs"] };
}

interface ResolvedActuator {
  readonly view: ActuatorView;
  readonly job: JobActuator;
}

async function actuatorsOf(
  sources: BacktestSources,
  order: BacktestOrder,
  stored: StoredRule | undefined,
  homes: readonly DeviceEntry[],
): Promise<ResolvedActuator[]> {
  const action = order.action ?? (stored && storedAction(stored, homes));
  if (action === undefined) return [];
  const views = await findViews(sources.pool, order.organizationId, action, homes);
  return Promise.all(
    views.map(async (view) => {
      const own = typeof action.actuator === "number" ? homes : homes.filter(({ uid }) => uid === view.device);
      const ruleIds = own.map((home) => -1 - homes.indexOf(home));
      const { timeZone } = await requireSite(sources.pool, order.organizationId, view.site);
      const envelope = { ...withoutNulls(view.envelope), ...order.envelope };
      assertEnvelope(envelope);
      const { durationMs = envelope.maxRunMs, dose, priority = "THRESHOLD" } = action;
      return { view, job: { actuatorId: view.id, envelope, durationMs, dose, priority, timeZone, ruleIds } };
    }),
  );
}

/** What the rule does when it fires, if that takes time. Evaluated for another device, with that device's own actuator. */
function storedAction({ view, home }: StoredRule, homes: readonly DeviceEntry[]): BacktestAction | undefined {
  if (view.action === null) return undefined;
  const isAtHome = homes.length === 1 && homes[0]!.id === home.id;
  const actuator = isAtHome ? view.action.actuator : view.action.actuatorKey;
  return runOf(view.action, actuator, view.priority === "EMERGENCY" ? "EMERGENCY" : "THRESHOLD");
}

function runOf(
  action: RuleAction,
  actuator: number | string,
  priority: "EMERGENCY" | "THRESHOLD",
): BacktestAction | undefined {
  if (action.kind === "RUN") return { actuator, durationMs: action.durationMs, priority };
  if (action.kind !== "DOSE") return undefined;
  const { amount, unit, durationMs } = action;
  return { actuator, durationMs, dose: { amount, unit }, priority };
}

async function findViews(
  pool: Pool,
  organizationId: number,
  { actuator }: BacktestAction,
  homes: readonly DeviceEntry[],
): Promise<ActuatorView[]> {
  const devices = homes.map(({ uid }) => uid);
  const found =
    typeof actuator === "number"
      ? await findActuators(pool, organizationId, { id: actuator })
      : (await findActuators(pool, organizationId, { devices })).filter(({ key }) => key === actuator);
  if (found.length > 0) return found;
  const which = typeof actuator === "number" ? `with the id ${actuator}` : `"${actuator}" on any of the devices`;
  throw new SluiceError("not-found", "actuator.unknown", `There is no actuator ${which}.`, { details: { actuator } });
}

function withoutNulls(envelope: ActuatorView["envelope"]): Envelope {
  const given = Object.entries(envelope).filter(([, limit]) => limit !== null);
  return Object.fromEntries(given) as unknown as Envelope;
}

function tooManyDevices(): SluiceError {
  const message = `A backtest evaluates a rule for at most ${MAX_BACKTEST_DEVICES} devices.`;
  return new SluiceError("invalid", "backtest.devices", message, { details: { limit: MAX_BACKTEST_DEVICES } });
}
