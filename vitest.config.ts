import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "pure", include: ["packages/*/src/**/*.test.ts"], exclude: ["**/*.pg.test.ts", "**/node_modules/**"] } },
      {
        test: {
          name: "pg",
          include: ["packages/*/src/**/*.pg.test.ts"],
          globalSetup: ["packages/server/src/platform/testing/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "scenario",
          include: ["tests/scenarios/**/*.test.ts"],
          globalSetup: ["packages/server/src/platform/testing/global-setup.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
