import type { Pool } from "pg";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../actuation/testing/manual-clock.ts";
import { addOrganization } from "../devices/testing/test-registry.ts";
import { listAlertEvents, listAlerts } from "./index.ts";
import type { Probe, Trouble } from "./probe.ts";
import { gatewayProbe } from "./probes.ts";
import { createTestAlerts, type TestAlerts } from "./testing/test-alerts.ts";
import { PROBE_TIMEOUT_MS, SelfWatch, WATCH_MS } from "./watch-self.ts";
import { beat, gatewaySilentForMs } from "./watched-store.ts";

const FULL: Trouble = { severity: "major", title: "The disk is nearly full", message: "1 MiB", value: 1 };
const FOR_MS = 2 * WATCH_MS;

let test: TestAlerts;
let clock: ManualClock;
let watch: SelfWatch;
let troubles: readonly Trouble[] | "hangs" | "fails";
let isAway: boolean;

const disk: Probe = {
  source: "disk:a",
  forMs: FOR_MS,
  check: async () => {
    if (troubles === "fails") throw new Error("nobody knows");
    return troubles === "hangs" ? new Promise(() => {}) : troubles;
  },
};

beforeEach(async () => {
  test = await createTestAlerts();
  clock = new ManualClock();
  troubles = [];
  isAway = false;
  watch = watching([disk]);
});
afterEach(async () => {
  await watch.stop();
  await test.stop();
});

function watching(probes: readonly Probe[]): SelfWatch {
  const alerts = { ...test.alerts, pool: mortal(test.pool) };
  return new SelfWatch({
    alerts,
    clock,
    logger: pino({ level: "silent" }),
    probes,
    host: "a",
    roles: () => ["gateway", "worker"],
  });
}

/** A pool whose database is away when the test says so. */
function mortal(pool: Pool): Pool {
  return new Proxy(pool, {
    get: (target, key) => {
      if (isAway && (key === "query" || key === "connect")) return () => Promise.reject(new Error("away"));
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function look(times = 1): Promise<void> {
  for (let time = 0; time < times; time++) {
    clock.advance(WATCH_MS);
    await watch.settled();
  }
}

const events = async () => (await test.notices()).map(({ event, severity }) => `${event} ${severity}`);

describe("a failure of Sluice itself", () => {
  it("fires when it has lasted, is told over the same channels, and resolves by itself", async () => {
    troubles = [FULL];
    watch.start();
    await watch.settled();
    await look();
    expect(await test.list()).toEqual([]);
    await look(3);
    expect(await test.list()).toMatchObject([
      { source: "disk:a", state: "firing", severity: "major", rule: null, device: null, value: 1 },
    ]);
    troubles = [];
    await look();
    const [alert] = await test.list();
    expect(alert).toMatchObject({ state: "resolved", open: false });
    expect(await test.trailOf(alert!.id)).toEqual(["fired", "resolved"]);
    expect(await events()).toEqual(["fired major", "resolved major"]);
  });

  it("that does not last is told to nobody", async () => {
    watch.start();
    await watch.settled();
    for (let round = 0; round < 5; round++) {
      troubles = [FULL];
      await look(2);
      troubles = [];
      await look();
    }
    expect(await events()).toEqual([]);
  });

  it("that becomes worse is told again, as the same alert", async () => {
    troubles = [FULL];
    watch.start();
    await watch.settled();
    await look(3);
    troubles = [{ ...FULL, severity: "critical" }];
    await look(3);
    expect(await test.list()).toMatchObject([{ severity: "critical", occurrences: 2 }]);
    expect(await events()).toEqual(["fired major", "fired critical"]);
  });

  it("is neither begun nor ended by a probe that cannot tell", async () => {
    troubles = [FULL];
    watch.start();
    await watch.settled();
    await look(3);
    troubles = "fails";
    await look(3);
    troubles = "hangs";
    clock.advance(WATCH_MS);
    clock.advance(PROBE_TIMEOUT_MS);
    await watch.settled();
    expect(await test.list()).toMatchObject([{ state: "firing" }]);
  });

  it("is ended by the next process, if the one that found it is gone", async () => {
    troubles = [FULL];
    watch.start();
    await watch.settled();
    await look(3);
    await watch.stop();
    troubles = [];
    watch = watching([disk]);
    watch.start();
    await watch.settled();
    expect(await test.list()).toMatchObject([{ state: "resolved" }]);
  });

  it("that goes on is not ended by a process that has just started", async () => {
    troubles = [FULL];
    watch.start();
    await watch.settled();
    await look(3);
    await watch.stop();
    watch = watching([disk]);
    watch.start();
    await watch.settled();
    await look(3);
    expect(await test.list()).toMatchObject([{ state: "firing", occurrences: 1 }]);
    expect(await events()).toEqual(["fired major"]);
  });

  it("that two processes see is one alert", async () => {
    troubles = [FULL];
    const other = watching([disk]);
    other.start();
    watch.start();
    for (let time = 0; time < 4; time++) {
      await Promise.all([look(), other.settled()]);
      await Promise.all([watch.settled(), other.settled()]);
    }
    await other.stop();
    expect((await test.list()).length).toBe(1);
  });

  it("that concerns one organization is told there, and the rest to the first", async () => {
    const second = await addOrganization(test.pool, "second");
    troubles = [FULL, { ...FULL, organizationId: second.organizationId }];
    watch.start();
    await watch.settled();
    await look(3);
    expect((await test.list()).length).toBe(1);
    expect(await listAlerts(test.pool, second.organizationId, { limit: 10 })).toMatchObject([{ source: "disk:a" }]);
  });
});

describe("an alert about a process that is gone", () => {
  it("is ended by those that are left, and says why", async () => {
    troubles = [FULL];
    watch.start();
    await watch.settled();
    await look(3);
    await watch.stop();
    watch = watching([]);
    watch.start();
    await watch.settled();
    expect(await test.list()).toMatchObject([{ state: "firing" }]);
    await test.pool.query("update process_beat set host = 'b'");
    await watch.stop();
    const left = new SelfWatch({ ...other(), host: "b" });
    left.start();
    await left.settled();
    await left.stop();
    expect(await test.list()).toMatchObject([{ state: "resolved", resolvedReason: "not-watched" }]);
  });

  const other = () => ({
    alerts: test.alerts,
    clock,
    logger: pino({ level: "silent" }),
    probes: [],
    roles: () => ["worker"],
  });
});

describe("while the database is away", () => {
  it("what is found is kept, and told as soon as it answers, with its own times", async () => {
    watch.start();
    await watch.settled();
    isAway = true;
    troubles = [FULL];
    const beganMs = clock.nowMicros() / 1000 + WATCH_MS;
    await look(4);
    expect(await test.list()).toEqual([]);
    isAway = false;
    troubles = [];
    await look();
    const [alert] = await test.list();
    expect(alert).toMatchObject({ state: "resolved", open: false, openedAt: new Date(beganMs) });
    const trail = await listAlertEvents(test.pool, test.operator.organizationId, alert!.id);
    expect(trail.map(({ what, at }) => [what, at.getTime() - beganMs])).toEqual([
      ["fired", 0],
      ["resolved", 4 * WATCH_MS],
    ]);
    expect(await events()).toEqual(["fired major", "resolved major"]);
    await look(3);
    expect((await test.list()).length).toBe(1);
  });
});

describe("a gateway", () => {
  const silence = async (seconds: number) =>
    test.pool.query("update process_beat set beat_at = beat_at - $1 * interval '1 second'", [seconds]);

  it("that was killed is silent, and one that stops as it should is not", async () => {
    expect(await gatewaySilentForMs(test.pool)).toBeUndefined();
    watch.start();
    await watch.settled();
    await silence(60);
    expect(await gatewaySilentForMs(test.pool)).toBeGreaterThan(59_000);
    await watch.stop();
    expect(await gatewaySilentForMs(test.pool)).toBeUndefined();
  });

  it("that is silent is an alert until another says that it lives", async () => {
    await beat(test.pool, { id: "00000000-0000-4000-8000-000000000001", host: "b", roles: ["gateway"] });
    await silence(60);
    watch = new SelfWatch({
      alerts: test.alerts,
      clock,
      logger: pino({ level: "silent" }),
      probes: [gatewayProbe(() => gatewaySilentForMs(test.pool))],
      host: "a",
      roles: () => ["worker"],
    });
    watch.start();
    await watch.settled();
    await look(3);
    expect(await test.list()).toMatchObject([{ source: "gateway", severity: "critical", state: "firing" }]);
    await beat(test.pool, { id: "00000000-0000-4000-8000-000000000002", host: "c", roles: ["gateway"] });
    await look();
    expect(await test.list()).toMatchObject([{ state: "resolved" }]);
  });
});
