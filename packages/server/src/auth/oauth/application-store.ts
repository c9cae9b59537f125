import type { Queryable } from "../../platform/postgres.ts";

/** A program on a person's own machine through which people sign in. */
export interface Application {
  readonly id: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly createdAt: Date;
}

const COLUMNS = `id, name, redirect_uris as "redirectUris", created_at as "createdAt"`;

/** Those that are not revoked, by name, which is unique among them. */
export async function listApplications(
  db: Queryable,
  organizationId: number,
  page: { readonly afterName?: string | undefined; readonly limit: number },
): Promise<Application[]> {
  const { rows } = await db.query<Application>(
    `select ${COLUMNS} from application
      where organization_id = $1 and revoked_at is null and ($2::text is null or name > $2)
      order by name limit $3`,
    [organizationId, page.afterName, page.limit],
  );
  return rows;
}

/** `for share`: it stays as it is until the transaction ends. */
export async function findApplicationById(
  db: Queryable,
  id: string,
  lock: "for share" | "" = "",
): Promise<(Application & { readonly organizationId: number }) | undefined> {
  const { rows } = await db.query<Application & { readonly organizationId: number }>(
    `select ${COLUMNS}, organization_id as "organizationId" from application where id = $1 and revoked_at is null ${lock}`,
    [id],
  );
  return rows[0];
}

/** Undefined when another that is not revoked has the name. */
export async function insertApplication(
  db: Queryable,
  application: { readonly organizationId: number; readonly name: string; readonly redirectUris: readonly string[] },
): Promise<Application | undefined> {
  const { rows } = await db.query<Application>(
    `insert into application (organization_id, name, redirect_uris) values ($1, $2, $3)
     on conflict (organization_id, name) where revoked_at is null do nothing
     returning ${COLUMNS}`,
    [application.organizationId, application.name, application.redirectUris],
  );
  return rows[0];
}

export async function markApplicationRevoked(
  db: Queryable,
  organizationId: number,
  id: string,
): Promise<Application | undefined> {
  const { rows } = await db.query<Application>(
    `update application set revoked_at = now()
      where organization_id = $1 and id = $2 and revoked_at is null
     returning ${COLUMNS}`,
    [organizationId, id],
  );
  return rows[0];
}
