import path from "node:path";

/** Where objects are kept. */
export type ObjectStoreConfig = FolderConfig | S3Config;

export interface FolderConfig {
  readonly kind: "folder";
  /** Absolute. */
  readonly folder: string;
}

export interface S3Config {
  readonly kind: "s3";
  readonly bucket: string;
  /** Before every name; ends with a slash unless empty. */
  readonly prefix: string;
  /** Undefined: Amazon's own. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Undefined: as Amazon's tools find them, by environment, profile or machine. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Absolute; here lie copies of what is read. */
  readonly cacheFolder: string;
  readonly maxCacheBytes: number;
}

/** What `SLUICE_OBJECT_STORE` says; folders are still as they were written. */
export type ObjectStorePlace = { readonly kind: "folder"; readonly folder: string } | Omit<S3Config, "cacheFolder">;

const USUAL_REGION = "us-east-1";
const DEFAULT_CACHE_GB = 10;
const GB = 1_000_000_000;

/** "file:/var/lib/sluice/objects", "s3://bucket/prefix?endpoint=https://host". The text is not repeated: it may hold a secret. */
export function objectStorePlace(text: string): ObjectStorePlace {
  if (text.startsWith("file:")) {
    const folder = decodeURIComponent(text.slice("file:".length).replace(/^\/\/(?=\/)/, ""));
    if (folder === "") throw new Error("names no folder; write file:/path/of/a/folder");
    return { kind: "folder", folder };
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "s3:" || url.hostname === "") {
    throw new Error("must be file:/path/of/a/folder or s3://bucket?endpoint=https://host");
  }
  return s3Place(url);
}

function s3Place(url: URL): ObjectStorePlace {
  const known = ["endpoint", "region", "cacheGb"];
  const unknown = [...url.searchParams.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`has the parameter "${unknown}"; it may have ${known.join(", ")}`);
  const endpoint = url.searchParams.get("endpoint") ?? undefined;
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) {
    throw new Error("has an endpoint that is no http:// or https:// URL");
  }
  const cacheGb = Number(url.searchParams.get("cacheGb") ?? DEFAULT_CACHE_GB);
  if (!(cacheGb > 0)) throw new Error("has a cacheGb that is no number above 0");
  if ((url.username === "") !== (url.password === "")) {
    throw new Error("has half of its credentials: write s3://KEY:SECRET@bucket, or neither");
  }
  const prefix = url.pathname.replaceAll(/^\/+|\/+$/g, "");
  return {
    kind: "s3",
    bucket: url.hostname,
    prefix: prefix === "" ? "" : `${prefix}/`,
    endpoint,
    region: url.searchParams.get("region") ?? USUAL_REGION,
    credentials: url.username === "" ? undefined : credentialsOf(url),
    maxCacheBytes: cacheGb * GB,
  };
}

function credentialsOf(url: URL) {
  return { accessKeyId: decodeURIComponent(url.username), secretAccessKey: decodeURIComponent(url.password) };
}

export function objectStoreConfig(place: ObjectStorePlace | undefined, home: string): ObjectStoreConfig {
  if (place === undefined) return { kind: "folder", folder: path.join(home, "objects") };
  if (place.kind === "folder") return { kind: "folder", folder: path.resolve(place.folder) };
  return { ...place, cacheFolder: path.join(home, "object-cache") };
}
