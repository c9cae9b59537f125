import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";

export const DEFAULT_PAGE_SIZE = 100;
export const MAX_PAGE_SIZE = 1000;

/** The query of every list. The answer is an array; where it goes on is in the header `Link` (RFC 8288, `rel="next"`). */
export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_PAGE_SIZE,
      default: DEFAULT_PAGE_SIZE,
      description: "Items of one page; where there are more, the header `Link` names the next.",
    }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 400, description: "From the `Link` of the page before." })),
};

export interface PageRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

/** One more than is shown, to know whether there is a next page. */
export function fetchLimit({ limit = DEFAULT_PAGE_SIZE }: PageRequest): number {
  return limit + 1;
}

/** Where the last page ended, or undefined on the first. */
export function cursorNumber({ cursor }: PageRequest): number | undefined {
  if (cursor === undefined) return undefined;
  const text = decodeCursor(cursor);
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw badCursor();
}

/** The id of the last item on the page before. */
export function cursorUuid({ cursor }: PageRequest): string | undefined {
  if (cursor === undefined) return undefined;
  const text = decodeCursor(cursor);
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw badCursor();
}

export function cursorText({ cursor }: PageRequest): string | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor);
}

/** Cuts what was fetched to the page and links the next one, which begins after the key of its last item. */
export function sendPage<Item>(
  request: FastifyRequest,
  reply: FastifyReply,
  fetched: readonly Item[],
  keyOf: (item: Item) => string | number,
): readonly Item[] {
  const limit = (request.query as PageRequest).limit ?? DEFAULT_PAGE_SIZE;
  if (fetched.length <= limit) return fetched;
  const page = fetched.slice(0, limit);
  const [path, query] = splitUrl(request.url);
  const next = new URLSearchParams(query);
  next.set("cursor", Buffer.from(String(keyOf(page.at(-1)!))).toString("base64url"));
  reply.header("link", `<${path}?${next}>; rel="next"`);
  return page;
}

/** At its first question mark: a value may have more of them. */
function splitUrl(url: string): readonly [path: string, query: string] {
  const at = url.indexOf("?");
  return at === -1 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
}

function decodeCursor(cursor: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) throw badCursor();
  return Buffer.from(cursor, "base64url").toString();
}

export function badCursor(): SluiceError {
  return new SluiceError("invalid", "request.cursor", "The cursor is none of ours: take it from the header `Link`.");
}
