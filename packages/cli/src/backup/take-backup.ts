import { createReadStream, existsSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { Config } from "@sluice/server/config.ts";
import type { Clock } from "@sluice/server/platform/clock.ts";
import { copyRunningCluster } from "@sluice/server/platform/embedded-postgres/online-copy.ts";
import { type CopyEnd, readClusterFacts } from "@sluice/server/platform/embedded-postgres/online-copy-store.ts";
import { type Place, peekPlace } from "@sluice/server/platform/embedded-postgres/place.ts";
import { openObjectStore } from "@sluice/server/platform/object-store/open-object-store.ts";
import type { ObjectStore } from "@sluice/server/platform/object-store.ts";
import { connectClient } from "@sluice/server/platform/postgres.ts";
import type { Client } from "pg";
import { reachDatabase } from "../database.ts";
import { readVersion } from "../version.ts";
import { writeWhole } from "../whole-file.ts";
import { verifyArchive } from "./archive-reader.ts";
import { ArchiveWriter } from "./archive-writer.ts";
import { hasParts, holdSweeps, readLiveObjects, readUnneededNames } from "./backup-store.ts";
import { CLUSTER, FORMAT, isArchiveName, MANIFEST, type Manifest, OBJECTS, PASSWORD, SECRET } from "./manifest.ts";

/** For its owner alone: it holds the secret and everything that it seals. */
const ARCHIVE_MODE = 0o600;

export interface BackupOptions {
  readonly config: Config;
  readonly file: string;
  readonly clock: Clock;
  readonly onBytes: (bytes: number) => void;
  readonly interruption: AbortSignal;
}

/**
 * Copies a home while it is in use: first the database, then the objects that its copy tells of, which no sweep deletes
 * meanwhile. The file is there once it is whole.
 */
export async function takeBackup(options: BackupOptions): Promise<Manifest> {
  const { config, file } = options;
  if (config.databaseUrl !== undefined) throw notEmbedded();
  if (peekPlace(config.home) === undefined) throw nothingThere(config.home);
  const database = await reachDatabase(config);
  const client = await connectClient(database.connectionString, "backup");
  const lost = new AbortController();
  // With its connection it has lost what holds the sweeps back.
  client.on("error", (error) => lost.abort(error));
  const interruption = AbortSignal.any([options.interruption, lost.signal]);
  const watched = { ...options, interruption };
  try {
    return await writeWhole(file, ARCHIVE_MODE, async (handle, unfinished) => {
      const archive = new ArchiveWriter(handle, !file.endsWith(".tar"));
      try {
        await fillArchive(archive, client, peekPlace(config.home)!, watched);
      } catch (error) {
        archive.abandon();
        throw error;
      }
      // What it calls whole has been read again.
      return verifyArchive(unfinished, () => interruption.throwIfAborted());
    });
  } finally {
    // What its session holds, the log and the sweeps, is free again with it.
    await client.end();
    await database.release();
  }
}

async function fillArchive(
  archive: ArchiveWriter,
  client: Client,
  place: Place,
  { config, clock, onBytes, interruption }: BackupOptions,
): Promise<void> {
  const { version, schemaVersion } = await readClusterFacts(client);
  await holdSweeps(client);
  await archive.addText(PASSWORD, place.password);
  const secret = await addSecret(archive, config);
  const label = `sluice backup ${new Date(clock.nowMicros() / 1000).toISOString()}`;
  let end: CopyEnd | undefined;
  const noteEnd = (at: CopyEnd) => {
    end = at;
  };
  const leftOut: string[] = [];
  archive.addFolder(CLUSTER);
  for await (const entry of copyRunningCluster(client, place.dataDirectory, label, noteEnd)) {
    interruption.throwIfAborted();
    const name = `${CLUSTER}/${entry.name}`;
    if (!isArchiveName(name)) leftOut.push(name);
    else if (entry.kind === "folder") archive.addFolder(name);
    else await archive.addFile(name, entry.bytes, entry.content());
    onBytes(archive.bytesSoFar);
  }
  const store = await openObjectStore(config.objectStore, clock);
  const copying = { archive, store, client, onBytes, interruption, leftOut };
  const damaged = (await hasParts(client)) ? await addObjects(copying, end!.takenAt) : [];
  const manifest: Manifest = {
    format: FORMAT,
    program: readVersion(),
    takenAt: end!.takenAt.toISOString(),
    postgres: { version, platform: process.platform, architecture: process.arch },
    schemaVersion,
    secret,
    damaged,
    leftOut,
    objectStore: config.objectStore.kind,
    files: { ...archive.files },
  };
  await archive.addText(MANIFEST, JSON.stringify(manifest));
  await archive.end();
}

async function addSecret(archive: ArchiveWriter, { home, secret }: Config): Promise<Manifest["secret"]> {
  if (secret !== undefined) return "configured";
  const file = path.join(home, "secret");
  if (!existsSync(file)) return "none";
  await archive.addText(SECRET, readFileSync(file, "utf8"));
  return "archived";
}

interface Copying extends Pick<BackupOptions, "onBytes" | "interruption"> {
  readonly archive: ArchiveWriter;
  readonly store: ObjectStore;
  readonly client: Client;
  readonly leftOut: string[];
}

/** Answers the files of live parts that are not as they were written. */
async function addObjects(copying: Copying, takenAt: Date): Promise<string[]> {
  const { archive, store, client, onBytes, interruption, leftOut } = copying;
  const unneeded = await readUnneededNames(client, takenAt);
  for await (const { name } of store.list("")) {
    interruption.throwIfAborted();
    if (!isArchiveName(`${OBJECTS}/${name}`)) leftOut.push(`${OBJECTS}/${name}`);
    else if (!unneeded.has(name)) await addObject(copying, name);
    onBytes(archive.bytesSoFar);
  }
  const damaged: string[] = [];
  for (const { name, bytes, checksum } of await readLiveObjects(client)) {
    // One that went live since then is looked for too, and added if the listing was past it.
    if (archive.files[`${OBJECTS}/${name}`] === undefined) await addObject(copying, name);
    const file = archive.files[`${OBJECTS}/${name}`];
    if (file === undefined || file.bytes !== bytes || file.checksum !== checksum) damaged.push(name);
  }
  return damaged;
}

/** One that is gone by now, such as a report that was deleted, is nobody's any more. */
async function addObject({ archive, store }: Copying, name: string): Promise<void> {
  const lease = await store.lease(name).catch((error: unknown) => {
    if (isSluiceError(error) && error.code === "object.missing") return undefined;
    throw error;
  });
  if (lease === undefined) return;
  try {
    const { size } = await stat(lease.path);
    await archive.addFile(`${OBJECTS}/${name}`, size, createReadStream(lease.path));
  } finally {
    lease.release();
  }
}

function notEmbedded(): SluiceError {
  const message =
    "SLUICE_DATABASE_URL names a database of your own: back it up with its own tools (pg_basebackup), and copy the object store after it. `sluice backup` is for the embedded one.";
  return new SluiceError("invalid", "backup.not_embedded", message);
}

function nothingThere(home: string): SluiceError {
  const message = `There is no database in ${home}: set SLUICE_HOME to the home that is to be backed up.`;
  return new SluiceError("not-found", "backup.nothing", message);
}
