import { isSluiceError } from "@sluice/core/errors.ts";
import { type Output, UsageError } from "./command.ts";

export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** Says what went wrong and how to mend it, and answers the exit code. */
export function printError(error: unknown, commandName: string | undefined, err: Output): number {
  if (error instanceof UsageError) {
    const subject = commandName === undefined ? "sluice" : `sluice ${commandName}`;
    err.write(`${subject}: ${error.message}\nSee: ${subject} --help\n`);
    return EXIT_USAGE;
  }
  err.write(describeError(error));
  return EXIT_FAILED;
}

function describeError(error: unknown): string {
  if (!isSluiceError(error))
    return `sluice: unexpected error\n${error instanceof Error ? error.stack : String(error)}\n`;
  const { mend } = error.details;
  const mendLine = typeof mend === "string" ? `  ${mend}\n` : "";
  return `sluice: ${error.message} (${error.code})\n${mendLine}`;
}
