import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { isSatisfied } from "../../scripts/bootstrap/install.mjs";
import { count } from "../../scripts/bootstrap/test.mjs";

const root = path.resolve(import.meta.dirname, "../..");

describe("what is installed", () => {
  const wanted = {
    packages: {
      "": { version: "0.1.0" },
      "packages/core": { version: "0.1.0" },
      "node_modules/@sluice/core": { link: true },
      "node_modules/pg": { version: "8.1.0" },
      "packages/cli/node_modules/ms": { version: "2.0.0" },
      "node_modules/for-another-platform": { version: "1.0.0", optional: true },
    },
  };
  const { "node_modules/for-another-platform": _, ...installed } = wanted.packages;

  test("is enough without packages for other platforms", () => {
    expect(isSatisfied(wanted, { packages: installed })).toBe(true);
  });

  test.each([
    ["another version", { ...installed, "node_modules/pg": { version: "8.0.0" } }],
    ["another version below a workspace", { ...installed, "packages/cli/node_modules/ms": { version: "1.0.0" } }],
    [
      "an optional package of another version",
      { ...installed, "node_modules/for-another-platform": { version: "0.9.0" } },
    ],
    ["nothing", {}],
  ])("is not enough with %s", (_, packages) => {
    expect(isSatisfied(wanted, { packages })).toBe(false);
  });
});

describe("the closing line", () => {
  const file = { status: "passed", assertionResults: [{ status: "passed" }] };

  test.each([
    [
      "passed tests",
      { numPassedTests: 7, numFailedTests: 0, testResults: [file] },
      0,
      { passed: 7, failed: 0, skipped: 0 },
    ],
    [
      "failed tests",
      { numPassedTests: 7, numFailedTests: 2, testResults: [file] },
      1,
      { passed: 7, failed: 2, skipped: 0 },
    ],
    [
      "a file that could not be loaded",
      { numPassedTests: 7, numFailedTests: 0, testResults: [file, { status: "failed", assertionResults: [] }] },
      1,
      { passed: 7, failed: 1, skipped: 0 },
    ],
    [
      "skipped tests apart",
      { numPassedTests: 7, numFailedTests: 0, numPendingTests: 2, testResults: [] },
      0,
      { passed: 7, failed: 0, skipped: 2 },
    ],
    [
      "a run that ended badly for a reason of its own",
      { numPassedTests: 7, numFailedTests: 0, testResults: [] },
      1,
      { passed: 7, failed: 1, skipped: 0 },
    ],
    [
      "a run without tests as failed",
      { numPassedTests: 0, numFailedTests: 0, testResults: [] },
      0,
      { passed: 0, failed: 1, skipped: 0 },
    ],
    ["a run without a report as failed", undefined, 1, { passed: 0, failed: 1, skipped: 0 }],
  ])("counts %s", (_, report, code, expected) => {
    expect(count(report, code)).toEqual(expected);
  });
});

describe("a program that runs in our place", () => {
  /** Runs `script` as a child of a process that does nothing but `runChild`. */
  function wrap(script: string): { wrapper: ChildProcess; said: AsyncIterator<string>; code: Promise<number | null> } {
    const module = path.join(root, "packages/cli/bin/run-child.mjs");
    const program = `import { runChild } from ${JSON.stringify(module)}; process.exit(await runChild(process.execPath, ["-e", ${JSON.stringify(script)}]));`;
    const wrapper = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const code = new Promise<number | null>((resolve) => wrapper.once("exit", resolve));
    return { wrapper, said: createInterface({ input: wrapper.stdout! })[Symbol.asyncIterator](), code };
  }

  test("gives its exit code", async () => {
    expect(await wrap("process.exit(7)").code).toBe(7);
  });

  test("gives 128 + n when signal n ended it", async () => {
    expect(await wrap("process.kill(process.pid, 'SIGKILL')").code).toBe(128 + 9);
  });

  test("gets each signal once, though it comes twice, and may take its time to stop", async () => {
    const { wrapper, said, code } = wrap(`
      let interruptions = 0;
      process.on("SIGINT", () => { interruptions += 1; console.log("interrupted"); });
      process.on("SIGTERM", () => setImmediate(() => process.exit(10 + interruptions)));
      setInterval(() => {}, 1000);
      console.log("ready");
    `);
    expect(await said.next()).toMatchObject({ value: "ready" });
    wrapper.kill("SIGINT");
    expect(await said.next()).toMatchObject({ value: "interrupted" });
    wrapper.kill("SIGINT");
    wrapper.kill("SIGTERM");
    expect(await code).toBe(11);
  });
});

test("an unknown mode says which there are", () => {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "scripts/bootstrap.mjs"), "stat"], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain("start|test|test-long");
});
