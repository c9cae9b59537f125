/** Who is asking, as far as a request has proven it. */
export type Role = "operator" | "scientist" | "admin";
export type Scope = "ingest" | "devices:provision";

export type Principal =
  | {
      readonly kind: "user";
      readonly userId: string;
      readonly organizationId: number;
      readonly roles: ReadonlySet<Role>;
    }
  | {
      readonly kind: "client";
      readonly clientId: string;
      readonly organizationId: number;
      readonly scopes: ReadonlySet<Scope>;
    };
