import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const server = "packages/server/src";

/** Forbidden arrows, one a rule at least: rule → file to plant → what it says. */
const PLANTED: readonly (readonly [rule: string, file: string, content: string])[] = [
  ["no-unresolved", "packages/core/src/planted-lost.ts", 'import "./nowhere.ts";'],
  [
    "no-test-code-in-the-product",
    `${server}/devices/planted-test-code.ts`,
    'import "../platform/testing/test-database.ts";',
  ],
  ["no-test-code-in-the-product", `${server}/devices/planted-vitest.ts`, 'import "vitest";'],
  ["package-core", "packages/core/src/planted-protocol.ts", 'import "@sluice/protocol/planted-target.ts";'],
  ["package-protocol", "packages/protocol/src/planted-server.ts", 'import "@sluice/server/config.ts";'],
  [
    "package-solutions",
    "packages/solutions/src/irrigation/planted-simulator.ts",
    'import "@sluice/simulator/planted-target.ts";',
  ],
  ["package-server", `${server}/devices/planted-simulator.ts`, 'import "@sluice/simulator/planted-target.ts";'],
  [
    "package-server",
    `${server}/devices/planted-cli.ts`,
    'export const later = import("@sluice/cli/planted-target.ts");',
  ],
  ["package-simulator", "packages/simulator/src/planted-server.ts", 'import "../../server/src/config.ts";'],
  ["core-and-solutions-are-pure", "packages/core/src/planted-node.ts", 'import "node:fs";'],
  ["core-and-solutions-are-pure", "packages/solutions/src/irrigation/planted-npm.ts", 'import "pg";'],
  ["core-and-solutions-are-pure", "packages/core/src/planted-dist.ts", 'import "jose";'],
  ["solutions-are-islands", "packages/solutions/src/planted/island.ts", 'import "../irrigation/planted-target.ts";'],
  [
    "feature-through-its-index",
    `${server}/api/planted-side-door.ts`,
    'import type {} from "../devices/planted-target.ts";',
  ],
  [
    "feature-through-its-index-from-outside",
    "packages/cli/src/planted-side-door.ts",
    'import "@sluice/server/devices/planted-target.ts";',
  ],
  ["feature-auth", `${server}/auth/planted.ts`, 'import "../devices/index.ts";'],
  ["feature-devices", `${server}/devices/planted.ts`, 'import "../pipeline/index.ts";'],
  ["feature-telemetry", `${server}/telemetry/planted.ts`, 'import "../ingest/index.ts";'],
  ["feature-pipeline", `${server}/pipeline/planted.ts`, 'import "../automation/index.ts";'],
  ["feature-ingest", `${server}/ingest/planted.ts`, 'import "../actuation/index.ts";'],
  ["feature-actuation", `${server}/actuation/planted.ts`, 'import "../api/planted-target.ts";'],
  ["feature-automation", `${server}/automation/planted.ts`, 'import "../ingest/index.ts";'],
  ["folder-not-in-the-table", `${server}/helpers/planted.ts`, 'import "node:fs";'],
  ["platform-knows-no-feature", `${server}/platform/planted.ts`, 'import "../devices/index.ts";'],
  ["only-config-reads-its-parts", `${server}/auth/planted-config.ts`, 'import "../config/variables.ts";'],
  [
    "only-actuation-commands-devices",
    `${server}/automation/planted-publisher.ts`,
    'import type {} from "../platform/mqtt-publisher.ts";',
  ],
];

const CYCLE = ["one", "two", "three"].map((name) => `packages/core/src/planted-cycle-${name}.ts`);

/** What planted arrows point at, where the tree itself promises no such file. */
const TARGETS = [
  "packages/protocol/src/planted-target.ts",
  "packages/simulator/src/planted-target.ts",
  "packages/cli/src/planted-target.ts",
  "packages/solutions/src/irrigation/planted-target.ts",
  ...["devices", "api"].map((name) => `${server}/${name}/planted-target.ts`),
  ...["ingest", "actuation", "automation", "pipeline", "devices"].map((name) => `${server}/${name}/index.ts`),
];

let copy: string;
let report: string;

beforeAll(() => {
  copy = realpathSync(mkdtempSync(path.join(tmpdir(), "sluice-walls-")));
  copyTree();
  for (const file of TARGETS) plant(file, "export {};");
  for (const [, file, content] of PLANTED) plant(file, content);
  CYCLE.forEach((file, i) => {
    plant(file, `import "./${path.basename(CYCLE[(i + 1) % CYCLE.length]!)}";`);
  });
  report = checkWalls(copy).stderr;
}, 60_000);
afterAll(() => rmSync(copy, { recursive: true }));

test.each(PLANTED)("%s: %s is caught", (rule, file) => {
  expect(report.split("\n").filter((line) => line.startsWith(`${rule}: ${file} `))).not.toEqual([]);
});

test("a cycle over three files is caught", () => {
  const line = report.split("\n").find((each) => each.startsWith("no-cycles: packages/core/src/planted-cycle-"));
  for (const file of CYCLE) expect(line).toContain(file);
});

test("a checker that sees next to nothing fails", () => {
  const empty = mkdtempSync(path.join(tmpdir(), "sluice-walls-"));
  cpSync(path.join(root, ".dependency-cruiser.mjs"), path.join(empty, ".dependency-cruiser.mjs"));
  cpSync(path.join(root, "tsconfig.base.json"), path.join(empty, "tsconfig.base.json"));
  mkdirSync(path.join(empty, "packages/core/src"), { recursive: true });
  writeFileSync(path.join(empty, "packages/core/src/lonely.ts"), "export {};");
  const { status, stderr } = checkWalls(empty);
  rmSync(empty, { recursive: true });
  expect(status).toBe(1);
  expect(stderr).toContain("only 1 modules were seen");
});

function checkWalls(tree: string) {
  return spawnSync(process.execPath, [path.join(root, "scripts/check-walls.mjs"), tree], { encoding: "utf8" });
}

function plant(file: string, content: string): void {
  mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
  writeFileSync(path.join(copy, file), `${content}\n`);
}

/** The sources as they are, with the workspaces of `node_modules` pointing into the copy. */
function copyTree(): void {
  const modules = path.join(copy, "node_modules");
  for (const file of [".dependency-cruiser.mjs", "tsconfig.base.json", "package.json", "packages"]) {
    cpSync(path.join(root, file), path.join(copy, file), {
      recursive: true,
      filter: (each) => !each.includes("node_modules"),
    });
  }
  mkdirSync(path.join(modules, "@sluice"), { recursive: true });
  for (const name of readdirSync(path.join(copy, "packages"))) {
    symlinkSync(path.join(copy, "packages", name), path.join(modules, "@sluice", name));
  }
  for (const name of readdirSync(path.join(root, "node_modules")).filter(
    (each) => each !== "@sluice" && each !== ".bin",
  )) {
    symlinkSync(path.join(root, "node_modules", name), path.join(modules, name));
  }
}
