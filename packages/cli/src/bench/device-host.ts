// The devices of `bench actuate`, in a process of their own: their logs are synced to disk while others wait for the clock.
import { randomUUID } from "node:crypto";
import { systemClock } from "@sluice/simulator/clock.ts";
import { IrrigationModel } from "@sluice/simulator/irrigation/irrigation-model.ts";
import { SimulatedDevice } from "@sluice/simulator/irrigation/simulated-device.ts";
import { DEVICE_LIMITS, type DevicesToHost, type FromHost, type ToHost } from "./device-fleet.ts";
import { machineMs } from "./one-clock.ts";

const devices = new Map<string, SimulatedDevice>();
/** Zones whose pump has not started since their reading was sent. */
const sentAtMs = new Map<string, number>();

function tell(message: FromHost): void {
  process.send!(message);
}

async function start({ mqttUrl, stateDirectory, identities, moisturePercent }: DevicesToHost): Promise<void> {
  for (const { uid, token } of identities) {
    const device = new SimulatedDevice({
      identity: { url: mqttUrl, uid, token },
      stateDirectory,
      model: new IrrigationModel(systemClock, { seed: 1, speedFactor: 1, zone: { startPercent: moisturePercent } }),
      clock: systemClock,
      bootId: randomUUID(),
      limits: DEVICE_LIMITS,
      onCommand: ({ kind, id }) => {
        if (kind === "STOP") tell({ kind: "stop-arrived", id, atMs: machineMs() });
      },
      onEdge: ({ edge }) => {
        if (edge === "ON") noteStart(uid);
      },
    });
    devices.set(uid, device);
    await device.start();
  }
  tell({ kind: "started" });
}

function noteStart(uid: string): void {
  const atMs = sentAtMs.get(uid);
  sentAtMs.delete(uid);
  if (atMs !== undefined) tell({ kind: "pump-started", uid, afterMs: machineMs() - atMs });
}

async function report(uid: string): Promise<void> {
  sentAtMs.set(uid, machineMs());
  await devices.get(uid)!.report(systemClock.nowMicros());
}

process.on("message", (message: ToHost) => {
  if (message.kind === "start") void start(message);
  else void report(message.uid);
});
process.on("disconnect", async () => {
  await Promise.all([...devices.values()].map((device) => device.stop()));
  process.exit();
});
// A terminal's Ctrl-C comes here as well; who started this process ends it.
process.on("SIGINT", () => {});
