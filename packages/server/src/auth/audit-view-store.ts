import type { Pool, PoolClient } from "pg";

/** One change: what was done, to what, by whom, and from where. */
export interface AuditEntry {
  readonly id: number;
  readonly at: Date;
  /** "user:<id>", "client:<id>", "rule:<id>" or "system". */
  readonly actor: string;
  /** A person's address, a program's name; null where nobody is left to name. */
  readonly actorName: string | null;
  /** "device.update": the resource and the verb. */
  readonly action: string;
  /** "device:<id>". */
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly address: string | null;
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  /** What the action begins with: "device." or "device.update". */
  readonly action?: string | undefined;
  /** "device:12", or "device" for all of a kind. */
  readonly subject?: string | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** Only older ones: where the last page ended. */
  readonly beforeId?: number | undefined;
  readonly limit: number;
}

const UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/** Newest first. */
export async function listAuditEntries(
  db: Pool | PoolClient,
  organizationId: number,
  { actor, action, subject, from, to, beforeId, limit }: AuditFilter,
): Promise<AuditEntry[]> {
  const { rows } = await db.query(
    `select e.id, e.at, e.actor, e.action, e.subject, e.before, e.after, e.address,
            coalesce(u.email, c.name) as "actorName"
       from audit_event e
       left join app_user u on u.id = case when e.actor ~ '^user:${UUID}$' then substr(e.actor, 6)::uuid end
       left join api_client c on c.id = case when e.actor ~ '^client:${UUID}$' then substr(e.actor, 8)::uuid end
                             and c.organization_id = e.organization_id
      where e.organization_id = $1
        and ($2::bigint is null or e.id < $2)
        and ($3::text is null or e.actor = $3)
        and ($4::text is null or starts_with(e.action, $4))
        and ($5::text is null or e.subject = $5 or (strpos($5, ':') = 0 and starts_with(e.subject, $5 || ':')))
        and ($6::timestamptz is null or e.at >= $6)
        and ($7::timestamptz is null or e.at < $7)
      order by e.id desc
      limit $8`,
    [organizationId, beforeId, actor, action, subject, from, to, limit],
  );
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}
