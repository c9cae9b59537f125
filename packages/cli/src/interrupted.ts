import { SluiceError } from "@sluice/core/errors.ts";

/** Runs work that cleans up behind itself and ends early when it is interrupted; says so then, and not what broke by it. */
export async function untilInterrupted<T>(interruption: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!interruption.aborted) throw error;
    throw new SluiceError("unavailable", "cli.interrupted", "Interrupted; nothing is left behind.", { cause: error });
  }
}
