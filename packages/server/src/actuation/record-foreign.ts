import type { JournalEntry } from "@sluice/core/commands/messages.ts";
import { pauseMs } from "@sluice/core/safety/envelope.ts";
import type { Actuation } from "./actuation.ts";
import type { ActuationTransaction, Actuator, NewForeign } from "./actuation-store.ts";
import { provesRun } from "./record-evidence.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * A run in the device's journal that this database does not know: of a database that was lost, or of another master. It is
 * recorded once, by its fence, and charged as if it had ended now, for nobody says when it did. One that is still on is live
 * like any other, unless something else is: then the next hello tells it again.
 */
export async function recordForeign(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  entry: JournalEntry,
): Promise<void> {
  const { fence, kind, ranMs, state } = entry;
  if (fence === undefined || (kind !== "RUN" && kind !== "DOSE")) return;
  const isOn = state === "ACCEPTED" || state === "RUNNING";
  if (!isOn && !provesRun(entry)) return;
  if ((await tx.commandWithFence(actuator.id, fence)) !== undefined) return;
  if (UUID.test(entry.id) && (await tx.findCommand(entry.id)) !== undefined) return;
  const { nowMicros, situation } = await tx.readSituation(actuator);
  if (isOn && situation.live !== undefined) return;
  const { maxRunMs, interlockGroup } = actuator.envelope;
  const foreign: NewForeign = {
    id: UUID.test(entry.id) ? entry.id : actuation.newId(),
    executionId: actuation.newId(),
    organizationId: actuator.organizationId,
    actuatorId: actuator.id,
    deviceId: actuator.deviceId,
    // A member that is on already, or may be: recording what happened must not fail on it.
    interlockGroup: situation.interlocked.length === 0 ? interlockGroup : undefined,
    foreignId: entry.id,
    kind,
    fence,
    durationMs: Math.max(1, Math.min(maxRunMs, Math.ceil(isOn ? maxRunMs : (ranMs ?? maxRunMs)))),
    maxRunMs,
    cooldownMs: pauseMs(actuator.envelope),
    state,
    payload: JSON.stringify(entry),
  };
  await tx.insertForeign(foreign);
  const who = `device:${actuator.deviceId}`;
  await tx.appendEvents([{ commandId: foreign.id, what: "foreign", state, who, details: { ...entry } }]);
  await tx.countActivation(actuator.id, nowMicros - (ranMs ?? 0) * 1000);
}
