import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { problemOf } from "../error-mapping.ts";
import { problemPage } from "./sign-in-page.ts";

export function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).header("cache-control", "no-store").type("text/html; charset=utf-8").send(html);
}

/** Browsers are shown a page; programs get the problem document that they get everywhere. */
export function answerBrowsersWithPages(scope: FastifyInstance): void {
  scope.setErrorHandler((error, request, reply) => {
    if (!wantsHtml(request)) throw error;
    const { status, headers, body } = problemOf(error);
    if (status >= 500) request.log.error({ err: error, code: body.code }, "request failed");
    return sendPage(reply.headers(headers), status, problemPage(body.title, body.detail));
  });
}

function wantsHtml({ headers }: FastifyRequest): boolean {
  return /\btext\/html\b/.test(headers.accept ?? "");
}
