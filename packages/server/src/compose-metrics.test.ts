import { readFileSync } from "node:fs";
import path from "node:path";
import Fastify from "fastify";
import type { Pool } from "pg";
import { expect, test } from "vitest";
import { Admission } from "./api/admission.ts";
import { measureChecks, measureRequests } from "./api/http-metrics.ts";
import { COUNTED_EVERY_MS, type MeasuredParts, measureServer, timeDecisions, timeFlushes } from "./compose-metrics.ts";
import { ManualClock } from "./ingest/testing/manual-clock.ts";
import { Metrics } from "./platform/metrics.ts";
import { parseExposition } from "./platform/testing/exposition.ts";

const GUIDE = path.join(import.meta.dirname, "../../../docs/guides/monitoring.md");

function measured(parts: Partial<MeasuredParts> = {}) {
  const metrics = new Metrics();
  const clock = new ManualClock();
  const queries: string[] = [];
  const query = async (text: string) => {
    queries.push(text);
    return { rows: text.includes("alert") ? [{ severity: "critical", alerts: 2 }] : [] };
  };
  const timeDecision = timeDecisions(metrics, clock);
  const onFlush = timeFlushes(metrics);
  measureRequests(Fastify(), metrics, new Admission(clock));
  measureChecks(metrics, clock);
  measureServer(metrics, {
    ingest: undefined,
    pipeline: () => undefined,
    workers: () => undefined,
    live: { connections: 3 },
    pools: () => new Map([["main", { totalCount: 5, idleCount: 2, waitingCount: 1 }]]),
    status: async () => ({ status: "healthy", db: "connected", workers: "running" }),
    pool: { query } as unknown as Pool,
    clock,
    ...parts,
  });
  const told = async () => parseExposition(await metrics.text());
  const values = async (name: string) =>
    (await told()).get(name)!.samples.map(({ labels, value }) => [...Object.values(labels), value]);
  return { metrics, clock, queries, timeDecision, onFlush, told, values };
}

test("the guide names every metric, with its type and its labels, and no other", () => {
  const rows = readFileSync(GUIDE, "utf8").matchAll(/^\| `(sluice_[a-z0-9_]+)` \| (\w+) \| ([^|]*) \|/gm);
  const told = [...rows].map(([, name, type, labels]) => [name, type, labels!.replaceAll("`", "").trim()]);
  const { metrics } = measured();
  const there = metrics.list().map(({ name, type, labels = [] }) => [name, type, labels.join(", ")]);
  expect(told.sort()).toEqual(there.sort());
});

test("names keep to the conventions: the unit last, and _total on what only grows", () => {
  for (const { name, type } of measured().metrics.list()) {
    expect(name).toMatch(/^sluice_[a-z0-9_]+$/);
    expect(name.endsWith("_total"), name).toBe(type === "counter");
    expect(name).not.toMatch(/_(ms|millis|micros)\b/);
  }
});

test("rules of the guide ask for metrics that there are", () => {
  const guide = readFileSync(GUIDE, "utf8");
  const names = new Set(
    measured()
      .metrics.list()
      .map(({ name }) => name),
  );
  const asked = [...guide.matchAll(/^ +expr: (.*)$/gm)].flatMap(
    ([, expression]) => expression!.match(/sluice_\w+/g) ?? [],
  );
  expect(asked.length).toBeGreaterThan(5);
  for (const name of asked) expect(names, name).toContain(name.replace(/_(bucket|sum|count)$/, ""));
});

test("what is measured comes out, and what this process does not do is left out", async () => {
  const { clock, timeDecision, onFlush, told, values } = measured();
  const decisionMade = timeDecision();
  clock.advance(30);
  decisionMade("dispatched");
  onFlush({ prepareMs: 4, commitMs: 12 });
  expect(await values("sluice_ready")).toEqual([[1]]);
  expect(await values("sluice_live_connections")).toEqual([[3]]);
  expect(await values("sluice_database_connections")).toEqual([
    ["main", "idle", 2],
    ["main", "busy", 3],
  ]);
  expect(await values("sluice_alerts_open")).toEqual([["critical", 2]]);
  const all = await told();
  expect(all.get("sluice_ingest_messages_stored_total")!.samples).toEqual([]);
  expect(all.get("sluice_pipeline_readings_total")!.samples).toEqual([]);
  const sums = (name: string) => all.get(name)!.samples.filter((sample) => sample.name.endsWith("_sum"));
  expect(sums("sluice_decision_duration_seconds")).toMatchObject([{ labels: { outcome: "dispatched" }, value: 0.03 }]);
  expect(sums("sluice_pipeline_commit_duration_seconds")).toMatchObject([{ value: 0.012 }]);
});

test("tables are counted once in a while, however often somebody looks", async () => {
  const { clock, queries, told } = measured();
  await Promise.all([told(), told()]);
  const once = queries.length;
  await told();
  expect(queries).toHaveLength(once);
  clock.advance(COUNTED_EVERY_MS);
  await told();
  expect(queries).toHaveLength(2 * once);
});
