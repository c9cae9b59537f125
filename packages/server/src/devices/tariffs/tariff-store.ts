import { SluiceError } from "@sluice/core/errors.ts";
import type { TariffPrices } from "@sluice/core/tariffs/tariff.ts";
import { type Assignments, assignmentClause } from "../assignments.ts";
import type { Queryable } from "../registry.ts";

export interface Tariff extends TariffPrices {
  readonly id: number;
  readonly name: string;
  /** Slug; null: of every site that has none of its own. */
  readonly site: string | null;
  /** ISO 4217. */
  readonly currency: string;
  /** "2026-01-01": the first day, by the site's clock. */
  readonly validFrom: string;
  /** The first day that it does not hold any more; null: nobody has ended it. */
  readonly validUntil: string | null;
  readonly createdAt: Date;
}

export interface TariffFilter {
  /** Slug: those of the site itself. */
  readonly site?: string | undefined;
  /** A day: those that hold on it. */
  readonly on?: string | undefined;
  readonly afterId?: number | undefined;
  readonly limit: number;
}

const TARIFF = `
  select t.id, t.name, s.slug as site, t.currency, t.valid_from::text as "validFrom",
         t.valid_until::text as "validUntil", t.prices, t.created_at as "createdAt"
    from tariff t
    left join site s on s.id = t.site_id`;

type TariffRow = Omit<Tariff, keyof TariffPrices> & { readonly prices: TariffPrices };

export async function listTariffs(
  db: Queryable,
  organizationId: number,
  { site, on, afterId, limit }: TariffFilter,
): Promise<Tariff[]> {
  const { rows } = await db.query<TariffRow>(
    `${TARIFF}
      where t.organization_id = $1
        and t.id > coalesce($2, 0)
        and ($3::text is null or s.slug = $3)
        and ($4::date is null or (t.valid_from <= $4 and coalesce(t.valid_until > $4, true)))
      order by t.id
      limit $5`,
    [organizationId, afterId, site, on, limit],
  );
  return rows.map(tariffOf);
}

export async function requireTariff(db: Queryable, organizationId: number, id: number): Promise<Tariff> {
  const { rows } = await db.query<TariffRow>(`${TARIFF} where t.organization_id = $1 and t.id = $2`, [
    organizationId,
    id,
  ]);
  if (rows[0]) return tariffOf(rows[0]);
  throw new SluiceError("not-found", "tariff.unknown", "There is no such tariff.", { details: { tariff: id } });
}

export async function lockTariff(db: Queryable, organizationId: number, id: number): Promise<void> {
  await db.query("select 1 from tariff where organization_id = $1 and id = $2 for update", [organizationId, id]);
}

export interface NewTariff {
  readonly organizationId: number;
  readonly siteId: number | null;
  readonly name: string;
  readonly currency: string;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly prices: TariffPrices;
}

export async function insertTariff(db: Queryable, tariff: NewTariff): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into tariff (organization_id, site_id, name, currency, valid_from, valid_until, prices)
     values ($1, $2, $3, $4, $5, $6, $7)
     returning id`,
    [
      tariff.organizationId,
      tariff.siteId,
      tariff.name,
      tariff.currency,
      tariff.validFrom,
      tariff.validUntil,
      JSON.stringify(tariff.prices),
    ],
  );
  return rows[0]!.id;
}

export type TariffColumn = "name" | "currency" | "valid_from" | "valid_until" | "prices";

export async function updateTariffRow(db: Queryable, id: number, columns: Assignments<TariffColumn>): Promise<void> {
  const set = assignmentClause(columns, 1);
  if (set) await db.query(`update tariff set ${set.clause} where id = $1`, [id, ...set.values]);
}

export async function deleteTariffRow(db: Queryable, id: number): Promise<void> {
  await db.query("delete from tariff where id = $1", [id]);
}

function tariffOf({ prices, ...row }: TariffRow): Tariff {
  return { ...row, ...prices };
}
