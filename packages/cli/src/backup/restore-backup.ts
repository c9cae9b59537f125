import { createHash, type Hash, randomUUID } from "node:crypto";
import { createWriteStream, existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SluiceError } from "@sluice/core/errors.ts";
import { installedPackage } from "@sluice/server/platform/embedded-postgres/binaries.ts";
import { type ClusterRestore, restoreCluster } from "@sluice/server/platform/embedded-postgres/restore-cluster.ts";
import { startEmbeddedPostgres } from "@sluice/server/platform/embedded-postgres.ts";
import { MIGRATIONS_DIRECTORY, readMigrations, readSchemaStatus } from "@sluice/server/platform/migrator.ts";
import { createFolderObjectStore, prepareFolder } from "@sluice/server/platform/object-store/folder-object-store.ts";
import type { ObjectStore } from "@sluice/server/platform/object-store.ts";
import { connectClient } from "@sluice/server/platform/postgres.ts";
import { MARKER } from "@sluice/server/telemetry/index.ts";
import { type ArchiveEntry, readArchive, textOf, verifyArchive } from "./archive-reader.ts";
import { hasParts, type RestoredFacts, readLiveObjects, readRestoredFacts } from "./backup-store.ts";
import { CLUSTER, damaged, MANIFEST, type Manifest, OBJECTS, PASSWORD, SECRET } from "./manifest.ts";

export interface RestoreOptions {
  readonly file: string;
  /** Not there, or empty. */
  readonly home: string;
  readonly onBytes: (bytes: number) => void;
  readonly interruption: AbortSignal;
  /** Where a cluster goes that root may not run itself. */
  readonly sharedRoots?: readonly string[];
}

export interface RestoreReport extends Partial<RestoredFacts> {
  readonly manifest: Manifest;
  readonly schemaVersion: number;
  /** Applied by the next start. */
  readonly pendingMigrations: readonly string[];
  /** Files of live parts that are not there or not whole. */
  readonly missing: readonly string[];
}

/** Reads all of a backup and checks it before it makes anything; then the home is made, started once and looked at. */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { file, home } = options;
  assertEmpty(home);
  const manifest = await verifyArchive(file, options.onBytes);
  assertFits(manifest);
  await extractHome(options, manifest);
  return lookAtHome(options, manifest);
}

function assertEmpty(home: string): void {
  if (!existsSync(home) || readdirSync(home).length === 0) return;
  const message = `${home} is not empty: name a folder that is not there yet. Nothing was changed.`;
  throw new SluiceError("conflict", "restore.not_empty", message);
}

/** Throws `restore.newer` and `restore.other_machine`. */
export function assertFits({ schemaVersion, postgres, program }: Manifest): void {
  const newest = readMigrations(MIGRATIONS_DIRECTORY).at(-1)!.version;
  if (schemaVersion > newest) {
    const message = `The backup is of a newer version of Sluice (${program}, schema ${schemaVersion}; this one knows ${newest}): restore it with that version.`;
    throw new SluiceError("conflict", "restore.newer", message);
  }
  const ours = installedPackage().version.split(".")[0];
  const theirs = postgres.version.split(".")[0];
  const isAlike = postgres.platform === process.platform && postgres.architecture === process.arch;
  if (ours === theirs && isAlike) return;
  const message = `The backup is of PostgreSQL ${theirs} on ${postgres.platform}-${postgres.architecture}, and its files are of no use to PostgreSQL ${ours} on ${process.platform}-${process.arch}: restore it where those are.`;
  throw new SluiceError("conflict", "restore.other_machine", message);
}

async function extractHome(options: RestoreOptions, manifest: Manifest): Promise<void> {
  const { file, home, interruption } = options;
  const extraction = new Extraction(options, manifest);
  try {
    for await (const entry of readArchive(file)) {
      interruption.throwIfAborted();
      await extraction.take(entry);
    }
    extraction.finish(home);
  } finally {
    extraction.release();
  }
}

class Extraction {
  private readonly options: RestoreOptions;
  private readonly manifest: Manifest;
  private cluster: ClusterRestore | undefined;
  private store: ObjectStore | undefined;

  constructor(options: RestoreOptions, manifest: Manifest) {
    this.options = options;
    this.manifest = manifest;
  }

  /** What was verified before may not be what is read now: no home is started that holds something else. */
  async take(entry: ArchiveEntry): Promise<void> {
    const { name, kind } = entry;
    if (kind === "folder" || name === MANIFEST) return this.put(entry);
    const hash = createHash("sha256");
    await this.put({ ...entry, content: hashed(entry.content, hash) });
    if (hash.digest("hex") !== this.manifest.files[name]?.checksum) throw damaged(`${name} is not as it was verified`);
  }

  private async put({ name, kind, content }: ArchiveEntry): Promise<void> {
    const { home, sharedRoots } = this.options;
    const [folder, ...rest] = name.split("/");
    const inside = rest.join("/");
    if (name === MANIFEST) return;
    // It comes first: nothing can be made without it.
    if (name === PASSWORD) this.cluster = restoreCluster(home, await textOf(content), sharedRoots);
    else if (this.cluster === undefined) throw damaged(`${name} comes before ${PASSWORD}`);
    else if (name === SECRET)
      await writeFile(path.join(home, SECRET), await textOf(content), { mode: 0o600, flush: true });
    else if (folder === CLUSTER && kind === "folder") await this.cluster.addFolder(inside);
    else if (folder === CLUSTER) await this.cluster.addFile(inside, content);
    // A new home is a store of its own, which its first round marks.
    else if (inside === MARKER) return;
    else if (folder === OBJECTS && kind === "file") await this.putObject(inside, content);
  }

  finish(home: string): void {
    if (this.cluster === undefined) throw damaged(`there is no database in it for ${home}`);
    this.cluster.finish();
  }

  release(): void {
    this.cluster?.release();
  }

  private async putObject(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.store ??= await openFolder(this.options.home);
    const scratch = path.join(this.store.scratchFolder, randomUUID());
    await pipeline(Readable.from(content), createWriteStream(scratch, { mode: 0o600 }));
    await this.store.put(name, { path: scratch });
  }
}

async function* hashed(content: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}

async function openFolder(home: string): Promise<ObjectStore> {
  const root = path.join(home, OBJECTS);
  await prepareFolder(root);
  return createFolderObjectStore(root);
}

async function lookAtHome({ home, sharedRoots }: RestoreOptions, manifest: Manifest): Promise<RestoreReport> {
  const postgres = await startEmbeddedPostgres({ home, ...(sharedRoots && { sharedRoots }) });
  try {
    const { connectionString } = postgres;
    const { version, pending } = await readSchemaStatus({ connectionString });
    const client = await connectClient(connectionString, "restore");
    try {
      const isSettling = await hasParts(client);
      const missing = isSettling ? await missingObjects(client, manifest) : [];
      const facts = isSettling ? await readRestoredFacts(client) : {};
      return { manifest, schemaVersion: version, pendingMigrations: pending, missing, ...facts };
    } finally {
      await client.end();
    }
  } finally {
    await postgres.stop();
  }
}

/** All that the manifest names is there, as it says. */
async function missingObjects(client: Parameters<typeof readLiveObjects>[0], { files }: Manifest): Promise<string[]> {
  const live = await readLiveObjects(client);
  const isWhole = ({ name, bytes, checksum }: (typeof live)[0]) => {
    const file = files[`${OBJECTS}/${name}`];
    return file?.bytes === bytes && file.checksum === checksum;
  };
  return live.filter((object) => !isWhole(object)).map(({ name }) => name);
}
