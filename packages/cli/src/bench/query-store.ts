import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import { NO_LIMITS } from "@sluice/core/telemetry/validity.ts";
import { type GenerationLimits, Pipeline } from "@sluice/server/pipeline/index.ts";
import { systemClock } from "@sluice/server/platform/clock.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { migrate } from "@sluice/server/platform/migrator.ts";
import { createPool } from "@sluice/server/platform/postgres.ts";
import { createTelemetryReader, type SettledReader } from "@sluice/server/telemetry/index.ts";
import type { Pool } from "pg";

/** What the clock of a new store says. */
export const START_MICROS = 1_700_000_000_000_000;

/** A home of its own, and a pipeline without its gateways. */
export class Store {
  nowMicros = START_MICROS;
  readonly pool: Pool;
  readonly url: string;
  pipeline!: Pipeline;

  readonly home: string;

  constructor(home: string, url: string, pool: Pool) {
    this.home = home;
    this.url = url;
    this.pool = pool;
  }

  /** A pipeline whose clock is ours: a flush begins as soon as something waits. */
  async open(generationLimits?: GenerationLimits): Promise<void> {
    this.pipeline = new Pipeline({
      connectionString: this.url,
      pool: this.pool,
      clock: {
        ...systemClock,
        nowMicros: () => this.nowMicros,
        after: (_ms, callback) => systemClock.after(0, callback),
      },
      directory: { cachedDeviceById: benchDevice, resolveIds: async () => new Map() },
      rules: new RuleCatalog(),
      onTransitions: () => undefined,
      onFenced: () => undefined,
      onCommitError: (error) => {
        throw error;
      },
      owner: "bench",
      maxUnsettled: Number.POSITIVE_INFINITY,
      ...(generationLimits && { generationLimits }),
    });
    await this.pipeline.start();
  }

  reader(partReader?: SettledReader) {
    return createTelemetryReader({ pool: this.pool, partition: 0, latestValues: () => undefined, partReader });
  }
}

const profile = {
  id: 1,
  organizationId: 1,
  key: "bench",
  metricNumbers: new Map<string, number>(),
  metricKeys: [],
  validity: NO_LIMITS,
  readingsPerSecond: 1,
  readingsBurst: 1,
};

/** Devices above this are of profile 2. */
const MAX_OF_FIRST_PROFILE = 1_000_000;

function benchDevice(id: number) {
  const ofDevice = id > MAX_OF_FIRST_PROFILE ? { ...profile, id: 2 } : profile;
  return { id, uid: String(id), organizationId: 1, siteId: 1, active: true, profile: ofDevice };
}

export async function withStore<T>(run: (store: Store) => Promise<T>): Promise<T> {
  const home = mkdtempSync(path.join(tmpdir(), "sluice-bench-"));
  let postgres: EmbeddedPostgres | undefined;
  let pool: Pool | undefined;
  try {
    postgres = await startEmbeddedPostgres({ home });
    const { connectionString } = postgres;
    await migrate({ connectionString });
    pool = createPool({ connectionString, name: "bench", max: 4, statementTimeoutMs: 60_000 });
    const store = new Store(home, connectionString, pool);
    await store.open();
    try {
      return await run(store);
    } finally {
      await store.pipeline.stop();
    }
  } finally {
    await pool?.end();
    await postgres?.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
