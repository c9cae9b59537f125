import { SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import { Budget } from "./budget.ts";
import type { QueryLimits } from "./limits.ts";

export interface ExecutionLimits extends Pick<QueryLimits, "timeoutMs" | "maxCost"> {
  readonly clock: Pick<Clock, "after">;
}

/**
 * Gives an execution a budget and a time. What takes longer fails with `graphql.timeout`, what is more with
 * `graphql.too_costly`; either way nothing further is resolved for it.
 */
export async function inTime<Result>(
  { clock, timeoutMs, maxCost }: ExecutionLimits,
  execute: (budget: Budget, signal: AbortSignal) => Result | Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const failed = Promise.withResolvers<never>();
  // What fails before anybody waits for it is thrown as well.
  failed.promise.catch(() => {});
  const budget = new Budget(maxCost, (error) => {
    failed.reject(error);
    controller.abort(error);
  });
  const cancel = clock.after(timeoutMs, () => {
    const message = `The answer took longer than ${timeoutMs} ms: ask for less at a time.`;
    budget.end(new SluiceError("unavailable", "graphql.timeout", message, { details: { limitMs: timeoutMs } }));
  });
  try {
    return await Promise.race([failed.promise, execute(budget, controller.signal)]);
  } finally {
    cancel();
  }
}
