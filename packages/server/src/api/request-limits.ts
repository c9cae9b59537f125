import type { Server } from "node:http";
import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyInstance } from "fastify";

/** Everything that is bounded of a request before anybody looks at what it asks, with what happens at the bound. */
export const REQUEST_LIMITS = {
  /** Of a request to the registry, 413; what takes readings in has limits of its own. */
  maxBodyBytes: 1024 * 1024,
  /** All headers with the request line, 431. */
  maxHeaderBytes: 32 * 1024,
  /** Headers that are looked at; what comes after them is not there. */
  maxHeaders: 100,
  /** Path and query, 414: a thousand uids are named in one. */
  maxUrlCharacters: 16 * 1024,
  /** 400. */
  maxQueryParameters: 100,
  /** Longest uid or metric key in a path, each byte of it escaped; 414. */
  maxParameterLength: 1024,
  /** Arrays and objects within one another in a JSON body, 400. */
  maxJsonDepth: 64,
  /** Until the last header is there, from the connection's beginning or the first byte of the request; 408. */
  headersTimeoutMs: 10_000,
  /** Until the body is there too; 408. */
  requestTimeoutMs: 60_000,
  /** How often the two above are looked at. */
  checkIntervalMs: 1_000,
  /** A connection that asks nothing is closed. */
  keepAliveMs: 72_000,
  /** The next one is closed at once. The file descriptors of a process end at some number too, and MQTT needs them. */
  maxConnections: 10_000,
} as const;

export type RequestLimits = { readonly [K in keyof typeof REQUEST_LIMITS]: number };

/** Those that Node's server has no option for. */
export function limitConnections(server: Server, limits: RequestLimits): void {
  server.maxConnections = limits.maxConnections;
  server.maxHeadersCount = limits.maxHeaders;
}

/** Throws `request.url_too_long` and `request.too_many_parameters`. */
export function limitUrls(app: FastifyInstance, { maxUrlCharacters, maxQueryParameters }: RequestLimits): void {
  app.addHook("onRequest", async ({ raw }) => {
    const url = raw.url ?? "";
    if (url.length > maxUrlCharacters) {
      throw new SluiceError("limit", "request.url_too_long", `A URL has at most ${maxUrlCharacters} characters.`, {
        details: { limit: maxUrlCharacters },
      });
    }
    if (countParameters(url) <= maxQueryParameters) return;
    throw new SluiceError(
      "invalid",
      "request.too_many_parameters",
      `A query has at most ${maxQueryParameters} parts.`,
      {
        details: { limit: maxQueryParameters },
      },
    );
  });
}

function countParameters(url: string): number {
  const start = url.indexOf("?");
  if (start === -1) return 0;
  let count = 1;
  for (let at = url.indexOf("&", start); at !== -1; at = url.indexOf("&", at + 1)) count++;
  return count;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING: ReadonlySet<number> = new Set([91, 123]);
const CLOSING: ReadonlySet<number> = new Set([93, 125]);

/**
 * Refuses a JSON text that nests deeper, before anything recurses into it: `request.too_deep`. Whether it is JSON at all is
 * for the parser to say.
 */
export function assertShallow(text: string, maxDepth: number): void {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInText) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isInText = false;
    } else if (code === QUOTE) isInText = true;
    else if (OPENING.has(code) && ++depth > maxDepth) {
      throw new SluiceError("invalid", "request.too_deep", `A body nests at most ${maxDepth} levels.`, {
        details: { limit: maxDepth },
      });
    } else if (CLOSING.has(code)) depth--;
  }
}
