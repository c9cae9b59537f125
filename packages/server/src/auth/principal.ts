import type { Scope } from "./permissions.ts";

export type Role = "operator" | "scientist" | "admin";

/** Who is asking, as far as a request has proven it, and of which organization. */
export type Principal =
  | {
      readonly kind: "user";
      readonly userId: string;
      /** The family of refresh tokens that the access token was signed for. */
      readonly sessionId: string;
      readonly organizationId: number;
      readonly roles: ReadonlySet<Role>;
    }
  | {
      readonly kind: "client";
      readonly clientId: string;
      readonly organizationId: number;
      readonly scopes: ReadonlySet<Scope>;
    };
