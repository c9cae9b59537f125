import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  type Authenticator,
  mayDo,
  PERMISSIONS,
  type Permission,
  type Person,
  type Principal,
  type Requester,
  requesterOf,
  throughApplication,
} from "../auth/index.ts";
import type { RefusedTokens } from "../platform/refused-tokens.ts";

/**
 * What a route asks of its caller, stated once, in the route's `config.access`:
 *
 *   "public"      anyone
 *   "own"         the route authenticates its callers itself: devices that send readings
 *   "signed-in"   whoever has a valid token: what they may is asked of each field of a GraphQL query
 *   a permission  whoever has it, by the table in `auth/permissions.ts`
 *
 * A route that states nothing is refused to everyone, so that forgetting it is seen at once and opens nothing.
 */
export type Access = "public" | "own" | "signed-in" | Permission;

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    principal: Principal | undefined;
  }
  interface FastifyInstance {
    /** Every route of the application, and whom it lets in. */
    readonly routeAccess: RouteAccess[];
  }
}

export interface RouteAccess {
  readonly method: string;
  readonly url: string;
  readonly access: Access | undefined;
}

/** Checks every request against its route's `config.access`, before its body is read. */
export function guardRoutes(
  app: FastifyInstance,
  authenticator: Pick<Authenticator, "authenticate" | "knows">,
  refused: Pick<RefusedTokens, "assertMayTry" | "count">,
  timeCheck: () => () => void = () => () => {},
): void {
  app.decorateRequest("principal", undefined);
  app.decorate("routeAccess", []);
  app.addHook("onRoute", (route) => {
    for (const method of [route.method].flat()) {
      // Read late: what registers routes of others says "own" for them after this hook.
      app.routeAccess.push({
        method,
        url: route.url,
        get access() {
          return route.config?.access;
        },
      });
    }
  });
  app.addHook("onRequest", async (request) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access === "public" || access === "own") return;
    const token = bearerToken(request);
    if (!mayStop(request) && !authenticator.knows(token)) refused.assertMayTry(request.ip);
    const checked = timeCheck();
    request.principal = await authenticator.authenticate(token).catch((error: unknown) => {
      if (isSluiceError(error) && error.kind === "unauthenticated") refused.count(request.ip);
      throw error;
    });
    checked();
    if (access !== "signed-in") assertMay(request.principal, access);
    if (access === "account:own" && request.method !== "GET") assertNotThroughApplication(request.principal);
  });
}

/** Nobody is kept from stopping something. */
function mayStop({ routeOptions: { config } }: FastifyRequest): boolean {
  return config.cost === 0 || config.isStop !== undefined;
}

/** Throws `auth.forbidden`, naming what is missing. */
export function assertMay(principal: Principal, permission: Permission | undefined): void {
  if (permission !== undefined && mayDo(principal, permission)) return;
  throw new SluiceError("forbidden", "auth.forbidden", "You may not do this.", {
    details: permission === undefined ? {} : { permission, roles: PERMISSIONS[permission].roles },
  });
}

/** Throws `auth.through_application`: of a person's account such a session may only read. */
function assertNotThroughApplication(principal: Principal): void {
  if (principal.kind === "user" && principal.applicationId !== undefined) throw throughApplication();
}

/** For what a route that is open to more people lets only some of them ask. Throws `auth.forbidden`. */
export function assertCallerMay(request: FastifyRequest, permission: Permission): void {
  assertMay(principalOf(request), permission);
}

export function callerMay(request: FastifyRequest, permission: Permission): boolean {
  return mayDo(principalOf(request), permission);
}

/** RFC 6750, section 2.1; undefined without such a header. */
export function bearerTokenOf(request: FastifyRequest): string | undefined {
  return /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? "")?.[1];
}

export function bearerToken(request: FastifyRequest): string {
  const token = bearerTokenOf(request);
  if (token !== undefined) return token;
  throw new SluiceError("unauthenticated", "auth.token_missing", "Send `Authorization: Bearer <token>`.");
}

/** Who asks, on a route that demands a role or a scope. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Error("a route that needs to know its caller is open to the public");
  return request.principal;
}

/** Who asks, on a route for people alone: no scope lets a program in there. */
export function personOf(request: FastifyRequest): Person {
  const principal = principalOf(request);
  if (principal.kind === "user") return principal;
  throw new SluiceError("forbidden", "auth.forbidden", "Only a person may do this.");
}

export function organizationOf(request: FastifyRequest): number {
  return principalOf(request).organizationId;
}

export function requesterFor(request: FastifyRequest): Requester {
  return requesterOf(principalOf(request), request.ip);
}
