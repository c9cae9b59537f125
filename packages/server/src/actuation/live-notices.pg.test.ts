import { afterEach, beforeEach, expect, it } from "vitest";
import { LIVE_CHANNEL, type LiveNotice, parseLiveNotice } from "../platform/live-notice.ts";
import { connectClient } from "../platform/postgres.ts";
import { requestRun } from "./index.ts";
import { AutomaticExecutions } from "./testing/automatic-executions.ts";
import { createTestPlant, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;
let zone: Zone;
let listener: Awaited<ReturnType<typeof connectClient>>;
let heard: (LiveNotice | undefined)[];

beforeEach(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
  zone = await plant.addZone();
  await plant.connect(zone);
  heard = [];
  listener = await connectClient(plant.database.url, "live");
  listener.on("notification", ({ payload }) => heard.push(parseLiveNotice(payload!)));
  await listener.query(`listen ${LIVE_CHANNEL}`);
});
afterEach(async () => {
  await listener.end();
  await plant.stop();
});

/** Notices come with the answer to the next statement. */
async function noticesOf(work: () => Promise<unknown>): Promise<(LiveNotice | undefined)[]> {
  heard.length = 0;
  await work();
  await listener.query("select 1");
  return [...heard];
}

it("live streams are told of every change of a command and of its execution, in its transaction", async () => {
  const { organizationId } = plant.operator;
  const automatic = new AutomaticExecutions(plant);
  let commandId: string | undefined;
  let id: string | undefined;
  const begun = await noticesOf(async () => {
    const order = { actuatorId: zone.pumpId, durationMs: 1_000 };
    const placed = await requestRun(plant.actuation, plant.operator, order);
    id = placed.executionId;
    commandId = placed.command!.id;
  });
  expect(begun).toEqual(
    expect.arrayContaining([
      { organizationId, kind: "execution", id },
      { organizationId, kind: "command", id: commandId },
    ]),
  );
  await plant.gateway.settled();
  const ended = await noticesOf(() => automatic.say(zone, "COMPLETED"));
  expect(new Set(ended.map((notice) => notice?.kind))).toEqual(new Set(["command", "execution"]));
  const repeated = await noticesOf(() => automatic.say(zone, "COMPLETED"));
  expect(repeated).toEqual([]);
});

it("and are told nothing of what was rolled back", async () => {
  const failing = () =>
    plant.actuation.store
      .transaction(async (tx) => {
        const order = { id: plant.actuation.newId(), organizationId: plant.operator.organizationId };
        const request = {
          ...order,
          actuatorId: zone.pumpId,
          action: "RUN",
          parameters: {},
          requestedBy: "user:1",
        } as const;
        await tx.insertRequest({ ...request, idempotencyKey: undefined, request: {} });
        throw new Error("never mind");
      })
      .catch(() => {});
  expect(await noticesOf(failing)).toEqual([]);
});
