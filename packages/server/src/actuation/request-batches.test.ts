import { describe, expect, it } from "vitest";
import { MAX_BATCH, RequestBatches } from "./request-batches.ts";

/** Decides when the test says so. */
class Decider {
  readonly batches: (readonly string[])[] = [];
  private readonly finish: (() => void)[] = [];

  readonly decide = async (requests: readonly string[]): Promise<(() => string)[]> => {
    this.batches.push(requests);
    await new Promise<void>((resolve) => this.finish.push(resolve));
    return requests.map((request) => () => {
      if (request === "bad") throw new Error("refused");
      return `${request}!`;
    });
  };

  async finishOne(): Promise<void> {
    this.finish.shift()!();
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  }
}

describe("requests for one actuator", () => {
  it("that come while one is decided are decided together, in their order", async () => {
    const [decider, batches] = [new Decider(), new RequestBatches<string, string>()];
    const answers = ["a", "b", "c"].map((request) => batches.ask(1, request, decider.decide));
    await decider.finishOne();
    await decider.finishOne();
    expect(await Promise.all(answers)).toEqual(["a!", "b!", "c!"]);
    expect(decider.batches).toEqual([["a"], ["b", "c"]]);
  });

  it("are decided at once when nobody else asks, again and again", async () => {
    const [decider, batches] = [new Decider(), new RequestBatches<string, string>()];
    for (const request of ["a", "b"]) {
      const answer = batches.ask(1, request, decider.decide);
      await decider.finishOne();
      expect(await answer).toBe(`${request}!`);
    }
    expect(decider.batches).toEqual([["a"], ["b"]]);
  });

  it("fail alone", async () => {
    const [decider, batches] = [new Decider(), new RequestBatches<string, string>()];
    const asked = ["a", "bad", "c"].map((request) => batches.ask(1, request, decider.decide));
    const settled = Promise.allSettled(asked);
    await decider.finishOne();
    await decider.finishOne();
    expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("fail together when their transaction does, and the next are decided", async () => {
    const batches = new RequestBatches<string, string>();
    const fails = async () => Promise.reject(new Error("no database"));
    const failed = ["a", "b"].map((request) => batches.ask(1, request, fails));
    for (const answer of failed) await expect(answer).rejects.toThrow("no database");
    const decider = new Decider();
    const answer = batches.ask(1, "c", decider.decide);
    await decider.finishOne();
    expect(await answer).toBe("c!");
  });

  it(`are at most ${MAX_BATCH} a transaction`, async () => {
    const [decider, batches] = [new Decider(), new RequestBatches<string, string>()];
    const asked = Array.from({ length: MAX_BATCH + 2 }, (_, index) => batches.ask(1, `${index}`, decider.decide));
    for (let batch = 0; batch < 3; batch++) await decider.finishOne();
    await Promise.all(asked);
    expect(decider.batches.map(({ length }) => length)).toEqual([1, MAX_BATCH, 1]);
  });

  it("do not wait for those of another", async () => {
    const [decider, batches] = [new Decider(), new RequestBatches<string, string>()];
    void batches.ask(1, "a", decider.decide);
    void batches.ask(2, "b", decider.decide);
    expect(decider.batches).toEqual([["a"], ["b"]]);
  });
});
