import { type CommandState, isLive } from "@sluice/core/commands/command.ts";
import type { Pool } from "pg";
import { listCommands } from "../../actuation/index.ts";
import { type AlertView, listAlerts } from "../../alerts/index.ts";
import type { LiveItem, LiveReaders } from "./organization-feed.ts";

const OPEN_EXECUTIONS: readonly unknown[] = ["PENDING", "WAITING", "DISPATCHED"];

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
      isOpen: ({ open }) => open === true,
    },
    command: {
      open: (organizationId, limit) => listCommands(pool, organizationId, { isOpen: true, limit }).then(items),
      byIds: (organizationId, ids) => listCommands(pool, organizationId, { ids, limit: ids.length }).then(items),
      isOpen: ({ state }) => isLive(state as CommandState),
    },
    execution: {
      open: (organizationId, limit) => listExecutions(organizationId, { isOpen: true, limit }).then(items),
      byIds: (organizationId, ids) => listExecutions(organizationId, { ids, limit: ids.length }).then(items),
      isOpen: ({ status }) => OPEN_EXECUTIONS.includes(status),
    },
  };
}

function items(views: readonly (AlertView | { readonly id: string })[]): readonly LiveItem[] {
  return views as readonly LiveItem[];
}
