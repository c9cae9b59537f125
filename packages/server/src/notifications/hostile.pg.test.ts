/** What strangers' servers, and messages that cannot be taken or sent, may do to the others: nothing. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Outcome } from "./channel.ts";
import { type Claim, claimMessage, LEASE_MS, MAX_INTERRUPTIONS } from "./claim-message.ts";
import { DeliveryWorker } from "./delivery-worker.ts";
import { RETRY_STEP_MS } from "./escalate.ts";
import { recordOutcome } from "./record-outcome.ts";
import { replayDead } from "./replay-deliveries.ts";
import { MAX_REFUSALS } from "./retry-policy.ts";
import { createTestNotifications, type TestNotifications } from "./testing/test-notifications.ts";
import { TestReceiver } from "./testing/test-receiver.ts";

const MINUTE_MS = 60_000;

let sluice: TestNotifications;
let receiver: TestReceiver;
beforeEach(async () => {
  sluice = await createTestNotifications();
  receiver = new TestReceiver();
  await receiver.start();
});
afterEach(async () => {
  await sluice.close();
  await receiver.stop();
});

const addHook = async (limits = {}) =>
  (await sluice.addChannel({ kind: "webhook", url: receiver.url }, { limits })).channel.id;
const titles = () => receiver.bodies<{ data: { title: string } }>().map(({ data }) => data.title);
const log = () =>
  sluice.rows<{ outcome: string; error: string | null }>("select outcome, error from delivery_attempt order by id");

async function claim(): Promise<Claim | undefined> {
  const answer = await claimMessage(sluice.notifications, { urgentOnly: false, passedOver: [] });
  return answer !== undefined && "claim" in answer ? answer.claim : undefined;
}

/** Each time its worker dies. */
async function interruptUntilGivenUp(): Promise<void> {
  for (let time = 0; time < MAX_INTERRUPTIONS; time++) {
    expect(await claim()).toMatchObject({ attempt: time + 1 });
    sluice.clock.advance(LEASE_MS);
  }
}

const record = (claimed: Claim | undefined, outcome: Outcome) =>
  recordOutcome(sluice.notifications, claimed!, { outcome, startedAtMs: 0, durationMs: 1 });

/** A worker whose webhooks are sent by this. */
async function withSender(send: () => Promise<Outcome>, use: (worker: DeliveryWorker) => Promise<void>): Promise<void> {
  const { notifications } = sluice;
  const worker = new DeliveryWorker({ ...notifications, senders: { ...notifications.senders, webhook: send } });
  worker.start();
  try {
    await use(worker);
  } finally {
    await worker.stop();
  }
}

/** Whatever writes such a row into a table fails. */
async function breakTable(table: string, condition: string): Promise<void> {
  await sluice.rows(
    `create function break_${table}() returns trigger language plpgsql as
       $$ begin if ${condition} then raise exception 'broken'; end if; return new; end $$`,
  );
  await sluice.rows(
    `create trigger break_${table} before insert or update on ${table} for each row execute function break_${table}()`,
  );
}

test("words of a receiver that cannot be stored are stored without what cannot", async () => {
  await sluice.addRoute([await addHook()]);
  await sluice.enqueue(sluice.notice());
  const words = `no\0t today \ud800${"x".repeat(5_000)}`;
  await withSender(
    async () => ({ kind: "refused", error: words }),
    async (worker) => {
      await worker.settled();
      await sluice.pass(worker, 60 * MINUTE_MS, MINUTE_MS);
    },
  );
  expect(await sluice.states()).toEqual({ dead: 1 });
  const attempts = await log();
  expect(attempts).toHaveLength(MAX_REFUSALS);
  expect(attempts[0]!.error).toMatch(/^not today .{900,990}…$/u);
});

test("a message that cannot be written is refused, and given up like one", async () => {
  await sluice.addRoute([await addHook()]);
  await sluice.enqueue(sluice.notice());
  // Of which the message would have had a name.
  await sluice.rows("alter table site rename to site_elsewhere");
  const worker = sluice.startWorker();
  await worker.settled();
  await sluice.pass(worker, 10 * MINUTE_MS, 10_000);
  expect(await sluice.states()).toEqual({ dead: 1 });
  expect(new Set((await log()).map(({ outcome }) => outcome))).toEqual(new Set(["refused"]));
});

test("a sender that never answers loses its message to the next attempt, and keeps no place", async () => {
  await sluice.addRoute([await addHook()]);
  await sluice.enqueue(sluice.notice());
  const begun = Promise.withResolvers<void>();
  await withSender(
    () => {
      begun.resolve();
      return new Promise(() => {});
    },
    async (worker) => {
      await begun.promise;
      sluice.clock.advance(LEASE_MS - 1);
      await worker.settled();
    },
  );
  expect(await log()).toMatchObject([{ outcome: "failed" }]);
});

test("a message whose sending never comes to an outcome is given up, and lets the next one pass", async () => {
  const channelId = await addHook();
  await sluice.addRoute([channelId]);
  await sluice.enqueue(sluice.notice({ title: "poison" }));
  await interruptUntilGivenUp();
  await sluice.enqueue(sluice.notice({ title: "next" }));
  expect(await claim()).toMatchObject({ attempt: 1, notices: [{ title: "next" }] });
  expect(await sluice.states()).toEqual({ dead: 1, sending: 1 });
});

test("a replay of what was given up like that has as many attempts again", async () => {
  const channelId = await addHook();
  await sluice.addRoute([channelId]);
  await sluice.enqueue(sluice.notice());
  await interruptUntilGivenUp();
  expect(await claim()).toBeUndefined();
  expect(await replayDead(sluice.notifications, sluice.by, channelId)).toBe(1);
  await interruptUntilGivenUp();
  expect(await claim()).toBeUndefined();
  expect(await log()).toHaveLength(2 * MAX_INTERRUPTIONS);
});

test("interruptions between failures are not counted together", async () => {
  await sluice.addRoute([await addHook()]);
  await sluice.enqueue(sluice.notice());
  for (let time = 0; time < MAX_INTERRUPTIONS; time++) {
    expect(await claim()).toBeDefined();
    sluice.clock.advance(LEASE_MS);
    await record(await claim(), { kind: "limited" });
    sluice.clock.advance(60 * MINUTE_MS);
  }
  expect(await claim()).toBeDefined();
});

test("an interruption is written once, also while its channel has to wait for its pace", async () => {
  await sluice.addRoute([await addHook({ sendsPerMinute: 1, burst: 1 })]);
  await sluice.enqueue(sluice.notice());
  await claim();
  await sluice.rows("update channel_pace set tokens = 0, refilled_at = $1", [
    new Date(sluice.clock.nowMicros() / 1000 + LEASE_MS),
  ]);
  sluice.clock.advance(LEASE_MS);
  for (let look = 0; look < 3; look++) expect(await claim()).toBeUndefined();
  sluice.clock.advance(LEASE_MS);
  expect(await claim()).toMatchObject({ attempt: 2 });
  expect(await log()).toHaveLength(1);
});

test("a message that cannot be taken holds up its own lane alone", async () => {
  const [poisoned, other] = [await addHook(), await addHook()];
  await sluice.addRoute([poisoned, other]);
  await sluice.enqueue(sluice.notice());
  await breakTable("delivery", `new.channel_id = ${poisoned} and new.state = 'sending'`);
  await sluice.startWorker().settled();
  expect(await sluice.states()).toEqual({ pending: 1, sent: 1 });
});

test("a step that cannot be taken holds up neither other steps nor what is to be sent", async () => {
  const [first, second] = [await addHook(), await addHook()];
  await sluice.addRoute([first], { escalation: [{ afterMinutes: 10, channels: [second] }] });
  await sluice.enqueue(sluice.notice({ title: "poison" }), sluice.notice({ title: "good" }));
  const worker = sluice.startWorker();
  await worker.settled();
  await breakTable("notice", "new.title = 'poison' and new.event = 'escalated'");
  await sluice.pass(worker, 10 * MINUTE_MS, MINUTE_MS);
  await sluice.pass(worker, 2_000);
  expect(titles().slice(2)).toEqual(["good"]);
  await sluice.rows("drop trigger break_notice on notice");
  await sluice.pass(worker, RETRY_STEP_MS + 10_000, 10_000);
  expect(titles().slice(3)).toEqual(["poison"]);
});

test.each([
  { kind: "sent" },
  { kind: "refused" },
  { kind: "interrupted" },
  { kind: "failed" },
  { kind: "limited", retryAfterMs: MINUTE_MS },
] as const)("a pause that one lane was asked for outlasts what was $kind over the other meanwhile", async (outcome) => {
  await sluice.addRoute([await addHook()]);
  await sluice.enqueue(sluice.notice({ severity: "critical" }), sluice.notice());
  const [urgent, bulk] = [await claim(), await claim()];
  await record(urgent, { kind: "limited", retryAfterMs: 60 * MINUTE_MS });
  await record(bulk, outcome);
  await sluice.enqueue(sluice.notice());
  sluice.clock.advance(59 * MINUTE_MS);
  expect(await claim()).toBeUndefined();
  sluice.clock.advance(MINUTE_MS);
  expect(await claim()).toMatchObject({ lane: { isUrgent: true } });
});
