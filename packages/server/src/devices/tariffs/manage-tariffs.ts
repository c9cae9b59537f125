import { SluiceError } from "@sluice/core/errors.ts";
import { assertTariffPrices, type TariffPrices } from "@sluice/core/tariffs/tariff.ts";
import type { PoolClient } from "pg";
import { inTransaction, sqlStateOf } from "../../platform/postgres.ts";
import { requireOrganization } from "../organization-store.ts";
import type { Registry, Requester } from "../registry.ts";
import { requireSite } from "../site-store.ts";
import { assertCurrency } from "../update-organization.ts";
import {
  deleteTariffRow,
  insertTariff,
  lockTariff,
  requireTariff,
  type Tariff,
  updateTariffRow,
} from "./tariff-store.ts";

/** A tariff as a person gives it; without tiers, feed-in price and standing charge it has none. */
export interface TariffDraft {
  readonly name: string;
  /** Slug; absent or null: of every site that has none of its own. */
  readonly site?: string | null | undefined;
  /** That of the organization when absent. */
  readonly currency?: string | undefined;
  readonly validFrom: string;
  readonly validUntil?: string | null | undefined;
  readonly periods: TariffPrices["periods"];
  readonly tiers?: TariffPrices["tiers"] | undefined;
  readonly feedInPrice?: number | undefined;
  readonly standingChargePerDay?: number | undefined;
}

/** What is absent stays as it is; a tariff keeps its site. */
export type TariffChange = Partial<Omit<TariffDraft, "site">>;

/**
 * Throws what `assertTariffPrices` does, `tariff.dates_invalid`, `tariff.overlaps` (another one of the site holds on a day of
 * it), `site.unknown`, `organization.currency_unknown`.
 */
export async function createTariff(registry: Registry, by: Requester, draft: TariffDraft): Promise<Tariff> {
  const prices = pricesOf(draft);
  const { name, validFrom, validUntil = null } = draft;
  assertDates(validFrom, validUntil);
  return inTransaction(registry.pool, async (client) => {
    const { organizationId } = by;
    const siteId = draft.site == null ? null : (await requireSite(client, organizationId, draft.site)).id;
    const currency = draft.currency ?? (await requireOrganization(client, organizationId)).currency;
    assertCurrency(currency);
    const tariff = { organizationId, siteId, name, currency, validFrom, validUntil, prices };
    const id = await insertTariff(client, tariff).catch(explain);
    const after = await requireTariff(client, organizationId, id);
    await record(registry, client, by, "create", undefined, after);
    return after;
  });
}

/** Throws what `createTariff` does, and `tariff.unknown`. */
export async function updateTariff(
  registry: Registry,
  by: Requester,
  id: number,
  change: TariffChange,
): Promise<Tariff> {
  return inTransaction(registry.pool, async (client) => {
    const before = await lock(client, by, id);
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const merged: Tariff = { ...before, ...Object.fromEntries(given) };
    assertDates(merged.validFrom, merged.validUntil);
    assertCurrency(merged.currency);
    await updateTariffRow(client, id, {
      name: merged.name,
      currency: merged.currency,
      valid_from: merged.validFrom,
      valid_until: merged.validUntil,
      prices: JSON.stringify(pricesOf(merged)),
    }).catch(explain);
    const after = await requireTariff(client, by.organizationId, id);
    await record(registry, client, by, "update", before, after);
    return after;
  });
}

/** Throws `tariff.unknown`. */
export async function deleteTariff(registry: Registry, by: Requester, id: number): Promise<void> {
  await inTransaction(registry.pool, async (client) => {
    const before = await lock(client, by, id);
    await deleteTariffRow(client, id);
    await record(registry, client, by, "delete", before, undefined);
  });
}

async function lock(client: PoolClient, by: Requester, id: number): Promise<Tariff> {
  await lockTariff(client, by.organizationId, id);
  const before = await requireTariff(client, by.organizationId, id);
  by.assertSeen?.(before);
  return before;
}

function pricesOf({ periods, tiers = [], feedInPrice = 0, standingChargePerDay = 0 }: TariffDraft): TariffPrices {
  const prices = { periods, tiers, feedInPrice, standingChargePerDay };
  assertTariffPrices(prices);
  return prices;
}

function assertDates(validFrom: string, validUntil: string | null): void {
  const wrong = [validFrom, validUntil].find((date) => date !== null && !isDate(date));
  if (wrong != null) throw invalidDates(`"${wrong}" is no date, such as 2026-01-01.`);
  if (validUntil === null || validUntil > validFrom) return;
  throw invalidDates("`validUntil` is the first day that it does not hold any more: it comes after `validFrom`.");
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function invalidDates(message: string): SluiceError {
  return new SluiceError("invalid", "tariff.dates_invalid", message);
}

const EXCLUSION_VIOLATION = "23P01";

function explain(cause: unknown): never {
  if (sqlStateOf(cause) !== EXCLUSION_VIOLATION) throw cause;
  const message = "Another tariff of the same site holds on some of these days: end that one first.";
  throw new SluiceError("conflict", "tariff.overlaps", message, { cause });
}

async function record(
  { recordChange }: Registry,
  client: PoolClient,
  by: Requester,
  verb: string,
  before: Tariff | undefined,
  after: Tariff | undefined,
): Promise<void> {
  const { id } = (after ?? before)!;
  await recordChange(client, by, { action: `tariff.${verb}`, subject: `tariff:${id}`, before, after });
}
