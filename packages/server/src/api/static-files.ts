import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { FastifyHelmetOptions } from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Serves a few files from memory, read at start: a path in a request never reaches the disk. */
export function serveFiles(
  app: FastifyInstance,
  folder: string,
  files: Readonly<Record<string, string>>,
  helmet: FastifyHelmetOptions = {},
): void {
  for (const [url, name] of Object.entries(files)) {
    const content = readFileSync(path.join(folder, name));
    const tag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
    app.get(url, { config: { access: "public", cost: 0 }, helmet }, async (request, reply) => {
      reply.header("etag", tag).header("cache-control", "no-cache");
      if (request.headers["if-none-match"] === tag) return reply.code(304).send();
      return reply.type(CONTENT_TYPES[path.extname(name)] ?? "application/octet-stream").send(content);
    });
  }
}
