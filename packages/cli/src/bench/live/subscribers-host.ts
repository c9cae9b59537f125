// The subscribers of `bench live`, in a process of their own.
import { setTimeout as pause } from "node:timers/promises";
import { Latencies } from "../latencies.ts";
import { machineMs } from "../one-clock.ts";
import { uidOf } from "../workload.ts";
import { StalledSubscriber } from "./stalled-subscriber.ts";
import { devicesOf, type FromSubscribers, type ToSubscribers, type WatchOrder } from "./watch-order.ts";

/** Connections that are opened at once. */
const OPENING = 50;
/** When nothing has come for so long, nothing more will. */
const SILENCE_MS = 3_000;
const LOOK_MS = 50;

interface Message {
  readonly type: string;
  readonly items?: readonly {
    readonly device: string;
    readonly values: { readonly n?: number; readonly at?: number };
  }[];
}

let latencies = new Latencies();
let changes = 0;
let frames = 0;
let wrong = 0;
let dropped = 0;
let isFinished = false;
let lastChangeMs = 0;
/** One a subscriber: uid → number of its last reading. */
const seen: Map<string, number>[] = [];
const sockets: WebSocket[] = [];
let stalled: StalledSubscriber | undefined;

function tell(message: FromSubscribers): void {
  process.send!(message);
}

async function watch(order: WatchOrder): Promise<void> {
  let next = 0;
  const openSome = async () => {
    for (let subscriber = next++; subscriber < order.subscribers; subscriber = next++) {
      await open(order, devicesOf(subscriber, order));
    }
  };
  await Promise.all(Array.from({ length: OPENING }, openSome));
  const all = Array.from({ length: order.stalledDevices }, (_, device) => uidOf(device));
  stalled = new StalledSubscriber(order.httpUrl, order.token, all);
  await stalled.start();
  tell({ kind: "watching" });
}

/** Resolves past the first snapshot. */
function open({ httpUrl, token }: WatchOrder, devices: readonly string[]): Promise<void> {
  const last = new Map<string, number>(devices.map((uid) => [uid, -1]));
  seen.push(last);
  const socket = new WebSocket(`${httpUrl.replace("http", "ws")}/api/v1/stream`);
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", () => socket.send(JSON.stringify({ token, subscribe: { readings: { devices } } })));
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as Message;
      if (message.type !== "readings") return;
      take(message, last);
      resolve();
    });
    socket.addEventListener("close", ({ code, reason }) => {
      reject(new Error(`a live stream closed with ${code} ${reason}`));
      if (!isFinished) dropped++;
    });
  });
}

function take({ items = [] }: Message, last: Map<string, number>): void {
  const nowMs = machineMs();
  frames++;
  for (const { device, values } of items) {
    const { n, at } = values;
    if (n === undefined || at === undefined) continue;
    if (n < last.get(device)!) wrong++;
    else if (n > last.get(device)!) latencies.add(nowMs - at);
    last.set(device, n);
    changes++;
    lastChangeMs = nowMs;
  }
}

function measure(): void {
  latencies = new Latencies();
  changes = 0;
  frames = 0;
}

async function finish(last: number): Promise<void> {
  const missing = () => seen.reduce((sum, one) => sum + [...one.values()].filter((n) => n !== last).length, 0);
  lastChangeMs = machineMs();
  while (missing() > 0 && machineMs() - lastChangeMs < SILENCE_MS) await pause(LOOK_MS);
  isFinished = true;
  tell({
    kind: "result",
    p50: latencies.percentile(50),
    p99: latencies.percentile(99),
    longest: latencies.percentile(100),
    changes,
    frames,
    lost: missing(),
    wrong,
    dropped,
    stalled: stalled!.connections,
  });
  stalled!.stop();
  for (const socket of sockets) socket.close();
}

process.on("message", (message: ToSubscribers) => {
  if (message.kind === "watch") void watch(message);
  else if (message.kind === "measure") measure();
  else void finish(message.last);
});
process.on("disconnect", () => process.exit());
// A terminal's Ctrl-C comes here as well; who started this process ends it.
process.on("SIGINT", () => {});
