import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "@sluice/simulator/clock.ts";
import { deviceLogPath } from "@sluice/simulator/irrigation/simulated-device.ts";
import { readDeviceLog } from "@sluice/simulator/read-device-log.ts";
import type { Pool } from "pg";
import { eventually } from "../eventually.ts";
import { judgePumpLog } from "./judge-pump-log.ts";
import { READINGS_PATH, sendLowReadings } from "./low-readings.ts";
import { type NaiveBroker, startNaiveBroker } from "./naive-broker.ts";
import type { NaiveController, NaivePlant } from "./naive-controllers.ts";
import { insertPump } from "./naive-store.ts";
import { PlainPump } from "./plain-pump.ts";
import { openPumpLink } from "./pump-link.ts";
import { PUMP_LIMITS, type SideReport, type Trial } from "./side.ts";

/** Below this the handlers act; the rule of the irrigation solution says the same. */
const THRESHOLD_PERCENT = 10;
/** An answer takes milliseconds; this is generous, and longer than the run. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * An ordinary program under the same readings: an HTTP server whose handlers share a pool of connections, a broker, and a pump
 * that obeys. `uid` names its pump.
 */
export async function runNaiveSide(
  trial: Trial,
  pool: Pool,
  uid: string,
  create: (plant: NaivePlant) => NaiveController,
): Promise<SideReport> {
  await insertPump(pool, uid);
  const broker = await startNaiveBroker();
  const link = await openPumpLink(broker.port);
  const { clock, stateDirectory, readings } = trial;
  const pump = new PlainPump({ identity: { url: link.url, uid, token: "none" }, stateDirectory, clock });
  const controller = create(await plantOf(broker, pool, uid, clock));
  const server = await serveReadings(controller);
  try {
    await pump.start();
    await sendLowReadings({ httpUrl: urlOf(server), token: "none", uid }, readings);
    await controller.settled();
    await eventually(async () => link.startsSent === pump.startsObeyed && !pump.isOn, trial.interruption);
  } finally {
    server.close();
    await pump.stop();
    await link.stop();
    await broker.stop();
  }
  const verdict = judgePumpLog(readDeviceLog(deviceLogPath(stateDirectory, uid)), PUMP_LIMITS);
  const { startsSent, answersLost } = link;
  return { name: controller.name, readingsSent: readings, startsSent, answersLost, ...verdict };
}

async function plantOf(broker: NaiveBroker, pool: Pool, pump: string, clock: Clock): Promise<NaivePlant> {
  const waiting = new Map<string, () => void>();
  await broker.onMessage("evidence", (payload) => waiting.get((JSON.parse(payload) as { id: string }).id)?.());
  return {
    pool,
    pump,
    busyMs: PUMP_LIMITS.maxRunMs + PUMP_LIMITS.cooldownMs,
    start: (id) =>
      broker.publish(pump, "command", JSON.stringify({ id, kind: "RUN", durationMs: PUMP_LIMITS.maxRunMs })),
    answered: (id) =>
      new Promise((resolve) => {
        const cancel = clock.after(ANSWER_WITHIN_MS, () => resolve(false));
        waiting.set(id, () => {
          cancel();
          resolve(true);
        });
      }),
  };
}

async function serveReadings(controller: NaiveController): Promise<Server> {
  const server = createServer((request, response) => {
    takeReading(request, controller).then(
      () => response.end("{}"),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function takeReading(request: IncomingMessage, controller: NaiveController): Promise<void> {
  if (request.url !== READINGS_PATH) throw new Error(`there is nothing at ${request.url}`);
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { moisture } = JSON.parse(Buffer.concat(chunks).toString()) as { moisture: number };
  if (moisture < THRESHOLD_PERCENT) await controller.onLowReading();
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
