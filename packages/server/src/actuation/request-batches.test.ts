import { beforeEach, describe, expect, it } from "vitest";
import {
  type BatchAnswer,
  type Decide,
  MAX_APART,
  MAX_BATCH,
  MAX_TRIES,
  MAX_WAITING,
  RequestBatches,
} from "./request-batches.ts";

/** Decides when the test says so. A request is named for its actuator: "1a" is for actuator 1. */
class Decider implements Decide<string, string> {
  readonly batches: (readonly string[])[] = [];
  readonly lone: (readonly string[])[] = [];
  readonly locked = new Set<string>();
  private readonly finish: (() => void)[] = [];
  readonly failures: unknown[] = [];
  private readonly batchesOf = new RequestBatches<string, string>((error) => this.failures.push(error));

  ask(request: string): Promise<string> {
    return this.batchesOf.ask(Number.parseInt(request, 10), request, this);
  }

  async together(requests: readonly string[]): Promise<BatchAnswer<string>[]> {
    this.batches.push(requests);
    await new Promise<void>((resolve) => this.finish.push(resolve));
    if (requests.includes("0fatal")) throw new Error("no database");
    if (requests.includes("0lost")) throw new Error("Connection terminated unexpectedly");
    return requests.map((request) => {
      if (request.endsWith("apart")) return "apart";
      return this.locked.has(request[0]!) ? undefined : answerTo(request);
    });
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

  it(`wait for at most ${MAX_APART} locks at the same time, and for each in its turn`, async () => {
    const asked = ["0a", "1apart", "2apart", "3apart"];
    const answers = asked.map((request) => decider.ask(request));
    for (let batch = 0; batch < 2; batch++) await decider.finishOne();
    expect(decider.lone).toEqual([["1apart"], ["2apart"]]);
    const late = decider.ask("3b");
    await decider.finishOne();
    expect(decider.lone.at(MAX_APART)).toEqual(["3apart"]);
    for (let more = 0; more < 3; more++) await decider.finishOne();
    expect(await Promise.all([...answers, late])).toEqual([...asked, "3b"].map((request) => `${request}!`));
    expect(decider.batches.at(-1)).toEqual(["3b"]);
  });

  it("that can only be decided alone are so at once", async () => {
    const answer = decider.ask("7apart");
    await decider.finishOne();
    expect(decider.lone).toEqual([["7apart"]]);
    await decider.finishOne();
    expect(await answer).toBe("7apart!");
  });

  it("are sent away when too many wait, and taken again when fewer do", async () => {
    const asked = Array.from({ length: MAX_WAITING }, (_, index) => decider.ask(`1-${index}`));
    await expect(decider.ask("2a")).rejects.toMatchObject({ code: "actuator.busy", retryable: true });
    await decider.finishOne();
    await asked[0];
    const last = decider.ask("2a");
    for (let batch = 0; batch < MAX_WAITING / MAX_BATCH; batch++) await decider.finishOne();
    expect(await last).toBe("2a!");
  });

  it("whose connection breaks wait for the next one together, and are told when there is none", async () => {
    const answers = Promise.allSettled(["0lost", "1a"].map((request) => decider.ask(request)));
    for (let batch = 0; batch < MAX_TRIES + 1; batch++) await decider.finishOne();
    expect((await answers).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(decider.lone).toEqual([]);
    expect(decider.failures).toHaveLength(MAX_TRIES);
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
