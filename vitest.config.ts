import { defineConfig } from "vitest/config";

const postgres = "packages/server/src/platform/testing/global-setup.ts";

/** The copy that its plug-ins load too: Vite alone would take the other one, and things of two copies do not know each other. */
const resolve = { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] };

/**
 * V8 counts the pages of compiled code by memory protection keys where the processor has them, and may abort with
 * "Check failed: jit_page.has_value()" while threads come and go, as those of the simulation do.
 */
const WITHOUT_PROTECTION_KEYS =
  process.platform === "linux" && process.arch === "x64" ? ["--no-memory-protection-keys"] : [];

/** Projects by what their tests need: nothing, a PostgreSQL, whole processes, an hour. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: "pure",
          include: ["packages/*/src/**/*.test.ts", "tests/house/**/*.test.ts"],
          exclude: ["**/*.pg.test.ts", "**/node_modules/**"],
          // Some start a process, which takes its time on a busy machine.
          testTimeout: 30_000,
        },
      },
      {
        resolve,
        test: {
          name: "pg",
          include: ["packages/*/src/**/*.pg.test.ts"],
          globalSetup: [postgres],
          // They wait for PostgreSQL much of the time, each for a database of its own.
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        test: {
          name: "scenario",
          include: ["tests/scenarios/**/*.test.ts", "tests/safety/simulated/**/*.test.ts"],
          globalSetup: [postgres],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          execArgv: WITHOUT_PROTECTION_KEYS,
          // After the others: a scenario measures times, and wants the machine for itself.
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve,
        test: {
          name: "real",
          include: ["tests/safety/real/**/*.test.ts"],
          globalSetup: [postgres],
          testTimeout: 60_000,
          hookTimeout: 300_000,
          // They wait for processes most of the time: two at once take hardly longer than one.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        resolve,
        test: {
          name: "long",
          include: ["tests/long/**/*.test.ts"],
          globalSetup: [postgres],
          testTimeout: 3_600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
