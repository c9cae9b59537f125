import type { EvidenceState } from "@sluice/core/commands/command.ts";
import type { Condition, RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import { START_WITHIN_MS } from "@sluice/core/safety/windows.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  decideExecution,
  JITTER,
  listCommands,
  listExecutionEvents,
  MAX_RETRIES,
  RETRY_PAUSES_MS,
  releaseHold,
  requestStop,
} from "../actuation/index.ts";
import { readExecution, readTrail } from "./execution-detail.ts";
import { foldTransitions } from "./fold-transitions.ts";
import { listExecutions } from "./list-executions.ts";
import { runExecutions } from "./run-executions.ts";
import { createTestAutomation, type TestAutomation, type WateredZone } from "./testing/test-automation.ts";

let test: TestAutomation;
let zone: WateredZone;

beforeEach(async () => {
  test = await createTestAutomation();
  zone = await test.addZone();
});
afterEach(() => test.stop());

const organizationId = () => test.plant.operator.organizationId;
const executions = async () => (await listExecutions(test.plant.pool, organizationId(), { limit: 50 })).reverse();
const commands = async () => (await listCommands(test.plant.pool, organizationId(), { limit: 50 })).reverse();
const statuses = async () =>
  (await executions()).map(({ status, reason }) => (reason === null ? status : `${status} ${reason}`));

/** One turn of a worker. */
async function turn(): Promise<void> {
  await foldTransitions(test.automation, 0);
  expect((await runExecutions(test.automation)).errors).toEqual([]);
  await test.plant.gateway.settled();
}

async function say(state: EvidenceState, more: { reason?: string; ranMs?: number } = {}): Promise<void> {
  const { id, fence } = (await commands()).at(-1)!;
  await test.plant.gateway.onEvidence(zone.deviceId, JSON.stringify({ id, actuator: "pump", fence, state, ...more }));
}

const nowMicros = () => Date.now() * 1000;

describe("a rule that fires", () => {
  it("starts its pump once, and its execution succeeds with it", async () => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await turn();
    expect(test.plant.link.commands()).toMatchObject([{ kind: "RUN", fence: 1, durationMs: 30_000 }]);
    await say("RUNNING");
    await test.flush({ ...zone, episode: 1, state: "resolved" });
    await turn();
    await say("COMPLETED", { ranMs: 30_000 });
    expect(await executions()).toMatchObject([
      {
        status: "SUCCEEDED",
        success: true,
        errorDetails: null,
        threshold: { rule: zone.ruleId, metric: "moisture", operator: "below", value: 10, hysteresis: 0 },
        schedule: null,
        parameters: { durationMs: 30_000 },
        retries: 0,
      },
    ]);
  });

  it("starts it once however many workers decide at the same time", async () => {
    await test.flush({ ...zone, episode: 1 });
    await foldTransitions(test.automation, 0);
    await Promise.all(Array.from({ length: 50 }, () => runExecutions(test.automation)));
    expect(await commands()).toHaveLength(1);
    expect(await statuses()).toEqual(["DISPATCHED"]);
  });

  it("waits out the cooldown, and runs then only if it still fires", async () => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await say("COMPLETED", { ranMs: 30_000 });
    expect(await statuses()).toEqual(["SUCCEEDED", "WAITING cooldown"]);
    await turn();
    expect(await commands()).toHaveLength(1);
    await test.flush({ ...zone, episode: 1, state: "resolved" });
    await turn();
    await test.plant.passTime(900_000);
    await turn();
    expect(await statuses()).toEqual(["SUCCEEDED", "CANCELLED cause_gone"]);
    expect(await commands()).toHaveLength(1);
  });

  it("and goes on firing waters again after the cooldown, once a reading newer than the run says so", async () => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await say("COMPLETED", { ranMs: 30_000 });
    await test.plant.passTime(900_000);
    await turn();
    expect(await statuses()).toEqual(["SUCCEEDED", "WAITING stale_reading"]);
    test.latestMicros.set(zone.deviceId, nowMicros());
    await test.plant.passTime(10_000);
    await turn();
    expect(await statuses()).toEqual(["SUCCEEDED", "DISPATCHED"]);
    expect((await commands()).map(({ fence }) => fence)).toEqual([1, 2]);
  });

  it("is absorbed by the run that is under way, and starts the next one after it", async () => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await test.flush({ ...zone, episode: 1, state: "resolved" }, { ...zone, episode: 2 });
    await turn();
    expect(await executions()).toMatchObject([{ status: "DISPATCHED", causes: 2 }]);
    await say("COMPLETED", { ranMs: 30_000 });
    expect(await statuses()).toEqual(["SUCCEEDED", "WAITING cooldown"]);
  });

  it("and resolves before anything was decided starts nothing", async () => {
    await test.flush({ ...zone, episode: 1 }, { ...zone, episode: 1, state: "resolved" });
    await turn();
    expect(await statuses()).toEqual(["CANCELLED cause_gone"]);
    expect(await commands()).toEqual([]);
  });
});

describe("a rule that fires because no reading comes", () => {
  const SILENT: RuleDefinition = { kind: "no-data", metric: "moisture", afterMs: 60_000 };

  /** Its first run is over, and its cooldown. */
  async function runOnce(): Promise<void> {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await say("COMPLETED", { ranMs: 30_000 });
    await test.plant.passTime(900_000);
  }

  it("runs again after the cooldown as long as it is silent: no newer reading can say so", async () => {
    await test.define(zone, SILENT);
    await runOnce();
    await turn();
    expect(await statuses()).toEqual(["SUCCEEDED", "DISPATCHED"]);
  });

  it("does not run again for the reading that ends the silence", async () => {
    await test.define(zone, SILENT);
    await runOnce();
    test.latestMicros.set(zone.deviceId, nowMicros());
    await turn();
    expect(await statuses()).toEqual(["SUCCEEDED", "WAITING stale_reading"]);
  });

  it("does not pass for a rule whose readings have gone stale", async () => {
    await runOnce();
    test.latestMicros.set(zone.deviceId, nowMicros() - 3_600_000_000);
    await turn();
    expect(await statuses()).toEqual(["SUCCEEDED", "WAITING stale_reading"]);
  });
});

describe("a rule over several devices", () => {
  it("runs again for a newer reading of any of them", async () => {
    const tank = await test.plant.addZone("tank-1");
    const level: Condition = {
      kind: "threshold",
      metric: { device: "tank-1", metric: "moisture" },
      operator: "above",
      value: 50,
    };
    const dry: Condition = { kind: "threshold", metric: "moisture", operator: "below", value: 10 };
    await test.define(zone, { kind: "all", conditions: [dry, level] });
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await say("COMPLETED", { ranMs: 30_000 });
    await test.plant.passTime(900_000);
    test.latestMicros.set(tank.deviceId, nowMicros());
    await turn();
    expect(await statuses()).toEqual(["SUCCEEDED", "DISPATCHED"]);
  });
});

describe("a rule that is given another action while it fires", () => {
  type Content = readonly [actuatorId: number | null, action: object | null];
  const ACTIONS: readonly (readonly [string, () => Promise<Content>])[] = [
    ["none", async () => [null, null]],
    ["another kind", async () => [zone.pumpId, { kind: "TRIP", cause: "dry" }]],
    ["another actuator", async () => [(await test.plant.addZone()).pumpId, { kind: "RUN", durationMs: 30_000 }]],
  ];

  it.each(ACTIONS)("runs its pump no more: %s", async (_title, content) => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await redirect(...(await content()));
    await say("COMPLETED", { ranMs: 30_000 });
    expect(await statuses()).toEqual(["SUCCEEDED"]);
  });

  it.each(ACTIONS)("does not start what waits for the cooldown: %s", async (_title, content) => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await say("COMPLETED", { ranMs: 30_000 });
    await redirect(...(await content()));
    await test.plant.passTime(900_000);
    test.latestMicros.set(zone.deviceId, nowMicros());
    await turn();
    expect(await statuses()).toEqual(["SUCCEEDED", "CANCELLED cause_gone"]);
    expect(await commands()).toHaveLength(1);
  });

  async function redirect(...[actuatorId, action]: Content): Promise<void> {
    await test.plant.pool.query("update rule set actuator_id = $2, action = $3 where id = $1", [
      zone.ruleId,
      actuatorId,
      action,
    ]);
  }
});

describe("an execution's trail", () => {
  it("answers what fired, what it waited for and what its device was sent and said", async () => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await say("COMPLETED", { ranMs: 30_000 });
    await test.flush({ ...zone, episode: 1, state: "resolved" }, { ...zone, episode: 2 });
    await turn();
    const [first, next] = await executions();
    const done = (await readExecution(test.plant.pool, organizationId(), first!.id))!;
    expect(done.causedBy).toMatchObject([
      { rule: zone.ruleId, ruleKey: "water-when-dry", device: zone.uid, firstEpisode: 1, lastEpisode: 1, value: 5 },
    ]);
    expect(Math.abs(done.causedBy[0]!.readingAt!.getTime() - Date.now())).toBeLessThan(600_000);
    expect(done.commands).toMatchObject([{ kind: "RUN", fence: 1, state: "COMPLETED" }]);
    const trail = await readTrail(test.plant.pool, organizationId(), first!.id);
    const said = trail.map(({ what, status, command }) => status ?? command?.state ?? what);
    expect(said).toEqual(
      expect.arrayContaining(["PENDING", "cause", "DISPATCHED", "QUEUED", "DISPATCHING", "COMPLETED", "SUCCEEDED"]),
    );
    expect(trail.find(({ what }) => what === "cause")).toMatchObject({
      who: `rule:${zone.ruleId}`,
      cause: { value: 5 },
    });
    const waiting = await readTrail(test.plant.pool, organizationId(), next!.id);
    expect(waiting.find(({ reason }) => reason === "cooldown")).toMatchObject({ status: "WAITING" });
  });
});

describe("a decision that comes too late", () => {
  it("changes nothing: the execution was decided on meanwhile", async () => {
    await test.flush({ ...zone, episode: 1 });
    await foldTransitions(test.automation, 0);
    const [due] = await test.plant.actuation.store.dueExecutions(1);
    await turn();
    const asked = decideExecution(test.plant.actuation, due!, async () => ({
      isNeeded: true,
      readingMicros: undefined,
    }));
    expect(await asked).toBe("not-now");
    expect(await statuses()).toEqual(["DISPATCHED"]);
  });
});

describe("a device that is away", () => {
  it("is waited for without a command, and its pump starts when it comes", async () => {
    const away = await test.addZone(false);
    await test.flush({ ...away, episode: 1 });
    await turn();
    expect(await statuses()).toEqual(["WAITING offline"]);
    expect(await commands()).toEqual([]);
    await test.plant.connect(away);
    await turn();
    expect(await commands()).toMatchObject([{ actuator: away.pumpId, state: "DISPATCHING" }]);
  });
});

describe("a run that did not happen", () => {
  it("is tried again with growing pauses, each in its trail, and is a dead letter after enough of them", async () => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    for (const [attempt, pauseMs] of RETRY_PAUSES_MS.entries()) {
      await say("REJECTED", { reason: "interlock" });
      expect(await statuses()).toEqual(["WAITING retry"]);
      await test.plant.passTime(pauseMs * (1 - 2 * JITTER));
      await turn();
      expect(await commands()).toHaveLength(attempt + 1);
      await test.plant.passTime(pauseMs * 4 * JITTER);
      await turn();
      expect(await commands()).toHaveLength(attempt + 2);
    }
    await say("REJECTED", { reason: "interlock" });
    await test.plant.passTime(RETRY_PAUSES_MS.at(-1)! * 2);
    await turn();
    const [dead] = await executions();
    expect(dead).toMatchObject({ status: "DEAD", retries: MAX_RETRIES, success: false });
    const trail = await listExecutionEvents(test.plant.pool, organizationId(), dead!.id);
    const retried = ["WAITING", "DISPATCHED"];
    expect(trail.map(({ status }) => status)).toEqual([
      "PENDING",
      "DISPATCHED",
      ...retried,
      ...retried,
      ...retried,
      "DEAD",
    ]);
    expect(trail[2]!.message).toContain("1 of 3");
  });

  it("because its device began its pause anew is tried a last time when that has passed", async () => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    for (const pauseMs of RETRY_PAUSES_MS) {
      await say("REJECTED", { reason: "cooldown" });
      await test.plant.passTime(pauseMs * (1 + JITTER));
      await turn();
    }
    expect(await commands()).toHaveLength(MAX_RETRIES);
    await test.plant.passTime(900_000);
    await turn();
    expect(await commands()).toHaveLength(MAX_RETRIES + 1);
    await say("COMPLETED", { ranMs: 30_000 });
    expect((await statuses())[0]).toBe("SUCCEEDED");
  });

  it("because nobody sent it in time expires, and is decided anew", async () => {
    test.plant.link.beforePublish = async () => {};
    await test.flush({ ...zone, episode: 1 });
    await foldTransitions(test.automation, 0);
    test.plant.link.leave(zone.deviceId);
    await runExecutions(test.automation);
    await test.plant.passTime(START_WITHIN_MS);
    await test.plant.gateway.poll();
    expect(await statuses()).toEqual(["WAITING retry"]);
    expect(await commands()).toMatchObject([{ state: "EXPIRED" }]);
  });
});

describe("silence", () => {
  it("starts nothing new until the worst case and the cooldown after it have passed", async () => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await test.plant.passTime(START_WITHIN_MS);
    await test.plant.gateway.poll();
    await turn();
    expect(await statuses()).toEqual(["DISPATCHED"]);
    await test.plant.passTime(60_000);
    await test.plant.gateway.poll();
    expect(await statuses()).toEqual(["FAILED unknown", "WAITING cooldown"]);
    test.latestMicros.set(zone.deviceId, nowMicros() + 1_000_000);
    await turn();
    expect(await commands()).toHaveLength(1);
    await test.plant.passTime(900_000);
    await turn();
    expect(await commands()).toHaveLength(2);
  });
});

describe("a person's STOP", () => {
  it("ends what a rule started and lets it start nothing, until a release and a fresh reading", async () => {
    await test.flush({ ...zone, episode: 1 });
    await turn();
    await requestStop(test.plant.actuation, test.plant.operator, { actuatorId: zone.pumpId });
    const { id, fence } = (await commands()).find(({ kind }) => kind === "RUN")!;
    const aborted = { id, actuator: "pump", fence, state: "ABORTED", reason: "stop", ranMs: 3_000 };
    await test.plant.gateway.onEvidence(zone.deviceId, JSON.stringify(aborted));
    await test.plant.passTime(900_000);
    test.latestMicros.set(zone.deviceId, nowMicros());
    await turn();
    const runs = async () => (await commands()).filter(({ kind }) => kind === "RUN");
    expect(await runs()).toHaveLength(1);
    await releaseHold(test.plant.actuation, test.plant.operator, { actuatorId: zone.pumpId });
    await turn();
    expect(await runs()).toHaveLength(1);
    test.latestMicros.set(zone.deviceId, nowMicros() + 60_000_000);
    await test.plant.passTime(10_000);
    await turn();
    expect(await runs()).toHaveLength(2);
  });
});

describe("a worker that dies", () => {
  it("after the decision was committed and before anybody was told: the command leaves once, by the poll", async () => {
    await test.flush({ ...zone, episode: 1 });
    await foldTransitions(test.automation, 0);
    const dying = {
      ...test.automation,
      actuation: {
        ...test.plant.actuation,
        onQueued: () => {
          throw new Error("killed");
        },
      },
    };
    const round = await runExecutions(dying);
    expect(round.errors).toHaveLength(1);
    await turn();
    await test.plant.gateway.poll();
    await test.plant.gateway.settled();
    expect(test.plant.link.commands()).toHaveLength(1);
    expect(await commands()).toHaveLength(1);
  });

  it("in the middle of a decision has decided nothing", async () => {
    await test.flush({ ...zone, episode: 1 });
    await foldTransitions(test.automation, 0);
    const newId = () => {
      throw new Error("killed");
    };
    await runExecutions({ ...test.automation, actuation: { ...test.plant.actuation, newId } });
    expect(await statuses()).toEqual(["PENDING"]);
    await turn();
    expect((await commands()).map(({ fence }) => fence)).toEqual([1]);
  });
});
