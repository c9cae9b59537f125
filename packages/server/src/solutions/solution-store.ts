import type { Pool, PoolClient } from "pg";
import type { ProfilePart } from "../devices/index.ts";

/** SQL of the tables `solution_installation` and `solution_object`. */
type Queryable = Pool | PoolClient;

export interface Installation {
  readonly solution: string;
  readonly version: number;
  readonly installedAt: Date;
  readonly removedAt: Date | null;
}

const INSTALLATION = `
  select solution, version, installed_at as "installedAt", removed_at as "removedAt" from solution_installation`;

export async function listInstallations(db: Queryable, organizationId: number): Promise<Installation[]> {
  return (await db.query<Installation>(`${INSTALLATION} where organization_id = $1`, [organizationId])).rows;
}

/** Whoever changes the solutions of an organization waits for whoever does. */
export async function lockSolutions(client: PoolClient, organizationId: number): Promise<void> {
  await client.query("select 1 from organization where id = $1 for no key update", [organizationId]);
}

export async function findInstallation(
  db: Queryable,
  organizationId: number,
  solution: string,
): Promise<Installation | undefined> {
  const sql = `${INSTALLATION} where organization_id = $1 and solution = $2`;
  return (await db.query<Installation>(sql, [organizationId, solution])).rows[0];
}

export async function saveInstallation(
  client: PoolClient,
  organizationId: number,
  solution: string,
  version: number,
): Promise<void> {
  await client.query(
    `insert into solution_installation (organization_id, solution, version) values ($1, $2, $3)
     on conflict (organization_id, solution) do update
        set version = excluded.version, installed_at = clock_timestamp(), removed_at = null`,
    [organizationId, solution, version],
  );
}

export async function markRemoved(client: PoolClient, organizationId: number, solution: string): Promise<void> {
  await client.query(
    "update solution_installation set removed_at = clock_timestamp() where organization_id = $1 and solution = $2",
    [organizationId, solution],
  );
}

export async function listObjects(db: Queryable, organizationId: number, solution: string): Promise<ProfilePart[]> {
  const { rows } = await db.query<ProfilePart>(
    "select kind, profile, key, content from solution_object where organization_id = $1 and solution = $2",
    [organizationId, solution],
  );
  return rows;
}

export async function saveObjects(
  client: PoolClient,
  organizationId: number,
  solution: string,
  parts: readonly ProfilePart[],
): Promise<void> {
  await client.query(
    `insert into solution_object (organization_id, solution, kind, profile, key, content)
     select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::jsonb[])
     on conflict (organization_id, solution, kind, profile, key) do update set content = excluded.content`,
    [organizationId, solution, ...columnsOf(parts)],
  );
}

export async function forgetObjects(
  client: PoolClient,
  organizationId: number,
  solution: string,
  parts: readonly Pick<ProfilePart, "kind" | "profile" | "key">[],
): Promise<void> {
  await client.query(
    `delete from solution_object o
      using unnest($3::text[], $4::text[], $5::text[]) as gone (kind, profile, key)
      where o.organization_id = $1 and o.solution = $2
        and (o.kind, o.profile, o.key) = (gone.kind, gone.profile, gone.key)`,
    [organizationId, solution, ...columnsOf(parts).slice(0, 3)],
  );
}

function columnsOf(parts: readonly (Omit<ProfilePart, "content"> & Partial<ProfilePart>)[]) {
  return [
    parts.map(({ kind }) => kind),
    parts.map(({ profile }) => profile),
    parts.map(({ key }) => key),
    parts.map(({ content }) => JSON.stringify(content ?? {})),
  ];
}

/**
 * Writes down, for every organization that has built-in profiles of a solution and no word of it, that it has this version, with
 * those of its parts that are there..
 */
export async function adoptOrganizations(
  db: Queryable,
  solution: { readonly key: string; readonly version: number; readonly profiles: readonly string[] },
  parts: readonly ProfilePart[],
  organizationId?: number,
): Promise<void> {
  await db.query(
    `with adopted as (
       insert into solution_installation (organization_id, solution, version)
       select distinct p.organization_id, $1, $2::int
         from device_profile p
        where p.is_built_in and p.key = any ($3) and ($4::int is null or p.organization_id = $4)
       on conflict do nothing
       returning organization_id
     )
     insert into solution_object (organization_id, solution, kind, profile, key, content)
     select a.organization_id, $1, o.kind, o.profile, o.key, o.content
       from adopted a
       join device_profile p on p.organization_id = a.organization_id and p.is_built_in
       join unnest($5::text[], $6::text[], $7::text[], $8::jsonb[]) as o (kind, profile, key, content) on o.profile = p.key
      where case o.kind
              when 'profile' then true
              when 'metric' then exists (select 1 from profile_metric m where m.profile_id = p.id and m.key = o.key)
              when 'actuator' then exists (select 1 from profile_actuator m where m.profile_id = p.id and m.key = o.key)
              when 'rule' then p.default_rules @> jsonb_build_array(jsonb_build_object('key', o.key))
              else p.default_schedules @> jsonb_build_array(jsonb_build_object('key', o.key))
            end`,
    [solution.key, solution.version, solution.profiles, organizationId ?? null, ...columnsOf(parts)],
  );
}
