import path from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { headersWithInlineStyles } from "./security-headers.ts";
import { serveFiles } from "./static-files.ts";

const SCRIPT_URL = "/api/docs/scalar.js";

/**
 * The API reference at `/api/docs`, complete without the internet. Its script has 4 MB and takes 42 MB of memory and 0.2 s to
 * load, so it is loaded when somebody first looks.
 */
export function serveReference(app: FastifyInstance): void {
  const files = {
    "/api/docs": "index.html",
    "/api/docs/": "index.html",
    "/api/docs/reference.js": "reference.js",
  };
  serveFiles(app, path.join(import.meta.dirname, "reference-page"), files, headersWithInlineStyles);

  let script: Promise<string> | undefined;
  app.get(SCRIPT_URL, { config: { access: "public", cost: 0 } }, async (_request, reply) => {
    script ??= loadScript();
    reply.header("cache-control", "public, max-age=3600");
    return reply.type("text/javascript; charset=utf-8").send(await script);
  });
}

/** The package hands its script out only through its own Fastify plugin, so a small application asks that for it. */
async function loadScript(): Promise<string> {
  const { default: reference } = await import("@scalar/fastify-api-reference");
  const carrier = Fastify();
  await carrier.register(reference, { routePrefix: "/reference", configuration: { url: "/api/openapi.json" } });
  const { body } = await carrier.inject("/reference/js/scalar.js");
  await carrier.close();
  return body;
}
