import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "@sluice/core/errors.ts";
import type { Binaries } from "./binaries.ts";
import { PROGRAM_ENVIRONMENT, settingsFile } from "./cluster.ts";
import { startFailure } from "./failure.ts";
import { readPidFile } from "./orphans.ts";
import type { Place } from "./place.ts";

/** After a crash the log since the last checkpoint (at most 4 GB) is replayed before the first connection. */
const READY_LIMIT_MS = 300_000;
/** A fast shutdown writes a checkpoint; past this it is told to stop at once, and recovers at the next start. */
const STOP_LIMIT_MS = 60_000;
const POLL_MS = 10;
const LOG_LIMIT_BYTES = 5 * 1024 * 1024;

/** One running postmaster, a child of this process in a session of its own: Ctrl-C is ours to pass on, in order. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Thrown when another program has the port: the caller tries another. */
export class PortTakenError extends Error {}

/** Resolves when it takes connections. */
export async function startPostmaster(place: Place, binaries: Binaries, port: number): Promise<Postmaster> {
  const log = openLog(place);
  const child = spawn(
    path.join(binaries.directory, "bin", "postgres"),
    ["-D", place.dataDirectory, "-c", `config_file=${settingsFile(place)}`, "-h", "127.0.0.1", "-p", String(port)],
    {
      ...place.runAs,
      cwd: place.dataDirectory,
      env: PROGRAM_ENVIRONMENT,
      stdio: ["ignore", log.handle, log.handle],
      detached: true,
    },
  );
  closeSync(log.handle);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  await untilReady(child, place, log);
  child.unref();
  guard(child.pid!, place, ended);
  return { pid: child.pid!, port, ended, stop: () => stopPostmaster(child, ended) };
}

/**
 * Should we be killed, nobody would stop the postmaster until the next start, which may never come: a shell that waits for the
 * end of a pipe, which only our death closes, then does. In a session of its own, so that what kills us spares it.
 */
function guard(pid: number, place: Place, ended: Promise<void>): void {
  if (process.platform === "win32") return;
  const shell = spawn(
    "/bin/sh",
    ["-c", 'read -r _; kill -INT "$1" 2>/dev/null', "sluice-postgres-guard", String(pid)],
    {
      ...place.runAs,
      cwd: "/",
      env: PROGRAM_ENVIRONMENT,
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    },
  );
  // Without it everything works but this; the next start still finds the orphan.
  shell.on("error", () => {});
  shell.unref();
  const pipe = shell.stdin as Socket | null;
  pipe?.on("error", () => {});
  pipe?.unref();
  void ended.then(() => shell.kill("SIGKILL"));
}

interface Log {
  readonly file: string;
  readonly handle: number;
  /** Where this start begins in the file. */
  readonly from: number;
}

function openLog(place: Place): Log {
  const file = path.join(place.directory, "postgres.log");
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  const handle = openSync(file, "a", 0o600);
  return { file, handle, from: statSync(file).size };
}

async function untilReady(child: ChildProcess, place: Place, log: Log): Promise<void> {
  const deadline = performance.now() + READY_LIMIT_MS;
  let spawnError: Error | undefined;
  child.once("error", (error) => {
    spawnError = error;
  });
  for (;;) {
    const lines = readPidFile(place.dataDirectory);
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === "ready") return;
    if (spawnError !== undefined || child.exitCode !== null || child.signalCode !== null) break;
    if (performance.now() > deadline) {
      child.kill("SIGQUIT");
      break;
    }
    await sleep(POLL_MS);
  }
  const output = `${readFileSync(log.file).subarray(log.from).toString("utf8")}\n${spawnError?.message ?? ""}`;
  if (/Address already in use/.test(output)) throw new PortTakenError();
  throw startFailure("Starting the database", place.directory, output);
}

async function stopPostmaster(child: ChildProcess, ended: Promise<void>): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    if (!child.kill(signal)) break;
    if (await within(ended, STOP_LIMIT_MS)) return;
  }
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  if (!(await within(ended, STOP_LIMIT_MS))) {
    throw new SluiceError("internal", "postgres.stop_failed", `PostgreSQL (process ${child.pid}) does not end.`);
  }
}

async function within(event: Promise<void>, limitMs: number): Promise<boolean> {
  const giveUp = new AbortController();
  const late = sleep(limitMs, false, { signal: giveUp.signal }).catch(() => false);
  const inTime = await Promise.race([event.then(() => true), late]);
  giveUp.abort();
  return inTime;
}
