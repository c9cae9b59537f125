/**
 * `npm run safety:simulate -- [--worlds N] [--seed N] [--trace]` lives worlds and says which of them break the contract;
 * `npm run safety:controls` takes the guards out of our own source, one after the other, and says which check notices.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { simulate } from "@sluice/server/actuation/testing/simulation/simulate.ts";
import { runWorld } from "@sluice/server/actuation/testing/simulation/world.ts";
import { runControls } from "./run-controls.ts";

const THREADS = Math.max(1, availableParallelism());
const DEFAULT_WORLDS = 10_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    worlds: { type: "string", default: String(DEFAULT_WORLDS) },
    seed: { type: "string", default: "1" },
    trace: { type: "boolean", default: false },
  },
});

async function liveWorlds(): Promise<boolean> {
  const seed = Number(values.seed);
  if (values.trace) {
    const { trace, found, hash } = await runWorld({ seed, isTraced: true });
    console.log([...trace, ...found.map((one) => JSON.stringify(one)), hash].join("\n"));
    return found.length === 0;
  }
  const worlds = Number(values.worlds);
  const { broken, worlds: lived, counts } = await simulate({ seed, worlds, threads: THREADS });
  for (const [what, count] of Object.entries(counts).sort(([a], [b]) => a.localeCompare(b))) {
    console.log(`${String(count).padStart(10)}  ${what}`);
  }
  for (const world of broken) console.log(`seed ${world.seed}: ${JSON.stringify(world.found)}`);
  console.log(`${lived} worlds from seed ${seed} on, ${broken.length} broken`);
  return broken.length === 0;
}

async function tryControls(): Promise<boolean> {
  let uncaught = 0;
  await runControls(THREADS, ({ control, caught, worlds }) => {
    if (caught === undefined) uncaught += 1;
    const seen = caught === undefined ? "NOT CAUGHT" : `caught by clause ${caught.clause}, seed ${caught.seed}`;
    console.log(`clause ${String(control.clause).padStart(2)}  ${control.guard.padEnd(90)} ${seen} (${worlds} worlds)`);
  });
  return uncaught === 0;
}

const isRight = positionals[0] === "controls" ? await tryControls() : await liveWorlds();
process.exitCode = isRight ? 0 : 1;
