import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { judgeClock, judgeDurability, judgeVersion } from "./database-checks.ts";
import { checkHome, checkNode, judgeDisk } from "./machine-checks.ts";

const GIBIBYTE = 1024 ** 3;

test.each([
  ["20.19.0", "fail"],
  ["24.1.0", "ok"],
  ["26.0.0", "warn"],
])("Node %s is %s", (version, state) => {
  expect(checkNode(version).state).toBe(state);
});

test.each([
  [0.1, "fail"],
  [1, "warn"],
  [50, "ok"],
])("%d GiB free is %s", (gibibytes, state) => {
  expect(judgeDisk(gibibytes * GIBIBYTE, "/home").state).toBe(state);
});

test.each([
  [0, "ok"],
  [-1_900, "ok"],
  [10_000, "warn"],
  [-600_000, "fail"],
])("a clock %d ms ahead of the database's is %s", (skewMs, state) => {
  expect(judgeClock(skewMs).state).toBe(state);
});

test("a clock that is off says by how much and in which direction", () => {
  expect(judgeClock(10_000).message).toContain("10.0 s ahead of");
  expect(judgeClock(-10_000).message).toContain("10.0 s behind");
});

test("an old database and one that does not sync fail", () => {
  expect(judgeVersion(14, "14.2").state).toBe("fail");
  expect(judgeVersion(15, "15.0").state).toBe("ok");
  expect(judgeDurability(false).state).toBe("fail");
});

test("a home that cannot be made fails, one that is there or can be made is fine and stays untouched", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "doctor-"));
  const file = path.join(folder, "a-file");
  writeFileSync(file, "");
  expect(checkHome(path.join(file, "home"))).toMatchObject({
    state: "fail",
    mend: expect.stringContaining("SLUICE_HOME"),
  });
  expect(checkHome(folder).state).toBe("ok");
  expect(checkHome(path.join(folder, "not", "yet"))).toMatchObject({
    state: "ok",
    message: expect.stringContaining("first start"),
  });
  rmSync(folder, { recursive: true });
});
