import { SluiceError } from "@sluice/core/errors.ts";
import { type Asset, requireSite, type Site } from "../../devices/index.ts";
import { type EnergySummary, type EnergyTotals, HOME_KIND } from "../../energy/index.ts";
import { badCursor, cursorNumber } from "../paging.ts";
import { formatTime } from "../query-time.ts";
import { builder } from "./builder.ts";
import { serialId } from "./checked.ts";
import { connectionOf, type Page, readPage } from "./connection.ts";
import type { GraphContext } from "./context.ts";
import { access } from "./guard-schema.ts";
import { AssetRef, SiteRef } from "./refs.ts";

/** A device in a home says something each minute; after this it is not known what it does. */
const DEFAULT_MAX_AGE_MINUTES = 15;
const LONGEST_MAX_AGE_MINUTES = 24 * 60;
/** It goes through all energy devices of the organization. */
const SUMMARY_COST = 2_000;

const FlowsRef = builder.objectRef<EnergyTotals>("EnergyFlows").implement({
  ...access("telemetry:read"),
  description: "Where it goes, in watts: split home by home, then summed.",
  fields: (t) => ({
    solarToHome: t.exposeFloat("solarToHome"),
    solarToStorage: t.exposeFloat("solarToStorage"),
    solarToGrid: t.exposeFloat("solarToGrid"),
    storageToHome: t.exposeFloat("storageToHome"),
    storageToStorage: t.exposeFloat("storageToStorage"),
    storageToGrid: t.exposeFloat("storageToGrid"),
    gridToHome: t.exposeFloat("gridToHome"),
    gridToStorage: t.exposeFloat("gridToStorage"),
  }),
});

const StorageRef = builder.objectRef<EnergyTotals>("EnergyStorage").implement({
  ...access("telemetry:read"),
  fields: (t) => ({
    chargingWatts: t.exposeFloat("charged"),
    dischargingWatts: t.exposeFloat("discharged"),
    charging: t.exposeInt("charging", { description: "Devices that do." }),
    discharging: t.exposeInt("discharging"),
    idle: t.exposeInt("idle"),
    meanChargePercentage: t.exposeFloat("meanChargePercentage", { nullable: true }),
    storedWattHours: t.exposeFloat("storedWattHours", { description: "Where capacity and charge are known." }),
    capacityWattHours: t.exposeFloat("capacityWattHours"),
  }),
});

const TotalsRef = builder.objectRef<EnergyTotals>("EnergyTotals").implement({
  ...access("telemetry:read"),
  fields: (t) => ({
    productionWatts: t.exposeFloat("produced"),
    consumptionWatts: t.exposeFloat("consumed", { description: "Of loads, as a positive number." }),
    gridWatts: t.float({
      description: "What is bought, or, negative, sold: the balance of all other devices.",
      resolve: (totals) => totals.consumed + totals.charged - totals.produced - totals.discharged,
    }),
    gridImportWatts: t.float({ resolve: (totals) => totals.gridToHome + totals.gridToStorage }),
    gridExportWatts: t.float({ resolve: (totals) => totals.solarToGrid + totals.storageToGrid }),
    meteredGridWatts: t.exposeFloat("meteredGrid", { nullable: true, description: "What grid meters say." }),
    storage: t.field({ type: StorageRef, resolve: (totals) => totals }),
    flows: t.field({ type: FlowsRef, resolve: (totals) => totals }),
    devices: t.exposeInt("devices", { description: "Active ones that take part." }),
    unknownDevices: t.exposeInt("unknownDevices", {
      description:
        "Of these: nobody knows what they do, because they have said nothing lately. They count for nothing.",
    }),
  }),
});

interface HomeEnergy {
  readonly position: number;
  readonly asset: Asset | null;
  readonly site: Site;
  readonly totals: EnergyTotals;
}

const HomeRef = builder.objectRef<HomeEnergy>("HomeEnergy");
HomeRef.implement({
  ...access("telemetry:read"),
  description: "A home is an asset of the kind `home` with all that is in it; what is in none is one home a site.",
  fields: (t) => ({
    name: t.string({ resolve: ({ asset, site }) => asset?.name ?? site.name }),
    asset: t.expose("asset", { type: AssetRef, nullable: true }),
    site: t.expose("site", { type: SiteRef }),
    totals: t.expose("totals", { type: TotalsRef }),
  }),
});
const HomeConnection = connectionOf("HomeEnergy", HomeRef, "telemetry:read");

interface Summary extends EnergySummary {
  readonly atMicros: number;
}

const SummaryRef = builder.objectRef<Summary>("EnergySummary").implement({
  ...access("telemetry:read"),
  fields: (t) => ({
    at: t.field({ type: "DateTime", resolve: ({ atMicros }) => formatTime(atMicros) }),
    totals: t.expose("totals", { type: TotalsRef }),
    productionWatts: t.float({ resolve: ({ totals }) => totals.produced }),
    consumptionWatts: t.float({ resolve: ({ totals }) => totals.consumed }),
    homeCount: t.exposeInt("homeCount"),
    homes: t.field({
      type: HomeConnection,
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (summary, args, context) => readHomes(summary, args, context),
    }),
  }),
});

builder.queryField("energySummary", (t) =>
  t.field({
    ...access("telemetry:read", SUMMARY_COST),
    type: SummaryRef,
    description: "What homes make, use, store and buy now, together and one by one, from current values.",
    args: {
      site: t.arg.string({ description: "Slug." }),
      home: t.arg.id({ description: `An asset of the kind "${HOME_KIND}".` }),
      maxAgeMinutes: t.arg.int({ description: `Older values are unknown; ${DEFAULT_MAX_AGE_MINUTES} when absent.` }),
    },
    resolve: async (_root, args, context) => {
      const { deps, organizationId } = context;
      const minutes = args.maxAgeMinutes ?? DEFAULT_MAX_AGE_MINUTES;
      if (minutes < 1 || minutes > LONGEST_MAX_AGE_MINUTES) throw badAge();
      const site = args.site == null ? undefined : await requireSite(deps.pool, organizationId, args.site);
      const homeId = args.home == null ? undefined : await homeOf(serialId(args.home), context);
      const query = { siteId: site?.id, homeId, maxAgeMs: minutes * 60_000 };
      const atMicros = deps.clock.nowMicros();
      return { ...(await deps.energy.summary(organizationId, query)), atMicros };
    },
  }),
);

async function homeOf(id: number, { loaders }: GraphContext): Promise<number> {
  const asset = await loaders.asset.load(id);
  if (asset?.kind === HOME_KIND) return id;
  const message = `There is no asset of the kind "${HOME_KIND}" with this id.`;
  throw new SluiceError("not-found", "home.unknown", message, { details: { home: id } });
}

async function readHomes(
  summary: Summary,
  args: { readonly first?: number | null | undefined; readonly after?: string | null | undefined },
  { loaders }: GraphContext,
): Promise<Page<HomeEnergy>> {
  return readPage(
    args,
    async (page) => {
      const from = cursorNumber(page) ?? 0;
      if (from > summary.homeCount) throw badCursor();
      const count = Math.min(page.limit, summary.homeCount - from);
      return Promise.all(
        Array.from({ length: count }, async (_, index) => {
          const { assetId, siteId, totals } = summary.homeAt(from + index);
          const [asset, site] = await Promise.all([
            assetId === null ? null : loaders.asset.load(assetId),
            loaders.site.load(siteId),
          ]);
          return { position: from + index + 1, asset, site: site!, totals };
        }),
      );
    },
    ({ position }) => position,
  );
}

function badAge(): SluiceError {
  const message = `maxAgeMinutes is 1 to ${LONGEST_MAX_AGE_MINUTES}.`;
  return new SluiceError("invalid", "query.max_age", message, { details: { limit: LONGEST_MAX_AGE_MINUTES } });
}
