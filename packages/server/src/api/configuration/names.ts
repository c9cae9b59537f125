import { SluiceError } from "@sluice/core/errors.ts";
import type { Asset } from "../../devices/index.ts";
import type { Configured } from "./read-configured.ts";

/** An asset by the names above it and its own: `{ site: "north", path: ["Field 1", "Zone 2"] }`. */
export interface AssetName {
  readonly site: string;
  readonly path: readonly string[];
}

/** Parts of another thing (an actuator, a rule), by the device or the asset that they belong to. */
export interface PartName {
  readonly device?: string | undefined;
  readonly asset?: AssetName | undefined;
  readonly key: string;
}

/** One name as one text, for comparing. */
export function textOf(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}

/** A list is gone through once, when the first of it is looked for. Of one name, the first holds. */
const INDEXES = {
  assets: ({ assets }: Configured) => firstBy(assets, ({ id }) => id),
  assetIds: ({ assets }: Configured) => firstBy(assets, ({ site, parent, name }) => textOf(site, parent, name)),
  actuators: ({ actuators }: Configured) => firstBy(actuators, ({ id }) => id),
  actuatorIds: ({ actuators }: Configured) => firstBy(actuators, ({ device, key }) => textOf(device, key)),
  rules: ({ rules }: Configured) => firstBy(rules, ({ id }) => id),
  ruleIds: (configured: Configured) => firstBy(configured.rules, ({ id }) => textOfPart(ruleNameOf(configured, id))),
  profiles: ({ profiles }: Configured) => firstBy(profiles, ({ key }) => key),
  sites: ({ sites }: Configured) => firstBy(sites, ({ slug }) => slug),
};

type Indexes = { -readonly [Name in keyof typeof INDEXES]?: ReturnType<(typeof INDEXES)[Name]> };

const indexesOf = new WeakMap<Configured, Indexes>();

function index<Name extends keyof Indexes>(configured: Configured, name: Name): NonNullable<Indexes[Name]> {
  const made = indexesOf.get(configured) ?? {};
  indexesOf.set(configured, made);
  made[name] ??= INDEXES[name](configured) as Indexes[Name];
  return made[name] as NonNullable<Indexes[Name]>;
}

function firstBy<Thing, Key>(things: readonly Thing[], keyOf: (thing: Thing) => Key): Map<Key, Thing> {
  const found = new Map<Key, Thing>();
  for (const thing of things) {
    const key = keyOf(thing);
    if (!found.has(key)) found.set(key, thing);
  }
  return found;
}

/** One that was made just now, or that will be: others may be named below it. */
export function addAsset(configured: Configured, asset: Asset): void {
  const ids = index(configured, "assetIds");
  const text = textOf(asset.site, asset.parent, asset.name);
  index(configured, "assets").set(asset.id, asset);
  if (!ids.has(text)) ids.set(text, asset);
  configured.assets.push(asset);
}

export function assetNameOf(configured: Configured, id: number): AssetName {
  const byId = index(configured, "assets");
  const path: string[] = [];
  let site = "";
  for (let at = byId.get(id); at !== undefined; at = at.parent === null ? undefined : byId.get(at.parent)) {
    path.unshift(at.name);
    site = at.site;
  }
  return { site, path };
}

export function findAssetId(configured: Configured, { site, path }: AssetName): number | undefined {
  let parent: number | null = null;
  for (const name of path) {
    const found: Asset | undefined = index(configured, "assetIds").get(textOf(site, parent, name));
    if (found === undefined) return undefined;
    parent = found.id;
  }
  return parent ?? undefined;
}

export function assetIdOf(configured: Configured, name: AssetName): number {
  return findAssetId(configured, name) ?? missing("asset", [name.site, ...name.path].join(" / "));
}

export function actuatorIdOf(configured: Configured, { device, key }: PartName): number {
  const found = index(configured, "actuatorIds").get(textOf(device, key));
  return found?.id ?? missing("actuator", `${device} / ${key}`);
}

export function actuatorNameOf(configured: Configured, id: number): PartName {
  const { device, key } = index(configured, "actuators").get(id)!;
  return { device, key };
}

export function ruleIdOf(configured: Configured, name: PartName): number {
  const found = index(configured, "ruleIds").get(textOfPart(name));
  return found?.id ?? missing("rule", `${name.device ?? name.asset?.path.join(" / ")} / ${name.key}`);
}

export function ruleNameOf(configured: Configured, id: number): PartName {
  const { device, asset, key } = index(configured, "rules").get(id)!;
  return asset === null ? { device, key } : { asset: assetNameOf(configured, asset), key };
}

function textOfPart({ device, asset, key }: PartName): string {
  return textOf(device ?? null, asset === undefined ? null : [asset.site, asset.path], key);
}

export function idByName(
  things: readonly { readonly id: number; readonly name: string }[],
  kind: string,
  name: string,
): number {
  return things.find((thing) => thing.name === name)?.id ?? missing(kind, name);
}

export function assertProfile(configured: Configured, wanted: unknown): void {
  if (!index(configured, "profiles").has(String(wanted))) missing("profile", String(wanted));
}

/** A site may be left out where the use case finds one. */
export function assertSite(configured: Configured, slug: unknown): void {
  if (slug != null) siteIdOf(configured, String(slug));
}

export function siteIdOf(configured: Configured, slug: string): number {
  return index(configured, "sites").get(slug)?.id ?? missing("site", slug);
}

function missing(kind: string, name: string): never {
  throw new SluiceError("invalid", "configuration.unknown_name", `There is no ${kind} "${name}".`, {
    details: { kind, name },
  });
}
