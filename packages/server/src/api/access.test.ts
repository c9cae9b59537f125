import Fastify from "fastify";
import { expect, test } from "vitest";
import type { Principal, Scope } from "../auth/index.ts";
import { type Access, guardRoutes, principalOf } from "./access.ts";

const person = (...roles: ("operator" | "scientist" | "admin")[]): Principal => ({
  kind: "user",
  userId: "1",
  sessionId: "s",
  organizationId: 1,
  roles: new Set(roles),
});
const program = (...scopes: Scope[]): Principal => ({
  kind: "client",
  clientId: "1",
  organizationId: 1,
  scopes: new Set(scopes),
});

/** The status that each kind of caller meets on a route with this access. */
async function statusFor(access: Access | undefined, principal: Principal): Promise<number> {
  const app = Fastify();
  guardRoutes(app, { authenticate: async () => principal, knows: () => true }, { assertMayTry() {}, count() {} });
  app.setErrorHandler((error, _request, reply) =>
    reply.code((error as { kind?: string }).kind === "forbidden" ? 403 : 500).send(),
  );
  app.get("/", { config: access ? { access } : {} }, async (request) => principalOf(request));
  const { statusCode } = await app.inject({ url: "/", headers: { authorization: "bearer token" } });
  await app.close();
  return statusCode;
}

test.each<[Access, Principal, number]>([
  ["registry:read", person("operator"), 200],
  ["registry:read", person("scientist"), 200],
  ["registry:read", program("ingest", "devices:provision"), 403],
  ["registry:write", person("operator", "scientist"), 403],
  ["registry:write", person("operator", "admin"), 200],
  ["devices:provision", program("devices:provision"), 200],
  ["devices:provision", program("ingest"), 403],
  ["devices:provision", person("operator"), 403],
])("%o lets %o in with %i", async (access, principal, status) => {
  expect(await statusFor(access, principal)).toBe(status);
});

test("a route that does not say who may enter is closed to everybody", async () => {
  expect(await statusFor(undefined, person("operator", "scientist", "admin"))).toBe(403);
  expect(await statusFor(undefined, program("ingest", "devices:provision"))).toBe(403);
});

test("asking a public route who calls is a programmer's error, not a guess", async () => {
  expect(await statusFor("public", person("admin"))).toBe(500);
});
