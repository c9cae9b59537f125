import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { simulate } from "@sluice/server/actuation/testing/simulation/simulate.ts";
import { runWorld } from "@sluice/server/actuation/testing/simulation/world.ts";
import { beforeAll, describe, expect, it } from "vitest";

/**
 * The simulated level of the safety contract: seeded worlds of server processes, devices with the real gate, and everything that
 * can go wrong between them. `npm run safety:simulate -- --worlds 100000 --seed 7` lives more of them, and
 * `-- --worlds 1 --seed N --trace` one again, line by line.
 */
const SEED = 1;
const WORLDS = 10_000;
const THREADS = 2;

let lived: Awaited<ReturnType<typeof simulate>>;
beforeAll(async () => {
  lived = await simulate({ seed: SEED, worlds: WORLDS, threads: THREADS });
}, 900_000);

it(`no device's log breaks the contract in ${WORLDS} worlds from seed ${SEED} on, and no table contradicts it`, () => {
  expect(lived.worlds).toBe(WORLDS);
  expect(lived.broken).toEqual([]);
});

describe("in those worlds there was", () => {
  it.each([
    "fault: database clock step",
    "fault: database restored",
    "crash at commit",
    "crash at committed",
    "crash at publish",
    "commit lost-before",
    "commit lost-after",
    "paused in a transaction for too long",
    "message lost in a partition up",
    "evidence of the wrong future",
    "committed a foreign run",
    "committed STOP",
    "cause of a TRIP",
    "became COMPLETED",
    "became CANCELLED",
    "became EXPIRED",
    "became UNKNOWN_CLOSED",
    "refused actuator.cooldown",
    "refused actuator.min_off",
    "refused actuator.max_starts_per_day",
    "refused actuator.permissive",
    "refused actuator.locked_out",
  ])("%s", (what) => {
    expect(lived.counts[what] ?? 0).toBeGreaterThan(0);
  });

  it("far more that completed than was given up", () => {
    expect(lived.counts["became COMPLETED"]).toBeGreaterThan(10 * (lived.counts["became UNKNOWN_CLOSED"] ?? 0));
  });
});

it("the same seed shows the same, and another seed something else", async () => {
  for (const seed of [3, 41, 977]) {
    const [first, again, other] = [
      await runWorld({ seed, isTraced: true }),
      await runWorld({ seed, isTraced: true }),
      await runWorld({ seed: seed + 1, isTraced: true }),
    ];
    expect(first.trace.length).toBeGreaterThan(100);
    expect(again.hash).toBe(first.hash);
    expect(other.hash).not.toBe(first.hash);
  }
});

it("another process shows the same for the same seed", async () => {
  const main = path.join(import.meta.dirname, "main.ts");
  const args = [main, "--worlds", "1", "--seed", "41", "--trace"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 2 ** 20 });
  const { hash } = await runWorld({ seed: 41, isTraced: true });
  expect(hash).toMatch(/^[0-9a-f]{16,}$/);
  expect(stdout.trimEnd().split("\n").at(-1)).toBe(hash);
});
