// From a fresh clone to a running Sluice: `npm start`, `npm run herd`, `npm test` and `npm run test:long`. Plain JavaScript without
// imports from node_modules, because it runs on the system's Node (≥ 20.19) before anything is installed.
import path from "node:path";
import { runChild } from "../packages/cli/bin/run-child.mjs";
import { prepare } from "./bootstrap/install.mjs";
import { runTests } from "./bootstrap/test.mjs";

const OLDEST = [20, 19];
const root = path.resolve(import.meta.dirname, "..");
const [mode, ...args] = process.argv.slice(2);

const modes = {
  start: (node) => runSluice(node, "demo"),
  test: (node) => runTests(root, node, args),
  "test-long": (node) => runTests(root, node, ["--project", "long", ...args]),
  herd: (node) => runSluice(node, "herd"),
};

function runSluice(node, command) {
  return runChild(node, [path.join(root, "packages/cli/src/main.ts"), command, ...args], { cwd: root });
}

/** To stderr: stdout belongs to the program that is started. */
function say(message) {
  console.error(message);
}

function assertOldEnough() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new Error(`Sluice needs Node ${OLDEST.join(".")} or newer to install itself; this is ${process.version}.`);
}

try {
  const run = modes[mode];
  if (run === undefined) throw new Error(`usage: node scripts/bootstrap.mjs ${Object.keys(modes).join("|")}`);
  assertOldEnough();
  process.exitCode = await run(prepare(root, say));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
