import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  type Authenticator,
  type Principal,
  type Requester,
  type Role,
  requesterOf,
  type Scope,
} from "../auth/index.ts";

/**
 * What a route asks of its caller, stated once, in the route's `config.access`:
 *
 *   "public"         anyone
 *   "own"            the route authenticates its callers itself: devices that send readings
 *   roles, scopes    a person with one of the roles, or a program with one of the scopes
 *
 * A route that states nothing is refused to everyone, so that forgetting it is seen at once and opens nothing.
 */
export type Access = "public" | "own" | Demand;

export interface Demand {
  readonly roles: readonly Role[];
  readonly scopes: readonly Scope[];
}

/** What is on the dashboards every role may read. */
export const readers: Demand = { roles: ["operator", "scientist", "admin"], scopes: [] };
/** Who commands actuators. */
export const operators: Demand = { roles: ["operator", "admin"], scopes: [] };
/** Who changes the registry, rules and accounts. */
export const administrators: Demand = { roles: ["admin"], scopes: [] };
/** Who analyses what is stored: backtests and reports. */
export const analysts: Demand = { roles: ["scientist", "admin"], scopes: [] };
/** Who registers devices: people, and programs that were given the right. */
export const provisioners: Demand = { roles: ["admin"], scopes: ["devices:provision"] };

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
export function guardRoutes(app: FastifyInstance, authenticator: Pick<Authenticator, "authenticate">): void {
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
    request.principal = await authenticator.authenticate(bearerToken(request));
    if (!access || !mayEnter(request.principal, access)) {
      throw new SluiceError("forbidden", "auth.forbidden", "Your role does not allow this.", {
        details: { roles: access?.roles ?? [], scopes: access?.scopes ?? [] },
      });
    }
  });
}

/** For what only administrators may ask of a route that is open to others as well. Throws `auth.forbidden`. */
export function assertAdministrator(request: FastifyRequest): void {
  if (isAdministrator(request)) return;
  throw new SluiceError("forbidden", "auth.forbidden", "Only an administrator may ask this.", {
    details: { ...administrators },
  });
}

export function isAdministrator(request: FastifyRequest): boolean {
  return mayEnter(principalOf(request), administrators);
}

export function mayEnter(principal: Principal, demand: Demand): boolean {
  return principal.kind === "user"
    ? demand.roles.some((role) => principal.roles.has(role))
    : demand.scopes.some((scope) => principal.scopes.has(scope));
}

/** RFC 6750, section 2.1; undefined without such a header. */
export function bearerTokenOf(request: FastifyRequest): string | undefined {
  return /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? "")?.[1];
}

function bearerToken(request: FastifyRequest): string {
  const token = bearerTokenOf(request);
  if (token !== undefined) return token;
  throw new SluiceError("unauthenticated", "auth.token_missing", "Send `Authorization: Bearer <token>`.");
}

/** Who asks, on a route that demands a role or a scope. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Error("a route that needs to know its caller is open to the public");
  return request.principal;
}

export function organizationOf(request: FastifyRequest): number {
  return principalOf(request).organizationId;
}

export function requesterFor(request: FastifyRequest): Requester {
  return requesterOf(principalOf(request), request.ip);
}
