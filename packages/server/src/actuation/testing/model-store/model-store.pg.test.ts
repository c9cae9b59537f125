import fc from "fast-check";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPool } from "../../../platform/postgres.ts";
import { createTestPlant, type TestPlant } from "../test-plant.ts";
import { differences } from "./differential/differences.ts";
import { resetTables } from "./differential/reset-tables.ts";
import { STORE_STEPS, step, TRANSACTION_STEPS } from "./differential/steps.ts";
import { LOCK_WAIT_MS, type Outcome, TwoStores } from "./differential/two-stores.ts";
import type { Plant } from "./model-database.ts";

/**
 * The model of the simulation is held equal to the real store: any order of operations, in two transactions that may block each
 * other, leads to the same answers, the same refusals and the same rows. Whoever adds an operation adds it here, or this fails.
 */
const SEEDS = Array.from({ length: 10 }, (_, index) => 100 + index);
const RUNS_PER_SEED = 60;
const STEPS = { minLength: 40, maxLength: 120, size: "max" } as const;
const TIMEOUT_MS = 600_000;
/** Every operation this often, and every refusal that the model knows. */
const OFTEN_ENOUGH = 20;
const REFUSALS = ["23000", "23503", "23505", "23514", "23P01", "25P02", "55P03"];

let test: TestPlant;
let pool: Pool;
let plant: Plant;

beforeAll(async () => {
  test = await createTestPlant();
  pool = createPool({
    ...{ connectionString: test.database.url, name: "differential", max: 8, statementTimeoutMs: 20_000 },
    ...{ lockTimeoutMs: LOCK_WAIT_MS, isPipelined: true, idleInTransactionTimeoutMs: 60_000 },
  });
  const zones = [await test.addZone(), await test.addZone(), await test.addZone()];
  plant = await resetTables.layOut(
    pool,
    zones.map(({ deviceId }) => deviceId),
  );
});
afterAll(async () => {
  await pool?.end();
  await test?.stop();
});

function codeOf(outcome: Outcome): string | undefined {
  return "error" in outcome ? outcome.error : undefined;
}

describe("the model of the store", () => {
  it(
    "does what PostgreSQL does, operation by operation",
    async () => {
      const done: Record<string, number> = {};
      const refused: Record<string, number> = {};
      const property = fc.asyncProperty(fc.array(step, STEPS), async (steps) => {
        await resetTables.empty(pool, plant);
        const trail: string[] = [];
        const stores = new TwoStores(pool, plant);
        try {
          for (const each of steps) {
            const compared = await stores.take(each);
            if (compared === undefined) continue;
            const { name, postgres, model } = compared;
            trail.push(`${JSON.stringify(each)} => ${JSON.stringify(postgres).slice(0, 110)}`);
            if (differences(name, model, postgres).length > 0) console.log(trail.slice(-40).join("\n"));
            expect(differences(name, model, postgres)).toEqual([]);
            done[name] = (done[name] ?? 0) + 1;
            const code = codeOf(postgres);
            if (code !== undefined) refused[code] = (refused[code] ?? 0) + 1;
            if (each.kind === "transaction") continue;
            const contents = await stores.contents();
            expect(differences("contents", contents.model, contents.postgres)).toEqual([]);
          }
        } finally {
          await stores.endAll();
        }
      });
      for (const seed of SEEDS) await fc.assert(property, { seed, numRuns: RUNS_PER_SEED, endOnFailure: true });
      const names = [...Object.keys(STORE_STEPS), ...Object.keys(TRANSACTION_STEPS)];
      const tooSeldom = names.filter((name) => (done[name] ?? 0) < OFTEN_ENOUGH);
      expect(tooSeldom.map((name) => `${name}: ${done[name] ?? 0}`)).toEqual([]);
      expect(REFUSALS.filter((code) => (refused[code] ?? 0) < OFTEN_ENOUGH)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
