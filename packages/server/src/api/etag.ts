import { createHash } from "node:crypto";
import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type TSchema, Type } from "typebox";
import type { Requester } from "../auth/index.ts";
import { requesterFor } from "./access.ts";
import { answers } from "./schemas.ts";

/**
 * Entity tags (RFC 9110, section 8.8.3) of what can be edited, and the preconditions that go by them.
 *
 * The *edition* of a thing is what its edits replace. A tag is the hash of the edition and, where the representation shows more
 * than that (what it is doing now), after a dot the hash of it all: `"edition"` or `"edition.whole"`. `If-None-Match` compares
 * the whole, so that nobody is told "not modified" of what has changed; `If-Match` compares editions, so that an edit is refused
 * for another edit and for nothing else. Use cases compare inside their transaction (`Requester.assertSeen`), so that of two who
 * have seen the same, one comes too late.
 */
export const EditHeaders = Type.Object({
  "if-match": Type.Optional(
    Type.String({
      maxLength: 4096,
      description: "The `ETag` that was read. If it has been edited since: 412 `request.stale`.",
    }),
  ),
});

/** The answers of a route that reads what can be edited. */
export function taggedAnswers<Schema extends TSchema>(schema: Schema) {
  return { ...answers(200, schema), 304: Type.Null({ description: "As `If-None-Match` says." }) };
}

/** Who edits; with `If-Match` only what is still as it was seen. `editionOf`: what the route's tags are made of. */
export function editorFor<Thing>(
  request: FastifyRequest,
  editionOf: (thing: Thing) => unknown = (thing) => thing,
): Requester {
  const by = requesterFor(request);
  const header = request.headers["if-match"];
  if (header === undefined) return by;
  const assertSeen = (current: unknown): void => assertMatches(header, hashOf(editionOf(current as Thing)));
  return { ...by, assertSeen };
}

/** Answers `body` with its tag; a GET whose `If-None-Match` knows it with 304. */
export function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  body: object,
  edition: unknown = body,
): FastifyReply {
  const tag = tagOf(body, edition);
  reply.header("etag", tag);
  return isKnown(request, tag) ? reply.code(304).send() : reply.send(body);
}

function tagOf(body: object, edition: unknown): string {
  const hash = hashOf(edition);
  return body === edition ? `"${hash}"` : `"${hash}.${hashOf(body)}"`;
}

function isKnown(request: FastifyRequest, tag: string): boolean {
  const header = request.headers["if-none-match"];
  if (header === undefined || (request.method !== "GET" && request.method !== "HEAD")) return false;
  return header.trim() === "*" || tagsIn(header).some(({ text }) => text === tag);
}

function assertMatches(header: string, edition: string): void {
  if (header.trim() === "*") return;
  // A weak tag matches nothing here (RFC 9110, section 13.1.1).
  const isSeen = tagsIn(header).some(({ text, isWeak }) => !isWeak && text.slice(1, -1).split(".")[0] === edition);
  if (isSeen) return;
  const message = "It has been changed since you read it: read it again, and decide again.";
  throw new SluiceError("conflict", "request.stale", message);
}

function tagsIn(header: string): { readonly text: string; readonly isWeak: boolean }[] {
  return [...header.matchAll(/(W\/)?("[^"]*")/g)].map(([, weak, text]) => ({
    text: text!,
    isWeak: weak !== undefined,
  }));
}

/** 96 bits of SHA-256 over JSON whose keys are in order: jsonb and code keep them in orders of their own. */
function hashOf(value: unknown): string {
  const text = JSON.stringify(value, (_key, part) => (isPlain(part) ? inOrder(part) : part));
  return createHash("sha256").update(text).digest().subarray(0, 12).toString("base64url");
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inOrder(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
