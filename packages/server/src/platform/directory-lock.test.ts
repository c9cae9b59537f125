import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isDirectoryLocked, lockDirectory, lockHolder } from "./directory-lock.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "sluice-lock-"));
});
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

const refusal = expect.objectContaining({ kind: "conflict", code: "home.in_use" });

/** Takes the lock in a process of its own, which forgets what it holds, collects its garbage and waits to be killed. */
async function lockInChild() {
  const module = path.join(import.meta.dirname, "directory-lock.ts");
  const script = `import { lockDirectory } from ${JSON.stringify(module)}; lockDirectory(${JSON.stringify(directory)}); gc(); console.log("locked"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--expose-gc", "--input-type=module-typescript", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

test("is exclusive in one process, tells its holder, and ends with its release", () => {
  const lock = lockDirectory(directory);
  expect(() => lockDirectory(directory)).toThrow(refusal);
  expect(isDirectoryLocked(directory)).toBe(true);
  expect(lockHolder(directory)).toMatchObject({ pid: process.pid });
  lock.release();
  lock.release();
  expect(isDirectoryLocked(directory)).toBe(false);
  lockDirectory(directory).release();
});

test("is exclusive between processes, and ends with its process however that dies", async () => {
  const child = await lockInChild();
  expect(() => lockDirectory(directory)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(`process ${child.pid} `) }),
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  // What the dead one wrote of itself is still there, and keeps nobody out.
  expect(lockHolder(directory)).toMatchObject({ pid: child.pid });
  lockDirectory(directory).release();
});

test("looking whether it is free does not take it", () => {
  expect(isDirectoryLocked(directory)).toBe(false);
  const lock = lockDirectory(directory);
  lock.release();
});
