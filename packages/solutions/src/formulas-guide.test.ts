import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { solutions } from "./registry.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const GUIDE = readFileSync(path.join(ROOT, "docs/guides/formulas.md"), "utf8");

/** Each function that the guide lists, with its file. */
function listed(): { readonly name: string; readonly file: string }[] {
  let folder = "";
  return GUIDE.split("\n").flatMap((line) => {
    folder = /Folder: `([^`]+)`/.exec(line)?.[1] ?? folder;
    const row = /^\| (`.+?`) \| `([a-z0-9-]+\.ts)` \|/.exec(line);
    if (!row) return [];
    const file = path.join(ROOT, folder, row[2]!);
    return [...row[1]!.matchAll(/`(\w+)`/g)].map(([, name]) => ({ name: name!, file }));
  });
}

test("what the guide to the formulas lists is where it says", () => {
  expect(listed().length).toBeGreaterThan(100);
  for (const { name, file } of listed()) {
    expect(readFileSync(file, "utf8"), `${name} in ${file}`).toMatch(new RegExp(`^export function ${name}\\b`, "m"));
  }
});

test("the guide lists every formula that a solution brings", () => {
  const names = new Set(listed().map(({ name }) => name));
  for (const { key, formulas } of solutions) {
    for (const { name } of formulas) expect(names, `${key}: ${name}`).toContain(name);
  }
});
