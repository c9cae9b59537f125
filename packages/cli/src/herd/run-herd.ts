import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findRunningPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import { systemClock } from "@sluice/simulator/clock.ts";
import { type ServerProcess, startServerProcess } from "../bench/server-process.ts";
import { checkInTransaction, checkThenAct, lockAndQueue } from "./naive-controllers.ts";
import { runNaiveSide } from "./naive-side.ts";
import { createNaiveTables } from "./naive-store.ts";
import { PUMP_LIMITS, type SideReport, type Trial } from "./side.ts";
import { runSluiceSide } from "./sluice-side.ts";

export interface HerdOptions {
  readonly readings: number;
  readonly say: (text: string) => void;
  /** Ends it early; then nothing is reported, and nothing left behind. */
  readonly interruption: AbortSignal;
}

export interface HerdReport {
  readonly runMs: number;
  readonly cooldownMs: number;
  /** The ordinary ones, and Sluice last. */
  readonly sides: readonly SideReport[];
}

/** Sluice has promised one start, within the limits. */
export function isPromiseKept({ sides }: HerdReport): boolean {
  const { onEdges, violations } = sides.at(-1)!;
  return onEdges === 1 && violations.length === 0;
}

const NAIVE_CONTROLLERS = [checkThenAct, checkInTransaction, lockAndQueue];
/** As `pg` and most frameworks have it. */
const NAIVE_CONNECTIONS = 10;
const STATEMENT_TIMEOUT_MS = 15_000;

/**
 * The same herd of low readings for three ordinary controllers and for Sluice, one after the other, on one PostgreSQL, with
 * pumps of the same kind whose first answer is lost on the way.
 */
export async function runHerd(options: HerdOptions): Promise<HerdReport> {
  options.say("starting a database and a server …");
  const stateDirectory = mkdtempSync(path.join(tmpdir(), "sluice-herd-"));
  let server: ServerProcess | undefined;
  try {
    server = await startServerProcess();
    const { readings, interruption } = options;
    const trial = { readings, clock: systemClock, stateDirectory, interruption };
    const { maxRunMs: runMs, cooldownMs } = PUMP_LIMITS;
    return { runMs, cooldownMs, sides: await runSides(options, trial, server) };
  } finally {
    await server?.remove();
    rmSync(stateDirectory, { recursive: true, force: true });
  }
}

async function runSides({ say }: HerdOptions, trial: Trial, server: ServerProcess): Promise<SideReport[]> {
  const sides = await runNaiveSides(say, trial, server);
  trial.interruption.throwIfAborted();
  say("Sluice: it asks again after 10 s for the answer that was lost …");
  return [...sides, await runSluiceSide(trial, server)];
}

async function runNaiveSides(say: (text: string) => void, trial: Trial, server: ServerProcess): Promise<SideReport[]> {
  const pool = createPool({
    connectionString: findRunningPostgres(server.home)!,
    name: "herd",
    max: NAIVE_CONNECTIONS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  try {
    await createNaiveTables(pool);
    // Connections that are open already, as in a program that has been running: opening them would only lengthen the race.
    await Promise.all(Array.from({ length: NAIVE_CONNECTIONS }, () => pool.query("select pg_sleep(0.1)")));
    const sides: SideReport[] = [];
    for (const [index, create] of NAIVE_CONTROLLERS.entries()) {
      trial.interruption.throwIfAborted();
      say(`ordinary controller ${index + 1} of ${NAIVE_CONTROLLERS.length} …`);
      sides.push(await runNaiveSide(trial, pool, `zone-${index + 1}`, create));
    }
    return sides;
  } finally {
    await pool.end();
  }
}
