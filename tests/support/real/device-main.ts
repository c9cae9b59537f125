/**
 * A simulated device in a process of its own. What it is comes as JSON in its first argument; what happens to it comes line by
 * line on its standard input, and it ends with that.
 */
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { type Clock, systemClock } from "@sluice/simulator/clock.ts";
import { IrrigationModel } from "@sluice/simulator/irrigation/irrigation-model.ts";
import { SimulatedDevice } from "@sluice/simulator/irrigation/simulated-device.ts";
import type { DeviceControl, DeviceDescription } from "./device-process.ts";
import { lateTimersPath, watchingLateness } from "./late-timers.ts";

const { identity, stateDirectory, limits, bootId = randomUUID() } = JSON.parse(process.argv[2]!) as DeviceDescription;
let wallClockOffsetMs = 0;

const startedMs = systemClock.monotonicMs();
/** Its wall clock may be wrong; its monotonic clock is not. */
const ownClock: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() - startedMs,
  nowMicros: () => systemClock.nowMicros() + wallClockOffsetMs * 1000,
};
const clock = watchingLateness(ownClock, lateTimersPath(stateDirectory, identity.uid), bootId);

const device = new SimulatedDevice({
  identity,
  stateDirectory,
  limits,
  clock,
  observerMicros: systemClock.nowMicros,
  model: new IrrigationModel(clock, { seed: 1, speedFactor: 1 }),
  bootId,
  onFault: (where, error) => console.error(`${identity.uid}: ${where}:`, error),
});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const control = JSON.parse(line) as DeviceControl;
    wallClockOffsetMs = control.wallClockOffsetMs;
    process.stdout.write("stepped\n");
  })
  .on("close", () => process.exit());
await device.start();
process.stdout.write("connected\n");
