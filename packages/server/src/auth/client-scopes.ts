import { SluiceError } from "@sluice/core/errors.ts";
import { type Accounts, nowOf } from "./accounts.ts";
import type { Scope } from "./permissions.ts";

/** All that a client of an outside party may be given. */
export const ENTITY_SCOPES: readonly Scope[] = ["external:read"];

/** Each once. Throws `client.scopes_missing` or `client.entity_scopes`. */
export function checkedScopes(scopes: readonly Scope[], isOfEntity: boolean): readonly Scope[] {
  if (scopes.length === 0) throw new SluiceError("invalid", "client.scopes_missing", "Name at least one scope.");
  const refused = isOfEntity ? scopes.filter((scope) => !ENTITY_SCOPES.includes(scope)) : [];
  if (refused.length === 0) return [...new Set(scopes)];
  throw new SluiceError(
    "invalid",
    "client.entity_scopes",
    `The client of an entity reads the entity's sites and nothing else: give it ${ENTITY_SCOPES.join(", ")} alone, not ${refused.join(", ")}.`,
    { details: { refused, allowed: ENTITY_SCOPES } },
  );
}

/** Throws `client.expiry_past`. */
export function assertClientExpiry(accounts: Accounts, expiresAt: Date | null): void {
  if (expiresAt === null || expiresAt > nowOf(accounts)) return;
  throw new SluiceError(
    "invalid",
    "client.expiry_past",
    "A client must expire in the future; revoke it to end it now.",
  );
}
