import type { Client } from "pg";

/** A live part as SQL reads it. */
export interface SqlPart {
  readonly profileId: number;
  readonly sequence: number;
  readonly minDevice: number;
  readonly maxDevice: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  /** Undefined: retention has taken them. */
  readonly name: string | undefined;
  readonly sidecarName: string;
  /** Of the rows of its sidecar. */
  readonly sidecarInterval: "quarter" | "day" | "month";
}

export interface PartFilter {
  /** Its key, or `key@organization` where several have one of that key. */
  readonly profile: string | undefined;
  readonly fromMicros: number;
  readonly toMicros: number;
}

export async function readParts(
  client: Client,
  profileId: number | undefined,
  { fromMicros, toMicros }: Pick<PartFilter, "fromMicros" | "toMicros">,
): Promise<SqlPart[]> {
  const { rows } = await client.query<SqlPart>(
    `select profile_id as "profileId", sequence::float8 as sequence, min_device as "minDevice", max_device as "maxDevice",
            min_micros::float8 as "minMicros", max_micros::float8 as "maxMicros",
            case when raw_dropped_at is null then name end as name, sidecar_name as "sidecarName",
            sidecar_interval as "sidecarInterval"
       from part
      where state = 'live' and max_micros >= $2 and min_micros < $3
        and ($1::int is null or profile_id = $1)
      order by profile_id, sequence, id`,
    [profileId ?? null, fromMicros, toMicros],
  );
  return rows;
}

export interface SqlProfile {
  readonly id: number;
  readonly key: string;
  readonly organization: string;
}

export async function readProfiles(client: Client): Promise<SqlProfile[]> {
  const { rows } = await client.query<SqlProfile>(
    `select p.id, p.key, o.name as organization from device_profile p join organization o on o.id = p.organization_id
      order by p.organization_id, p.id`,
  );
  return rows;
}

export interface SqlDevice {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly profile: string;
  readonly site: string;
  readonly organization: string;
}

const DEVICES_PER_PAGE = 10_000;

/** Page by page, in the order of their numbers. */
export async function* readDevices(client: Client): AsyncGenerator<SqlDevice[]> {
  for (let after = 0; ; ) {
    const { rows } = await client.query<SqlDevice>(
      `select d.id, d.uid, d.name, p.key as profile, s.slug as site, o.name as organization
         from device d join device_profile p on p.id = d.profile_id join site s on s.id = d.site_id
              join organization o on o.id = d.organization_id
        where d.id > $1 order by d.id limit $2`,
      [after, DEVICES_PER_PAGE],
    );
    if (rows.length > 0) yield rows;
    if (rows.length < DEVICES_PER_PAGE) return;
    after = rows.at(-1)!.id;
  }
}
