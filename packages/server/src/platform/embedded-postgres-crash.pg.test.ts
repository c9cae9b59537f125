import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { openPlace } from "./embedded-postgres/place.ts";
import { connectClient } from "./postgres.ts";
import { kill, run, useTestHome } from "./testing/embedded-home.ts";

const testHome = useTestHome();

describe("recovers from kill -9", () => {
  test("of the postmaster: it starts again under the same address, with what was committed", async () => {
    const { promise: restarted, resolve: tell } = Promise.withResolvers<void>();
    const postgres = await testHome.start({ onRestart: tell });
    await run(postgres.connectionString, "create table pond as select 7 as depth");
    const before = postgres.pid;
    process.kill(before, "SIGKILL");
    await restarted;
    await untilItAnswers(postgres.connectionString);
    expect(await run(postgres.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
    expect(postgres.pid).not.toBe(before);
  });

  test("of a backend: PostgreSQL mends itself and its postmaster stays", async () => {
    const postgres = await testHome.start();
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
    const { child, report } = await testHome.startInChild();
    await run(report.url, "create table pond as select 7 as depth");
    const client = await connectClient(report.url, "busy");
    const ended = new Promise((resolve) => client.once("error", resolve));
    client.query("select pg_sleep(600)").catch(() => {});
    await kill(child);
    await ended;
    const postgres = await testHome.start();
    expect(await run(postgres.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
  });

  test("of its parent and of what would have stopped it: the next start stops the orphan", async () => {
    const { child, report } = await testHome.startInChild();
    await run(report.url, "create table pond as select 7 as depth");
    for (const pid of guardsOf(report.pid)) process.kill(pid, "SIGKILL");
    await kill(child);
    expect(await run(report.url, "select depth from pond")).toEqual([{ depth: 7 }]);
    const postgres = await testHome.start();
    await expect(connectClient(report.url, "test")).rejects.toMatchObject({ code: "database.unreachable" });
    expect(await run(postgres.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
  });

  test("of both at once", async () => {
    const { child, report } = await testHome.startInChild();
    await run(report.url, "create table pond as select 7 as depth");
    process.kill(report.pid, "SIGKILL");
    await kill(child);
    const postgres = await testHome.start();
    expect(await run(postgres.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
  });

  test("in the middle of initialising", async () => {
    const place = openPlace(testHome.home, [testHome.sharedRoot]);
    mkdirSync(path.join(place.directory, "data.unfinished"));
    writeFileSync(path.join(place.directory, "data.unfinished", "half"), "");
    writeFileSync(path.join(place.directory, "password.unfinished"), "x", { mode: 0o600 });
    place.release();
    const postgres = await testHome.start();
    expect(await run(postgres.connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(readdirSync(place.directory).filter((name) => name.includes("unfinished"))).toEqual([]);
  });
});

/** The process that stops this postmaster when its parent dies. */
function guardsOf(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  const line = new RegExp(`^\\s*(\\d+) .*sluice-postgres-guard ${pid}$`);
  const pids = stdout.split("\n").flatMap((each) => line.exec(each)?.[1] ?? []);
  expect(pids).toHaveLength(1);
  return pids.map(Number);
}

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
