import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import type { OpenAPIV3_1 } from "openapi-types";
import type { Access } from "./access.ts";
import { completeDocument } from "./openapi-document.ts";

const TAGS = [
  { name: "sign-in", description: "Sign in and out. Access tokens live 15 minutes; refresh tokens are good once." },
  { name: "telemetry", description: "Readings, in columns." },
  { name: "devices", description: "What sends readings and takes commands." },
  { name: "actuators", description: "What devices can switch, and every command that was decided." },
  { name: "automation", description: "Rules, and what they have caused." },
  { name: "alerts", description: "What people are told, and what they did about it." },
  {
    name: "notifications",
    description: "Where people and programs are told of alerts, and what became of each notice.",
  },
  {
    name: "reports",
    description: "What was measured at a site in a period: made on demand or on schedule, kept and mailed.",
  },
  { name: "registry", description: "The organization, its sites, assets and device profiles." },
  { name: "profile", description: "Oneself: profile, preferences, sessions, second factor, organizations." },
  { name: "accounts", description: "People, invitations, and programs that use the API." },
  { name: "ingest", description: "How readings come in." },
  { name: "audit", description: "Who changed what." },
  { name: "status", description: "How the server is." },
];

/** Describes every route that has a tag, from the very schemas that check its requests, as OpenAPI 3.1. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    hideUntagged: true,
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Sluice",
        version: "1",
        description:
          "Lists answer an array; where there is more, the header `Link` names the next page. Times are RFC 3339 in UTC; `ts` is epoch milliseconds. Errors are problem documents (RFC 9457) with a stable `code`.",
      },
      tags: TAGS,
      components: {
        securitySchemes: {
          bearer: {
            type: "http",
            scheme: "bearer",
            description: "An access token of a person, or the token of an API client.",
          },
        },
      },
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: { ...schema, ...securityOf(route.config?.access) },
    }),
    transformObject: (description) =>
      "openapiObject" in description
        ? completeDocument(description.openapiObject as Partial<OpenAPIV3_1.Document>)
        : description.swaggerObject,
  });

  let document: string | undefined;
  app.get("/api/openapi.json", { config: { access: "public" } }, async (_request, reply) => {
    document ??= JSON.stringify(app.swagger());
    return reply.type("application/json; charset=utf-8").send(document);
  });
}

function securityOf(access: Access | undefined) {
  if (access === "public") return { security: [] };
  return {
    security: [{ bearer: [] }],
    ...(access === undefined || access === "own" || access === "signed-in" ? {} : { "x-permission": access }),
  };
}
