import Fastify from "fastify";
import { expect, test } from "vitest";
import type { Principal } from "../auth/index.ts";
import { type Access, administrators, guardRoutes, principalOf, provisioners, readers } from "./access.ts";

const person = (...roles: ("operator" | "scientist" | "admin")[]): Principal => ({
  kind: "user",
  userId: "1",
  organizationId: 1,
  roles: new Set(roles),
});
const program = (...scopes: ("ingest" | "devices:provision")[]): Principal => ({
  kind: "client",
  clientId: "1",
  organizationId: 1,
  scopes: new Set(scopes),
});

/** The status that each kind of caller meets on a route with this access. */
async function statusFor(access: Access | undefined, principal: Principal): Promise<number> {
  const app = Fastify();
  guardRoutes(app, { authenticate: async () => principal });
  app.setErrorHandler((error, _request, reply) =>
    reply.code((error as { kind?: string }).kind === "forbidden" ? 403 : 500).send(),
  );
  app.get("/", { config: access ? { access } : {} }, async (request) => principalOf(request));
  const { statusCode } = await app.inject({ url: "/", headers: { authorization: "bearer token" } });
  await app.close();
  return statusCode;
}

test.each([
  [readers, person("operator"), 200],
  [readers, person("scientist"), 200],
  [readers, program("ingest", "devices:provision"), 403],
  [administrators, person("operator", "scientist"), 403],
  [administrators, person("operator", "admin"), 200],
  [provisioners, program("devices:provision"), 200],
  [provisioners, program("ingest"), 403],
  [provisioners, person("operator"), 403],
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
