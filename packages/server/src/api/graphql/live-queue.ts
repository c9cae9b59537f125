import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { Permission } from "../../auth/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { assertMay } from "../access.ts";
import type { GraphContext } from "./context.ts";
import { LatestQueue } from "./latest-queue.ts";

/** A token that has ended meanwhile ends its subscriptions within this. */
export const RECHECK_MS = 5_000;
/** Times in a row that nobody can say whether the token is still good; then the subscription ends too. */
export const MAX_FAILED_RECHECKS = 12;

export interface LiveCaller extends Pick<GraphContext, "authenticateAgain"> {
  readonly deps: { readonly clock: Pick<Clock, "after"> };
}

/** What is pushed to a subscriber, until they go away, their token ends, or what it may. */
export function openLiveQueue<Item>(context: LiveCaller, permission: Permission) {
  let unsubscribe = () => {};
  let cancelRecheck = () => {};
  const queue = new LatestQueue<Item>(() => {
    cancelRecheck();
    unsubscribe();
  });
  let failed = 0;
  const recheck = async () => {
    try {
      assertMay(await context.authenticateAgain(), permission);
      failed = 0;
    } catch (error) {
      // A database that is away for a while says nothing about the token.
      if (isSluiceError(error) && error.kind !== "unavailable") queue.fail(error);
      else if (++failed >= MAX_FAILED_RECHECKS) queue.fail(unchecked());
    }
    if (!queue.isEnded) recheckLater();
  };
  const recheckLater = () => {
    cancelRecheck = context.deps.clock.after(RECHECK_MS, recheck);
  };
  recheckLater();
  return {
    queue,
    onEnd: (end: () => void) => {
      unsubscribe = end;
      if (queue.isEnded) end();
    },
  };
}

function unchecked(): SluiceError {
  const message = "Whether the token is still good could not be found out for a minute: subscribe again.";
  return new SluiceError("unavailable", "stream.token_unchecked", message, { retryable: true });
}
