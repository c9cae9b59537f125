import type { DeviceNode } from "./device-node.ts";
import type { CommandHistory, History } from "./history.ts";
import type { Surroundings } from "./surroundings.ts";

/** One time that an output was on by a command, in true time. */
export interface Interval {
  readonly deviceId: number;
  readonly actuatorId: number;
  readonly commandId: string;
  readonly fence: number;
  readonly onMs: number;
  readonly offMs: number;
  /** Undefined: no database ever knew of it. */
  readonly command: CommandHistory | undefined;
  /** False when a clock stepped on which its start or its reservation rests: then only the device's own limits hold. */
  readonly isSure: boolean;
  /** Its database was lost while it could be on, or before: the next one may not know of it. */
  readonly isOfLostDatabase: boolean;
}

type Open = { readonly commandId: string; readonly fence: number; readonly onMs: number };

export function intervalsOf(world: Surroundings, node: DeviceNode, history: History): Interval[] {
  const { device, id: deviceId } = node;
  const actuatorIds = new Map(
    world.plan.plant.actuators.filter((one) => one.deviceId === deviceId).map(({ key, id }) => [key, id]),
  );
  const intervals: Interval[] = [];
  const open = new Map<string, Open>();
  let bootedAtMs = 0;
  const close = (key: string, offMs: number): void => {
    const run = open.get(key);
    open.delete(key);
    const actuatorId = actuatorIds.get(key)!;
    if (run !== undefined)
      intervals.push({ deviceId, actuatorId, ...run, offMs, ...judgedBy(world, node, history, run) });
  };
  for (const event of device.log) {
    if (event.event === "boot") {
      // The power went some time before, and nobody saw when: an OFF at the last entry is the least that is sure.
      for (const key of [...open.keys()]) close(key, open.get(key)!.onMs);
      bootedAtMs = event.atMs;
      continue;
    }
    const atMs = node.trueMsOf(bootedAtMs + event.monoMs);
    if (event.event === "on") {
      close(event.actuator, atMs);
      open.set(event.actuator, { commandId: event.commandId, fence: event.fence, onMs: atMs });
    } else if (event.event === "off" || event.event === "safe") close(event.actuator, atMs);
  }
  for (const key of [...open.keys()]) close(key, world.time.nowMs);
  return intervals;
}

function judgedBy(
  world: Surroundings,
  { plan }: DeviceNode,
  history: History,
  { commandId, onMs }: Open,
): Pick<Interval, "command" | "isSure" | "isOfLostDatabase"> {
  const command = history.commands.get(commandId);
  const decidedAtMs = command?.committedAtMs ?? onMs;
  const hasStepped = world.clocks.databaseSteps.length > 0;
  const restsOnWallClock = plan.isBootless && world.plan.faults.everyMs["device clock step"] > 0;
  const isOfLostDatabase = history.lostAtMs.some((lostMs) => lostMs >= decidedAtMs);
  return { command, isSure: !hasStepped && !restsOnWallClock, isOfLostDatabase };
}
