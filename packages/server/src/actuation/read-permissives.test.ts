import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { MessageSorter } from "@sluice/core/telemetry/sort-messages.ts";
import { NO_LIMITS, OUT_OF_RANGE } from "@sluice/core/telemetry/validity.ts";
import { expect, test } from "vitest";
import { LatestValues } from "../telemetry/index.ts";
import type { Actuator } from "./actuation-store.ts";
import { readPermissives } from "./read-permissives.ts";

const POND = {
  id: 7,
  uid: "pond",
  organizationId: 1,
  siteId: 1,
  active: true,
  profile: {
    id: 1,
    organizationId: 1,
    key: "pond",
    metricNumbers: new Map([["oxygen", 0]]),
    metricKeys: ["oxygen"],
    validity: NO_LIMITS,
    readingsPerSecond: 1,
    readingsBurst: 1,
  },
};
const directory = { resolve: async () => new Map([["pond", POND]]), resolveIds: async () => new Map([[7, POND]]) };
const feeder = {
  organizationId: 1,
  deviceId: 7,
  envelope: { maxRunMs: 1, cooldownMs: 0, permissives: [{ metric: "oxygen", operator: "above", value: 4 }] },
} as unknown as Actuator;

/** What the feeder may rely on after the pond said this, each a second later: a value and its flags. */
async function readingAfter(...said: readonly (readonly [number, number])[]) {
  const latest = new LatestValues();
  said.forEach(([value, flags], second) => {
    const batch = new MessageBatch(1);
    batch.addValue(0, value);
    batch.setFlags(0, flags);
    batch.endMessage(7, second * 1_000_000);
    latest.apply(batch, new MessageSorter().sort(batch), () => 1);
  });
  const [reading] = await readPermissives(feeder, directory, { latest: async (id) => latest.latest(id) });
  return reading;
}

test("a permissive looks at the newest valid reading: an invalid one neither permits nor takes the time of it", async () => {
  expect(await readingAfter([3, 0], [5, 0])).toEqual({ timeMicros: 1_000_000, value: 5 });
  expect(await readingAfter([3, 0], [900, OUT_OF_RANGE])).toEqual({ timeMicros: 0, value: 3 });
  expect(await readingAfter([900, OUT_OF_RANGE])).toBeUndefined();
});
