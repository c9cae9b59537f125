import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach } from "vitest";
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "../embedded-postgres.ts";
import { connectClient } from "../postgres.ts";

/** A home for one test at a time, with everything that ran over it stopped and removed afterwards. */
export interface TestHome {
  /** Where the next start looks; a test may change it. */
  home: string;
  /** The folder around it, which every user may enter. */
  readonly root: string;
  readonly sharedRoot: string;
  start(options?: Partial<EmbeddedPostgresOptions>): Promise<EmbeddedPostgres>;
  /** Runs an embedded PostgreSQL in a process of its own, one that can be killed. */
  startInChild(): Promise<{ child: ChildProcess; report: HostReport }>;
  /** Ends with the test. */
  adopt(child: ChildProcess): void;
  dataDirectory(): string;
}

/** What `host-embedded-postgres.ts` says of itself. */
export interface HostReport {
  readonly url: string;
  readonly pid: number;
}

export function useTestHome(): TestHome {
  const running: EmbeddedPostgres[] = [];
  const children: ChildProcess[] = [];
  let root = "";
  const testHome: TestHome = {
    home: "",
    get root() {
      return root;
    },
    get sharedRoot() {
      return path.join(root, "shared");
    },
    async start(options = {}) {
      const postgres = await startEmbeddedPostgres({
        home: testHome.home,
        sharedRoots: [testHome.sharedRoot],
        ...options,
      });
      running.push(postgres);
      return postgres;
    },
    async startInChild() {
      const child = hostInChild(testHome);
      children.push(child);
      for await (const line of createInterface({ input: child.stdout! })) return { child, report: JSON.parse(line) };
      throw new Error("the child said nothing");
    },
    adopt: (child) => children.push(child),
    dataDirectory() {
      const { directory } = JSON.parse(readFileSync(path.join(testHome.home, "postgres.json"), "utf8"));
      return path.join(path.resolve(testHome.home, directory), "data");
    },
  };
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "sluice-embedded-"));
    chmodSync(root, 0o755);
    testHome.home = path.join(root, "home");
  });
  afterEach(async () => {
    for (const postgres of running.splice(0)) await postgres.stop();
    for (const child of children.splice(0)) child.kill("SIGKILL");
    // Whatever a killed child left running over this home ends with the next start and stop.
    const wasUsed = existsSync(path.join(testHome.home, "postgres.json")) && existsSync(testHome.dataDirectory());
    if (wasUsed) await (await startEmbeddedPostgres({ home: testHome.home, minFreeBytes: 0 })).stop();
    rmSync(root, { recursive: true, force: true });
  });
  return testHome;
}

function hostInChild({ home, sharedRoot }: TestHome): ChildProcess {
  const script = path.join(import.meta.dirname, "host-embedded-postgres.ts");
  return spawn(process.execPath, [script, home, sharedRoot], { stdio: ["pipe", "pipe", "inherit"] });
}

export async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** One statement on a connection of its own; the server may be killed under it. */
export async function run<Row>(url: string, sql: string): Promise<Row[]> {
  const client = await connectClient(url, "test");
  client.on("error", () => {});
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end().catch(() => {});
  }
}
