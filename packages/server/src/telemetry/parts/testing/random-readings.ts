import fc from "fast-check";
import { GENERATION_LIMITS } from "../../../pipeline/generation-keeper.ts";
import { batchOf, type PipelineFixture, startPipeline } from "../../../pipeline/testing/pipeline-fixture.ts";
import type { TestDatabase } from "../../../platform/testing/test-database.ts";
import { DAY_MICROS } from "../periods.ts";
import { settleNext } from "../settle-generation.ts";
import type { TestSettler } from "./settling-fixture.ts";

/** Shortly before a month ends, so that readings fall into days and months on both sides. */
export const T = Date.UTC(2026, 9, 31, 23, 58) * 1000;
export const DEVICES = [1, 2, 3, 4, 5];

/** Only ever tells the pipeline to close a generation; what it sends is left out of every comparison. */
const CLOSING_DEVICE = 6;

export function isOfClosingDevice(place: string): boolean {
  return place.startsWith(`${CLOSING_DEVICE} `);
}

export function startSmallGenerations(database: TestDatabase): Promise<PipelineFixture> {
  return startPipeline(database, { generationLimits: { ...GENERATION_LIMITS, maxMessages: 40 } });
}

const anyValue = fc.oneof(
  fc.constantFrom(-0, 0, 1e-300, 21.5, Number.MAX_VALUE),
  fc.integer({ min: -50, max: 50 }).map((tenths) => tenths / 10),
  fc.double({ noNaN: true }),
);
const anyMessage = fc.record({
  device: fc.constantFrom(...DEVICES),
  micros: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 60 }).map((step) => T + step * 7_000_000) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 }).map((days) => T - days * DAY_MICROS + 1) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, 2 ** 52 - 1) },
  ),
  values: fc.dictionary(fc.constantFrom("0", "1", "200"), anyValue, { maxKeys: 3 }),
  extras: fc.option(fc.dictionary(fc.constantFrom("note", "ok"), fc.constantFrom("a", true, null, "ü")), {
    nil: undefined,
  }),
});

/** Late, corrected, out of order, repeated, with extras and marks; the last generation stays open. */
export async function fill(
  sluice: PipelineFixture,
  database: TestDatabase,
  rounds: number,
  seed: number,
): Promise<void> {
  const batches = fc.sample(fc.array(anyMessage, { minLength: 1, maxLength: 6 }), { numRuns: rounds, seed });
  for (const messages of batches) {
    const batch = batchOf(messages);
    for (let at = 0; at < batch.valueCount; at++) {
      const value = batch.values[at]!;
      batch.setFlags(at, value > 3 ? 1 : Object.is(value, -0) ? 2 : 0);
    }
    await sluice.pipeline.offer(batch);
  }
  await closeOpen(sluice, database);
}

/** So that all that was sent is settled: what opens the next generation is told apart by its device. */
export async function closeOpen(sluice: PipelineFixture, database: TestDatabase): Promise<void> {
  const { rows } = await database.pool.query("select max(number) as open from generation where state = 'open'");
  for (let i = 0; i < 60; i++) {
    await sluice.pipeline.offer(batchOf([{ device: CLOSING_DEVICE, micros: T + i }]));
    const { rows: now } = await database.pool.query("select max(number) as open from generation where state = 'open'");
    if (now[0].open !== rows[0].open) return;
  }
  throw new Error("the generation was not closed");
}

export async function settleAll(settler: TestSettler): Promise<number> {
  let generations = 0;
  while ((await settleNext(settler.context)) !== undefined) generations++;
  return generations;
}
