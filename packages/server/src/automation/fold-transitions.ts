import type { PoolClient } from "pg";
import { lockActuators, transactionOn } from "../actuation/index.ts";
import { foldAlerts } from "../alerts/index.ts";
import { allEnded } from "../platform/all-ended.ts";
import { inTransaction, isTransient } from "../platform/postgres.ts";
import type { Automation } from "./automation.ts";
import {
  addCauses,
  type Cause,
  type FoldedTransition,
  lockCursor,
  moveCursor,
  nextTransitions,
  saveStandings,
} from "./fold-store.ts";
import { parametersOf } from "./rule-store.ts";

/** Transitions that one transaction folds. */
export const FOLD_LIMIT = 1_000;

/**
 * Folds the next transitions of a partition into alerts and executions: in order, each once, whatever dies in between, because
 * the cursor moves in the same transaction. A herd becomes one execution per actuator and action.
 *
 * Returns how many were folded; undefined while another worker is at it.
 */
export function foldTransitions(automation: Automation, partition: number): Promise<number | undefined> {
  return foldNext(automation, partition, FOLD_LIMIT, (client, transitions) =>
    foldAlerts(client, transitions, automation.alerts),
  );
}

/** A transition whose alert cannot be told, and why. */
export type LostAlert = Pick<FoldedTransition, "ruleId" | "deviceId" | "episode" | "state"> & {
  readonly error: unknown;
};

/**
 * Folds one transition after the other, for a batch that fails again and again: a decision must not wait for ever because an
 * alert cannot be written. A transition whose alert fails for good is folded without it, and told to `onLost`.
 */
export async function foldCarefully(
  automation: Automation,
  partition: number,
  onLost: (lost: LostAlert) => void,
): Promise<void> {
  for (let folded = 0; folded < FOLD_LIMIT; folded++) {
    let failed: LostAlert | undefined;
    const count = await foldNext(automation, partition, 1, async (client, [transition]) => {
      const error = await foldAlertApart(automation, client, transition!);
      if (error !== undefined) failed = { ...transition!, error };
    });
    if (failed !== undefined) onLost(failed);
    if (count !== 1) return;
  }
}

/** Answers why the alert could not be folded; the transaction goes on as if nobody had tried. */
async function foldAlertApart(
  { alerts }: Automation,
  client: PoolClient,
  transition: FoldedTransition,
): Promise<unknown> {
  await client.query("savepoint alert");
  try {
    await foldAlerts(client, [transition], alerts);
    return undefined;
  } catch (error) {
    if (isTransient(error)) throw error;
    await client.query("rollback to savepoint alert");
    return error;
  }
}

async function foldNext(
  automation: Automation,
  partition: number,
  limit: number,
  foldTheirAlerts: (client: PoolClient, transitions: readonly FoldedTransition[]) => Promise<void>,
): Promise<number | undefined> {
  return inTransaction(automation.pool, async (client) => {
    const cursor = await lockCursor(client, partition);
    if (cursor === undefined) return undefined;
    const transitions = await nextTransitions(client, partition, cursor, limit);
    const last = transitions.at(-1);
    if (last === undefined) return 0;
    await allEnded([
      saveStandings(client, partition, lastOfEach(transitions)),
      moveCursor(client, partition, last),
      foldTheirAlerts(client, transitions),
    ]);
    const herds = herdsOf(transitions);
    await lockActuators(
      transactionOn(client),
      herds.map(({ actuatorId }) => actuatorId),
    );
    for (const herd of herds) await foldHerd(automation, client, partition, herd);
    return transitions.length;
  });
}

type Known = FoldedTransition & { readonly organizationId: number };
type Acting = Known & { readonly actuatorId: number; readonly action: NonNullable<FoldedTransition["action"]> };

interface Herd {
  readonly actuatorId: number;
  readonly transitions: readonly Acting[];
}

/** The last transition of each rule and device, without those of rules that are gone. */
function lastOfEach(transitions: readonly FoldedTransition[]): FoldedTransition[] {
  const last = new Map<string, FoldedTransition>();
  for (const transition of transitions) {
    if (transition.organizationId !== null) last.set(`${transition.ruleId} ${transition.deviceId}`, transition);
  }
  return [...last.values()].sort((a, b) => a.ruleId - b.ruleId || a.deviceId - b.deviceId);
}

/** What began to fire, by the resource and the action that it wants. */
function herdsOf(transitions: readonly FoldedTransition[]): Herd[] {
  const acting = transitions.filter(
    (transition): transition is Acting =>
      transition.state === "firing" && transition.actuatorId !== null && transition.action !== null,
  );
  const herds = Map.groupBy(acting, ({ actuatorId, action }) => `${actuatorId} ${action.kind}`);
  return [...herds.values()].map((members) => ({ actuatorId: members[0]!.actuatorId, transitions: members }));
}

async function foldHerd(automation: Automation, client: PoolClient, partition: number, herd: Herd): Promise<void> {
  const first = herd.transitions[0]!;
  const last = herd.transitions.at(-1)!;
  const isEmergency = herd.transitions.some(({ priority }) => priority === "EMERGENCY");
  const executionId = await transactionOn(client).openExecution({
    id: automation.newId(),
    organizationId: first.organizationId,
    actuatorId: herd.actuatorId,
    type: "THRESHOLD",
    action: first.action.kind,
    priority: isEmergency ? "EMERGENCY" : "THRESHOLD",
    parameters: parametersOf(first.action),
    ruleId: first.ruleId,
    deviceId: first.deviceId,
    requestedBy: `rule:${first.ruleId}`,
    causes: herd.transitions.length,
    folded: { partition, seq: last.seq, ordinal: last.ordinal },
  });
  await addCauses(client, executionId, causesOf(herd.transitions));
}

function causesOf(transitions: readonly Acting[]): Cause[] {
  const groups = Map.groupBy(transitions, ({ ruleId, deviceId }) => `${ruleId} ${deviceId}`);
  return [...groups.values()].map((group) => {
    const { ruleId, deviceId, episode, readingMicros, value } = group[0]!;
    return { ruleId, deviceId, firstEpisode: episode, lastEpisode: group.at(-1)!.episode, readingMicros, value };
  });
}
