import type { Role } from "../principal.ts";
import type { IdentityClaims } from "./open-id-provider.ts";

const ROLES: readonly Role[] = ["operator", "scientist", "admin"];

/**
 * The roles that a provider's claim names, by our own names for them. The claim is a list or one text; where it lies deeper its
 * path has dots ("resource_access.sluice.roles"), unless there is a claim of just that name.
 */
export function claimedRoles(claims: IdentityClaims, path: string): readonly Role[] {
  const named = [claims[path] ?? valueAt(claims, path.split("."))].flat();
  return ROLES.filter((role) => named.includes(role));
}

function valueAt(claims: unknown, path: readonly string[]): unknown {
  let value = claims;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
