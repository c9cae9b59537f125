import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface PortHolder {
  readonly pid: number;
  /** The command line, shortened; only for people to recognise it by. */
  readonly command: string;
}

const MAX_COMMAND_CHARACTERS = 80;
const LSOF_LIMIT_MS = 2_000;
/** TCP_LISTEN in Linux's include/net/tcp_states.h, as /proc/net/tcp writes it. */
const LISTENING = "0A";

/** The process that listens on a TCP port, as far as this user may see it. */
export function findPortHolder(port: number): PortHolder | undefined {
  return process.platform === "linux" ? findInProc(port) : findByLsof(port);
}

function findInProc(port: number): PortHolder | undefined {
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  const pid = attempt(() => readdirSync("/proc"), [])
    .filter((name) => /^\d+$/.test(name))
    .find((name) => holdsSocket(name, inodes));
  return pid === undefined ? undefined : { pid: Number(pid), command: commandOf(pid) };
}

/** Columns of proc(5): number, local address, remote address, state, …, the tenth is the socket's inode. */
function listeningInodes(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  return attempt(() => readFileSync(table, "utf8"), "")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === LISTENING && columns[1]?.endsWith(`:${hexPort}`))
    .map((columns) => columns[9]!);
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  return attempt(() => readdirSync(`/proc/${pid}/fd`), []).some((descriptor) => {
    const target = attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`), "");
    return inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "");
  });
}

function commandOf(pid: string): string {
  const words = attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "")
    .replaceAll("\0", " ")
    .trim();
  return shorten(words || attempt(() => readFileSync(`/proc/${pid}/comm`, "utf8"), "?").trim());
}

function findByLsof(port: number): PortHolder | undefined {
  const text = attempt(
    () =>
      execFileSync("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], {
        encoding: "utf8",
        timeout: LSOF_LIMIT_MS,
        stdio: ["ignore", "pipe", "ignore"],
      }),
    "",
  );
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), command: shorten(/^c(.+)$/m.exec(text)?.[1] ?? "?") };
}

function shorten(command: string): string {
  return command.length <= MAX_COMMAND_CHARACTERS ? command : `${command.slice(0, MAX_COMMAND_CHARACTERS)}…`;
}

/** Processes come and go while they are looked at, and some may not be looked at. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
