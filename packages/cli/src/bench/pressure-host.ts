// The sender of readings beside `bench actuate`, in a process of its own: making and sending them takes a core.
import { type HttpLoad, sendBodies } from "./http-load.ts";
import type { PressureOrder, PressureResult } from "./ingest-pressure.ts";
import { lineProtocolBody, type Workload } from "./workload.ts";

/** Requests between two looks at whether it shall stop. */
const ROUND = 100;
const START_BEFORE_SECONDS = 24 * 3600;

let isStopped = false;

async function press(order: PressureOrder): Promise<void> {
  const bodies = makeBodies(order);
  const { messagesPerSecond, messagesPerRequest } = order;
  const everyMs = messagesPerSecond === undefined ? undefined : (messagesPerRequest * 1000) / messagesPerSecond;
  const load: HttpLoad = { ...order, contentType: "text/plain", everyMs };
  // The first second of all devices registers them.
  await sendBodies(
    { ...load, connections: 1, everyMs: undefined },
    bodies.slice(0, Math.ceil(order.devices / order.messagesPerRequest)),
  );
  process.send!("pressing");
  const begin = performance.now();
  let requests = 0;
  let sent = 0;
  for (let from = 0; !isStopped; from = (from + ROUND) % bodies.length) {
    const round = bodies.slice(from, from + ROUND);
    // A round waits for its last answer: measured from there, each would be a little slower than it was told to be.
    const dueMs = everyMs === undefined ? undefined : begin + sent * everyMs;
    requests += (await sendBodies({ ...load, dueMs }, round)).acknowledged.filter(Boolean).length;
    sent += round.length;
  }
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
