import { SluiceError } from "@sluice/core/errors.ts";
import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

function logged(write: (logger: ReturnType<typeof createLogger>) => void, level = "info"): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger(level, { write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line));
}

test("a line is JSON with the level as a word and the time as RFC 3339", () => {
  const [line] = logged((logger) => logger.info({ device: "pump-1" }, "started"));
  expect(line).toEqual({ level: "info", time: expect.stringMatching(/^\d{4}-.*Z$/), device: "pump-1", msg: "started" });
});

test("an error keeps its code, details and causes, and loses what else hangs on it", () => {
  const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED", client: { password: "p1" } });
  const details = { limit: 3 };
  const [line] = logged((logger) =>
    logger.error(new SluiceError("unavailable", "database.unreachable", "no answer", { cause, details })),
  );
  expect(line).toMatchObject({
    msg: "no answer",
    err: {
      code: "database.unreachable",
      details,
      message: "no answer",
      cause: { code: "ECONNREFUSED", message: "refused" },
    },
  });
  expect(JSON.stringify(line)).not.toContain("p1");
});

test("a chain of causes that never ends is cut", () => {
  const error = new Error("snake");
  error.cause = error;
  const [line] = logged((logger) => logger.error({ err: error }, "bitten"));
  expect(line).toMatchObject({ msg: "bitten", err: { cause: { cause: { message: "snake" } } } });
});

test("secrets are not written", () => {
  const [line] = logged((logger) => logger.info({ token: "t1", user: { password: "p1", name: "n" } }));
  expect(JSON.stringify(line)).not.toMatch(/t1|p1/);
  expect(line).toMatchObject({ user: { name: "n" } });
});

test("what is below the level is left out", () => {
  expect(logged((logger) => logger.info("quiet"), "warn")).toEqual([]);
});
