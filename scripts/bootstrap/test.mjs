// Checks and tests, summed up in one plain line.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runChild } from "../../packages/cli/bin/run-child.mjs";

const PROJECTS = ["pure", "pg", "scenario", "real"];

const CHECKS = [
  ["types", ["scripts/typecheck.mjs"]],
  ["format and lint", ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."]],
  ["walls", ["scripts/check-walls.mjs"]],
];

/** Everything, or with `--project` in `args` only those tests, without the checks. Returns the exit code. */
export async function runTests(root, node, args) {
  const isPart = args.some((arg) => arg.startsWith("--project"));
  const total = { passed: 0, failed: 0 };
  for (const [name, command] of isPart ? [] : CHECKS) {
    console.log(`\n— ${name}`);
    const code = await runChild(node, command, { cwd: root });
    total[code === 0 ? "passed" : "failed"] += 1;
  }
  const tests = await runVitest(
    root,
    node,
    isPart ? args : [...PROJECTS.flatMap((name) => ["--project", name]), ...args],
  );
  if (tests.skipped > 0) console.log(`\n${tests.skipped} skipped: what they need is not there (see above)`);
  console.log(`\n${total.passed + tests.passed} passed, ${total.failed + tests.failed} failed`);
  return total.failed + tests.failed === 0 ? 0 : 1;
}

async function runVitest(root, node, args) {
  const folder = mkdtempSync(path.join(tmpdir(), "sluice-report-"));
  const report = path.join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const code = await runChild(node, ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...args], { cwd: root });
    return count(readReport(report), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * A file that could not be loaded has no tests and still failed; so has a run that ended badly without naming a test, and one
 * that found no tests at all.
 */
export function count(report, code) {
  const passed = report?.numPassedTests ?? 0;
  const files = report?.testResults ?? [];
  const isBroken = ({ status, assertionResults }) =>
    status === "failed" && !assertionResults.some((each) => each.status === "failed");
  const failed = (report?.numFailedTests ?? 0) + files.filter(isBroken).length;
  const endedBadly = code !== 0 || passed + failed === 0;
  return { passed, failed: failed === 0 && endedBadly ? 1 : failed, skipped: report?.numPendingTests ?? 0 };
}
