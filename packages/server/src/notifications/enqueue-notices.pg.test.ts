import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { inTransaction } from "../platform/postgres.ts";
import { countNewDeadDeliveries, readDeliveryQueue } from "./delivery-health-store.ts";
import { enqueueNotices } from "./enqueue-notices.ts";
import { disableChannel } from "./manage-channels.ts";
import type { Notice } from "./notice.ts";
import { createTestNotifications, type TestNotifications } from "./testing/test-notifications.ts";

let sluice: TestNotifications;
beforeAll(async () => {
  sluice = await createTestNotifications();
});
afterEach(() =>
  sluice.rows(
    "truncate notification_route, notification_route_channel, channel, channel_pace, channel_lane, notice, delivery, delivery_attempt, escalation",
  ),
);
afterAll(() => sluice.close());

const hook = async () => (await sluice.addChannel({ kind: "webhook", url: "http://127.0.0.1:9/" })).channel.id;
const queued = () =>
  sluice.rows<{ channel: number; urgent: boolean; group: string; state: string; waitMs: number }>(
    `select d.channel_id as channel, d.is_urgent as urgent, d.group_key as "group", d.state,
            (extract(epoch from d.next_attempt_at - $1) * 1000)::float8 as "waitMs"
       from delivery d order by d.seq`,
    [new Date(sluice.clock.nowMicros() / 1000)],
  );

test("a notice is queued in the caller's transaction, and not at all when that rolls back", async () => {
  await sluice.addRoute([await hook()]);
  const failing = inTransaction(sluice.database.pool, async (client) => {
    await enqueueNotices(client, [sluice.notice()]);
    throw new Error("the alert could not be changed");
  });
  await expect(failing).rejects.toThrow("the alert");
  expect(await queued()).toEqual([]);
  await sluice.enqueue(sluice.notice());
  expect(await queued()).toHaveLength(1);
});

test("the same notice again is passed over, within a call and later", async () => {
  await sluice.addRoute([await hook()]);
  const notice = sluice.notice();
  await sluice.enqueue(notice, notice);
  await sluice.enqueue(notice, sluice.notice());
  expect(await queued()).toHaveLength(2);
});

test("a channel that two routes name is told once, and each of its channels by a route that continues", async () => {
  const [first, second] = [await hook(), await hook()];
  await sluice.addRoute([first], { continues: true });
  await sluice.addRoute([first, second]);
  await sluice.enqueue(sluice.notice());
  expect((await queued()).map(({ channel }) => channel)).toEqual([first, second]);
});

test("no route, no delivery; the notice is kept", async () => {
  await sluice.enqueue(sluice.notice());
  expect(await queued()).toEqual([]);
  expect(await sluice.rows("select 1 from notice")).toHaveLength(1);
});

test("another organization's routes take nothing", async () => {
  await sluice.addRoute([await hook()]);
  const { organizationId } = await sluice.stranger();
  await sluice.enqueue(sluice.notice({ organizationId, siteId: null }));
  expect(await queued()).toEqual([]);
});

test("what is grouped is told when the first that waits of its group is", async () => {
  await sluice.addRoute([await hook()], { groupWindowMs: 60_000 });
  await sluice.enqueue(sluice.notice(), sluice.notice({ siteId: null }));
  sluice.clock.advance(45_000);
  await sluice.enqueue(sluice.notice());
  expect((await queued()).map(({ group, waitMs }) => ({ group, waitMs }))).toEqual([
    { group: `site:${sluice.siteId}`, waitMs: 15_000 },
    { group: "site:none", waitMs: 15_000 },
    { group: `site:${sluice.siteId}`, waitMs: 15_000 },
  ]);
  sluice.clock.advance(15_000);
  await sluice.enqueue(sluice.notice());
  expect((await queued()).at(-1)).toMatchObject({ waitMs: 60_000 });
});

test("what is due, waits and was given up is counted", async () => {
  const { organizationId } = sluice.notice();
  await sluice.addRoute([await hook()], { groupWindowMs: 60_000 });
  await sluice.enqueue(sluice.notice(), sluice.notice(), sluice.notice());
  await sluice.rows("update delivery set next_attempt_at = clock_timestamp() + interval '1 hour'");
  const first = "where seq = (select min(seq) from delivery)";
  await sluice.rows(`update delivery set next_attempt_at = clock_timestamp() - interval '90 seconds' ${first}`);
  const last = "where seq = (select max(seq) from delivery)";
  await sluice.rows(`update delivery set state = 'dead', finished_at = clock_timestamp() ${last}`);
  const queue = await readDeliveryQueue(sluice.database.pool, organizationId);
  expect(queue).toMatchObject({ due: 1, waiting: 1, sending: 0, dead: 1 });
  expect(Math.floor(queue.oldestDueMs! / 30_000)).toBe(3);
  expect(await countNewDeadDeliveries(sluice.database.pool)).toEqual([{ organizationId, count: 1 }]);
});

test("what comes for a disabled channel is suppressed", async () => {
  const id = await hook();
  await sluice.addRoute([id]);
  await sluice.enqueue(sluice.notice());
  await disableChannel(sluice.notifications, sluice.by, id);
  await sluice.enqueue(sluice.notice());
  expect(await sluice.states()).toEqual({ suppressed: 2 });
});

test("whatever a notice says, it does not fail the transaction of its alert", async () => {
  await sluice.addRoute([await hook()]);
  const odd: Partial<Notice> = {
    title: `NUL \0 half \ud800 ${"long ".repeat(500)}`,
    message: "\0".repeat(10) + "x".repeat(100_000),
    data: { text: "a\0b\udc00", deep: { list: ["\0"] }, big: "x".repeat(100_000) },
  };
  await sluice.enqueue(sluice.notice(odd), sluice.notice({ data: { text: "a\0b\udc00", n: Number.NaN } }));
  const rows = await sluice.rows<{ title: string; message: string; data: object }>(
    "select title, message, data from notice order by seq",
  );
  expect(rows[0]!.title).toHaveLength(200);
  expect(rows[0]!.message).toHaveLength(2_000);
  expect(rows[0]!.data).toEqual({});
  expect(rows[1]!.data).toEqual({ text: "ab\ufffd", n: null });
});

test("without a time of its own it takes the database's", async () => {
  await sluice.addRoute([await hook()]);
  await inTransaction(sluice.database.pool, (client) => enqueueNotices(client, [sluice.notice()]));
  const [row] = await sluice.rows<{ isNow: boolean }>(
    `select d.created_at between now() - interval '1 minute' and now() as "isNow" from delivery d`,
  );
  expect(row!.isNow).toBe(true);
});
