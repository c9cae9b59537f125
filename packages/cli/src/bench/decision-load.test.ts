import { expect, test } from "vitest";
import { decisionReport, loadBursts, loadDecisions, type RunAnswer } from "./decision-load.ts";

const neverInterrupted = new AbortController().signal;

test("every request is asked for once, each requester keeps to its actuator, and answers are counted apart", async () => {
  const asked: number[] = [];
  const answers: RunAnswer[] = [{ commandId: "c1" }, "refused", "busy", { commandId: "c2" }, "refused", "refused"];
  const load = { requesters: 3, requests: 6, actuatorIds: [7, 8], interruption: neverInterrupted };
  const result = await loadDecisions(load, async (actuatorId) => {
    asked.push(actuatorId);
    return answers[asked.length - 1]!;
  });
  expect(asked.slice(0, 3)).toEqual([7, 8, 7]);
  expect(asked).toHaveLength(6);
  expect(result.commandIds).toEqual(["c1", "c2"]);
  expect(decisionReport(result)).toMatchObject({ accepted: { count: 2 }, refused: { count: 3 }, busy: 1 });
});

test("a burst is answered whole before the pause, and the next comes after it", async () => {
  const trail: string[] = [];
  const load = { requesters: 3, requests: 6, actuatorIds: [7, 8], interruption: neverInterrupted };
  const ask = async (actuatorId: number): Promise<RunAnswer> => {
    trail.push(`${actuatorId}?`);
    await Promise.resolve();
    trail.push(`${actuatorId}!`);
    return { commandId: `c${trail.length}` };
  };
  const result = await loadBursts(load, ask, async () => void trail.push("pause"));
  const burst = ["7?", "8?", "7?", "7!", "8!", "7!", "pause"];
  expect(trail).toEqual([...burst, ...burst]);
  expect(decisionReport(result)).toMatchObject({ accepted: { count: 6 }, refused: { count: 0 }, busy: 0 });
  expect(result.requests).toBe(6);
});

test("an interruption ends it", async () => {
  const interruption = new AbortController();
  const load = { requesters: 2, requests: 1_000_000, actuatorIds: [1], interruption: interruption.signal };
  let asked = 0;
  const done = loadDecisions(load, async () => {
    if (++asked === 10) interruption.abort();
    return "refused";
  });
  await expect(done).rejects.toThrow(/abort/i);
  expect(asked).toBeLessThan(20);
});
