import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openPlace } from "./embedded-postgres/place.ts";
import { type EmbeddedPostgres, findRunningPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { connectClient } from "./postgres.ts";

const isRoot = process.getuid?.() === 0;
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];
let root: string;
let home: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "sluice-embedded-"));
  chmodSync(root, 0o755);
  home = path.join(root, "home");
});

afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  // Whatever a killed child left running over this home ends with the next start and stop.
  if (existsSync(path.join(home, "postgres.json")) && existsSync(dataDirectory())) await (await start()).stop();
  rmSync(root, { recursive: true, force: true });
});

async function start(options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ home, sharedRoots: [path.join(root, "shared")], ...options });
  running.push(postgres);
  return postgres;
}

interface HostReport {
  readonly url: string;
  readonly pid: number;
  readonly message?: string;
  readonly code?: string;
}

/** Runs an embedded PostgreSQL in a process of its own, one that can be killed. */
async function startInChild(): Promise<{ child: ChildProcess; report: HostReport }> {
  const script = path.join(import.meta.dirname, "testing", "host-embedded-postgres.ts");
  const child = spawn(process.execPath, [script, home, path.join(root, "shared")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout! })) return { child, report: JSON.parse(line) };
  throw new Error("the child said nothing");
}

/** The process that stops this postmaster when its parent dies. */
function guardsOf(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  const line = new RegExp(`^\\s*(\\d+) .*sluice-postgres-guard ${pid}$`);
  const pids = stdout.split("\n").flatMap((each) => line.exec(each)?.[1] ?? []);
  expect(pids).toHaveLength(1);
  return pids.map(Number);
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

async function run<Row>(url: string, sql: string): Promise<Row[]> {
  const client = await connectClient(url, "test");
  // A test may kill the server under the connection.
  client.on("error", () => {});
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end().catch(() => {});
  }
}

function dataDirectory(): string {
  const { directory } = JSON.parse(readFileSync(path.join(home, "postgres.json"), "utf8"));
  return path.join(path.resolve(home, directory), "data");
}

test("initialises, runs with its promises on, stops cleanly, and finds its data again", async () => {
  const first = await start();
  const settings =
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'server_encoding', 'jit')";
  expect(
    (await run<{ setting: string }>(first.connectionString, `${settings} order by name`)).map(({ setting }) => setting),
  ).toEqual(["on", "off", "UTF8", "on"]);
  await run(first.connectionString, "create table pond as select 7 as depth");
  await first.stop();
  await expect(connectClient(first.connectionString, "test")).rejects.toMatchObject({ code: "database.unreachable" });
  expect(existsSync(path.join(first.dataDirectory, "postmaster.pid"))).toBe(false);
  const second = await start();
  expect(await run(second.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
  expect(readFileSync(path.join(dataDirectory(), "../postgres.log"), "utf8")).not.toContain("not properly shut down");
});

test("only the password lets anyone in, and only the home tells it", async () => {
  const { connectionString } = await start();
  const wrong = new URL(connectionString);
  wrong.password = "guess";
  await expect(connectClient(wrong.href, "test")).rejects.toThrow("password authentication failed");
  expect(statSync(path.join(home, "postgres.json")).mode & 0o777).toBe(0o600);
  expect(statSync(dataDirectory()).mode & 0o777).toBe(0o700);
  const password = new URL(connectionString).password;
  const place = path.dirname(dataDirectory());
  const files = readdirSync(place).filter((name) => statSync(path.join(place, name)).isFile());
  expect(files.filter((name) => readFileSync(path.join(place, name), "utf8").includes(password))).toEqual([]);
});

test("data lie where the user who runs PostgreSQL can reach them, also for a home that only root may enter", async () => {
  mkdirSync(path.join(root, "locked"), { mode: 0o700 });
  home = path.join(root, "locked", "home");
  const postgres = await start();
  expect(await run(postgres.connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
  const owner = statSync(postgres.dataDirectory).uid;
  const inside = postgres.dataDirectory.startsWith(home);
  expect({ owner, inside }).toEqual(
    isRoot ? { owner: expect.toSatisfy((uid) => uid > 0), inside: false } : { owner: process.getuid?.(), inside: true },
  );
});

describe("recovers from kill -9", () => {
  test("of the postmaster: it starts again under the same address, with what was committed", async () => {
    const { promise: restarted, resolve: tell } = Promise.withResolvers<void>();
    const postgres = await start({ onRestart: tell });
    await run(postgres.connectionString, "create table pond as select 7 as depth");
    const before = postgres.pid;
    process.kill(before, "SIGKILL");
    await restarted;
    await untilItAnswers(postgres.connectionString);
    expect(await run(postgres.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
    expect(postgres.pid).not.toBe(before);
  });

  test("of a backend: PostgreSQL mends itself and its postmaster stays", async () => {
    const postgres = await start();
    await run(postgres.connectionString, "create table pond as select 7 as depth");
    const client = await connectClient(postgres.connectionString, "victim");
    const broken = new Promise((resolve) => client.once("error", resolve));
    const { rows } = await client.query("select pg_backend_pid() as pid");
    const before = postgres.pid;
    process.kill(rows[0].pid, "SIGKILL");
    await broken;
    await untilItAnswers(postgres.connectionString);
    expect(await run(postgres.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
    expect(postgres.pid).toBe(before);
  });

  test("of its parent: PostgreSQL stops by itself, though it is busy, and the next start goes on with its data", async () => {
    const { child, report } = await startInChild();
    await run(report.url, "create table pond as select 7 as depth");
    const busy = run(report.url, "select pg_sleep(600)").catch((error: Error) => error.message);
    await kill(child);
    expect(await busy).toMatch(/terminat/i);
    const postgres = await start();
    expect(await run(postgres.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
  });

  test("of its parent and of what would have stopped it: the next start stops the orphan", async () => {
    const { child, report } = await startInChild();
    await run(report.url, "create table pond as select 7 as depth");
    for (const pid of guardsOf(report.pid)) process.kill(pid, "SIGKILL");
    await kill(child);
    expect(await run(report.url, "select depth from pond")).toEqual([{ depth: 7 }]);
    const postgres = await start();
    await expect(connectClient(report.url, "test")).rejects.toMatchObject({ code: "database.unreachable" });
    expect(await run(postgres.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
  });

  test("of both at once", async () => {
    const { child, report } = await startInChild();
    await run(report.url, "create table pond as select 7 as depth");
    process.kill(report.pid, "SIGKILL");
    await kill(child);
    const postgres = await start();
    expect(await run(postgres.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
  });

  test("in the middle of initialising", async () => {
    const place = openPlace(home, [path.join(root, "shared")]);
    mkdirSync(path.join(place.directory, "data.unfinished"));
    writeFileSync(path.join(place.directory, "data.unfinished", "half"), "");
    writeFileSync(path.join(place.directory, "password.unfinished"), "x", { mode: 0o600 });
    place.release();
    const postgres = await start();
    expect(await run(postgres.connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(readdirSync(place.directory).filter((name) => name.includes("unfinished"))).toEqual([]);
  });
});

test("a stale pid file whose number belongs to another program now does not keep it from starting", async () => {
  await (await start()).stop();
  const { uid, gid } = statSync(dataDirectory());
  const stranger = spawn("sleep", ["600"], { uid, gid, cwd: "/" });
  children.push(stranger);
  const file = path.join(dataDirectory(), "postmaster.pid");
  writeFileSync(
    file,
    `${stranger.pid}\n${dataDirectory()}\n1700000000\n5432\n\n127.0.0.1\n  5432001         1\nready   \n`,
  );
  const postgres = await start();
  expect(await run(postgres.connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
});

describe("a home in use", () => {
  test("is refused with the process that has it, which is not disturbed", async () => {
    const { child, report } = await startInChild();
    await expect(start()).rejects.toMatchObject({
      kind: "conflict",
      code: "home.in_use",
      message: expect.stringContaining(`process ${child.pid} `),
      details: { pid: child.pid },
    });
    expect(await run(report.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("can be joined by whoever may read it, as long as it runs", async () => {
    expect(findRunningPostgres(home)).toBeUndefined();
    const postgres = await start();
    expect(findRunningPostgres(home)).toBe(postgres.connectionString);
    await postgres.stop();
    expect(findRunningPostgres(home)).toBeUndefined();
  });

  test("is free again when its process was killed", async () => {
    const { child } = await startInChild();
    await kill(child);
    await expect(start()).resolves.toBeDefined();
  });
});

describe("a home that was", () => {
  test("moved keeps its data", async () => {
    await run((await start()).connectionString, "create table pond as select 7 as depth");
    await running.pop()!.stop();
    renameSync(home, `${home}-moved`);
    home = `${home}-moved`;
    expect(await run((await start()).connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
  });

  test("deleted begins anew under the same name", async () => {
    await run((await start()).connectionString, "create table pond as select 7 as depth");
    await running.pop()!.stop();
    rmSync(home, { recursive: true });
    const notices: string[] = [];
    const { connectionString } = await start({ onNotice: (message) => notices.push(message) });
    // Only root's data lie outside the home and outlive it.
    expect(notices).toEqual(isRoot ? [expect.stringContaining(".left-")] : []);
    expect(await run(connectionString, "select to_regclass('pond') as pond")).toEqual([{ pond: null }]);
  });

  test("separated from its data says so instead of beginning anew", async () => {
    await (await start()).stop();
    running.pop();
    const place = path.dirname(dataDirectory());
    renameSync(place, `${place}.elsewhere`);
    await expect(start()).rejects.toMatchObject({
      code: "postgres.data_missing",
      message: expect.stringContaining(place),
    });
    renameSync(`${place}.elsewhere`, place);
  });
});

test("a disk without room is refused with the mend, and leaves the home free", async () => {
  await expect(start({ minFreeBytes: Number.MAX_SAFE_INTEGER })).rejects.toMatchObject({
    code: "postgres.disk_full",
    message: expect.stringContaining("SLUICE_HOME"),
  });
  await expect(start()).resolves.toBeDefined();
});

test("an error of PostgreSQL itself is shown with what it said", async () => {
  await expect(start({ settings: { shared_buffers: "plenty" } })).rejects.toMatchObject({
    code: "postgres.start_failed",
    message: expect.stringContaining('invalid value for parameter "shared_buffers"'),
  });
});

test("giving up is told when it cannot be started again", async () => {
  const { promise: lost, resolve: tell } = Promise.withResolvers<unknown>();
  const postgres = await start({ onLost: tell });
  const control = path.join(postgres.dataDirectory, "global", "pg_control");
  renameSync(control, `${control}.away`);
  process.kill(postgres.pid, "SIGKILL");
  expect(await lost).toMatchObject({ code: "postgres.start_failed" });
  renameSync(`${control}.away`, control);
});

async function untilItAnswers(url: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query("select pg_sleep(0.01)");
      return await client.end();
    } catch {
      await client.end().catch(() => {});
    }
  }
  throw new Error("the database does not answer");
}
