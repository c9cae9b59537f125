import { SluiceError } from "@sluice/core/errors.ts";
import type { Asset } from "./asset-store.ts";
import { GATEWAY_PROFILE_KEY } from "./built-in-profiles.ts";
import type { BulkInsert, BulkUpdate } from "./bulk-store.ts";
import { assertDeviceProperties } from "./device-properties.ts";
import type { Device, DeviceStatus } from "./device-store.ts";
import { assertDeviceUid } from "./device-uid.ts";
import type { Profile } from "./profile-store.ts";
import { MAX_PROPERTIES_BYTES } from "./record-attributes.ts";
import type { Site, SiteReference } from "./site-store.ts";

/** One device of a list that registers or changes many. What is absent gets its default, or stays as it is. */
export interface BulkItem {
  readonly uid: string;
  readonly name?: string | undefined;
  /** Key; needed for a new device. */
  readonly profile?: string | undefined;
  readonly site?: SiteReference | undefined;
  readonly asset?: number | undefined;
  /** Uid of a gateway that is registered. */
  readonly gateway?: string | undefined;
  readonly status?: DeviceStatus | undefined;
  /** Of a device that there is: merged key by key. */
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

/** What the items name, looked up for all of them together. */
export interface BulkReferences {
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly sites: readonly Site[];
  readonly assets: ReadonlyMap<number, Asset>;
  readonly gateways: ReadonlyMap<string, Device>;
}

const MAX_NAME_CHARACTERS = 200;

/** Throws what registering the one device alone would. */
export function toInsert(item: BulkItem, known: BulkReferences): BulkInsert {
  assertDeviceUid(item.uid);
  if (item.profile === undefined) {
    throw new SluiceError("invalid", "device.profile_missing", "A new device needs a profile.");
  }
  const profile = known.profiles.get(item.profile);
  if (profile === undefined) {
    throw new SluiceError("not-found", "profile.unknown", `There is no device profile "${item.profile}".`);
  }
  const name = item.name ?? item.uid;
  assertName(name);
  assertProperties(profile, item.properties, item.properties ?? {});
  return {
    uid: item.uid,
    name,
    profileId: profile.id,
    ...placeOf(item, known, undefined),
    gatewayId: gatewayOf(item, known) ?? null,
    status: item.status ?? "active",
    properties: item.properties ?? {},
  };
}

/** Undefined: the device is so already. */
export function toUpdate(item: BulkItem, before: Device, known: BulkReferences): BulkUpdate | undefined {
  if (item.profile !== undefined && item.profile !== before.profile) {
    const message = "A device keeps its profile for ever, because its readings go by it.";
    throw new SluiceError("conflict", "device.profile_fixed", message, { details: { profile: before.profile } });
  }
  const name = item.name ?? before.name;
  assertName(name);
  const properties = { ...before.properties, ...item.properties };
  const profile = known.profiles.get(before.profile);
  if (profile !== undefined) assertProperties(profile, item.properties, properties);
  const gatewayId = item.gateway === before.gateway ? undefined : gatewayOf(item, known);
  if (gatewayId === before.id) {
    throw new SluiceError("conflict", "device.own_gateway", "A device is not its own gateway.");
  }
  const kept = before.gateway === null ? null : (known.gateways.get(before.gateway)?.id ?? null);
  const place = placeOf(item, known, before);
  const status = item.status ?? before.status;
  const isSame =
    name === before.name &&
    place.siteId === before.siteId &&
    place.assetId === before.asset &&
    status === before.status &&
    gatewayId === undefined &&
    JSON.stringify(properties) === JSON.stringify(before.properties);
  return isSame ? undefined : { id: before.id, name, ...place, status, properties, gatewayId: gatewayId ?? kept };
}

/** As for one device: an asset decides the site, and a site given besides must be the same. */
function placeOf(
  { site: reference, asset: assetId }: BulkItem,
  { sites, assets }: BulkReferences,
  before: Device | undefined,
): { readonly siteId: number; readonly assetId: number | null } {
  const site = reference === undefined ? undefined : siteNamed(reference, sites);
  if (assetId !== undefined) {
    const asset = assets.get(assetId);
    if (asset === undefined) throw new SluiceError("not-found", "asset.unknown", `There is no asset ${assetId}.`);
    if (site && site.id !== asset.siteId) {
      throw new SluiceError("conflict", "device.asset_elsewhere", "The asset belongs to another site.");
    }
    return { siteId: asset.siteId, assetId };
  }
  if (before && (site === undefined || site.id === before.siteId)) {
    return { siteId: before.siteId, assetId: before.asset };
  }
  if (before?.asset) {
    throw new SluiceError("conflict", "device.asset_elsewhere", "The device's asset belongs to another site.");
  }
  const chosen = site ?? sites.find(({ isDefault }) => isDefault);
  if (chosen) return { siteId: chosen.id, assetId: null };
  throw new SluiceError("conflict", "site.no_default", "Name a site: the organization has no default site.");
}

function siteNamed(reference: SiteReference, sites: readonly Site[]): Site {
  const found = sites.find(({ slug, id }) => slug === reference || id === reference);
  if (found) return found;
  throw new SluiceError("not-found", "site.unknown", `There is no site "${reference}".`);
}

function gatewayOf({ gateway: uid }: BulkItem, { gateways }: BulkReferences): number | undefined {
  if (uid === undefined) return undefined;
  const gateway = gateways.get(uid);
  if (gateway?.profile === GATEWAY_PROFILE_KEY) return gateway.id;
  throw new SluiceError("conflict", "device.no_gateway", `There is no gateway "${uid}".`);
}

function assertName(name: string): void {
  if (name.length >= 1 && name.length <= MAX_NAME_CHARACTERS && isStorable(name)) return;
  const message = `A name has 1 to ${MAX_NAME_CHARACTERS} characters.`;
  throw new SluiceError("invalid", "device.name_invalid", message);
}

function assertProperties(
  profile: Profile,
  given: BulkItem["properties"],
  all: Readonly<Record<string, unknown>>,
): void {
  assertDeviceProperties(profile, given);
  if (!isStorable(given)) {
    throw new SluiceError("invalid", "device.properties_invalid", "Text in properties holds no U+0000 and is Unicode.");
  }
  if (Buffer.byteLength(JSON.stringify(all)) <= MAX_PROPERTIES_BYTES) return;
  const message = `The properties of a device are at most ${MAX_PROPERTIES_BYTES} bytes of JSON together.`;
  throw new SluiceError("limit", "device.properties_too_large", message, { details: { limit: MAX_PROPERTIES_BYTES } });
}

/** PostgreSQL takes no U+0000 and no half characters: one of them must not cost all others of its statement. */
function isStorable(value: unknown): boolean {
  if (typeof value === "string") return !value.includes("\0") && value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, part]) => isStorable(key) && isStorable(part));
}
