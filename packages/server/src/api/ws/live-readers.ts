import type { Pool } from "pg";
import { listCommands } from "../../actuation/index.ts";
import { type AlertView, listAlerts } from "../../alerts/index.ts";
import type { LiveItem, LiveReaders } from "./live-hub.ts";

/** What live streams show is what the REST interface shows. */
export function createLiveReaders({
  pool,
  listExecutions,
}: {
  readonly pool: Pool;
  /** Newest first. */
  readonly listExecutions: (
    organizationId: number,
    filter: { readonly ids?: readonly string[]; readonly isOpen?: true; readonly limit: number },
  ) => Promise<readonly { readonly id: string }[]>;
}): LiveReaders {
  return {
    alert: {
      open: (organizationId, limit) => listAlerts(pool, organizationId, { isOpen: true, limit }).then(items),
      byIds: (organizationId, ids) => listAlerts(pool, organizationId, { ids, limit: ids.length }).then(items),
    },
    command: {
      open: (organizationId, limit) => listCommands(pool, organizationId, { isOpen: true, limit }).then(items),
      byIds: (organizationId, ids) => listCommands(pool, organizationId, { ids, limit: ids.length }).then(items),
    },
    execution: {
      open: (organizationId, limit) => listExecutions(organizationId, { isOpen: true, limit }).then(items),
      byIds: (organizationId, ids) => listExecutions(organizationId, { ids, limit: ids.length }).then(items),
    },
  };
}

function items(views: readonly (AlertView | { readonly id: string })[]): readonly LiveItem[] {
  return views as readonly LiveItem[];
}
