import type { ActuationTransaction, FollowUp } from "../actuation/index.ts";
import { addCauses, type FiringCause, firingCausesOf, firingRulesOn } from "./fold-store.ts";
import { parametersOf } from "./rule-store.ts";

/**
 * What happens after a run, in the transaction that ends it: if a rule that it acted for still fires by its last folded
 * transition, the next execution begins and waits for the cooldown, and for a reading that is newer than this run.
 */
export function createFollowUp(newId: () => string): FollowUp {
  return {
    async onRunEnded(tx, ended, { endedAtMicros, lockEndMicros }) {
      const firing = await firingCausesOf(tx.client, ended.id);
      await openNext(tx, newId, ended.actuatorId, firing, {
        untilMicros: lockEndMicros,
        reason: "cooldown",
        readingNeededAfterMicros: endedAtMicros,
      });
    },
    async onReleased(tx, { id, releasedAtMicros }) {
      const firing = await firingRulesOn(tx.client, id);
      const waiting = { untilMicros: releasedAtMicros, reason: "stale_reading" };
      // By what they do: rules that start it, and rules that trip it, which may trip it again.
      for (const rules of Map.groupBy(firing, ({ action }) => action.kind).values()) {
        await openNext(tx, newId, id, rules, { ...waiting, readingNeededAfterMicros: releasedAtMicros });
      }
    },
  };
}

interface Waiting {
  readonly untilMicros: number;
  readonly reason: string;
  readonly readingNeededAfterMicros: number;
}

async function openNext(
  tx: ActuationTransaction,
  newId: () => string,
  actuatorId: number,
  firing: readonly FiringCause[],
  { untilMicros, reason, readingNeededAfterMicros }: Waiting,
): Promise<void> {
  const first = firing[0];
  if (first === undefined) return;
  const executionId = await tx.openExecution({
    id: newId(),
    organizationId: first.organizationId,
    actuatorId,
    type: "THRESHOLD",
    action: first.action.kind,
    priority: firing.some(({ priority }) => priority === "EMERGENCY") ? "EMERGENCY" : "THRESHOLD",
    parameters: parametersOf(first.action),
    ruleId: first.ruleId,
    deviceId: first.deviceId,
    requestedBy: `rule:${first.ruleId}`,
    causes: firing.length,
    folded: undefined,
    waiting: { untilMicros, reason },
    readingNeededAfterMicros,
  });
  const causes = firing.map(({ ruleId, deviceId, episode, readingMicros, value }) => ({
    ruleId,
    deviceId,
    firstEpisode: episode,
    lastEpisode: episode,
    readingMicros,
    value,
  }));
  await addCauses(tx.client, executionId, causes);
}
