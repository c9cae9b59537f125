import type { Accounts } from "./accounts.ts";
import type { Principal } from "./principal.ts";
import { findUser } from "./user-store.ts";

/**
 * How a caller is named to others, where a name has to say who it is: with the e-mail address, which no two accounts share.
 */
export async function nameOfPerson(
  { urgentPool }: Pick<Accounts, "urgentPool">,
  principal: Principal,
): Promise<string> {
  if (principal.kind === "client") return `client:${principal.clientId}`;
  const user = await findUser(urgentPool, principal.userId);
  if (user === undefined) return `user:${principal.userId}`;
  return user.name === user.email ? user.email : `${user.name} (${user.email})`;
}
