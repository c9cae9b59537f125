// The sender of readings beside `bench actuate`, in a process of its own: making and sending them takes a core.
import { type HttpLoad, sendBodies } from "./http-load.ts";
import type { PressureOrder, PressureResult } from "./ingest-pressure.ts";
import { lineProtocolBody, type Workload } from "./workload.ts";

const START_BEFORE_SECONDS = 24 * 3600;

let isStopped = false;

async function press(order: PressureOrder): Promise<void> {
  const bodies = makeBodies(order);
  const load: HttpLoad = { ...order, contentType: "text/plain" };
  // The first second of all devices registers them.
  await sendBodies({ ...load, connections: 1 }, bodies.slice(0, Math.ceil(order.devices / order.messagesPerRequest)));
  process.send!("pressing");
  const begin = performance.now();
  let requests = 0;
  while (!isStopped) requests += (await sendBodies(load, bodies)).acknowledged.filter(Boolean).length;
  const seconds = (performance.now() - begin) / 1000;
  const result: PressureResult = { messagesPerSecond: (requests * order.messagesPerRequest) / seconds };
  process.send!(result);
}

function makeBodies({ devices, messages, messagesPerRequest }: PressureOrder): Buffer[] {
  const startMicros = (Math.floor(Date.now() / 1000) - START_BEFORE_SECONDS) * 1_000_000;
  const workload: Workload = { devices, messages, startMicros };
  const bodies: Buffer[] = [];
  for (let from = 0; from < messages; from += messagesPerRequest) {
    bodies.push(lineProtocolBody(workload, from, Math.min(from + messagesPerRequest, messages)));
  }
  return bodies;
}

process.on("message", (message: PressureOrder | "stop") => {
  if (message === "stop") isStopped = true;
  else void press(message);
});
process.on("disconnect", () => process.exit());
// A terminal's Ctrl-C comes here as well; who started this process ends it.
process.on("SIGINT", () => {});
