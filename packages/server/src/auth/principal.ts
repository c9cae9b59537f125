import { PERMISSIONS, type Permission, type Role, type Scope } from "./permissions.ts";

export type { Role };

/** Who is asking, as far as a request has proven it, and of which organization. */
export type Principal =
  | {
      readonly kind: "user";
      readonly userId: string;
      /** The family of refresh tokens that the access token was signed for. */
      readonly sessionId: string;
      readonly organizationId: number;
      readonly roles: ReadonlySet<Role>;
      /** The organization's application that the session was begun through. */
      readonly applicationId?: string | undefined;
    }
  | {
      readonly kind: "client";
      readonly clientId: string;
      readonly organizationId: number;
      readonly scopes: ReadonlySet<Scope>;
      /** Requests of this client; absent: as many as it likes. */
      readonly limits?: { readonly perSecond: number; readonly burst: number } | undefined;
      /** The outside party that it speaks for: it reads that party's sites, and nothing else. */
      readonly entity?: { readonly id: number; readonly slug: string } | undefined;
    };

export function mayDo(principal: Principal, permission: Permission): boolean {
  if (principal.kind === "client") return (principal.scopes as ReadonlySet<Permission>).has(permission);
  const roles: readonly Role[] = PERMISSIONS[permission].roles;
  return roles.some((role) => principal.roles.has(role));
}
