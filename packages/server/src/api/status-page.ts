import path from "node:path";
import type { FastifyInstance } from "fastify";
import { serveFiles } from "./static-files.ts";

/** A page at `/` that shows what is there and what it does, until the console takes its place. */
export function serveStatusPage(app: FastifyInstance): void {
  serveFiles(app, path.join(import.meta.dirname, "status-page"), {
    "/": "index.html",
    "/status-page/theme.css": "theme.css",
    "/status-page/style.css": "style.css",
    "/status-page/page.js": "page.js",
    "/status-page/views.js": "views.js",
    "/status-page/dom.js": "dom.js",
    "/status-page/session.js": "session.js",
    "/status-page/words.js": "words.js",
    "/status-page/icon.svg": "icon.svg",
  });
}
