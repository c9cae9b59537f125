import { Worker } from "node:worker_threads";
import type { Edit } from "./edit-source.ts";
import type { Found } from "./history.ts";

/** Worlds that differ in their seed alone: from `seed` on, as many as are asked for. */
export interface Simulation {
  readonly seed: number;
  readonly worlds: number;
  /** Threads; a world runs in one. */
  readonly threads: number;
  /** Changes to our own source, under which worlds are expected to break. */
  readonly edits?: readonly Edit[] | undefined;
  /** The first world that breaks one of these clauses ends it. */
  readonly stopsAt?: readonly number[] | undefined;
  readonly onProgress?: ((worldsDone: number) => void) | undefined;
}

export interface Simulated {
  readonly worlds: number;
  readonly broken: readonly BrokenWorld[];
  /** How often everything happened, in all worlds together. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface BrokenWorld {
  readonly seed: number;
  readonly found: readonly Found[];
}

/** What a thread is to do, and what it answers, again and again. */
export interface Share {
  readonly seed: number;
  readonly worlds: number;
  readonly edits: readonly Edit[];
  readonly stopsAt: readonly number[];
}

/** Worlds that a thread takes at a time: few enough that the slowest share ends soon after the others. */
const SHARE = 100;
/** A broken world has told what there is to tell. */
const MAX_BROKEN = 50;

/** Lives worlds in threads; the same seeds show the same, however many threads there are. */
export async function simulate(simulation: Simulation): Promise<Simulated> {
  const { seed, worlds, threads, edits = [], stopsAt = [], onProgress } = simulation;
  const total = { worlds: 0, broken: [] as BrokenWorld[], counts: {} as Record<string, number> };
  let next = seed;
  const isOver = (): boolean =>
    next >= seed + worlds || total.broken.length >= MAX_BROKEN || total.broken.some((world) => breaks(world, stopsAt));
  const share = (): Share | undefined => {
    if (isOver()) return undefined;
    const taken = { seed: next, worlds: Math.min(SHARE, seed + worlds - next), edits, stopsAt };
    next += taken.worlds;
    return taken;
  };
  const take = (done: Simulated): void => {
    total.worlds += done.worlds;
    total.broken.push(...done.broken);
    for (const [what, count] of Object.entries(done.counts)) total.counts[what] = (total.counts[what] ?? 0) + count;
    onProgress?.(total.worlds);
  };
  await Promise.all(Array.from({ length: threads }, () => work(share, take)));
  return { ...total, broken: total.broken.sort((a, b) => a.seed - b.seed) };
}

export function breaks({ found }: BrokenWorld, clauses: readonly number[]): boolean {
  return found.some(({ clause }) => clauses.includes(clause));
}

/** One thread, until nothing is left to do. */
function work(share: () => Share | undefined, take: (done: Simulated) => void): Promise<void> {
  const first = share();
  if (first === undefined) return Promise.resolve();
  const thread = new Worker(new URL("./simulate-thread.ts", import.meta.url), {
    workerData: first.edits,
    execArgv: [],
  });
  return new Promise<void>((resolve, reject) => {
    thread.on("error", reject);
    thread.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`a thread of the simulation ended with ${code}`)),
    );
    thread.on("message", (done: Simulated) => {
      take(done);
      thread.postMessage(share() ?? null);
    });
    thread.postMessage(first);
  });
}
