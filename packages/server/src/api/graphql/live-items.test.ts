import { afterEach, expect, test } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import type { Principal } from "../../auth/index.ts";
import { encodeLiveNotice } from "../../platform/live-notice.ts";
import { createLogger } from "../../platform/logger.ts";
import { LiveEvents } from "../ws/live-events.ts";
import { LiveHub } from "../ws/live-hub.ts";
import { COALESCE_MS } from "../ws/organization-feed.ts";
import { subscribeItems } from "./live-items.ts";

const RENEW_MS = 4_000;
const reader: Principal = { kind: "client", clientId: "1", organizationId: 1, scopes: new Set(["alerts:read"]) };

interface Alarm {
  readonly id: string;
  readonly open: boolean;
  readonly site: string;
}

/** Alarms that are opened and ended here, as the database would tell of them. */
function alarms() {
  const clock = new ManualClock();
  const logger = createLogger("silent");
  const things = new Map<string, Alarm>();
  /** Lets the first read of what is open be answered late. */
  let gate: Promise<void> = Promise.resolve();
  const read = {
    open: async () => [...things.values()].filter(({ open }) => open).toReversed(),
    byIds: async (_organizationId: number, ids: readonly string[]) => ids.flatMap((id) => things.get(id) ?? []),
    isOpen: ({ open }: { readonly open?: unknown }) => open === true,
  };
  const nothing = { open: async () => [], byIds: async () => [], isOpen: () => false };
  const readers = { alert: read, command: nothing, execution: nothing } as never;
  const hub = new LiveHub({ readers, clock, logger, renewMs: RENEW_MS });
  const liveEvents = new LiveEvents({ hub, readings: undefined as never, directory: undefined as never });
  const context = {
    organizationId: 1,
    deps: { clock, logger, liveEvents },
    authenticateAgain: async () => reader,
  };
  return {
    hub,
    clock,
    put: (alarm: Alarm) => void things.set(alarm.id, alarm),
    hold: () => {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return held.resolve;
    },
    notice: async (id: string) => {
      hub.onNotice(encodeLiveNotice({ organizationId: 1, kind: "alert", id }));
      await clock.advance(COALESCE_MS);
      await hub.settled();
    },
    renew: async () => {
      await clock.advance(RENEW_MS);
      await hub.settled();
    },
    subscribe: () =>
      subscribeItems<Alarm>(context, "alert", "alerts:read", {
        open: async () => {
          const items = await read.open();
          await gate;
          return items;
        },
        byIds: (ids) => read.byIds(1, ids),
        isOpen: ({ open }) => open,
        isWanted: ({ site }) => site === "north",
      }),
  };
}

const open: ReturnType<typeof alarms>[] = [];
const start = () => {
  const world = alarms();
  open.push(world);
  return world;
};
afterEach(async () => {
  for (const { hub } of open.splice(0)) await hub.stop();
});

const id = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;
const alarm = (number: number, open = true, site = "north"): Alarm => ({ id: id(number), open, site });

test("what ends while everything is read anew is told", async () => {
  const { subscribe, put, renew } = start();
  put(alarm(1));
  put(alarm(2));
  const queue = await subscribe();
  for (const number of [1, 2]) expect((await queue.next()).value).toEqual(alarm(number));
  // Its notice was lost, or came in the same round.
  put(alarm(1, false));
  await renew();
  expect((await queue.next()).value).toEqual(alarm(1, false));
  put(alarm(3));
  await renew();
  expect((await queue.next()).value).toEqual(alarm(3));
});

test("what ends before it is begun with is not told as open after that", async () => {
  const { subscribe, put, hold, notice } = start();
  put(alarm(1));
  put(alarm(2));
  const release = hold();
  const coming = subscribe();
  put(alarm(1, false));
  await notice(id(1));
  release();
  const queue = await coming;
  expect((await queue.next()).value).toEqual(alarm(1, false));
  expect((await queue.next()).value).toEqual(alarm(2));
  put(alarm(3));
  await notice(id(3));
  expect((await queue.next()).value).toEqual(alarm(3));
});

test("what is not wanted any more is told so once, and never what was not", async () => {
  const { subscribe, put, notice } = start();
  put(alarm(1));
  put(alarm(2, true, "south"));
  const queue = await subscribe();
  expect((await queue.next()).value).toEqual(alarm(1));
  put(alarm(1, true, "south"));
  for (const number of [1, 2, 1]) await notice(id(number));
  expect((await queue.next()).value).toEqual(alarm(1, true, "south"));
  put(alarm(3));
  await notice(id(3));
  expect((await queue.next()).value).toEqual(alarm(3));
});
