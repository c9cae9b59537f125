import { SluiceError } from "@sluice/core/errors.ts";
import { expect, test } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import type { Principal } from "../../auth/index.ts";
import { MAX_FAILED_RECHECKS, openLiveQueue, RECHECK_MS } from "./live-queue.ts";

const reader: Principal = { kind: "client", clientId: "1", organizationId: 1, scopes: new Set(["telemetry:read"]) };

function openFor(authenticateAgain: () => Promise<Principal>) {
  const clock = new ManualClock();
  const ended: string[] = [];
  const { queue, onEnd } = openLiveQueue<number>({ deps: { clock }, authenticateAgain }, "telemetry:read");
  onEnd(() => ended.push("unsubscribed"));
  return { clock, queue, ended };
}

test("it lives as long as its token, and tells why it ends", async () => {
  let isGood = true;
  const { clock, queue, ended } = openFor(async () => {
    if (isGood) return reader;
    throw new SluiceError("unauthenticated", "auth.session_ended", "The session has ended: sign in again.");
  });
  await clock.advance(RECHECK_MS);
  queue.push("a", 1);
  expect((await queue.next()).value).toBe(1);
  isGood = false;
  const waiting = queue.next();
  const told = expect(waiting).rejects.toMatchObject({ code: "auth.session_ended" });
  await clock.advance(RECHECK_MS);
  await told;
  expect(ended).toEqual(["unsubscribed"]);
});

test("it ends with the permission", async () => {
  const { clock, queue } = openFor(async () => ({ ...reader, scopes: new Set() }) as Principal);
  const told = expect(queue.next()).rejects.toMatchObject({ code: "auth.forbidden" });
  await clock.advance(RECHECK_MS);
  await told;
});

test("a database that is away for a while ends nothing", async () => {
  let isAway = true;
  const { clock, queue, ended } = openFor(async () => {
    if (isAway) throw new Error("Connection terminated");
    return reader;
  });
  await clock.advance(RECHECK_MS);
  isAway = false;
  await clock.advance(RECHECK_MS);
  queue.push("a", 1);
  expect((await queue.next()).value).toBe(1);
  expect(ended).toEqual([]);
});

test("one that is away for long ends it: nobody knows what the token is worth", async () => {
  let checks = 0;
  const { clock, queue, ended } = openFor(async () => {
    checks++;
    // One good answer in between begins the count anew.
    if (checks === 3) return reader;
    throw new Error("Connection terminated");
  });
  const told = expect(queue.next()).rejects.toMatchObject({ code: "stream.token_unchecked", retryable: true });
  for (let time = 1; time < 3 + MAX_FAILED_RECHECKS; time++) await clock.advance(RECHECK_MS);
  expect(ended).toEqual([]);
  await clock.advance(RECHECK_MS);
  await told;
  await clock.advance(RECHECK_MS);
  expect(checks).toBe(3 + MAX_FAILED_RECHECKS);
});

test("what was over before it was subscribed is unsubscribed at once", async () => {
  const { queue, onEnd } = openLiveQueue<number>(
    { deps: { clock: new ManualClock() }, authenticateAgain: async () => reader },
    "telemetry:read",
  );
  await queue.return();
  const ended: string[] = [];
  onEnd(() => ended.push("unsubscribed"));
  expect(ended).toEqual(["unsubscribed"]);
});
