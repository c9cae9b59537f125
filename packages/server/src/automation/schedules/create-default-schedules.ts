import { SluiceError } from "@sluice/core/errors.ts";
import type { ScheduleTimes } from "@sluice/core/schedules/schedule.ts";
import type { PoolClient } from "pg";
import { DEFAULT_LATEST_START_MS, DEFAULT_MISSED_RUNS } from "./change-schedule.ts";
import { findFirstRun } from "./find-next-run.ts";
import type { ScheduleAction, ScheduleSettings } from "./schedule-record.ts";
import { databaseNowMicros, insertSchedule, siteOfActuator } from "./schedule-store.ts";

/** A schedule as a device profile declares it. */
export interface ScheduleDeclaration {
  readonly key: string;
  readonly name: string;
  readonly actuator: string;
  readonly times: ScheduleTimes;
  readonly action: ScheduleAction;
}

/**
 * Gives a new device its default schedules, by the clock of its site, in the transaction that registers it. `actuatorIds` is
 * key → id of its actuators. Keys of schedules are the organization's, hence with the device's number.
 * Throws `schedule.actuator_unknown`, and what `compileSchedule` does.
 */
export async function createDefaultSchedules(
  client: PoolClient,
  device: { readonly id: number; readonly name: string; readonly organizationId: number },
  declarations: readonly ScheduleDeclaration[],
  actuatorIds: ReadonlyMap<string, number>,
): Promise<void> {
  if (declarations.length === 0) return;
  const nowMicros = await databaseNowMicros(client);
  for (const { key, name, actuator, times, action } of declarations) {
    const actuatorId = actuatorIds.get(actuator);
    const site = actuatorId && (await siteOfActuator(client, device.organizationId, actuatorId));
    if (!actuatorId || !site) throw actuatorUnknown(key, actuator);
    const settings: ScheduleSettings = {
      ...{ name: `${name}: ${device.name}`.slice(0, MAX_NAME_CHARACTERS), actuatorId, action },
      ...{ timeZone: null, timing: { times }, missedRuns: DEFAULT_MISSED_RUNS },
      latestStartMs: DEFAULT_LATEST_START_MS,
    };
    const owned = { organizationId: device.organizationId, key: `device-${device.id}-${key}`, createdBy: "system" };
    await insertSchedule(client, { ...settings, ...owned }, findFirstRun(settings, site, nowMicros));
  }
}

const MAX_NAME_CHARACTERS = 200;

function actuatorUnknown(schedule: string, actuator: string): SluiceError {
  const message = "The schedule is of an actuator that the device does not have.";
  return new SluiceError("invalid", "schedule.actuator_unknown", message, { details: { schedule, actuator } });
}
