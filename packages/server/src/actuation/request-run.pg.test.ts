import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listActuators, listCommandEvents, listCommands, releaseHold, requestStop } from "./index.ts";
import { recordEvidence } from "./record-evidence.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;

beforeAll(async () => {
  plant = await createTestPlant();
});
afterAll(() => plant.stop());

const run = (zone: Zone, change: { durationMs?: number; idempotencyKey?: string } = {}) =>
  startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 30_000, ...change });

async function dispatchAndEnd(zone: Zone, id: string, fence: number): Promise<void> {
  await plant.pool.query("update command set state = 'DISPATCHING', payload = '{}', sent_at = now() where id = $1", [
    id,
  ]);
  const evidence = { id, actuator: "pump", fence, state: "COMPLETED", ranMs: 30_000 } as const;
  expect(await recordEvidence(plant.actuation, zone.deviceId, evidence)).toBe("recorded");
}

describe("a person's run", () => {
  it("is decided once, however many ask at the same time", async () => {
    const zone = await plant.addZone();
    const answers = await Promise.allSettled(Array.from({ length: 50 }, () => run(zone)));
    const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason.code] : []));
    expect(refused).toEqual(Array(49).fill("actuator.running"));
    const commands = await listCommands(plant.pool, plant.operator.organizationId, {
      actuatorId: zone.pumpId,
      limit: 100,
    });
    expect(commands).toMatchObject([{ state: "QUEUED", fence: 1, durationMs: 30_000, kind: "RUN" }]);
  });

  it("tells who decided it, and in which state it is", async () => {
    const zone = await plant.addZone();
    const { id } = await run(zone);
    const events = await listCommandEvents(plant.pool, plant.operator.organizationId, id);
    expect(events).toMatchObject([{ what: "decided", state: "QUEUED", who: "user:operator", details: { fence: 1 } }]);
    expect(await listActuators(plant.pool, plant.operator.organizationId, zone.uid)).toMatchObject([
      {
        id: zone.pumpId,
        key: "pump",
        status: "RUNNING",
        mode: "auto",
        hold: null,
        totalActivations: 0,
        observed: null,
      },
    ]);
  });

  it("is refused in the cooldown, with the time at which it will not be", async () => {
    const zone = await plant.addZone();
    const first = await run(zone);
    await dispatchAndEnd(zone, first.id, 1);
    const [cooling] = await listActuators(plant.pool, plant.operator.organizationId, zone.uid);
    expect(cooling).toMatchObject({ status: "COOLDOWN", totalActivations: 1, observed: { state: "off" } });
    const error = await run(zone).catch((reason) => reason);
    expect(error).toMatchObject({ kind: "conflict", code: "actuator.cooldown" });
    const retryAtMs = Date.parse(error.details.retryAt);
    expect(retryAtMs - cooling!.cooldownUntil!.getTime()).toBeLessThanOrEqual(1);
    await plant.passTime(900_000);
    expect(await run(zone)).toMatchObject({ fence: 2, state: "QUEUED" });
  });

  it.each([
    [0, "actuator.invalid_duration"],
    [-5, "actuator.invalid_duration"],
    [0.5, "actuator.invalid_duration"],
    [30_001, "actuator.max_run"],
    [2 ** 53, "actuator.invalid_duration"],
  ])("is refused for %s ms, and leaves nothing reserved", async (durationMs, code) => {
    const zone = await plant.addZone();
    await expect(run(zone, { durationMs })).rejects.toMatchObject({ kind: "invalid", code });
    expect(await run(zone)).toMatchObject({ state: "QUEUED" });
  });

  it("cannot reach another organization's actuator", async () => {
    const zone = await plant.addZone();
    const stranger = { organizationId: plant.operator.organizationId + 1, actor: "user:stranger" };
    const order = { actuatorId: zone.pumpId, durationMs: 1_000 };
    await expect(startRun(plant.actuation, stranger, order)).rejects.toMatchObject({ code: "actuator.unknown" });
    await expect(requestStop(plant.actuation, stranger, order)).rejects.toMatchObject({ code: "actuator.unknown" });
    await expect(releaseHold(plant.actuation, stranger, { actuatorId: zone.pumpId })).rejects.toMatchObject({
      code: "actuator.unknown",
    });
  });
});

describe("an idempotency key", () => {
  it("is answered with the same command, however often and however concurrently it comes", async () => {
    const zone = await plant.addZone();
    const commands = await Promise.all(Array.from({ length: 10 }, () => run(zone, { idempotencyKey: "once" })));
    expect(new Set(commands.map(({ id }) => id)).size).toBe(1);
  });

  it("refuses another request", async () => {
    const zone = await plant.addZone();
    await run(zone, { idempotencyKey: "mine" });
    const other = run(zone, { idempotencyKey: "mine", durationMs: 1_000 });
    await expect(other).rejects.toMatchObject({ code: "idempotency.mismatch" });
  });

  it("of a request that is refused is refused as often as it comes at once, and stays free", async () => {
    const zone = await plant.addZone();
    const first = await run(zone);
    const refused = await Promise.allSettled(Array.from({ length: 8 }, () => run(zone, { idempotencyKey: "no" })));
    expect(refused.map((answer) => answer.status === "rejected" && answer.reason.code)).toEqual(
      Array.from({ length: 8 }, () => "actuator.running"),
    );
    await dispatchAndEnd(zone, first.id, 1);
    await plant.passTime(900_000);
    expect(await run(zone, { idempotencyKey: "no" })).toMatchObject({ fence: 2 });
  });

  it("of a refused request is free: asking again later may succeed", async () => {
    const zone = await plant.addZone();
    const first = await run(zone);
    await expect(run(zone, { idempotencyKey: "later" })).rejects.toMatchObject({ code: "actuator.running" });
    await dispatchAndEnd(zone, first.id, 1);
    await plant.passTime(900_000);
    expect(await run(zone, { idempotencyKey: "later" })).toMatchObject({ fence: 2 });
  });
});
