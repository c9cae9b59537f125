import { afterEach, beforeEach, expect, test } from "vitest";
import { KEEP_MS, SWEEP_LIMIT, sweepDeliveries } from "./sweep-deliveries.ts";
import { createTestNotifications, type TestNotifications } from "./testing/test-notifications.ts";

let sluice: TestNotifications;
let channelId: number;
beforeEach(async () => {
  sluice = await createTestNotifications();
  channelId = (await sluice.addChannel({ kind: "webhook", url: "http://127.0.0.1:9/" })).channel.id;
  await sluice.addRoute([channelId]);
  await sluice.enqueue(sluice.notice({ title: "told" }), sluice.notice({ title: "waits" }));
  await sluice.rows(
    `update delivery d set state = 'sent', finished_at = d.created_at from notice n where n.id = d.notice_id and n.title = 'told'`,
  );
  await sluice.rows(
    `insert into delivery_attempt (message_id, channel_id, number, at, outcome, duration_ms)
     select id, channel_id, 1, created_at, 'sent', 1 from delivery where state = 'sent'`,
  );
});
afterEach(() => sluice.close());

const titles = async () =>
  (await sluice.rows<{ title: string }>("select title from notice order by seq")).map(({ title }) => title);
const logged = () => sluice.rows("select 1 from delivery_attempt");

test("what was told 90 days ago is deleted with its deliveries and their log; what still waits is kept", async () => {
  sluice.clock.advance(KEEP_MS);
  await sweepDeliveries(sluice.notifications);
  expect(await titles()).toEqual(["told", "waits"]);
  sluice.clock.advance(1);
  await sweepDeliveries(sluice.notifications);
  expect(await titles()).toEqual(["waits"]);
  expect(await sluice.states()).toEqual({ pending: 1 });
  expect(await logged()).toEqual([]);
});

test("what was queued while its channel was being disabled does not wait for ever", async () => {
  await sluice.rows("update channel set is_enabled = false, disabled_reason = 'x' where id = $1", [channelId]);
  await sweepDeliveries(sluice.notifications);
  expect(await sluice.states()).toEqual({ sent: 1, suppressed: 1 });
});

test("a worker goes on sweeping until nothing old is left, however much there is", async () => {
  const insertOld = `
    insert into delivery_attempt (message_id, channel_id, number, at, outcome, duration_ms)
    select gen_random_uuid(), $1, n, $2, 'sent', 1 from generate_series(1, $3) n`;
  const old = new Date(sluice.clock.nowMicros() / 1000 - KEEP_MS - 1);
  await sluice.rows(insertOld, [channelId, old, 2 * SWEEP_LIMIT + 1]);
  await sluice.rows("update channel set is_enabled = false, disabled_reason = 'x'");
  const worker = sluice.startWorker();
  await worker.settled();
  expect(await logged()).toHaveLength(SWEEP_LIMIT + 2);
  await sluice.pass(worker, 2_000);
  expect(await logged()).toHaveLength(1);
});
