// Checks the whole tree with TypeScript 7, and the pure packages once more without Node's types, so that impurity is a type error.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const compiler = path.join(path.dirname(require.resolve("typescript-7/package.json")), "bin", "tsc");
const projects = ["tsconfig.json", "packages/core/tsconfig.json", "packages/solutions/tsconfig.json"];

for (const project of projects) {
  const { status } = spawnSync(process.execPath, [compiler, "--project", project], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
