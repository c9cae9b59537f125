import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const NOON_MS = Date.UTC(2026, 4, 1, 12);
const MINUTE_MS = 60_000;
const at = (minute: number) => new Date(NOON_MS + minute * MINUTE_MS).toISOString();
/** All that is stored, and an hour more. */
const PATIENCE = { timeout: 20_000 };
const PERIOD = { from: at(0), to: at(120) };
const DRY = { kind: "threshold", metric: "moisture", operator: "below", value: 10 };

let sluice: TestApp;
let ruleId: number;
let pumpId: number;
let assetId: number;
beforeAll(async () => {
  sluice = await createTestApp();
  const asset = await post("/api/v1/assets", { kind: "field", name: "North field" });
  assetId = asset.json().id;
  for (const uid of ["zone-1", "zone-2"]) {
    await post("/api/v1/devices", { uid, profile: "irrigation-zone", asset: assetId });
  }
  await post("/api/v1/devices", { uid: "gauge", profile: "generic", asset: assetId });
  ruleId = (await get("/api/v1/rules?device=zone-1")).json()[0].id;
  pumpId = (await get("/api/v1/devices/zone-1/actuators")).json()[0].id;
  // A dry hour with one reading of rain in it, and one that cannot be.
  for (let minute = 0; minute < 60; minute++) {
    const moisture = minute === 30 ? 40 : minute === 31 ? -20 : 8;
    await sluice.store("zone-1", NOON_MS + minute * MINUTE_MS, { moisture });
  }
  for (const [minute, moisture] of [5, 20, 5].entries()) {
    await sluice.store("zone-2", NOON_MS + minute * MINUTE_MS, { moisture });
  }
});
afterAll(() => sluice.close());

const get = (url: string) => sluice.ask({ url });
const post = (url: string, payload: object, as: "admin" | "scientist" | "operator" = "admin") =>
  sluice.ask({ method: "POST", url, payload, as });
const backtest = (payload: object, as?: "scientist" | "operator") => post("/api/v1/rules/backtest", payload, as);

describe("a backtest", () => {
  test("of a stored rule says when it would have fired, and how long its pump would have run", async () => {
    const answer = await post(`/api/v1/rules/${ruleId}/backtest`, PERIOD, "scientist");
    expect(answer.json()).toEqual({
      ...PERIOD,
      readings: 59,
      invalid: 1,
      fired: 2,
      lapsed: 0,
      devices: [{ device: "zone-1", fired: 2, lapsed: 0, firingMs: (30 + 88) * MINUTE_MS }],
      episodes: [
        { device: "zone-1", episode: 1, pendingAt: null, firedAt: at(0), resolvedAt: at(30), value: 8 },
        { device: "zone-1", episode: 2, pendingAt: null, firedAt: at(32), resolvedAt: null, value: 8 },
      ],
      actuators: [
        {
          actuator: pumpId,
          key: "pump",
          device: "zone-1",
          // After the last of them nothing newer says that it is needed.
          runs: 5,
          runMs: 5 * 30_000,
          deferred: expect.objectContaining({ stale_reading: expect.any(Number) }),
          refused: {},
          firstRuns: [0, 15.5, 32, 47.5, 63].map((minute) => ({ from: at(minute), to: at(minute + 0.5) })),
        },
      ],
    });
  });

  test("takes another definition and other limits than the stored ones", async () => {
    const definition = { ...DRY, forMs: 10 * MINUTE_MS };
    const changed = await post(`/api/v1/rules/${ruleId}/backtest`, {
      ...PERIOD,
      definition,
      envelope: { cooldownMs: 0, maxStartsPerDay: 3 },
      episodes: 1,
    });
    expect(changed.json()).toMatchObject({
      fired: 2,
      episodes: [{ pendingAt: at(0), firedAt: at(10), resolvedAt: at(30) }],
      actuators: [{ runs: 3, firstRuns: [{ from: at(10) }] }],
    });
  });

  test("of a rule that is not stored yet, for some devices or all of an asset that have its metrics", async () => {
    const action = { actuator: "pump", durationMs: 10_000 };
    const both = (await backtest({ ...PERIOD, definition: DRY, asset: assetId, action }, "scientist")).json();
    expect(both).toMatchObject({
      fired: 4,
      devices: [
        { device: "zone-1", fired: 2 },
        { device: "zone-2", fired: 2 },
      ],
      actuators: [{ device: "zone-1" }, { device: "zone-2", runs: 2, runMs: 20_000 }],
    });
    const one = (await backtest({ ...PERIOD, definition: DRY, devices: ["zone-2"] })).json();
    expect(one).toMatchObject({ readings: 3, fired: 2, actuators: [] });
  });

  test("drives one actuator for a herd of devices", async () => {
    const action = { actuator: pumpId, durationMs: 30_000 };
    const answer = await backtest({ ...PERIOD, definition: DRY, devices: ["zone-1", "zone-2"], action });
    expect(answer.json().actuators).toMatchObject([{ device: "zone-1", runs: 5 }]);
  });

  test("hears of the rules that its gates name", async () => {
    const gates = [{ kind: "rule", rule: ruleId, is: "firing" }];
    const gated = await backtest({ ...PERIOD, devices: ["zone-2"], definition: { ...DRY, value: 50, gates } });
    expect(gated.json()).toMatchObject({ fired: 1, episodes: [{ firedAt: at(0) }] });
  });

  test("of the time to come is of what has been", async () => {
    const { to } = (
      await backtest({ from: at(0), to: "2026-12-31T00:00:00Z", devices: ["zone-2"], definition: DRY })
    ).json();
    expect(Date.parse(to)).toBeLessThanOrEqual(Date.now());
  });
});

test.each([
  [{ definition: DRY }, 400, "backtest.devices", "devices"],
  [{ definition: DRY, devices: ["nobody"] }, 404, "device.unknown", "nobody"],
  [{ definition: DRY, devices: ["gauge"] }, 400, "rule.metric_unknown", "moisture"],
  [{ definition: { ...DRY, value: "low" }, devices: ["zone-1"] }, 400, "rule.definition_invalid", "definition.value"],
  [{ definition: DRY, devices: ["zone-1"], from: at(3), to: at(2) }, 400, "backtest.period", "later"],
  [
    { definition: DRY, devices: ["zone-1"], from: "2020-01-01T00:00:00Z", to: at(0) },
    400,
    "backtest.period",
    "366 days",
  ],
  [{ definition: DRY, devices: ["zone-1"], action: { actuator: "aerator" } }, 404, "actuator.unknown", "aerator"],
  [{ definition: DRY, devices: ["zone-1"], action: { actuator: 2 ** 31 - 1 } }, 404, "actuator.unknown", "2147483647"],
  [{ definition: { ...DRY, metric: "pressure" }, asset: true }, 404, "backtest.no_device", "metrics"],
])("%j is refused with %s %s", async (order, status, code, words) => {
  const asset = "asset" in order ? { asset: assetId } : {};
  const answer = await backtest({ ...PERIOD, ...order, ...asset });
  expect(answer.json()).toMatchObject({ status, code });
  expect(answer.body).toContain(words);
});

test("who may not analyse is refused, and so is a rule that is not there", async () => {
  expect((await backtest({ ...PERIOD, definition: DRY, devices: ["zone-1"] }, "operator")).statusCode).toBe(403);
  expect((await post("/api/v1/rules/999999/backtest", PERIOD)).json()).toMatchObject({
    status: 404,
    code: "rule.unknown",
  });
});

test("a backtest ends when its caller goes away, and makes room for the next", async () => {
  const { pool } = sluice.database;
  const url = `${await sluice.app.listen({ host: "127.0.0.1", port: 0 })}/api/v1/rules/backtest`;
  const authorization = `Bearer ${await sluice.tokenOf("admin")}`;
  const body = JSON.stringify({ ...PERIOD, definition: DRY, devices: ["zone-2"] });
  const ask = (signal?: AbortSignal) =>
    fetch(url, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body,
      ...(signal && { signal }),
    });
  const waiting = async () => {
    const { rows } = await pool.query(
      "select 1 from pg_stat_activity where application_name = 'sluice/backtest' and wait_event_type = 'Lock'",
    );
    return rows.length;
  };
  // Whoever reads now waits for as long as this is open.
  const holder = await pool.connect();
  await holder.query("begin; set local idle_in_transaction_session_timeout = 0");
  await holder.query("lock table slice_0_1 in access exclusive mode");
  const caller = new AbortController();
  const first = ask(caller.signal);
  await expect.poll(waiting, PATIENCE).toBe(1);
  expect(await (await ask()).json()).toMatchObject({ status: 503, code: "backtest.busy" });
  caller.abort();
  await expect(first).rejects.toThrow("abort");
  const second = (async () => {
    for (;;) {
      const answer = await ask();
      if (answer.status !== 503) return answer;
    }
  })();
  // The database does not know yet that the first has gone.
  await expect.poll(waiting, PATIENCE).toBe(2);
  await holder.query("commit");
  holder.release();
  expect(await (await second).json()).toMatchObject({ fired: 2 });
});
