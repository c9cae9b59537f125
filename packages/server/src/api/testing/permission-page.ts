import { PERMISSIONS, type Permission, type Role } from "../../auth/index.ts";
import type { RouteAccess } from "../access.ts";

const ROLES: readonly Role[] = ["operator", "scientist", "admin"];

const HEAD = `# Who may do what

Written by \`npm run docs:generate\` from the one table in \`packages/server/src/auth/permissions.ts\` and from the routes; a test
holds it equal to them, and another asks every route as every kind of caller.

A person may do what one of their roles may, in the organization that their token names; a program what its scopes say. Without a
valid token the answer is 401, without the permission 403, and another organization's things are 404 to everybody.
`;

/** \`docs/permissions.md\`. */
export function permissionPage(routes: readonly RouteAccess[]): string {
  const shown = routes.filter(({ method }) => method !== "HEAD");
  const names = Object.keys(PERMISSIONS) as Permission[];
  return [
    HEAD,
    "## Permissions",
    "",
    "| permission | operator | scientist | admin | as a scope | is about |",
    "| --- | :-: | :-: | :-: | :-: | --- |",
    ...names.map(permissionRow),
    "",
    "## Routes",
    "",
    "| route | asks for |",
    "| --- | --- |",
    ...names.flatMap((name) => routeRows(shown, name, `\`${name}\``)),
    ...routeRows(shown, "signed-in", "a valid token; what it may is asked of each field"),
    ...routeRows(shown, "own", "authenticates its own callers"),
    ...routeRows(shown, "public", "nothing: open to everyone"),
    "",
  ].join("\n");
}

function permissionRow(name: Permission): string {
  const { roles, isScope, description } = PERMISSIONS[name];
  const cells = ROLES.map((role) => yes((roles as readonly Role[]).includes(role)));
  return `| \`${name}\` | ${[...cells, yes(isScope)].join(" | ")} | ${description} |`;
}

function yes(is: boolean): string {
  return is ? "yes" : "";
}

function routeRows(routes: readonly RouteAccess[], access: RouteAccess["access"], asksFor: string): string[] {
  return routes
    .filter((route) => route.access === access)
    .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, "{$1}")}`)
    .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : pathOf(a) > pathOf(b) ? 1 : a < b ? -1 : 1))
    .map((route) => `| \`${route}\` | ${asksFor} |`);
}

function pathOf(route: string): string {
  return route.slice(route.indexOf(" ") + 1);
}
