import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeWhole } from "./whole-file.ts";

const DAY_MS = 24 * 3600 * 1000;
const NOW_MS = Date.UTC(2026, 4, 1);

function newFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "sluice-whole-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("of two who write the same file at once, each writes a whole one, and the later holds", async () => {
  const folder = newFolder();
  const file = path.join(folder, "export.csv");
  const first = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const slow = writeWhole(file, 0o600, async (handle) => {
    await handle.writeFile("aaaa");
    begun.resolve();
    await first.promise;
    await handle.writeFile("aaaa");
  });
  await begun.promise;
  await writeWhole(file, 0o600, (handle) => handle.writeFile("bb"));
  expect(readFileSync(file, "utf8")).toBe("bb");
  first.resolve();
  await slow;
  expect(readFileSync(file, "utf8")).toBe("aaaaaaaa");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["export.csv"]);
});

test("what fails leaves the file that was there, and nothing beside it", async () => {
  const folder = newFolder();
  const file = path.join(folder, "export.csv");
  writeFileSync(file, "before");
  const failing = writeWhole(file, 0o600, async (handle) => {
    await handle.writeFile("half");
    throw new Error("cut");
  });
  await expect(failing).rejects.toThrow("cut");
  expect(readFileSync(file, "utf8")).toBe("before");
  expect(readdirSync(folder)).toEqual(["export.csv"]);
});

test("what killed processes left goes after a day, and what is nobody's stays", async () => {
  const folder = newFolder();
  const uuid = "0f1e2d3c-0000-4000-8000-000000000000";
  const files = { [`old.csv.${uuid}.unfinished`]: 1.1, [`new.csv.${uuid}.unfinished`]: 0.9, "my.unfinished": 9 };
  for (const [name, days] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), "");
    const seconds = (NOW_MS - days * DAY_MS) / 1000;
    utimesSync(path.join(folder, name), seconds, seconds);
  }
  await writeWhole(path.join(folder, "export.csv"), 0o600, async () => {}, NOW_MS);
  expect(readdirSync(folder).sort()).toEqual(["export.csv", "my.unfinished", `new.csv.${uuid}.unfinished`]);
});
