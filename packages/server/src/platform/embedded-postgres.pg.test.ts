import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { binariesInPlace, copiedBinaries } from "./embedded-postgres/binaries.ts";
import { openPlace } from "./embedded-postgres/place.ts";
import { PortTakenError, startPostmaster } from "./embedded-postgres/postmaster.ts";
import { findRunningPostgres } from "./embedded-postgres.ts";
import { connectClient } from "./postgres.ts";
import { kill, run, useTestHome } from "./testing/embedded-home.ts";

const isRoot = process.getuid?.() === 0;
const testHome = useTestHome();

test("initialises, runs with its promises on, stops cleanly, and finds its data again", async () => {
  const first = await testHome.start();
  const settings =
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'server_encoding', 'jit')";
  expect(
    (await run<{ setting: string }>(first.connectionString, `${settings} order by name`)).map(({ setting }) => setting),
  ).toEqual(["on", "off", "UTF8", "on"]);
  await run(first.connectionString, "create table pond as select 7 as depth");
  await first.stop();
  await expect(connectClient(first.connectionString, "test")).rejects.toMatchObject({ code: "database.unreachable" });
  expect(existsSync(path.join(first.dataDirectory, "postmaster.pid"))).toBe(false);
  const second = await testHome.start();
  expect(await run(second.connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
  expect(readFileSync(path.join(testHome.dataDirectory(), "../postgres.log"), "utf8")).not.toContain(
    "not properly shut down",
  );
});

test("only the password lets anyone in, and only the home tells it", async () => {
  const { connectionString } = await testHome.start();
  const wrong = new URL(connectionString);
  wrong.password = "guess";
  await expect(connectClient(wrong.href, "test")).rejects.toThrow("password authentication failed");
  expect(statSync(path.join(testHome.home, "postgres.json")).mode & 0o777).toBe(0o600);
  expect(statSync(testHome.dataDirectory()).mode & 0o777).toBe(0o700);
  const password = new URL(connectionString).password;
  const place = path.dirname(testHome.dataDirectory());
  const files = readdirSync(place).filter((name) => statSync(path.join(place, name)).isFile());
  expect(files.filter((name) => readFileSync(path.join(place, name), "utf8").includes(password))).toEqual([]);
});

test("data lie where the user who runs PostgreSQL can reach them, also for a home that only root may enter", async () => {
  mkdirSync(path.join(testHome.root, "locked"), { mode: 0o700 });
  testHome.home = path.join(testHome.root, "locked", "home");
  const postgres = await testHome.start();
  expect(await run(postgres.connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
  const owner = statSync(postgres.dataDirectory).uid;
  const inside = postgres.dataDirectory.startsWith(testHome.home);
  expect({ owner, inside }).toEqual(
    isRoot ? { owner: expect.toSatisfy((uid) => uid > 0), inside: false } : { owner: process.getuid?.(), inside: true },
  );
});

test("a stale pid file whose number belongs to another program now does not keep it from starting", async () => {
  await (await testHome.start()).stop();
  const { uid, gid } = statSync(testHome.dataDirectory());
  const stranger = spawn("sleep", ["600"], { uid, gid, cwd: "/" });
  testHome.adopt(stranger);
  const file = path.join(testHome.dataDirectory(), "postmaster.pid");
  writeFileSync(
    file,
    `${stranger.pid}\n${testHome.dataDirectory()}\n1700000000\n5432\n\n127.0.0.1\n  5432001         1\nready   \n`,
  );
  const postgres = await testHome.start();
  expect(await run(postgres.connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
});

describe("a home in use", () => {
  test("is refused with the process that has it, which is not disturbed", async () => {
    const { child, report } = await testHome.startInChild();
    await expect(testHome.start()).rejects.toMatchObject({
      kind: "conflict",
      code: "home.in_use",
      message: expect.stringContaining(`process ${child.pid} `),
      details: { pid: child.pid },
    });
    expect(await run(report.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("can be joined by whoever may read it, as long as it runs", async () => {
    expect(findRunningPostgres(testHome.home)).toBeUndefined();
    const postgres = await testHome.start();
    expect(findRunningPostgres(testHome.home)).toBe(postgres.connectionString);
    await postgres.stop();
    expect(findRunningPostgres(testHome.home)).toBeUndefined();
  });

  test("is free again when its process was killed", async () => {
    const { child } = await testHome.startInChild();
    await kill(child);
    await expect(testHome.start()).resolves.toBeDefined();
  });
});

describe("a home that was", () => {
  test("moved keeps its data", async () => {
    const before = await testHome.start();
    await run(before.connectionString, "create table pond as select 7 as depth");
    await before.stop();
    renameSync(testHome.home, `${testHome.home}-moved`);
    testHome.home = `${testHome.home}-moved`;
    expect(await run((await testHome.start()).connectionString, "select depth from pond")).toEqual([{ depth: 7 }]);
  });

  test("deleted begins anew under the same name", async () => {
    const before = await testHome.start();
    await run(before.connectionString, "create table pond as select 7 as depth");
    await before.stop();
    rmSync(testHome.home, { recursive: true });
    const notices: string[] = [];
    const { connectionString } = await testHome.start({ onNotice: (message) => notices.push(message) });
    // Only root's data lie outside the home and outlive it.
    expect(notices).toEqual(isRoot ? [expect.stringContaining(".left-")] : []);
    expect(await run(connectionString, "select to_regclass('pond') as pond")).toEqual([{ pond: null }]);
  });

  test("separated from its data says so instead of beginning anew", async () => {
    await (await testHome.start()).stop();
    const place = path.dirname(testHome.dataDirectory());
    renameSync(place, `${place}.elsewhere`);
    await expect(testHome.start()).rejects.toMatchObject({
      code: "postgres.data_missing",
      message: expect.stringContaining(place),
    });
    renameSync(`${place}.elsewhere`, place);
  });
});

test("a port that another program took meanwhile is told apart, so that the start goes on with the next", async () => {
  await (await testHome.start()).stop();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const place = openPlace(testHome.home, [testHome.sharedRoot]);
  const binaries = place.runAs ? copiedBinaries(place.directory) : binariesInPlace(place.directory);
  await expect(startPostmaster(place, binaries, port)).rejects.toBeInstanceOf(PortTakenError);
  place.release();
  server.close();
});

test("a disk without room is refused with the mend, and leaves the home free", async () => {
  await expect(testHome.start({ minFreeBytes: Number.MAX_SAFE_INTEGER })).rejects.toMatchObject({
    code: "postgres.disk_full",
    message: expect.stringContaining("SLUICE_HOME"),
  });
  await expect(testHome.start()).resolves.toBeDefined();
});

test("an error of PostgreSQL itself is shown with what it said", async () => {
  await expect(testHome.start({ settings: { shared_buffers: "plenty" } })).rejects.toMatchObject({
    code: "postgres.start_failed",
    message: expect.stringContaining('invalid value for parameter "shared_buffers"'),
  });
});

test("giving up is told when it cannot be started again", async () => {
  const { promise: lost, resolve: tell } = Promise.withResolvers<unknown>();
  const postgres = await testHome.start({ onLost: tell });
  const control = path.join(postgres.dataDirectory, "global", "pg_control");
  renameSync(control, `${control}.away`);
  process.kill(postgres.pid, "SIGKILL");
  expect(await lost).toMatchObject({ code: "postgres.start_failed" });
  renameSync(`${control}.away`, control);
});
