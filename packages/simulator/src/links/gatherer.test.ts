import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { Gatherer } from "./gatherer.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function gathering(waitMs: number, mostUnderWay = 1) {
  const clock = new FakeClock();
  const sent: string[][] = [];
  const answers: (() => void)[] = [];
  let refused = 0;
  const gatherer = new Gatherer<string>({
    clock,
    waitMs,
    mostUnderWay,
    most: 3,
    send: async (items) => {
      sent.push([...items]);
      await new Promise<void>((resolve) => {
        answers.push(resolve);
      });
      return { refused, firstRefusal: "too old" };
    },
  });
  return {
    clock,
    sent,
    gatherer,
    answer: async (refusedNow = 0) => {
      refused = refusedNow;
      answers.shift()!();
      await turn();
    },
  };
}

test("items wait for company, but not longer than they may, and go together at most so many", async () => {
  const { clock, sent, gatherer, answer } = gathering(20);
  for (const item of ["a", "b"]) void gatherer.add(item);
  clock.advance(19);
  expect(sent).toEqual([]);
  clock.advance(1);
  expect(sent).toEqual([["a", "b"]]);
  for (const item of ["c", "d", "e", "f"]) void gatherer.add(item);
  clock.advance(100);
  expect(sent).toHaveLength(1);
  await answer();
  clock.advance(20);
  expect(sent.slice(1)).toEqual([["c", "d", "e"]]);
  await answer();
  clock.advance(20);
  expect(sent.slice(2)).toEqual([["f"]]);
});

test("each item learns what became of it: taken, refused, or lost with the whole", async () => {
  const { clock, gatherer, answer } = gathering(0);
  const first = Promise.allSettled(["a", "b"].map((item) => gatherer.add(item)));
  clock.advance(0);
  await answer(1);
  expect((await first).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  const broken = new Gatherer<string>({
    clock,
    most: 3,
    waitMs: 0,
    mostUnderWay: 1,
    send: () => Promise.reject(new Error("no link")),
  });
  const lost = broken.add("x");
  clock.advance(0);
  await expect(lost).rejects.toThrow("no link");
});
