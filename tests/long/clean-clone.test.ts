import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeHome } from "../../packages/server/src/platform/testing/remove-home.ts";

/**
 * What a stranger does: clone, `npm start`, Ctrl-C, `npm start` again, `npm test`; with the system's Node and an empty npm cache.
 * As root also in a folder that only root may enter, and as an ordinary user.
 */
const root = path.resolve(import.meta.dirname, "../..");
const SECOND_START_MS = 5_000;
/** The account of most systems without any rights. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

interface Visitor {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Of the folder around the clone. */
  readonly mode: number;
}

const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const visitors: readonly Visitor[] = isRoot
  ? [
      { name: "root", ...self, mode: 0o755 },
      { name: "root in a folder that only root may enter", ...self, mode: 0o700 },
      { name: "an ordinary user", uid: NOBODY, gid: NOBODY, mode: 0o755 },
    ]
  : [{ name: "an ordinary user", ...self, mode: 0o755 }];

describe.each(visitors)("a clean clone of $name", ({ uid, gid, mode }) => {
  let folder: string;
  let clone: string;
  let environment: NodeJS.ProcessEnv;
  let firstPassword: string;
  const started: ChildProcess[] = [];

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "sluice-clone-"));
    clone = path.join(folder, "clone");
    chmodSync(folder, mode);
    for (const name of ["home", "clone"]) mkdirSync(path.join(folder, name));
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8" });
    for (const file of files.split("\0").filter((each) => each !== ""))
      cpSync(path.join(root, file), path.join(clone, file));
    giveTo(folder, uid, gid);
    environment = strangersEnvironment(path.join(folder, "home"));
  });

  afterAll(async () => {
    for (const child of started) signalGroup(child, "SIGKILL");
    await removeHome(path.join(clone, ".sluice"));
    rmSync(folder, { recursive: true, force: true });
  });

  /** A process group of its own, as a shell makes one. */
  function npm(...args: string[]): ChildProcess {
    const child = spawn("npm", args, {
      cwd: clone,
      env: environment,
      uid,
      gid,
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    started.push(child);
    return child;
  }

  /** Starts it, waits for its sign-in, and answers that with how long it took. */
  async function start(): Promise<{ child: ChildProcess; password: string; tookMs: number }> {
    const begun = performance.now();
    const child = npm("start");
    const lines = createInterface({ input: child.stdout! });
    for await (const line of lines) {
      const password = /^\s*Password\s+(\S+)/.exec(line)?.[1];
      if (password === undefined) continue;
      child.stdout!.resume();
      return { child, password, tookMs: performance.now() - begun };
    }
    throw new Error("npm start ended before it was ready");
  }

  test("starts with one command, and stops cleanly", async () => {
    const { child, password } = await start();
    firstPassword = password;
    expect(await stop(child, "ctrlC")).toBe(0);
  });

  test("starts a second time within five seconds and finds the first one's data", async () => {
    const { child, password, tookMs } = await start();
    expect(password).toBe(firstPassword);
    expect(tookMs).toBeLessThan(SECOND_START_MS);
    expect(await stop(child, "interrupt")).toBe(0);
  });

  test("stops cleanly for a supervisor too", async () => {
    const { child } = await start();
    await stop(child, "terminate");
    // Whatever is left of it would still hold the home.
    const { child: next, password } = await start();
    expect(password).toBe(firstPassword);
    await stop(next, "terminate");
  });

  test("runs tests that need a PostgreSQL, and ends with the plain line", async () => {
    const child = npm("test", "--", "--project", "pg", "packages/server/src/platform/migrator");
    let output = "";
    for await (const line of createInterface({ input: child.stdout! })) output += `${line}\n`;
    expect(output.trimEnd().split("\n").at(-1)).toMatch(/^[1-9]\d* passed, 0 failed$/);
  });
});

function strangersEnvironment(home: string): NodeJS.ProcessEnv {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((each) => !each.includes("node_modules"));
  const kept = Object.entries(process.env).filter(([name]) => /proxy|^LANG|CERT|^TERM$/i.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: folders.join(path.delimiter),
    HOME: home,
    npm_config_cache: path.join(home, "cache"),
  };
}

/** What Ctrl-C does, and what a supervisor does: the first tells everyone in the foreground at once, the second npm alone. */
const INTERRUPTIONS = {
  ctrlC: (child: ChildProcess) => signalGroup(child, "SIGINT"),
  interrupt: (child: ChildProcess) => child.kill("SIGINT"),
  terminate: (child: ChildProcess) => child.kill("SIGTERM"),
};

function stop(child: ChildProcess, how: keyof typeof INTERRUPTIONS): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  INTERRUPTIONS[how](child);
  return ended;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // All of it has ended.
  }
}

function giveTo(folder: string, uid: number, gid: number): void {
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) giveTo(file, uid, gid);
    else chownSync(file, uid, gid);
  }
}
