import { randomUUID } from "node:crypto";
import os from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../../platform/clock.ts";
import { openObjectStore } from "../../platform/object-store/open-object-store.ts";
import type { SettleThreadData } from "./settle-worker.ts";
import { runSettlingRound } from "./settling-round.ts";

/** The thread of one round: settling sorts and compresses, which must not hold up whoever takes readings in. */
const { connectionString, objectStore, sweepsOrphans, deletes, skips } = workerData as SettleThreadData;

// Of a thread alone on Linux; elsewhere it would slow the whole server down.
if (process.platform === "linux") os.setPriority(0, os.constants.priority.PRIORITY_BELOW_NORMAL);

let isStopping = false;
parentPort!.once("message", () => {
  isStopping = true;
});

const report = await runSettlingRound({
  connectionString,
  store: await openObjectStore(objectStore, systemClock),
  clock: systemClock,
  newUuid: randomUUID,
  sweepsOrphans,
  deletes,
  skips,
  isStopping: () => isStopping,
});
parentPort!.postMessage(report);
parentPort!.close();
