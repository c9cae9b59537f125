import type { FastifyHelmetOptions } from "@fastify/helmet";

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

/** Whoever terminates TLS decides about Strict-Transport-Security. */
export const securityHeaders: FastifyHelmetOptions = {
  strictTransportSecurity: false,
  contentSecurityPolicy: { useDefaults: false, directives: DIRECTIVES },
};

/** For a page whose script makes its own styles; its scripts still come from here alone. */
export const headersWithInlineStyles: FastifyHelmetOptions = {
  ...securityHeaders,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { ...DIRECTIVES, "style-src": ["'self'", "'unsafe-inline'"] },
  },
};
