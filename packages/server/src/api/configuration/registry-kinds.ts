import { SluiceError } from "@sluice/core/errors.ts";
import { createEntity, deleteEntity, updateEntity } from "../../auth/index.ts";
import {
  assertTimeZone,
  createAsset,
  createProfile,
  createSite,
  createTariff,
  deactivateDevice,
  defineMetric,
  deleteAsset,
  deleteProfile,
  deleteSite,
  deleteTariff,
  type MetricDescription,
  registerDevice,
  updateAsset,
  updateDevice,
  updateProfile,
  updateSite,
  updateTariff,
} from "../../devices/index.ts";
import { AssetBody } from "../rest/assets.ts";
import { DeviceRegistrationBody } from "../rest/devices.ts";
import { EntityBody } from "../rest/entities.ts";
import { ProfileBody } from "../rest/profiles.ts";
import { SiteBody } from "../rest/sites.ts";
import { TariffBody } from "../rest/tariffs.ts";
import type { ConfiguredKind, Item } from "./configured-kind.ts";
import { addAsset, assertProfile, assertSite, assetIdOf, assetNameOf, siteIdOf, textOf } from "./names.ts";
import { changesIn } from "./plan-changes.ts";

type Draft<Use extends (...asked: never[]) => unknown> = Parameters<Use>[2];

const pick = (item: Item, fields: ReadonlySet<string>) =>
  Object.fromEntries(Object.entries(item).filter(([field]) => fields.has(field)));

export const profiles: ConfiguredKind = {
  nameOf: ({ key }) => textOf(key),
  existing: (configured) =>
    configured.profiles.map(({ id: _id, isBuiltIn, createdAt: _at, metrics, ...profile }) => ({
      item: { ...profile, metrics: metrics.map(({ number: _number, ...metric }) => withoutNulls(metric)) },
      id: profile.key,
      isGiven: isBuiltIn,
    })),
  body: ProfileBody,
  bodyOf: (item) => item,
  async create({ parts: { registry }, by }, item) {
    const template = { metrics: [], actuators: [], rules: [], ...item } as unknown as Draft<typeof createProfile>;
    await createProfile(registry, by, template);
    return undefined;
  },
  async update({ parts: { registry }, by, configured }, id, item, changed) {
    if (changed.has("actuators") || changed.has("rules")) {
      const message = "What a profile gives its devices stays as it was made: make another profile.";
      throw new SluiceError("conflict", "configuration.profile_fixed", message);
    }
    const own = pick(item, new Set(["name", "readingsPerSecond", "readingsBurst"].filter((name) => changed.has(name))));
    if (Object.keys(own).length > 0) await updateProfile(registry, by, String(id), own);
    const known = configured.profiles.find(({ key }) => key === id)?.metrics ?? [];
    for (const metric of (item.metrics ?? []) as readonly MetricDescription[]) {
      const there = known.find(({ key }) => key === metric.key);
      if (there !== undefined && changesIn({ ...metric }, { ...there }).size === 0) continue;
      await defineMetric(registry, by, String(id), metric);
    }
  },
  remove: ({ parts: { registry }, by }, id) => deleteProfile(registry, by, String(id)),
};

export const sites: ConfiguredKind = {
  nameOf: ({ slug }) => textOf(slug),
  existing: (configured) =>
    configured.sites.map(({ id: _id, isDefault, createdAt: _at, ...item }) => ({
      item: { ...item },
      id: item.slug,
      isGiven: isDefault,
    })),
  body: SiteBody,
  bodyOf: (item) => item,
  check: (body) => assertTimeZone((body as { readonly timeZone: string }).timeZone),
  async create({ parts: { registry }, by }, item) {
    await createSite(registry, by, item as unknown as Draft<typeof createSite>);
    return undefined;
  },
  async update({ parts: { registry }, by }, id, item, changed) {
    await updateSite(registry, by, String(id), pick(item, changed));
  },
  remove: ({ parts: { registry }, by }, id) => deleteSite(registry, by, String(id)),
};

export const assets: ConfiguredKind = {
  nameOf: ({ site, path }) => textOf(site, path),
  existing: (configured) =>
    configured.assets
      .map(({ id, kind, properties }) => ({ item: { ...assetNameOf(configured, id), kind, properties }, id }))
      .sort((a, b) => a.item.path.length - b.item.path.length),
  inOrder: (items) => items.toSorted((a, b) => (a.path as string[]).length - (b.path as string[]).length),
  body: AssetBody,
  bodyOf({ site, path, ...content }, configured) {
    assertSite(configured, site);
    const names = path as readonly string[];
    const above = names.slice(0, -1);
    const parent = above.length === 0 ? {} : { parent: assetIdOf(configured, { site: site as string, path: above }) };
    return { ...content, name: names.at(-1), site, ...parent };
  },
  async create({ parts: { registry }, by, configured }, item) {
    addAsset(configured, await createAsset(registry, by, this.bodyOf(item, configured) as Draft<typeof createAsset>));
    return undefined;
  },
  async update({ parts: { registry }, by }, id, item, changed) {
    await updateAsset(registry, by, Number(id), pick(item, changed));
  },
  remove: ({ parts: { registry }, by }, id) => deleteAsset(registry, by, Number(id)),
};

export const devices: ConfiguredKind = {
  nameOf: ({ uid }) => textOf(uid),
  existing: (configured) =>
    configured.devices.map(({ uid, name, profile, site, asset, status, properties, gateway }) => ({
      item: {
        ...{ uid, name, profile, site, status, properties, gateway },
        asset: asset === null ? null : assetNameOf(configured, asset).path,
      },
      id: uid,
    })),
  body: DeviceRegistrationBody,
  bodyOf({ status: _status, asset, gateway, ...item }, configured) {
    assertProfile(configured, item.profile);
    assertSite(configured, item.site);
    return {
      ...item,
      ...(asset == null
        ? {}
        : { asset: assetIdOf(configured, { site: item.site as string, path: asset as string[] }) }),
      ...(gateway == null ? {} : { gateway }),
    };
  },
  async create({ parts: { registry }, by, configured }, item) {
    const registration = this.bodyOf(item, configured) as Draft<typeof registerDevice>;
    const { token } = await registerDevice(registry, by, registration);
    if (item.status === "inactive") await deactivateDevice(registry, by, registration.uid);
    return { token };
  },
  async update({ parts: { registry }, by, configured }, id, item, changed) {
    if (changed.has("profile")) {
      throw new SluiceError("conflict", "configuration.device_fixed", "A device keeps its profile: register another.");
    }
    const { asset } = this.bodyOf(item, configured) as { asset?: number };
    const placed = changed.has("asset") || changed.has("site") ? { asset: asset ?? null } : {};
    await updateDevice(registry, by, String(id), { ...pick(item, changed), ...placed });
  },
  async remove({ parts: { registry }, by }, id) {
    await deactivateDevice(registry, by, String(id));
  },
};

export const tariffs: ConfiguredKind = {
  nameOf: ({ site, name, validFrom }) => textOf(site ?? null, name, validFrom),
  existing: (configured) => configured.tariffs.map(({ id, createdAt: _at, ...item }) => ({ item: { ...item }, id })),
  body: TariffBody,
  bodyOf(item, configured) {
    assertSite(configured, item.site);
    return item;
  },
  async create({ parts: { registry }, by }, item) {
    await createTariff(registry, by, item as unknown as Draft<typeof createTariff>);
    return undefined;
  },
  async update({ parts: { registry }, by }, id, item, changed) {
    await updateTariff(registry, by, Number(id), pick(item, changed));
  },
  remove: ({ parts: { registry }, by }, id) => deleteTariff(registry, by, Number(id)),
};

export const entities: ConfiguredKind = {
  nameOf: ({ slug }) => textOf(slug),
  existing: (configured) => {
    const slugs = new Map(configured.sites.map(({ id, slug }) => [id, slug]));
    return configured.entities.map(({ slug, name, siteIds }) => ({
      item: { slug, name, sites: siteIds.map((id) => slugs.get(id)).sort() },
      id: slug,
    }));
  },
  whole: ({ sites: named = [], ...item }) => ({ ...item, sites: [...(named as string[])].sort() }),
  body: EntityBody,
  bodyOf(item, configured) {
    for (const slug of item.sites as string[]) assertSite(configured, slug);
    return item;
  },
  async create({ parts: { accounts }, by, configured }, item) {
    const siteIds = (item.sites as string[]).map((slug) => siteIdOf(configured, slug));
    await createEntity(accounts, by, { slug: item.slug as string, name: item.name as string, siteIds });
    return undefined;
  },
  async update({ parts: { accounts }, by, configured }, id, item, changed) {
    const siteIds = (item.sites as string[]).map((slug) => siteIdOf(configured, slug));
    const name = changed.has("name") ? (item.name as string) : undefined;
    await updateEntity(accounts, by, String(id), { name, siteIds: changed.has("sites") ? siteIds : undefined });
  },
  remove: ({ parts: { accounts }, by }, id) => deleteEntity(accounts, by, String(id)),
};

function withoutNulls(object: object): Item {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
