import { SluiceError } from "@sluice/core/errors.ts";
import { describe, expect, test } from "vitest";
import { WaitingLine } from "./waiting-line.ts";

const never = new AbortController().signal;
const refusal = () => new SluiceError("unavailable", "test.busy", "Too many wait.");

/** Works that are under way until they are told to end. */
function openLine(atOnce: number, maxWaiting: number) {
  const line = new WaitingLine(atOnce, maxWaiting, refusal);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (name: string, signal = never) =>
    line.inTurn(signal, () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    });
  return { begun, ask, end: (name: string) => ends.get(name)!() };
}

describe("a line in which one works at a time and two wait", () => {
  test("each comes in its turn, also after one that failed", async () => {
    const line = new WaitingLine(1, 2, refusal);
    const order: number[] = [];
    const failing = line.inTurn(never, async () => {
      order.push(1);
      throw new Error("broken");
    });
    const others = [2, 3].map((name) => line.inTurn(never, async () => order.push(name)));
    await expect(failing).rejects.toThrow("broken");
    await Promise.all(others);
    expect(order).toEqual([1, 2, 3]);
  });

  test("a third that would wait is refused", async () => {
    const { ask, end, begun } = openLine(1, 2);
    const first = ask("first");
    const waiting = [ask("second"), ask("third")];
    await expect(ask("fourth")).rejects.toMatchObject({ code: "test.busy" });
    for (const name of ["first", "second", "third"]) {
      await expect.poll(() => begun.includes(name)).toBe(true);
      end(name);
    }
    expect(await Promise.all([first, ...waiting])).toEqual(["first", "second", "third"]);
  });

  test("who goes away leaves their place to others, and never begins", async () => {
    const { ask, end, begun } = openLine(1, 1);
    const first = ask("first");
    const gone = new AbortController();
    const second = ask("second", gone.signal);
    gone.abort(new Error("gone"));
    await expect(second).rejects.toThrow("gone");
    const third = ask("third");
    end("first");
    await first;
    await expect.poll(() => begun).toEqual(["first", "third"]);
    end("third");
    await third;
  });
});
