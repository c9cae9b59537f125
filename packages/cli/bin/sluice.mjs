#!/usr/bin/env node
// The sources are TypeScript as it is, which Node 24 runs. An older Node hands over to the pinned one.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./run-child.mjs";

const NEEDED_MAJOR = 24;
const PARENT_CHECK_MS = 500;
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

if (process.env.npm_command === "exec") endWithParent();

if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) {
  await import(new URL("../src/main.ts", import.meta.url).href);
} else {
  const node = pinnedNode();
  if (node === undefined) {
    console.error(
      `Sluice needs Node ${NEEDED_MAJOR}, this is ${process.version}, and the npm package "node" that brings it is not installed. Run npm ci.`,
    );
    process.exit(1);
  }
  process.exit(await runChild(node, [main, ...process.argv.slice(2)]));
}

/** npx that is told to end tells only the shell between it and us, and nobody would tell us. */
function endWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, PARENT_CHECK_MS);
  timer.unref();
}

function pinnedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node/package.json");
    const binary = path.join(path.dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}
