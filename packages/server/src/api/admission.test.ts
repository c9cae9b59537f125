import { expect, test } from "vitest";
import { ManualClock } from "../actuation/testing/manual-clock.ts";
import { Admission, ASKED_EVERY_MS } from "./admission.ts";

const LIMITS = {
  maxWorking: 2,
  lateMs: 4,
  maxWaitingOfOne: 3,
  maxWaiting: 4,
  maxWaitMs: 1_000,
  longMs: 500,
  maxLongOfOne: 2,
};

function admission(limits: Partial<typeof LIMITS> = {}) {
  const clock = new ManualClock();
  let turns: (() => void)[] = [];
  const door = new Admission(clock, { ...LIMITS, ...limits }, (callback) => turns.push(callback));
  const admitted: string[] = [];
  const enter = async (caller: string, name = caller) => {
    await door.enter(caller);
    admitted.push(name);
  };
  /** Lets those who have been let in go on. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    clock,
    door,
    admitted,
    enter,
    settle,
    /** What the loop has to do next, and whoever goes on by that. */
    async turn(): Promise<void> {
      const due = turns;
      turns = [];
      for (const callback of due) callback();
      await settle();
    },
  };
}

test("as many as there are places go on at once, the next in the turn after one has left", async () => {
  const { door, admitted, enter, settle, turn } = admission();
  for (const name of ["1", "2", "3"]) void enter("a", name);
  await turn();
  expect([admitted, door.working, door.waiting]).toEqual([["1", "2"], 2, 1]);
  door.leave();
  await settle();
  expect(admitted).toEqual(["1", "2"]);
  await turn();
  expect([admitted, door.working, door.waiting]).toEqual([["1", "2", "3"], 2, 0]);
  for (let left = 0; left < 2; left++) door.leave();
  expect(door.working).toBe(0);
});

test("requests that end at once are begun no faster than so many a turn", async () => {
  const { door, admitted, enter, settle, turn } = admission();
  for (const name of ["1", "2", "3", "4", "5"]) {
    void enter(name).then(() => door.leave());
    await settle();
  }
  expect(admitted).toEqual(["1", "2"]);
  await turn();
  expect(admitted).toEqual(["1", "2", "3", "4"]);
  await turn();
  expect([admitted.length, door.working, door.waiting]).toEqual([5, 0, 0]);
});

test("callers have their turns one by one, however much one of them asks", async () => {
  const { door, admitted, enter, turn } = admission();
  for (const name of ["a1", "a2", "a3", "a4"]) void enter("a", name);
  void enter("b");
  for (let left = 0; left < 3; left++) {
    door.leave();
    await turn();
  }
  expect(admitted).toEqual(["a1", "a2", "a3", "b", "a4"]);
});

test("while the loop is late fewer are let in, one at least, and more again when it has time", async () => {
  const { clock, door, enter, turn } = admission({ maxWorking: 8, maxWaitingOfOne: 100, maxWaiting: 100 });
  for (let asked = 0; asked < 60; asked++) void enter("a");
  await turn();
  expect(door.working).toBe(8);
  const leaveAll = async () => {
    for (let left = door.working; left > 0; left--) door.leave();
    await turn();
    return door.working;
  };
  for (const expected of [4, 2, 1, 1]) {
    clock.advance(ASKED_EVERY_MS + 5);
    expect(await leaveAll()).toBe(expected);
  }
  for (const expected of [2, 3, 4]) {
    clock.advance(ASKED_EVERY_MS + 4);
    expect(await leaveAll()).toBe(expected);
  }
});

test("past its limit a caller is refused, and so is everyone past that of all", async () => {
  const { door, enter } = admission();
  const busy = { kind: "unavailable", code: "server.busy", retryAfterMs: 1_000 };
  for (let asked = 0; asked < 5; asked++) void enter("a").catch(() => {});
  await expect(enter("a")).rejects.toMatchObject(busy);
  void enter("b").catch(() => {});
  await expect(enter("c")).rejects.toMatchObject(busy);
  expect([door.waiting, door.refused]).toEqual([4, 2]);
});

test("who has waited too long is refused, and takes no place later", async () => {
  const { clock, door, admitted, enter, turn } = admission();
  for (const name of ["1", "2"]) void enter("a", name);
  const late = enter("a", "3");
  clock.advance(1_000);
  await expect(late).rejects.toMatchObject({ code: "server.busy" });
  expect(door.waiting).toBe(0);
  door.leave();
  await turn();
  expect([admitted, door.working]).toEqual([["1", "2"], 1]);
});

test("who is long under way goes on without a place, so that nobody can shut the door for others", async () => {
  const { clock, door, admitted, enter, turn } = admission();
  const releases: (() => void)[] = [];
  const hold = async () => {
    await enter("slow");
    releases.push(door.hold("slow"));
  };
  for (let asked = 0; asked < 2; asked++) await hold();
  void enter("b");
  await turn();
  expect([admitted, door.working]).toEqual([["slow", "slow"], 2]);
  for (let passedMs = 0; passedMs < 500; passedMs += ASKED_EVERY_MS) clock.advance(ASKED_EVERY_MS);
  await turn();
  expect([admitted.at(-1), door.working]).toEqual(["b", 1]);
  // A third of the same caller keeps its place, however long it takes.
  await hold();
  clock.advance(5_000);
  expect(door.working).toBe(2);
  for (const release of [...releases, ...releases]) release();
  expect(door.working).toBe(1);
});
