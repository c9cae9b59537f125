import { expect, it } from "vitest";
import type { Clock } from "./clock.ts";
import { PollingWorker } from "./polling-worker.ts";

const POLL_MS = 1_000;

class Clockwork implements Clock {
  nowMs = 1_000;
  due: (() => void) | undefined;
  nowMicros = () => this.nowMs * 1000;
  monotonicMs = () => this.nowMs;
  after = (_delayMs: number, callback: () => void) => {
    this.due = callback;
    return () => {
      this.due = undefined;
    };
  };
}

class Pruner extends PollingWorker {
  rounds = 0;
  duringRound: () => void = () => {};
  readonly log: string[];

  constructor(clock: Clock) {
    const log: string[] = [];
    const note =
      (level: string) =>
      (_what: unknown, message: string): number =>
        log.push(`${level}: ${message}`);
    const logger = { warn: note("warn"), error: note("error") } as never;
    super({ name: "pruning", clock, logger, failure: "nothing was pruned" });
    this.log = log;
  }

  protected override async round(): Promise<void> {
    this.rounds++;
    this.duringRound();
  }

  protected override pauseMs(): number {
    return POLL_MS;
  }
}

it("works at its start, at each poll and at each nudge, and no more once it has stopped", async () => {
  const clock = new Clockwork();
  const pruner = new Pruner(clock);
  pruner.nudge();
  expect(pruner.rounds).toBe(0);
  pruner.start();
  await pruner.settled();
  clock.due!();
  await pruner.settled();
  pruner.nudge();
  await pruner.settled();
  expect(pruner.rounds).toBe(3);
  await pruner.stop();
  expect(clock.due).toBeUndefined();
  pruner.nudge();
  expect(pruner.rounds).toBe(3);
});

it("a nudge during a round is one more round, however often it comes", async () => {
  const pruner = new Pruner(new Clockwork());
  pruner.duringRound = () => {
    if (pruner.rounds > 1) return;
    pruner.nudge();
    pruner.nudge();
  };
  pruner.start();
  await pruner.settled();
  expect(pruner.rounds).toBe(2);
});

it("a round that fails is logged and told, and the next one tries again", async () => {
  const clock = new Clockwork();
  const pruner = new Pruner(clock);
  const never = { name: "pruning", isRunning: false, lastRoundAt: null, lastRoundMs: null, lastError: null };
  expect(pruner.health()).toEqual(never);
  pruner.duringRound = () => {
    clock.nowMs += 40;
    throw new Error("no saw");
  };
  pruner.start();
  await pruner.settled();
  const lastRoundAt = new Date(1_040);
  expect(pruner.health()).toEqual({ ...never, isRunning: true, lastRoundAt, lastRoundMs: 40, lastError: "no saw" });
  expect(pruner.log).toEqual(["error: nothing was pruned"]);
  pruner.duringRound = () => {};
  clock.due!();
  await pruner.settled();
  expect(pruner.health()).toMatchObject({ lastRoundMs: 0, lastError: null });
});
