import { parentPort, workerData } from "node:worker_threads";
import { type Edit, editSource } from "./edit-source.ts";
import { type BrokenWorld, breaks, type Share, type Simulated } from "./simulate.ts";

/** A thread of `simulate`: it lives its share of worlds, answers, and is given the next. */
const assertEdited = editSource(workerData as readonly Edit[]);
const { runWorld } = await import("./world.ts");
assertEdited();

parentPort!.on("message", async (share: Share | null) => {
  if (share === null) parentPort!.close();
  else parentPort!.postMessage(await live(share));
});

async function live({ seed: first, worlds, stopsAt }: Share): Promise<Simulated> {
  const broken: BrokenWorld[] = [];
  const counts: Record<string, number> = {};
  let lived = 0;
  while (lived < worlds && !broken.some((world) => breaks(world, stopsAt))) {
    const { seed, found, counts: own } = await runWorld({ seed: first + lived++ });
    if (found.length > 0) broken.push({ seed, found });
    for (const [what, count] of Object.entries(own)) counts[what] = (counts[what] ?? 0) + count;
  }
  return { worlds: lived, broken, counts };
}
