import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";

/** Seconds for which a browser remembers what it was told. */
const REMEMBERED_SECONDS = 600;

/**
 * Lets pages of these origins call the API with a token of their own. Never with cookies: nothing here is allowed by a cookie
 * that another site's page could have sent along. Goes before what asks for tokens, which a preflight does not bring.
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: [...origins],
    credentials: false,
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-request-id"],
    exposedHeaders: ["etag", "link", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"],
    maxAge: REMEMBERED_SECONDS,
  });
}
