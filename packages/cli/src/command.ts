import type { Invocation } from "./parse-arguments.ts";
import type { CommandLineShape } from "./usage.ts";

export { type OptionSpec, type PositionalSpec, UsageError } from "./usage.ts";

/** One command of `sluice`: a file of `commands/`, loaded only when it is called. */
export interface Command extends CommandLineShape {
  /** First line of its help, after the name. */
  readonly summary: string;
  /** Shown at the end of the help, each a line that can be typed. */
  readonly examples?: readonly string[];
  /** Answers the exit code: 0 done, 1 failed. Errors that it throws are printed, and exit 1 (usage: 2). */
  run(invocation: Invocation, io: Io): Promise<number>;
}

export interface Output {
  write(text: string): void;
  /** True when a person watches: bars and colours only then. */
  readonly isTerminal: boolean;
}

/** All that a command may touch of its process. */
export interface Io {
  readonly out: Output;
  readonly err: Output;
  /**
   * Aborted by the first SIGINT, SIGTERM or SIGHUP; a later one ends the process at once. The handlers are installed by the
   * first call, so that a command that never asks is ended by the first signal.
   */
  interruption(): AbortSignal;
}
