import { Presets, SingleBar } from "cli-progress";
import type { Output } from "./command.ts";

/** Without a terminal, one plain line this often. */
const LINE_INTERVAL_MS = 5_000;

/** Shows how far long work is: a bar for people, plain lines for logs. */
export interface Progress {
  /** `done` of the total given at the start; `note` says the rest in words. */
  update(done: number, note: string): void;
  stop(): void;
}

/** Work without an end has no total: it gets lines, with how far it is in words alone. */
export function startProgress(total: number | undefined, output: Output, monotonicMs: () => number): Progress {
  return output.isTerminal && total !== undefined ? startBar(total) : startLines(total, output, monotonicMs);
}

function startBar(total: number): Progress {
  const bar = new SingleBar(
    {
      format: "{bar} {percentage} % · {note} · {duration_formatted}",
      hideCursor: true,
      stream: process.stderr,
      fps: 10,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { note: "" });
  return {
    update: (done, note) => bar.update(done, { note }),
    stop: () => bar.stop(),
  };
}

function startLines(total: number | undefined, output: Output, monotonicMs: () => number): Progress {
  let lastMs = monotonicMs();
  return {
    update(done, note) {
      const nowMs = monotonicMs();
      if (nowMs - lastMs < LINE_INTERVAL_MS) return;
      lastMs = nowMs;
      const share = total === undefined ? "" : `${Math.floor((100 * done) / Math.max(1, total))} % · `;
      output.write(`${share}${note}\n`);
    },
    stop: () => {},
  };
}
