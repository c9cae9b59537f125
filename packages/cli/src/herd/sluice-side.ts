import { randomUUID } from "node:crypto";
import { IrrigationModel } from "@sluice/simulator/irrigation/irrigation-model.ts";
import { deviceLogPath, SimulatedDevice } from "@sluice/simulator/irrigation/simulated-device.ts";
import { readDeviceLog } from "@sluice/simulator/read-device-log.ts";
import { callApi, type ServerProcess } from "../bench/server-process.ts";
import { eventually } from "../eventually.ts";
import { judgePumpLog } from "./judge-pump-log.ts";
import { sendLowReadings } from "./low-readings.ts";
import { openPumpLink, type PumpLink } from "./pump-link.ts";
import { PUMP_LIMITS, type SideReport, type Trial } from "./side.ts";

const UID = "zone-sluice";

/** Sluice as it is shipped under the same readings: a zone with the default rule, and the simulated controller with its gate. */
export async function runSluiceSide(trial: Trial, server: ServerProcess): Promise<SideReport> {
  const { readings, stateDirectory } = trial;
  const zone = { uid: UID, profile: "irrigation-zone" };
  const { token } = await callApi<{ token: string }>(server, "POST", "/api/v1/devices", zone);
  const link = await openPumpLink(server.mqttPort);
  const device = zoneDevice(trial, link, token);
  try {
    await device.start();
    await sendLowReadings({ httpUrl: server.httpUrl, token, uid: UID }, readings);
    // The run's end has come back, over a wire that lost the first answers to it.
    await eventually(async () => (await statusOf(server)) === "COOLDOWN", trial.interruption);
  } finally {
    await device.stop();
    await link.stop();
  }
  const verdict = judgePumpLog(readDeviceLog(deviceLogPath(stateDirectory, UID)), PUMP_LIMITS);
  const { startsSent, answersLost } = link;
  return { name: "Sluice", readingsSent: readings, startsSent, answersLost, ...verdict };
}

/** The device's own maximum is what shortens the run of 30 s to one that is over while one watches. */
function zoneDevice({ clock, stateDirectory }: Trial, link: PumpLink, token: string): SimulatedDevice {
  return new SimulatedDevice({
    identity: { url: link.url, uid: UID, token },
    stateDirectory,
    model: new IrrigationModel(clock, { seed: 1, speedFactor: 1 }),
    clock,
    bootId: randomUUID(),
    limits: PUMP_LIMITS,
  });
}

async function statusOf(server: ServerProcess): Promise<string | undefined> {
  const route = `/api/v1/devices/${UID}/actuators`;
  const [pump] = await callApi<{ status: string }[]>(server, "GET", route);
  return pump?.status;
}
