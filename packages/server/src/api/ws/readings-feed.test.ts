import { OUT_OF_RANGE } from "@sluice/core/telemetry/validity.ts";
import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import { LatestValues } from "../../telemetry/index.ts";
import { type DeviceState, type ReadingsSubscriber, selectMetrics } from "./device-state.ts";
import { LiveEvents } from "./live-events.ts";
import { MAX_STATES_OF_ONE, POLL_MS, ReadingsFeed, STATES_A_TURN, TICK_MS } from "./readings-feed.ts";
import { type ReadDevices, readDevices } from "./testing/read-devices.ts";

class Listener implements ReadingsSubscriber {
  readonly heard: (readonly string[])[] = [];

  takeReadings(changed: readonly DeviceState[]): void {
    this.heard.push(changed.map(({ text }) => text));
  }
}

const ALL = selectMetrics(undefined);
let clock: ManualClock;
let latest: LatestValues;
let isOwner: boolean;
let isAway: boolean;
/** Questions to the database. */
let asked: number;
let feed: ReadingsFeed;
let fleet: ReadDevices;
let listener: Listener;

beforeEach(() => {
  clock = new ManualClock();
  latest = new LatestValues();
  isOwner = true;
  isAway = false;
  asked = 0;
  feed = new ReadingsFeed({
    latestValues: () => (isOwner ? latest : undefined),
    telemetry: {
      latestOf: async (deviceIds) => {
        if (isAway) throw new Error("away");
        asked++;
        return new Map(deviceIds.flatMap((id) => (latest.latest(id) === undefined ? [] : [[id, latest.latest(id)!]])));
      },
    },
    clock,
    logger: pino({ level: "silent" }),
  });
  fleet = readDevices(latest, feed);
  listener = new Listener();
});

const watch = (device = fleet.devices[0]!, by: ReadingsSubscriber = listener) => feed.watch(by, device, ALL);
const level = (device: number, ts: number, value: number) =>
  `{"device":"device-${device}","ts":${ts},"values":{"level":${value}}}`;

describe("the feed of readings", () => {
  it("tells at once what changes after a quiet time, and then once a tick", () => {
    watch();
    watch(fleet.devices[1]);
    fleet.say(1, 1_000, { level: 1 });
    clock.advance(0);
    for (let second = 2; second <= 9; second++) fleet.say(1, second * 1_000, { level: second });
    fleet.say(2, 9_000, { level: 9 });
    clock.advance(TICK_MS - 1);
    expect(listener.heard).toEqual([[level(1, 1_000, 1)]]);
    clock.advance(1);
    expect(listener.heard.slice(1)).toEqual([[level(1, 9_000, 9), level(2, 9_000, 9)]]);
  });

  it("tells nothing of a device that nobody watches any more, and of a late reading that changes nothing", () => {
    const state = watch();
    fleet.say(2, 1_000, { level: 1 });
    fleet.say(1, 2_000, { level: 2 });
    clock.advance(TICK_MS);
    fleet.say(1, 1_000, { level: 1 });
    clock.advance(TICK_MS);
    feed.unwatch(listener, state);
    fleet.say(1, 3_000, { level: 3 });
    clock.advance(TICK_MS);
    expect(listener.heard).toEqual([[level(1, 2_000, 2)]]);
  });

  it("tells those who watched before of what one who comes meanwhile sees already", () => {
    watch();
    fleet.say(1, 1_000, { level: 1 });
    const other = new Listener();
    watch(fleet.devices[0], other);
    clock.advance(TICK_MS);
    expect(listener.heard).toEqual([[level(1, 1_000, 1)]]);
    expect(other.heard).toEqual(listener.heard);
  });

  it("marks an invalid reading", () => {
    const state = watch();
    fleet.say(1, 1_000, { level: 900 }, OUT_OF_RANGE);
    clock.advance(TICK_MS);
    expect(state.view).toEqual({
      device: "device-1",
      ts: 1_000,
      values: { level: 900 },
      invalid: { level: ["range"] },
    });
  });

  it("writes a device down once for all who see the same of it", () => {
    const states = new Set(Array.from({ length: 100 }, () => watch(fleet.devices[0], new Listener())));
    expect(states.size).toBe(1);
    expect(feed.watch(listener, fleet.devices[0]!, selectMetrics(["ph", "level"]))).toBe(
      feed.watch(new Listener(), fleet.devices[0]!, selectMetrics(["level", "ph", "ph"])),
    );
  });
});

describe("an organization that asks for very much", () => {
  const ask = (number: number) => feed.watch(listener, fleet.devices[0]!, selectMetrics(["level", `none-${number}`]));

  it("has its share, and leaves the others theirs", () => {
    const states = Array.from({ length: MAX_STATES_OF_ONE }, (_, number) => ask(number));
    expect(() => ask(-1)).toThrow(expect.objectContaining({ code: "stream.full" }));
    watch(fleet.stranger);
    feed.unwatch(listener, states[0]!);
    ask(-1);
  });

  it("is told in parts, and others have their turn in between", () => {
    const known = new Set(Array.from({ length: 2 * STATES_A_TURN }, (_, number) => ask(number)));
    const other = new Listener();
    watch(fleet.devices[1], other);
    fleet.say(1, 1_000, { level: 1 });
    fleet.say(2, 1_000, { level: 2 });
    const heard = () => [listener.heard.flat().length, other.heard.length];
    clock.advance(0);
    expect(heard()).toEqual([known.size, 0]);
    clock.advance(0);
    expect(heard()).toEqual([known.size, 1]);
  });
});

describe("where readings are stored by another process", () => {
  beforeEach(() => {
    isOwner = false;
  });

  it("loads what is stored, and asks for what is new each second, also after the database was away", async () => {
    fleet.say(1, 1_000, { level: 1 });
    const state = watch();
    await feed.load([state]);
    expect(state.text).toBe(level(1, 1_000, 1));
    isAway = true;
    fleet.say(1, 2_000, { level: 2 });
    clock.advance(POLL_MS);
    await feed.settled();
    isAway = false;
    clock.advance(POLL_MS);
    await feed.settled();
    clock.advance(TICK_MS);
    expect(listener.heard.at(-1)).toEqual([level(1, 2_000, 2)]);
  });

  it("asks for all devices at once", async () => {
    await feed.load([watch(), watch(fleet.devices[1])]);
    clock.advance(POLL_MS);
    await feed.settled();
    expect(asked).toBe(2);
  });

  it("misses nothing when this process takes over", async () => {
    await feed.load([watch()]);
    clock.advance(POLL_MS);
    await feed.settled();
    fleet.say(1, 3_000, { level: 3 });
    isOwner = true;
    clock.advance(POLL_MS);
    await feed.settled();
    clock.advance(TICK_MS);
    expect(listener.heard.at(-1)).toEqual([level(1, 3_000, 3)]);
  });
});

it("others in the process hear of their organization's devices until they have enough", async () => {
  const everything = [...fleet.devices, fleet.stranger];
  const directory = { resolveIds: async () => new Map(everything.map((device) => [device.id, device])) };
  const events = new LiveEvents({ hub: undefined as never, readings: feed, directory });
  const heard: unknown[] = [];
  const end = await events.subscribeReadings({ organizationId: 1, deviceIds: [1, 2, 3] }, (view) =>
    heard.push(view.device),
  );
  for (const id of [1, 2, 3]) fleet.say(id, 1_000, { level: id });
  clock.advance(TICK_MS);
  end();
  fleet.say(1, 2_000, { level: 2 });
  clock.advance(TICK_MS);
  expect(heard).toEqual(["device-1", "device-2"]);
});
