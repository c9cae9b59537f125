import { type AlertStep, beginPending, fire, resolve } from "@sluice/core/alerts/alert.ts";
import { type AlertPolicy, parseAlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import type { PoolClient } from "pg";
import { allEnded } from "../platform/all-ended.ts";
import { AlertJournal } from "./alert-journal.ts";
import { type AlertRecord, columnsOfPolicy, type Occasion, UNTOUCHED } from "./alert-record.ts";
import { lockOpenAlerts, openGroupMembers, type RuleDevice, readNow } from "./alert-store.ts";
import type { AlertEffects } from "./alerts.ts";
import { describeAlert } from "./describe-alert.ts";
import { OpenGroups } from "./open-groups.ts";
import { type RuleContext, readRuleContexts } from "./rule-context-store.ts";

/** A change of a rule's state for a device, as the pipeline committed it. */
export interface AlertTransition extends RuleDevice {
  /** Of the flush: transitions of one sequence number came at the same time. */
  readonly seq: number;
  readonly episode: number;
  readonly state: "pending" | "firing" | "resolved";
  readonly readingMicros: number;
  readonly value: number | null;
}

/**
 * Folds transitions into alerts, in the fold's transaction: in order, and exactly once because the fold's cursor moves with it.
 * Rules without an alert policy have none, and a rule that is out of service opens none.
 */
export async function foldAlerts(
  client: PoolClient,
  transitions: readonly AlertTransition[],
  effects: AlertEffects,
): Promise<void> {
  const pairs = [...new Map(transitions.map((transition) => [keyOf(transition), transition])).values()];
  const [found, alerts] = await allEnded([readRuleContexts(client, pairs), lockOpenAlerts(client, pairs)]);
  const contexts = new Map<string, Watched>();
  for (const context of found) {
    const policy = context.isActive ? policyOf(context) : undefined;
    contexts.set(keyOf(context), { context, policy });
  }
  const open = new Map(alerts.map((alert) => [keyOf(alert as RuleDevice), alert]));
  const concerned = transitions.filter((one) => contexts.get(keyOf(one))?.policy !== undefined || open.has(keyOf(one)));
  if (concerned.length === 0) return;
  const nowMicros = contexts.values().next().value?.context.nowMicros ?? (await readNow(client));
  const groups = await loadGroups(client, contexts);
  const fold = new Fold(new AlertJournal(effects), contexts, open, groups, nowMicros, effects.newId);
  for (const transition of inOrderOfReadings(concerned)) fold.take(transition);
  await fold.journal.save(client);
}

interface Watched {
  readonly context: RuleContext;
  /** Undefined when nobody is to be told. */
  readonly policy: AlertPolicy | undefined;
}

class Fold {
  readonly journal: AlertJournal;
  private readonly contexts: ReadonlyMap<string, Watched>;
  private readonly open: Map<string, AlertRecord>;
  private readonly groups: OpenGroups;
  private readonly nowMicros: number;
  private readonly newId: () => string;

  constructor(
    journal: AlertJournal,
    contexts: ReadonlyMap<string, Watched>,
    open: Map<string, AlertRecord>,
    groups: OpenGroups,
    nowMicros: number,
    newId: () => string,
  ) {
    this.journal = journal;
    this.contexts = contexts;
    this.open = open;
    this.groups = groups;
    this.nowMicros = nowMicros;
    this.newId = newId;
  }

  take(transition: AlertTransition): void {
    const key = keyOf(transition);
    const before = this.open.get(key);
    const watched = this.contexts.get(key);
    const step = stepOf(before, transition, watched?.policy);
    if (step === undefined) return;
    const after = before === undefined ? this.begin(transition, watched!, step) : this.go(before, transition, step);
    if (after === undefined || !after.state.isOpen) this.open.delete(key);
    else this.open.set(key, after);
  }

  private begin(transition: AlertTransition, { context, policy }: Watched, step: AlertStep): AlertRecord {
    const draft = {
      ...UNTOUCHED,
      id: this.newId(),
      organizationId: context.organizationId,
      ruleId: context.ruleId,
      deviceId: context.deviceId,
      siteId: context.siteId,
      assetId: context.assetId,
      openedMicros: this.nowMicros,
      ...this.wordsOf(transition, context, policy!),
    };
    const isFirstOut = step.event === "fired" && this.groups.join(draft);
    return this.journal.open({ ...draft, isFirstOut }, step, this.occasionOf(transition));
  }

  private go(before: AlertRecord, transition: AlertTransition, step: AlertStep): AlertRecord | undefined {
    const { context, policy } = this.contexts.get(keyOf(transition)) ?? {};
    const isFired = step.event === "fired" && context !== undefined && policy !== undefined;
    const renewed = isFired ? { ...before, ...this.wordsOf(transition, context, policy) } : before;
    const isFirst = isFired && before.state.phase === "pending";
    const joined = isFirst ? { ...renewed, isFirstOut: this.groups.join(renewed) } : renewed;
    const after = this.journal.take(joined, step, this.occasionOf(transition));
    if (after !== undefined && !after.state.isOpen) this.groups.leave(after);
    return after;
  }

  private wordsOf(transition: AlertTransition, context: RuleContext, policy: AlertPolicy) {
    const { value, readingMicros } = transition;
    return { ...columnsOfPolicy(policy), ...describeAlert(context, policy, transition), value, readingMicros };
  }

  private occasionOf({ ruleId, episode, value, readingMicros }: AlertTransition): Occasion {
    return { nowMicros: this.nowMicros, who: `rule:${ruleId}`, details: { episode, value, readingMicros } };
  }
}

/** Undefined when it changes nothing. A resolve counts whatever has become of its rule, so that nothing fires for ever. */
function stepOf(
  before: AlertRecord | undefined,
  { state, episode }: AlertTransition,
  policy: AlertPolicy | undefined,
): AlertStep | undefined {
  const step = state === "resolved" ? resolve(before?.state, episode) : beginOf(before, state, episode, policy);
  const isUnchanged = step === undefined || (step.after === before?.state && step.event === undefined);
  return isUnchanged ? undefined : step;
}

function beginOf(
  before: AlertRecord | undefined,
  state: "pending" | "firing",
  episode: number,
  policy: AlertPolicy | undefined,
): AlertStep | undefined {
  if (policy === undefined) return undefined;
  if (state === "pending") return beginPending(before?.state, episode);
  return fire(before?.state, episode, { isLatched: policy.isLatched ?? false });
}

/** A policy that this version cannot read tells nobody, and holds no other alert up. */
function policyOf({ policy }: RuleContext): AlertPolicy | undefined {
  if (policy === null) return undefined;
  try {
    return parseAlertPolicy(policy);
  } catch {
    return undefined;
  }
}

async function loadGroups(client: PoolClient, contexts: ReadonlyMap<string, Watched>): Promise<OpenGroups> {
  const groups = [...contexts.values()].flatMap(({ context: { organizationId }, policy }) =>
    policy?.group === undefined ? [] : [{ organizationId, group: policy.group }],
  );
  return new OpenGroups(groups.length === 0 ? [] : await openGroupMembers(client, groups));
}

/**
 * Within one flush transitions come device by device; who was first is decided by their readings. Those of one rule and device
 * keep their order.
 */
function inOrderOfReadings(transitions: readonly AlertTransition[]): readonly AlertTransition[] {
  const newest = new Map<string, number>();
  const timed = transitions.map((transition) => {
    const key = `${transition.seq} ${keyOf(transition)}`;
    const atMicros = Math.max(newest.get(key) ?? Number.NEGATIVE_INFINITY, transition.readingMicros);
    newest.set(key, atMicros);
    return { transition, atMicros };
  });
  timed.sort((a, b) => a.transition.seq - b.transition.seq || a.atMicros - b.atMicros);
  return timed.map(({ transition }) => transition);
}

function keyOf({ ruleId, deviceId }: RuleDevice): string {
  return `${ruleId} ${deviceId}`;
}
