import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { startEmbeddedPostgres } from "@sluice/server/platform/embedded-postgres.ts";

const MAIN = path.join(import.meta.dirname, "..", "main.ts");
const CLOCK_TICKS_PER_SECOND = 100;

export interface ServerProcess {
  readonly pid: number;
  readonly home: string;
  readonly httpUrl: string;
  readonly mqttPort: number;
  /** An administrator's access token. */
  readonly accessToken: string;
  /** CPU seconds used so far by Sluice, and by its PostgreSQL. */
  cpuSeconds(): { sluice: number; postgres: number };
  /** Resident memory of Sluice in bytes, without PostgreSQL. */
  residentBytes(): number;
  /** Ends it as an operator does, with SIGTERM; the home stays. */
  stop(): Promise<void>;
  /** SIGKILL to the whole process group, PostgreSQL included. */
  kill(): Promise<void>;
  /** Stops it and removes its home. */
  remove(): Promise<void>;
}

export interface ServerProcessOptions {
  /** A home that is there already; a fresh one under the system's temporary folder when absent. */
  readonly home?: string;
  /** Further variables; they win over what is set here. */
  readonly env?: Readonly<Record<string, string>>;
}

const ADMINISTRATOR = { email: "admin@example.com", password: "correct horse battery staple" };

/** Starts `sluice serve` in a process group of its own, on a home of its own, as a user would. */
export async function startServerProcess(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const home = options.home ?? mkdtempSync(path.join(tmpdir(), "sluice-run-"));
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    SLUICE_HOME: home,
    SLUICE_HOST: "127.0.0.1",
    SLUICE_HTTP_PORT: "0",
    SLUICE_MQTT_PORT: "0",
    SLUICE_ADMIN_EMAIL: ADMINISTRATOR.email,
    SLUICE_ADMIN_PASSWORD: ADMINISTRATOR.password,
    SLUICE_LOG_LEVEL: "warn",
    // What asks here is a program that signs in as a person.
    SLUICE_RATE_LIMIT_USER: "none",
    SLUICE_RATE_LIMIT_ADDRESS: "none",
    ...options.env,
  };
  const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
  const child = spawn(process.execPath, [MAIN, "serve"], { env, stdio, detached: true, cwd: tmpdir() });
  const ended = once(child, "exit");
  const pid = child.pid!;
  const signal = async (send: () => void) => {
    if (child.exitCode === null && child.signalCode === null) send();
    await ended;
  };
  const stop = () => signal(() => child.kill("SIGTERM"));
  const ready = await readyLine(child);
  const httpUrl = ready.http.replace(/\/$/, "");
  return {
    pid,
    home,
    httpUrl,
    mqttPort: Number(new URL(ready.mqtt).port),
    accessToken: await signIn(httpUrl),
    cpuSeconds: () => cpuSeconds(pid),
    residentBytes: () => residentBytes(pid),
    stop,
    kill: () => signal(() => process.kill(-pid, "SIGKILL")),
    remove: async () => {
      await stop();
      await removeHome(home);
    },
  };
}

/** Removes a home whose server has stopped, with its database, which for root lies outside it. */
async function removeHome(home: string): Promise<void> {
  const postgres = await startEmbeddedPostgres({ home });
  await postgres.stop();
  rmSync(path.dirname(postgres.dataDirectory), { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}

/** Calls the server as the administrator, or as whoever `token` names. */
export async function callApi<Answer = Record<string, unknown>>(
  server: Pick<ServerProcess, "httpUrl" | "accessToken">,
  method: string,
  route: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(`${server.httpUrl}${route}`, {
    method,
    headers: { authorization: `Bearer ${server.accessToken}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function readyLine(child: ChildProcess): Promise<{ http: string; mqtt: string }> {
  for await (const line of createInterface({ input: child.stdout! })) {
    if (!line.startsWith("{")) continue;
    const message = JSON.parse(line);
    if (message.event === "ready") {
      child.stdout!.resume();
      return message;
    }
  }
  throw new Error("the server ended before it was ready");
}

async function signIn(httpUrl: string): Promise<string> {
  const { email: username, password } = ADMINISTRATOR;
  const answer = await callApi({ httpUrl, accessToken: "" }, "POST", "/api/auth/login", { username, password });
  return answer.access_token as string;
}

/** Own and ended children's time of a process and of its descendants, from /proc; zero where there is none. */
function cpuSeconds(root: number): { sluice: number; postgres: number } {
  let sluice = 0;
  let postgres = 0;
  for (const { pid, name, ticks } of processTree(root)) {
    if (pid === root || name === "node") sluice += ticks;
    else postgres += ticks;
  }
  return { sluice: sluice / CLOCK_TICKS_PER_SECOND, postgres: postgres / CLOCK_TICKS_PER_SECOND };
}

/** CPU seconds that one process has used, from /proc; zero where there is none. */
export function ownCpuSeconds(pid: number): number {
  return readProcess(pid).reduce((sum, { ticks }) => sum + ticks, 0) / CLOCK_TICKS_PER_SECOND;
}

/** The process id of the PostgreSQL that a server runs. */
export function postmasterOf(serverPid: number): number {
  const tree = processTree(serverPid);
  const names = new Map(tree.map(({ pid, name }) => [pid, name]));
  const found = tree.find(({ name, parent }) => name === "postgres" && names.get(parent) !== "postgres");
  if (found === undefined) throw new Error(`no PostgreSQL runs below process ${serverPid}`);
  return found.pid;
}

interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly ticks: number;
}

function processTree(root: number): ProcessTime[] {
  const all = processes();
  const tree = new Set([root]);
  for (let grown = true; grown; ) {
    const before = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
    grown = tree.size > before;
  }
  return all.filter(({ pid }) => tree.has(pid));
}

function processes(): ProcessTime[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readProcess(Number(name)));
  } catch {
    return [];
  }
}

function readProcess(pid: number): ProcessTime[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // Fields 14 to 17 of proc(5): user and system time, own and of children that have ended.
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    return [{ pid, parent: Number(fields[1]), name, ticks }];
  } catch {
    return [];
  }
}

function residentBytes(pid: number): number {
  try {
    const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(match?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
