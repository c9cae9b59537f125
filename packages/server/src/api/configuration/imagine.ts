import type { Asset } from "../../devices/index.ts";
import type { Item } from "./configured-kind.ts";
import { type AssetName, addAsset, findAssetId, type PartName } from "./names.ts";
import type { Pace } from "./pace.ts";
import type { Configured } from "./read-configured.ts";

/** Numbers of what is not there yet: no sequence comes so far. */
const FIRST_IMAGINED = 2_000_000_000;

type Sections = Readonly<Partial<Record<string, readonly Item[]>>>;

/** As things will be once the document is applied, as far as names lead to them: so that it can be checked as one. */
export async function imagine(there: Configured, wanted: Sections, pace: Pace): Promise<Configured> {
  let id = FIRST_IMAGINED;
  const lists = Object.fromEntries(Object.entries(there).map(([kind, list]) => [kind, [...list]]));
  const imagined = lists as unknown as { -readonly [Kind in keyof Configured]: Configured[Kind][number][] };
  const add = (kind: keyof Configured, thing: object) => (lists[kind] as object[]).push({ id: id++, ...thing });
  for (const { key } of missing(wanted.profiles, there.profiles, "key")) add("profiles", { key });
  for (const { slug } of missing(wanted.sites, there.sites, "slug")) add("sites", { slug });
  const assets = [...((wanted.assets ?? []) as unknown as readonly AssetName[])];
  for (const { site, path } of assets.sort((a, b) => a.path.length - b.path.length)) {
    await pace.next();
    const parent = path.length === 1 ? null : findAssetId(imagined, { site, path: path.slice(0, -1) });
    if (parent === undefined || findAssetId(imagined, { site, path }) !== undefined) continue;
    addAsset(imagined, { id: id++, site, parent, name: path.at(-1) } as Asset);
  }
  const profiles = new Map([...(wanted.profiles ?? []), ...there.profiles].map((profile) => [profile.key, profile]));
  for (const { uid, profile } of missing(wanted.devices, there.devices, "uid")) {
    for (const { key } of actuatorsOf(profiles.get(profile))) add("actuators", { device: uid, key });
  }
  for (const { device, asset, key } of (wanted.rules ?? []) as unknown as readonly PartName[]) {
    await pace.next();
    add("rules", { device, key, asset: (asset && findAssetId(imagined, asset)) ?? null });
  }
  for (const { name } of missing(wanted.channels, there.channels, "name")) add("channels", { name });
  return imagined;
}

/** What its profile will give a device. */
function actuatorsOf(profile: object | undefined): readonly { readonly key: string }[] {
  return (profile as { readonly actuators?: readonly { readonly key: string }[] } | undefined)?.actuators ?? [];
}

function missing(wanted: readonly Item[] = [], there: readonly object[], name: string): readonly Item[] {
  const names = new Set(there.map((thing) => (thing as Item)[name]));
  return wanted.filter((item) => !names.has(item[name]));
}
