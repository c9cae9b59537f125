import type { FastifyHelmetOptions } from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

/** Everything on our pages comes from here, and nobody may put them into a frame. */
const DIRECTIVES = {
  "default-src": ["'self'"],
  "script-src": ["'self'"],
  "style-src": ["'self'"],
  "img-src": ["'self'", "data:"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
  "object-src": ["'none'"],
};

/** Half a year; whoever wants more says so before us. */
const HTTPS_ONLY_SECONDS = 180 * 24 * 3600;

/** `isHttps`: the world reaches us by https. Over plain http Strict-Transport-Security would be ignored, or lock somebody out. */
export function securityHeaders({ isHttps }: { readonly isHttps: boolean }): FastifyHelmetOptions {
  return {
    strictTransportSecurity: isHttps && { maxAge: HTTPS_ONLY_SECONDS, includeSubDomains: false },
    contentSecurityPolicy: { useDefaults: false, directives: DIRECTIVES },
    frameguard: { action: "deny" },
  };
}

/** For a page whose script makes its own styles; its scripts still come from here alone. */
export const headersWithInlineStyles: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { ...DIRECTIVES, "style-src": ["'self'", "'unsafe-inline'"] },
  },
};

/** What is answered to one is nobody else's: caches keep nothing, unless the route says what they may. */
export function keepOutOfCaches(app: FastifyInstance): void {
  app.addHook("onSend", async (_request, reply) => {
    if (reply.hasHeader("cache-control")) return;
    reply.header("cache-control", reply.hasHeader("etag") ? "private, no-cache" : "no-store");
  });
}
