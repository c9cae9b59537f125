import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeHome } from "../../packages/server/src/platform/testing/remove-home.ts";
import { eventually } from "../support/eventually.ts";

const root = path.resolve(import.meta.dirname, "../..");
let home: string;
let npx: ChildProcess | undefined;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "sluice-npx-"));
});

afterEach(async () => {
  // The group of npx: whatever a failed test left running.
  if (npx?.pid !== undefined) endGroup(npx.pid);
  await removeHome(home);
});

test("npx sluice serve says when it is ready, and what it started ends when npx is told to", async () => {
  const environment = {
    ...process.env,
    SLUICE_HOME: home,
    SLUICE_HTTP_PORT: "0",
    SLUICE_MQTT_PORT: "0",
    SLUICE_LOG_LEVEL: "warn",
  };
  npx = spawn("npx", ["--no-install", "sluice", "serve"], {
    cwd: root,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const ready = await firstLine(npx);
  const { hostname, port } = new URL(ready.http);
  expect(ready).toMatchObject({
    event: "ready",
    http: expect.stringMatching(/^http:/),
    mqtt: expect.stringMatching(/^mqtt:/),
  });
  expect(await answers(hostname, Number(port))).toBe(true);
  npx.kill("SIGTERM");
  await eventually(async () => ((await answers(hostname, Number(port))) ? undefined : "gone"));
});

async function firstLine(child: ChildProcess): Promise<{ event: string; http: string; mqtt: string }> {
  for await (const line of createInterface({ input: child.stdout! })) return JSON.parse(line);
  throw new Error("npx ended before the server was ready");
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once("connect", () => socket.end(() => resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}
