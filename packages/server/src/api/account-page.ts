import path from "node:path";
import type { FastifyInstance } from "fastify";
import { serveFiles } from "./static-files.ts";

/** Where the links in mails lead: a new password, a confirmed address, an invitation. The sign-in page has its style too. */
export function serveAccountPage(app: FastifyInstance): void {
  serveFiles(app, path.join(import.meta.dirname, "account-page"), {
    "/account/": "index.html",
    "/account/style.css": "style.css",
    "/account/page.js": "page.js",
  });
}
