import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { type CommitFault, type CommitProxy, startCommitProxy } from "../platform/testing/commit-proxy.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { FlushConnection } from "./flush-connection.ts";
import { batchOf, fixtureRule, type PipelineFixture, startPipeline, stored } from "./testing/pipeline-fixture.ts";

const T = 1_700_000_000_000_000;
const alternating = fixtureRule(1, (state) =>
  state.phase === "normal" ? { ...state, phase: "firing", episode: state.episode + 1 } : { ...state, phase: "normal" },
);

let database: TestDatabase;
let proxy: CommitProxy;
let fixture: PipelineFixture;

beforeEach(async () => {
  database = await createTestDatabase();
  proxy = await startCommitProxy(database.url);
  fixture = await startPipeline(database, { connectionString: proxy.url, rules: new RuleCatalog([alternating]) });
});
afterEach(async () => {
  await fixture.pipeline.stop();
  await proxy.close();
  await database.drop();
});

function failOnce(fault: CommitFault): void {
  proxy.onCommit = () => {
    proxy.onCommit = () => "pass";
    return fault;
  };
}

const offer = (step: number) => fixture.pipeline.offer(batchOf([{ device: 1, micros: T + step, values: { 0: step } }]));

async function isStored(step: number): Promise<boolean> {
  return (await stored(fixture.reader, 1))[T + step] !== undefined;
}

describe("a COMMIT whose reply is lost", () => {
  it("is acknowledged when the database has it", async () => {
    failOnce("lose-reply");
    await expect(offer(1)).resolves.toEqual({ rejected: [] });
    expect(await isStored(1)).toBe(true);
  });

  it("is refused when the database never got it", async () => {
    failOnce("lose-commit");
    await expect(offer(1)).rejects.toMatchObject({ code: "pipeline.commit_failed", retryable: true });
    expect(await isStored(1)).toBe(false);
  });

  it("is refused only after the old backend is gone, so that it cannot commit later", async () => {
    failOnce("half-open");
    await expect(offer(1)).rejects.toMatchObject({ code: "pipeline.commit_failed" });
    const { rows } = await database.pool.query(
      "select count(*)::int as left from pg_stat_activity where datname = current_database() and application_name = 'sluice-pipeline' and state like 'idle in%'",
    );
    expect(rows[0].left).toBe(0);
    expect(await isStored(1)).toBe(false);
  });

  it("leaves every acknowledged reading stored once and every transition with its reading, whatever is lost", async () => {
    const faults: CommitFault[] = [
      "pass",
      "lose-reply",
      "pass",
      "lose-commit",
      "lose-reply",
      "lose-reply",
      "half-open",
    ];
    proxy.onCommit = () => faults[proxy.commits % faults.length]!;
    const acknowledged: number[] = [];
    for (let step = 0; step < 28; step++) {
      // A refused sender sends again until it is told that its reading is stored.
      for (let sent = false; !sent; ) {
        sent = await offer(step).then(
          () => true,
          () => false,
        );
      }
      acknowledged.push(step);
    }
    expect(Object.keys(await stored(fixture.reader, 1))).toHaveLength(acknowledged.length);
    const { rows } = await database.pool.query("select reading_micros from rule_transition order by seq, ordinal");
    expect(rows.map((row) => Number(row.reading_micros) - T)).toEqual(acknowledged);
    expect(proxy.commits).toBeGreaterThan(28);
  });

  it("is not taken for stored because a later owner used its number", async () => {
    const cut = cutOffAtNextCommit("lose-commit");
    const outcome = offer(1).then(
      () => "acknowledged",
      (error) => error.code,
    );
    await cut;
    const later = await startPipeline(database);
    await later.pipeline.offer(batchOf([{ device: 3, micros: T, values: { 0: 3 } }]));
    proxy.isCutOff = false;
    expect(await outcome).toBe("pipeline.commit_failed");
    expect(await isStored(1)).toBe(false);
    await later.pipeline.stop();
  });

  it("stops everything after it when it cannot be settled, and blames no message", async () => {
    const cut = cutOffAtNextCommit("lose-reply");
    const outcomes = [offer(1)];
    await cut;
    outcomes.push(offer(2));
    const settled = Promise.allSettled(outcomes);
    await fixture.pipeline.stop();
    expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const { rows } = await database.pool.query("select count(*)::int as blamed from rejected_message");
    expect(rows[0].blamed).toBe(0);
    // The one whose reply was lost is stored; sent again, it is stored once.
    proxy.isCutOff = false;
    await fixture.pipeline.start();
    await Promise.all([offer(1), offer(2)]);
    expect(Object.keys(await stored(fixture.reader, 1))).toHaveLength(2);
  });

  /** Resolves when it has happened; from then on nobody reaches the database through the proxy. */
  function cutOffAtNextCommit(fault: CommitFault): Promise<void> {
    return new Promise((resolve) => {
      proxy.onCommit = () => {
        proxy.onCommit = () => "pass";
        proxy.isCutOff = true;
        resolve();
        return fault;
      };
    });
  }
});

it("what is sent outside of a flush's transaction stores nothing", async () => {
  const connection = new FlushConnection(database.url, systemClock);
  const { client } = await connection.open();
  const insert = () =>
    client.query("insert into flush (partition, seq, epoch, generation, messages) values (9, 1, 1, 1, 0)");
  try {
    await expect(insert()).rejects.toMatchObject({ code: "25006" });
    await client.query("begin read write");
    await expect(insert()).resolves.toMatchObject({ rowCount: 1 });
    await client.query("rollback");
  } finally {
    await connection.close();
  }
});
