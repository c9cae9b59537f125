// Holds every import against the tables in .dependency-cruiser.mjs: `node scripts/check-walls.mjs [root]`.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { cruise } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import extractTypeScriptConfig from "dependency-cruiser/config-utl/extract-ts-config";

/** A checker that sees no TypeScript finds no fault in nothing: below this many of our own modules it has gone blind. */
const EXPECTED_MODULES = 400;

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, ".."));
process.chdir(root);

const sources = readdirSync("packages")
  .map((name) => path.join("packages", name, "src"))
  .filter((folder) => existsSync(folder));
const { output } = await cruise(sources, await extractOptions("./.dependency-cruiser.mjs"), null, {
  tsConfig: extractTypeScriptConfig("./tsconfig.base.json"),
});

const ours = output.modules.filter(({ source }) => source.startsWith("packages/"));
for (const { rule, from, to, cycle } of output.summary.violations) {
  const way = cycle?.length ? cycle.map(({ name }) => name).join(" → ") : to;
  console.error(`${rule.name}: ${from} → ${way}`);
}
if (ours.length < EXPECTED_MODULES) {
  console.error(
    `only ${ours.length} modules were seen, where at least ${EXPECTED_MODULES} were expected: is typescript 6 installed?`,
  );
}
const isWhole = output.summary.error === 0 && ours.length >= EXPECTED_MODULES;
console.log(`walls: ${ours.length} modules, ${output.summary.error} forbidden imports`);
process.exitCode = isWhole ? 0 : 1;
