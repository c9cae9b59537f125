import type { Clock } from "../clock.ts";
import type { ObjectStore } from "../object-store.ts";
import { createFolderObjectStore, prepareFolder } from "./folder-object-store.ts";
import type { S3Settings } from "./s3-object-store.ts";

/** Plain data: a thread of its own opens the same store with it. */
export type ObjectStoreSettings =
  | { readonly kind: "folder"; readonly folder: string }
  | ({ readonly kind: "s3" } & S3Settings);

export async function openObjectStore(settings: ObjectStoreSettings, clock: Clock): Promise<ObjectStore> {
  if (settings.kind === "folder") {
    await prepareFolder(settings.folder);
    return createFolderObjectStore(settings.folder);
  }
  await prepareFolder(settings.cacheFolder);
  // Its library takes a third of a second to load, which only those wait for who use it.
  const { createS3ObjectStore } = await import("./s3-object-store.ts");
  return createS3ObjectStore(settings, clock);
}
