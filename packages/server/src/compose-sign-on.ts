import type { Pool } from "pg";
import type { SingleSignOn } from "./api/index.ts";
import { OpenIdProvider } from "./auth/index.ts";
import type { Config } from "./config.ts";
import { firstOrganizationId } from "./devices/index.ts";
import type { Clock } from "./platform/clock.ts";

/** Nobody is asked yet: a provider that is down keeps nobody from starting, nor from signing in with a password. */
export async function composeSingleSignOn(
  pool: Pool,
  clock: Clock,
  { singleSignOn: settings }: Pick<Config, "singleSignOn">,
): Promise<SingleSignOn | undefined> {
  if (settings === undefined) return undefined;
  const organizationId = await firstOrganizationId(pool);
  if (organizationId === undefined) throw new Error("single sign-on is composed after the first organization");
  return { provider: new OpenIdProvider(settings, clock), settings: { ...settings, organizationId } };
}
