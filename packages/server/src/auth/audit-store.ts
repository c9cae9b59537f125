import type { PoolClient } from "pg";
import type { Requester } from "./requester.ts";

export interface AuditEvent {
  /** "client.revoke": the resource and the verb. */
  readonly action: string;
  /** "client:<id>". */
  readonly subject: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Appends to the audit in the transaction of what it tells: neither is there without the other. */
export async function recordAuditEvent(client: PoolClient, by: Requester, event: AuditEvent): Promise<void> {
  await client.query(
    `insert into audit_event (organization_id, actor, action, subject, before, after, address)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [by.organizationId, by.actor, event.action, event.subject, json(event.before), json(event.after), by.address],
  );
}

/** Appends many, in one statement. */
export async function recordAuditEvents(
  client: PoolClient,
  by: Requester,
  events: readonly AuditEvent[],
): Promise<void> {
  await client.query(
    `insert into audit_event (organization_id, actor, action, subject, before, after, address)
     select $1, $2, action, subject, before, after, $3
       from unnest($4::text[], $5::text[], $6::jsonb[], $7::jsonb[]) with ordinality
            as new (action, subject, before, after, position)
      order by position`,
    [
      by.organizationId,
      by.actor,
      by.address,
      events.map(({ action }) => action),
      events.map(({ subject }) => subject),
      events.map(({ before }) => json(before)),
      events.map(({ after }) => json(after)),
    ],
  );
}

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
