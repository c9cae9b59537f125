import type { FastifyReply } from "fastify";

/** Aborted when the caller goes away before the answer is written: nobody waits for it any more. */
export function abortedWith(reply: Pick<FastifyReply, "raw">): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  if (reply.raw.destroyed) controller.abort();
  return controller.signal;
}
