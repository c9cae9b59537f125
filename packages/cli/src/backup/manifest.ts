import { SluiceError } from "@sluice/core/errors.ts";
import { isObjectName } from "@sluice/server/platform/object-store.ts";

/** The last entry of an archive: without it an archive is not whole. */
export const MANIFEST = "manifest.json";
export const FORMAT = 1;
/** Folders of an archive. */
export const CLUSTER = "postgres";
export const OBJECTS = "objects";
/** Files of an archive. */
export const SECRET = "secret";
export const PASSWORD = "postgres-password";

export interface ArchivedFile {
  readonly bytes: number;
  /** SHA-256, in hexadecimal. */
  readonly checksum: string;
}

export interface Manifest {
  readonly format: number;
  readonly program: string;
  /** RFC 3339: what was acknowledged before it is in the archive. */
  readonly takenAt: string;
  readonly postgres: { readonly version: string; readonly platform: string; readonly architecture: string };
  readonly schemaVersion: number;
  /** "configured": SLUICE_SECRET was set, and the archive does not have it. */
  readonly secret: "archived" | "configured" | "none";
  /** Files of live parts that were missing or damaged when the backup was taken. */
  readonly damaged: readonly string[];
  /** Files in the folders of the home that are not Sluice's and are not in the archive. Backups of earlier versions do not say. */
  readonly leftOut?: readonly string[];
  /** Where the objects were kept. A restored home has them in a folder, whatever it says here. */
  readonly objectStore?: "folder" | "s3";
  readonly files: Readonly<Record<string, ArchivedFile>>;
}

const MAX_NAME_CHARACTERS = 1_000;

/**
 * One rule for who writes and who reads: nothing of an archive lands anywhere but in its own folders, whoever made it. A cluster's
 * files are called whatever they are called, an editor's copies among them; of objects, the store says what may be one.
 */
export function isArchiveName(name: string): boolean {
  if ([MANIFEST, SECRET, PASSWORD, CLUSTER].includes(name)) return true;
  const [folder, ...rest] = name.split("/");
  if (name.length > MAX_NAME_CHARACTERS || rest.length === 0) return false;
  if (folder === OBJECTS) return isObjectName(rest.join("/"));
  return folder === CLUSTER && rest.every(isHarmless);
}

/** A backslash leads elsewhere on Windows. */
function isHarmless(segment: string): boolean {
  return segment !== "" && segment !== "." && segment !== ".." && !/[\0\\]/.test(segment);
}

export function assertArchiveName(name: string): void {
  if (isArchiveName(name)) return;
  throw damaged(`it has an entry that no backup has: ${JSON.stringify(name.slice(0, 200))}`);
}

export function parseManifest(text: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch (cause) {
    throw damaged("its manifest is no JSON", cause);
  }
  if (manifest.format !== FORMAT) {
    const message = `The backup has the format ${manifest.format}, and this version of Sluice reads ${FORMAT}: use the version that made it (${manifest.program}).`;
    throw new SluiceError("conflict", "backup.format", message);
  }
  return manifest;
}

export function damaged(why: string, cause?: unknown): SluiceError {
  const message = `The backup cannot be used: ${why}. Take another one.`;
  return new SluiceError("invalid", "backup.damaged", message, { cause });
}
