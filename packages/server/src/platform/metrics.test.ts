import { expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { MEASURED_WITHIN_MS, Metrics } from "./metrics.ts";
import { parseExposition } from "./testing/exposition.ts";

test("a metric is what is read when it is asked for", async () => {
  const metrics = new Metrics();
  let stored = 2;
  metrics.counter({ name: "stored_total", help: "Stored." }, () => stored);
  metrics.gauge({ name: "open", help: 'By "severity".\nOf all.', labels: ["severity"] }, async () => [
    { labels: { severity: 'a "critical" one\n' }, value: stored },
  ]);
  expect(parseExposition(await metrics.text()).get("stored_total")?.samples).toEqual([
    { name: "stored_total", labels: {}, value: 2 },
  ]);
  stored = 5;
  const later = parseExposition(await metrics.text());
  expect(later.get("stored_total")).toMatchObject({ type: "counter", samples: [{ value: 5 }] });
  expect(later.get("open")).toMatchObject({
    type: "gauge",
    samples: [{ labels: { severity: 'a "critical" one\n' }, value: 5 }],
  });
});

test("what cannot be read is left out, and the others are told", async () => {
  const metrics = new Metrics();
  let isThere = true;
  metrics.gauge({ name: "waiting", help: "Waiting." }, async () => {
    if (!isThere) throw new Error("the database is away");
    return 3;
  });
  metrics.gauge({ name: "unknown", help: "Not here." }, () => undefined);
  metrics.gauge({ name: "up", help: "Up." }, () => 1);
  expect(parseExposition(await metrics.text()).get("waiting")?.samples).toMatchObject([{ value: 3 }]);
  isThere = false;
  const told = parseExposition(await metrics.text());
  expect(told.get("waiting")?.samples).toEqual([]);
  expect(told.get("unknown")?.samples).toEqual([]);
  expect(told.get("up")?.samples).toMatchObject([{ value: 1 }]);
});

test("what is not read in time is left out, and does not keep the others", async () => {
  const due = new Set<() => void>();
  const after = (delayMs: number, callback: () => void) => {
    expect(delayMs).toBe(MEASURED_WITHIN_MS);
    due.add(callback);
    return () => due.delete(callback);
  };
  const metrics = new Metrics({ ...systemClock, after });
  metrics.gauge({ name: "waiting", help: "Waiting." }, () => new Promise(() => {}));
  metrics.gauge({ name: "up", help: "Up." }, () => 1);
  const text = metrics.text();
  await new Promise(setImmediate);
  expect(due.size).toBe(1);
  for (const callback of due) callback();
  const told = parseExposition(await text);
  expect(told.get("waiting")?.samples).toEqual([]);
  expect(told.get("up")?.samples).toMatchObject([{ value: 1 }]);
});

test("a timer has cumulative buckets, and those of the process are there too", async () => {
  const metrics = new Metrics();
  const timer = metrics.timer({ name: "took_seconds", help: "Took.", labels: ["route"] }, [0.01, 0.1]);
  timer.observe({ route: "/a" }, 0.05);
  const told = parseExposition(await metrics.text());
  expect(told.get("took_seconds")?.samples.map(({ name, labels, value }) => [name, labels.le, value])).toEqual([
    ["took_seconds_bucket", "0.01", 0],
    ["took_seconds_bucket", "0.1", 1],
    ["took_seconds_bucket", "+Inf", 1],
    ["took_seconds_sum", undefined, 0.05],
    ["took_seconds_count", undefined, 1],
  ]);
  expect(told.get("process_resident_memory_bytes")?.samples[0]?.value).toBeGreaterThan(0);
  expect(told.has("nodejs_eventloop_lag_p99_seconds")).toBe(true);
});
