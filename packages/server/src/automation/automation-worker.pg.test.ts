import { checkDeviceLog } from "@sluice/core/safety/check-device-log.ts";
import { VirtualDevice } from "@sluice/core/safety/testing/virtual-device.ts";
import { parseCommand } from "@sluice/protocol/commands/command-codec.ts";
import { encodeEvidence } from "@sluice/protocol/commands/evidence-codec.ts";
import { encodeHello } from "@sluice/protocol/commands/hello-codec.ts";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listActuators } from "../actuation/index.ts";
import { listAlerts } from "../alerts/index.ts";
import { AutomationWorker, FOLD_ATTEMPTS, WORKER_POLL_MS } from "./automation-worker.ts";
import { foldTransitions } from "./fold-transitions.ts";
import { listExecutions } from "./list-executions.ts";
import { createTestAutomation, type TestAutomation, type WateredZone } from "./testing/test-automation.ts";

/** From a committed transition to a pump that runs, with the real gate on the device's side. */
const LIMITS = { pump: { maxRunMs: 30_000, cooldownMs: 900_000 } };

let test: TestAutomation;
let worker: AutomationWorker;
let zone: WateredZone;
let device: VirtualDevice;
let heard: number;
let lostAlerts: number;

beforeEach(async () => {
  test = await createTestAutomation(() => worker.nudge());
  worker = new AutomationWorker({
    automation: test.automation,
    clock: test.plant.clock,
    logger: pino({ level: "silent" }),
    onAlertLost: () => lostAlerts++,
  });
  lostAlerts = 0;
  zone = await test.addZone();
  device = new VirtualDevice(LIMITS);
  heard = 0;
  test.plant.link.beforePublish = async ({ channel, payload }) => {
    if (channel === "command") device.deliver(parseCommand(payload));
  };
  await test.plant.gateway.onHello(zone.deviceId, encodeHello(device.gate!.hello()));
  worker.start();
});
afterEach(async () => {
  await worker.stop();
  await test.stop();
});

/** Lets server and device talk until neither has anything more to say. */
async function talk(): Promise<void> {
  do {
    await worker.settled();
    await test.plant.gateway.settled();
    for (; heard < device.evidence.length; heard++) {
      await test.plant.gateway.onEvidence(zone.deviceId, encodeEvidence(device.evidence[heard]!));
    }
  } while (heard < device.evidence.length);
}

describe("a herd", () => {
  it("of 1,000 causes from 200 probes is one ON edge in the pump's own log", async () => {
    const probes = await Promise.all(Array.from({ length: 200 }, () => test.addProbe(zone)));
    const flushes = Array.from({ length: 5 }, (_, index) => probes.map((probe) => ({ ...probe, episode: index + 1 })));
    for (const flush of flushes) {
      await test.flush(...flush);
      worker.nudge();
    }
    await talk();
    device.advance(30_000);
    await talk();
    expect(device.onEdges("pump")).toBe(1);
    expect(checkDeviceLog(device.log, LIMITS)).toEqual([]);
    const executions = await listExecutions(test.plant.pool, test.plant.operator.organizationId, { limit: 10 });
    expect(executions.map(({ status }) => status)).toEqual(["WAITING", "SUCCEEDED"]);
    const [pump] = await listActuators(test.plant.pool, test.plant.operator.organizationId, zone.uid);
    expect(pump).toMatchObject({ status: "COOLDOWN", totalActivations: 1, observed: { state: "off" } });
  });
});

describe("the worker", () => {
  it("finds by its poll what nobody nudged it about", async () => {
    await worker.settled();
    await test.flush({ ...zone, episode: 1 });
    test.plant.clock.advance(WORKER_POLL_MS);
    await talk();
    expect(device.gate?.isOn("pump")).toBe(true);
  });

  it("goes on after an error, at its next poll", async () => {
    await worker.settled();
    await test.plant.pool.query("alter table rule_transition rename to away");
    worker.nudge();
    await worker.settled();
    await test.plant.pool.query("alter table away rename to rule_transition");
    await test.flush({ ...zone, episode: 1 });
    test.plant.clock.advance(WORKER_POLL_MS);
    await talk();
    expect(device.onEdges()).toBe(1);
  });

  it("acts although an alert can never be written, and says which was lost", async () => {
    const { pool } = test.plant;
    const other = await test.addZone();
    await pool.query(`update rule set alert = '{"severity": "major"}'`);
    await pool.query(`alter table alert add constraint poison check (rule_id <> ${zone.ruleId})`);
    await worker.settled();
    await test.flush({ ...zone, episode: 1 }, { ...other, episode: 1 });
    for (let attempt = 0; attempt < FOLD_ATTEMPTS; attempt++) {
      expect(lostAlerts).toBe(0);
      test.plant.clock.advance(WORKER_POLL_MS);
      await worker.settled();
    }
    test.plant.clock.advance(WORKER_POLL_MS);
    await talk();
    expect(device.gate?.isOn("pump")).toBe(true);
    const { organizationId } = test.plant.operator;
    expect(await listExecutions(pool, organizationId, { limit: 10 })).toHaveLength(2);
    expect(await listAlerts(pool, organizationId, { limit: 10 })).toMatchObject([{ device: other.uid }]);
    expect(lostAlerts).toBe(1);
    await test.flush({ ...other, episode: 1, state: "resolved" });
    test.plant.clock.advance(WORKER_POLL_MS);
    await talk();
    expect(await listAlerts(pool, organizationId, { limit: 10 })).toMatchObject([{ state: "resolved" }]);
  });

  it("decides what is open although nothing can be folded", async () => {
    await worker.settled();
    await worker.stop();
    await test.flush({ ...zone, episode: 1 });
    await foldTransitions(test.automation, 0);
    await test.plant.pool.query("alter table rule_transition rename to away");
    worker.start();
    await talk();
    expect(device.gate?.isOn("pump")).toBe(true);
    expect(worker.health().lastError).toContain("rule_transition");
  });

  it("does nothing more once it has stopped", async () => {
    await worker.stop();
    await test.flush({ ...zone, episode: 1 });
    worker.nudge();
    test.plant.clock.advance(10 * WORKER_POLL_MS);
    await worker.settled();
    expect(await listExecutions(test.plant.pool, test.plant.operator.organizationId, { limit: 1 })).toEqual([]);
  });
});
