import { isUtf8 } from "node:buffer";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Sender } from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { RefusedTokens } from "../../platform/refused-tokens.ts";
import type { IngestLimits } from "../limits.ts";
import type { BodyReader } from "./read-body.ts";
import { type RequestTokenQuery, requestToken, senderOf } from "./request-token.ts";
import type { TakeReadings } from "./take-readings.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who sends: set before the body is read, on every route of ingest that takes readings. */
    ingestSender: Sender | undefined;
    /** The Content-Type as it came; the one in the headers is replaced, see `readRawBodies`. */
    ingestContentType: string;
    /** Gives the memory of the body back. */
    releaseBody: () => void;
  }
}

export interface HttpIngestDeps {
  readonly authenticate: (token: string) => Promise<Sender | undefined>;
  /** Whether the token was good when it came last. */
  readonly isKnown?: ((token: string) => boolean) | undefined;
  readonly refused: Pick<RefusedTokens, "assertMayTry" | "count">;
  readonly readings: TakeReadings;
  readonly bodies: BodyReader;
}

/**
 * Makes every body of the scope a Buffer, whatever its Content-Type says or fails to say (line protocol ignores it, and
 * `curl --data` says form), inflated, within the limits.
 */
export function readRawBodies(scope: FastifyInstance, bodies: BodyReader): void {
  scope.decorateRequest("ingestSender", undefined);
  scope.decorateRequest("ingestContentType", "");
  scope.decorateRequest("releaseBody", () => {});
  scope.addHook("onRequest", async (request) => {
    const { headers } = request.raw;
    request.ingestContentType = headers["content-type"] ?? "";
    // An empty or malformed type would be refused before any parser is asked.
    headers["content-type"] = "application/octet-stream";
  });
  scope.addHook("onResponse", async (request) => request.releaseBody());
  // A sender that went away gets no response.
  scope.addHook("onRequestAbort", async (request) => request.releaseBody());
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", async (request: FastifyRequest, stream: NodeJS.ReadableStream) => {
    const { bytes, release } = await bodies.read(stream as FastifyRequest["raw"], request.headers);
    request.releaseBody = release;
    return bytes;
  });
}

export function refusedTokens(limits: IngestLimits, clock: Clock): RefusedTokens {
  const limit = { perSecond: limits.refusedTokensPerSecond, burst: limits.refusedTokensBurst };
  return new RefusedTokens({ clock, limit });
}

/** Finds out who sends, and whether there is room, before a body is read. */
export function authenticateFirst(scope: FastifyInstance, deps: HttpIngestDeps): void {
  const { authenticate, readings, refused } = deps;
  scope.addHook("onRequest", async (request: FastifyRequest) => {
    const { p, u } = request.query as RequestTokenQuery;
    const { token } = request.params as { token?: string };
    const { authorization } = request.headers;
    const given = token ?? requestToken({ authorization, password: text(p), username: text(u) });
    if (given !== undefined && deps.isKnown?.(given) !== true) refused.assertMayTry(request.ip);
    request.ingestSender = await senderOf(given, authenticate).catch((error: unknown) => {
      if (isSluiceError(error) && error.code === "auth.token_invalid") refused.count(request.ip);
      throw error;
    });
    readings.assertMaySend(request.ingestSender);
    readings.assertRoom();
  });
}

export function senderOfRequest(request: FastifyRequest): Sender {
  if (request.ingestSender === undefined) throw new Error("the route is not behind authenticateFirst");
  return request.ingestSender;
}

/** The body as it came, empty when there was none. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** The body as text. Throws `body.not_utf8`. */
export function textOf(request: FastifyRequest): string {
  const body = bodyOf(request);
  if (!isUtf8(body)) throw new SluiceError("invalid", "body.not_utf8", "The body is not UTF-8 text.");
  // RFC 8259, section 8.1: a parser may ignore a byte order mark.
  return body.toString("utf8", hasByteOrderMark(body) ? 3 : 0);
}

export function isNdjson(request: FastifyRequest): boolean {
  return /^application\/(?:x-)?(?:ndjson|jsonl(?:ines)?)\b/i.test(request.ingestContentType);
}

/** A query's value may come several times: then the last counts. */
export function text(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === "string" ? last : undefined;
}

function hasByteOrderMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}
