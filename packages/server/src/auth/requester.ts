import type { Principal } from "./principal.ts";

/** Who changes something, and of which organization, as the audit names it. */
export interface Requester {
  readonly organizationId: number;
  /** "user:<id>", "client:<id>", "claim:<id>" (a device that claims itself) or "system". */
  readonly actor: string;
  /** Where the request came from. */
  readonly address?: string | undefined;
  /** Throws `request.stale` unless what is to be changed is as the caller has seen it; use cases ask it under their lock. */
  readonly assertSeen?: ((current: unknown) => void) | undefined;
}

export function requesterOf(principal: Principal, address?: string): Requester {
  const actor = principal.kind === "user" ? `user:${principal.userId}` : `client:${principal.clientId}`;
  return { organizationId: principal.organizationId, actor, address };
}
