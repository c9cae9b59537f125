import { beforeEach, describe, expect, it } from "vitest";
import { type Decide, MAX_BATCH, MAX_TRIES, RequestBatches } from "./request-batches.ts";

/** Decides when the test says so. A request is named for its actuator: "1a" is for actuator 1. */
class Decider implements Decide<string, string> {
  readonly batches: (readonly string[])[] = [];
  readonly lone: (readonly string[])[] = [];
  readonly locked = new Set<string>();
  private readonly finish: (() => void)[] = [];
  private readonly batchesOf = new RequestBatches<string, string>();

  ask(request: string): Promise<string> {
    return this.batchesOf.ask(Number.parseInt(request, 10), request, this);
  }

  async together(requests: readonly string[]): Promise<((() => string) | undefined)[]> {
    this.batches.push(requests);
    await new Promise<void>((resolve) => this.finish.push(resolve));
    if (requests.includes("0fatal")) throw new Error("no database");
    return requests.map((request) => (this.locked.has(request[0]!) ? undefined : answerTo(request)));
  }

  async alone(requests: readonly string[]): Promise<(() => string)[]> {
    this.lone.push(requests);
    await new Promise<void>((resolve) => this.finish.push(resolve));
    if (requests.includes("0fatal")) throw new Error("no database");
    return requests.map(answerTo);
  }

  /** The transaction that began first. */
  async finishOne(): Promise<void> {
    this.finish.shift()!();
    for (let turn = 0; turn < 12; turn++) await Promise.resolve();
  }
}

function answerTo(request: string): () => string {
  return () => {
    if (request.endsWith("bad")) throw new Error("refused");
    return `${request}!`;
  };
}

describe("requests", () => {
  let decider: Decider;
  beforeEach(() => {
    decider = new Decider();
  });

  it("that come while others are decided are decided together, whichever their actuators, in their order", async () => {
    const answers = ["1a", "2b", "1c", "3d"].map((request) => decider.ask(request));
    await decider.finishOne();
    await decider.finishOne();
    expect(await Promise.all(answers)).toEqual(["1a!", "2b!", "1c!", "3d!"]);
    expect(decider.batches).toEqual([["1a"], ["2b", "1c", "3d"]]);
  });

  it("are decided at once when nobody else asks, again and again", async () => {
    for (const request of ["1a", "1b"]) {
      const answer = decider.ask(request);
      await decider.finishOne();
      expect(await answer).toBe(`${request}!`);
    }
    expect(decider.batches).toEqual([["1a"], ["1b"]]);
  });

  it("fail alone", async () => {
    const settled = Promise.allSettled(["1a", "1bad", "2c"].map((request) => decider.ask(request)));
    await decider.finishOne();
    await decider.finishOne();
    expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it(`are at most ${MAX_BATCH} a transaction`, async () => {
    const asked = Array.from({ length: MAX_BATCH + 2 }, (_, index) => decider.ask(`1-${index}`));
    for (let batch = 0; batch < 3; batch++) await decider.finishOne();
    await Promise.all(asked);
    expect(decider.batches.map(({ length }) => length)).toEqual([1, MAX_BATCH, 1]);
  });

  it("for an actuator that somebody else has locked come with the next batch, in front of what came after them", async () => {
    decider.locked.add("1");
    const answers = ["1a", "2b", "1c"].map((request) => decider.ask(request));
    await decider.finishOne();
    decider.locked.clear();
    await decider.finishOne();
    expect(await Promise.all(answers)).toEqual(["1a!", "2b!", "1c!"]);
    expect(decider.batches).toEqual([["1a"], ["1a", "2b", "1c"]]);
    expect(decider.lone).toEqual([]);
  });

  it("wait apart for a lock that is still not free, and nobody else waits with them", async () => {
    decider.locked.add("1");
    const [first, other, third] = ["1a", "2b", "1c"].map((request) => decider.ask(request));
    for (let batch = 0; batch < MAX_TRIES; batch++) await decider.finishOne();
    expect(await other).toBe("2b!");
    expect(decider.lone).toEqual([["1a", "1c"]]);
    // What is asked of it meanwhile waits behind them; what is asked of others is decided.
    const [late, another] = ["1d", "3e"].map((request) => decider.ask(request));
    expect(decider.batches.at(-1)).toEqual(["3e"]);
    decider.locked.clear();
    await decider.finishOne();
    expect(await Promise.all([first, third])).toEqual(["1a!", "1c!"]);
    await decider.finishOne();
    expect(await another).toBe("3e!");
    await decider.finishOne();
    expect(await late).toBe("1d!");
    expect(decider.batches.at(-1)).toEqual(["1d"]);
  });

  it("whose transaction fails do not fail for another's sake, and the next are decided", async () => {
    const answers = ["1a", "0fatal", "2b"].map((request) => decider.ask(request));
    const settled = Promise.allSettled(answers);
    for (let transaction = 0; transaction < 4; transaction++) await decider.finishOne();
    expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(decider.batches).toEqual([["1a"], ["0fatal", "2b"]]);
    expect(decider.lone).toEqual([["0fatal"], ["2b"]]);
    const next = decider.ask("0c");
    await decider.finishOne();
    expect(await next).toBe("0c!");
  });
});
