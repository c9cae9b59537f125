import { expect, it } from "vitest";
import type { DeviceEntry } from "../../devices/index.ts";
import { MAX_NOTED, RegistryVersions } from "./registry-versions.ts";

const asked: (readonly number[])[] = [];
/** Odd devices are organization 1's, even ones organization 2's; there is no device 0. */
const versions = new RegistryVersions({
  resolveIds: async (ids) => {
    asked.push(ids);
    const devices = ids.filter((id) => id > 0).map((id) => [id, { organizationId: id % 2 === 1 ? 1 : 2 }] as const);
    return new Map(devices as unknown as [number, DeviceEntry][]);
  },
});
const both = async () => [await versions.of(1), await versions.of(2)] as const;

it("is another one for whose device has changed, and for everybody when that is not known", async () => {
  const [first, second] = await both();
  versions.onEvent({ kind: "device", id: 3 });
  versions.onEvent({ kind: "profile", id: 4 });
  const [changed, same] = await both();
  expect([changed === first, same]).toEqual([false, second]);
  for (const event of [{ kind: "gap" } as const, { kind: "device", id: 0 } as const]) {
    const [one, other] = await both();
    versions.onEvent(event);
    const later = await both();
    expect([later[0] === one, later[1] === other]).toEqual([false, false]);
  }
  expect(asked).toEqual([[3], [0]]);
});

it("notes only so much", async () => {
  const before = await both();
  for (let id = 1; id <= MAX_NOTED + 1; id++) versions.onEvent({ kind: "device", id });
  asked.length = 0;
  const after = await both();
  expect([after[0] === before[0], after[1] === before[1], asked.length]).toEqual([false, false, 0]);
});
