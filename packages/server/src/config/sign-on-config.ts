import { isIP } from "node:net";

type Role = "operator" | "scientist" | "admin";
export const NEWCOMER_ROLES: readonly Role[] = ["operator", "scientist", "admin"];

/** A provider by which people sign in. */
export interface SignOnConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly scopes: string;
  readonly rolesClaim: string | undefined;
  readonly defaultRole: Role | undefined;
  readonly allowInsecure: boolean;
}

export interface SignOnVariables extends Partial<SignOnConfig> {
  /** Whether any other of them is set. */
  readonly isNamed: boolean;
}

/** Enough to know who it is, and the address to find an account by. */
const USUAL_SCOPES = "openid email profile";

/** Adds what does not fit together to the problems. */
export function signOnConfig(given: SignOnVariables, problems: string[]): SignOnConfig | undefined {
  const {
    issuer,
    clientId,
    clientSecret,
    scopes = USUAL_SCOPES,
    rolesClaim,
    defaultRole,
    allowInsecure = false,
  } = given;
  if (issuer === undefined) {
    if (given.isNamed) problems.push("SLUICE_OIDC_… need SLUICE_OIDC_ISSUER");
    return undefined;
  }
  if (clientId === undefined) problems.push("SLUICE_OIDC_ISSUER needs SLUICE_OIDC_CLIENT_ID");
  if (!isSafe(new URL(issuer), allowInsecure)) {
    problems.push(
      "SLUICE_OIDC_ISSUER must begin with https://; http:// is taken from this machine alone, with SLUICE_OIDC_ALLOW_INSECURE=true",
    );
  }
  return { issuer, clientId: clientId ?? "", clientSecret, scopes, rolesClaim, defaultRole, allowInsecure };
}

function isSafe({ protocol, hostname }: URL, allowInsecure: boolean): boolean {
  if (protocol === "https:") return true;
  const isLoopback =
    hostname === "localhost" || hostname === "[::1]" || (isIP(hostname) === 4 && hostname.startsWith("127."));
  return allowInsecure && isLoopback;
}

/** RFC 6749, section 3.3; `openid` makes it OpenID Connect. */
export function scopes(text: string): string {
  const names = text.split(/[\s,]+/).filter((name) => name !== "");
  if (names.includes("openid")) return names.join(" ");
  throw new Error(`must name openid, as in "${USUAL_SCOPES}"`);
}
