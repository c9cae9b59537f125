import { DRIFT_PER_MILLE, TIMER_TOLERANCE_MS } from "@sluice/core/safety/windows.ts";
import { daysFinder } from "../model-store/model-situation.ts";
import type { History } from "./history.ts";
import type { Interval } from "./intervals.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a day of the site allows, counted from the devices' logs. What a lost database had decided, the next cannot count. */
export function judgeBudgets(world: Surroundings, history: History, intervals: readonly Interval[]): void {
  const { sites, actuators } = world.plan.plant;
  const dayOf = daysFinder(sites[0]!.timeZone);
  for (const { id, envelope } of actuators) {
    const { maxStartsPerDay = Number.POSITIVE_INFINITY, maxRunMsPerDay = Number.POSITIVE_INFINITY } = envelope;
    const own = intervals.filter(({ actuatorId, isSure }) => actuatorId === id && isSure);
    const counted = own.filter(({ isOfLostDatabase }) => !isOfLostDatabase);
    const days = Map.groupBy(counted, ({ onMs }) => dayOf(Math.floor(world.clocks.trueMicros(onMs))).startMicros);
    if (days.size > 1) world.tally.add("actuator over midnight");
    for (const [startMicros, runs] of days) {
      const endMicros = dayOf(startMicros).endMicros;
      const endMs = (endMicros - world.clocks.trueMicros(0)) / 1000;
      const runMs = runs.reduce((sum, { onMs, offMs }) => sum + Math.min(offMs, endMs) - onMs, 0);
      const allowedMs = maxRunMsPerDay * (1 + DRIFT_PER_MILLE / 1000) + runs.length * TIMER_TOLERANCE_MS;
      if (runs.length > maxStartsPerDay) history.violation(13, `actuator ${id} started ${runs.length} times in a day`);
      if (runMs > allowedMs) history.violation(13, `actuator ${id} ran for ${runMs} ms in a day`);
    }
  }
}
