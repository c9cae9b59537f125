import { expect, test } from "vitest";
import { startProgress } from "./progress.ts";

function watched(total: number | undefined) {
  const lines: string[] = [];
  const clock = { nowMs: 0 };
  const output = { write: (text: string) => lines.push(text), isTerminal: false };
  return { lines, clock, progress: startProgress(total, output, () => clock.nowMs) };
}

test("without a terminal it says a plain line every five seconds", () => {
  const { lines, clock, progress } = watched(200);
  for (let second = 1; second <= 11; second++) {
    clock.nowMs = second * 1_000;
    progress.update(second * 10, `${second} done`);
  }
  progress.stop();
  expect(lines).toEqual(["25 % · 5 done\n", "50 % · 10 done\n"]);
});

test("work without an end has no share", () => {
  const { lines, clock, progress } = watched(undefined);
  clock.nowMs = 5_000;
  progress.update(7, "7 sent");
  expect(lines).toEqual(["7 sent\n"]);
});
