import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** A request that has ended, the stream of its answer with it. */
export interface EndedRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly durationMs: number;
  /** False when its caller went away first, whatever status was to be sent. */
  readonly isWhole: boolean;
  /** An answer that goes on for as long as its reader listens: a WebSocket, or server-sent events. */
  readonly isStream: boolean;
}

/** Calls back once a request, however it ends: `onResponse` never hears of those whose caller went away. */
export function whenEnded(app: FastifyInstance, onEnd: (ended: EndedRequest) => void): void {
  app.addHook("onRequest", async (request, reply) => {
    const { raw } = reply;
    const end = (isFinished: boolean) => {
      raw.off("finish", onFinish).off("close", onClose);
      const isStream = request.ws || String(reply.getHeader("content-type")).startsWith("text/event-stream");
      onEnd({ request, reply, durationMs: reply.elapsedTime, isWhole: isFinished, isStream });
    };
    const onFinish = () => end(true);
    const onClose = () => end(false);
    raw.on("finish", onFinish).on("close", onClose);
  });
}
