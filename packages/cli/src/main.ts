import type { Io, Output } from "./command.ts";
import { runCommandLine } from "./run.ts";

/** What shells say of a process that SIGINT ended. */
const EXIT_INTERRUPTED = 130;

function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader that went away (`sluice … | head`) ends the process without a complaint.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  return { write: (text) => stream.write(text), isTerminal: stream.isTTY === true };
}

/**
 * One Ctrl-C can arrive several times: the terminal signals the whole process group, and npm hands its own copy on. Signals
 * this soon after the first are the same one.
 */
const SAME_SIGNAL_MS = 1_000;

let interruption: AbortController | undefined;

function installInterruption(): AbortSignal {
  if (interruption !== undefined) return interruption.signal;
  const controller = new AbortController();
  interruption = controller;
  let firstMs: number | undefined;
  const onSignal = () => {
    const nowMs = performance.now();
    firstMs ??= nowMs;
    if (nowMs - firstMs > SAME_SIGNAL_MS) process.exit(EXIT_INTERRUPTED);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.on("SIGHUP", onSignal);
  return controller.signal;
}

const io: Io = {
  out: outputOf(process.stdout),
  err: outputOf(process.stderr),
  interruption: installInterruption,
};

process.exitCode = await runCommandLine(process.argv.slice(2), io);
