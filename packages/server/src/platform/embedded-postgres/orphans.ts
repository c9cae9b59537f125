import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "@sluice/core/errors.ts";

/** How long an orphan may take for its checkpoint before it is told to stop at once, and then killed. */
const FAST_SHUTDOWN_MS = 30_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;
const KILL_MS = 5_000;
const POLL_MS = 10;

/** By what the processes of one cluster are known. */
export interface ClusterIdentity {
  readonly dataDirectory: string;
  /** PostgreSQL's `cluster_name`, unique to this home: every child process carries it in its title. */
  readonly clusterName: string;
  /** Whose processes they are; undefined where the system has no user ids. */
  readonly uid: number | undefined;
}

/**
 * Stops whatever PostgreSQL still runs over this data directory after its parent died, and clears its stale pid file. The
 * caller holds the lock of the place, so nobody else started one in the meantime. Returns how many processes there were.
 *
 * They are known by their command lines (`-D <data directory>`, or the cluster's name): the number in `postmaster.pid` may
 * long belong to somebody else, and a root without CAP_SYS_PTRACE, as in a container, may not ask for working directories.
 */
export async function stopOrphans(cluster: ClusterIdentity): Promise<number> {
  const found = processesOf(cluster);
  for (const [signal, waitMs] of [
    ["SIGINT", FAST_SHUTDOWN_MS],
    ["SIGQUIT", IMMEDIATE_SHUTDOWN_MS],
    ["SIGKILL", KILL_MS],
  ] as const) {
    if (processesOf(cluster).length === 0) break;
    signalThem(cluster, signal);
    if (await haveGone(cluster, waitMs)) break;
  }
  const left = processesOf(cluster);
  if (left.length > 0) {
    throw new SluiceError(
      "unavailable",
      "postgres.orphan",
      `PostgreSQL of an earlier run still uses ${cluster.dataDirectory} and does not stop: end the processes ${left.join(", ")} by hand.`,
      { details: { pids: left } },
    );
  }
  removeStalePidFile(cluster.dataDirectory);
  return found.length;
}

/** The postmaster alone gets SIGINT (its children would take it for "cancel the query"); the rest follow it. */
function signalThem(cluster: ClusterIdentity, signal: NodeJS.Signals): void {
  const postmaster = postmasterPid(cluster.dataDirectory);
  const running = processesOf(cluster);
  for (const pid of signal === "SIGINT" ? running.filter((each) => each === postmaster) : running) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has gone since we looked.
    }
  }
}

async function haveGone(cluster: ClusterIdentity, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (processesOf(cluster).length > 0) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function processesOf(cluster: ClusterIdentity): number[] {
  if (process.platform !== "linux") return livePidOfFile(cluster.dataDirectory);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => belongsTo(cluster, pid))
    .map(Number);
}

function belongsTo(cluster: ClusterIdentity, pid: string): boolean {
  try {
    if (cluster.uid !== undefined && statSync(`/proc/${pid}`).uid !== cluster.uid) return false;
  } catch {
    return false;
  }
  const words = commandLineOf(pid);
  if (words[0]?.startsWith(`postgres: ${cluster.clusterName}:`)) return true;
  return isPostgres(words) && words[words.indexOf("-D") + 1] === cluster.dataDirectory;
}

/** Empty for a process that has ended and that nobody has buried yet, as happens in containers without an init. */
function commandLineOf(pid: number | string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function isPostgres(words: readonly string[]): boolean {
  const [program = ""] = words;
  return path.basename(program) === "postgres" || program.startsWith("postgres: ");
}

/** Without /proc the pid file is what we have; PostgreSQL itself then refuses to start over a live one. */
function livePidOfFile(dataDirectory: string): number[] {
  const pid = postmasterPid(dataDirectory);
  return pid !== undefined && isAlive(pid) ? [pid] : [];
}

/** A recycled process id would make PostgreSQL believe for ever that its predecessor lives. */
function removeStalePidFile(dataDirectory: string): void {
  const pid = postmasterPid(dataDirectory);
  const mayBePostgres =
    pid !== undefined && (process.platform === "linux" ? isPostgres(commandLineOf(pid)) : isAlive(pid));
  if (!mayBePostgres) rmSync(path.join(dataDirectory, "postmaster.pid"), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export function postmasterPid(dataDirectory: string): number | undefined {
  const pid = Number(readPidFile(dataDirectory)[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** Lines of `postmaster.pid`: 1 pid, 2 data directory, 3 start, 4 port, 5 socket, 6 address, 7 shared memory, 8 status. */
export function readPidFile(dataDirectory: string): string[] {
  try {
    return readFileSync(path.join(dataDirectory, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return [];
  }
}
