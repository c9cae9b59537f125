import type { FileHandle } from "node:fs/promises";
import { open, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { SluiceError } from "@sluice/core/errors.ts";
import type pg from "pg";
import { beginCopy, type CopyEnd, endCopy } from "./online-copy-store.ts";

/** One entry of a copied data directory. Paths are relative, with slashes. */
export type ClusterEntry =
  | { readonly kind: "folder"; readonly name: string }
  /** Exactly `bytes` come: what has shrunk meanwhile is filled up with zeros, what has grown is in the log. */
  | {
      readonly kind: "file";
      readonly name: string;
      readonly bytes: number;
      readonly content: () => AsyncIterable<Uint8Array>;
    };

/** As in PostgreSQL's own base backups: their contents are made anew at a start. */
const EMPTY_FOLDERS = [
  "pg_wal",
  "pg_dynshmem",
  "pg_notify",
  "pg_replslot",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
];
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|current_logfiles(\.tmp)?|postgresql\.auto\.conf\.tmp|pg_internal\.init.*|backup_(label|manifest)(\.old)?|tablespace_map(\.old)?|pgsql_tmp.*)$/;
const CONTROL_FILE = "global/pg_control";
const LOG_FILE = /^[0-9A-F]{24}$/;
const CHUNK_BYTES = 1024 * 1024;
const CONTROL_ATTEMPTS = 100;
const CONTROL_PAUSE_MS = 5;

/**
 * A copy of a cluster that runs (PostgreSQL 18, section 25.3.3, "Making a Base Backup Using the Low Level API"): all files in
 * whatever state, and the log that mends them. The copy is of the moment at which `onEnd` is called.
 */
export async function* copyRunningCluster(
  client: pg.Client,
  dataDirectory: string,
  label: string,
  onEnd: (end: CopyEnd) => void,
): AsyncGenerator<ClusterEntry> {
  const firstLog = await beginCopy(client, label);
  yield* walk(dataDirectory, "");
  yield file(CONTROL_FILE, await readControlFile(path.join(dataDirectory, CONTROL_FILE)));
  const end = await endCopy(client, firstLog);
  onEnd(end);
  yield file("backup_label", Buffer.from(end.label));
  for (const name of (await readdir(path.join(dataDirectory, "pg_wal"))).sort()) {
    if (!LOG_FILE.test(name) || name < end.firstLog || name > end.lastLog) continue;
    const entry = await fileEntry(dataDirectory, `pg_wal/${name}`);
    if (entry !== undefined) yield entry;
  }
}

async function* walk(root: string, folder: string): AsyncGenerator<ClusterEntry> {
  for (const entry of await readdir(path.join(root, folder), { withFileTypes: true }).catch(unlessGone([]))) {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (LEFT_OUT.test(entry.name) || name === CONTROL_FILE) continue;
    // A moved log or a tablespace: the copy would lack it, and be no cluster.
    if (entry.isSymbolicLink()) throw leadsElsewhere(path.join(root, name));
    if (entry.isDirectory()) {
      yield { kind: "folder", name };
      if (!EMPTY_FOLDERS.includes(name)) yield* walk(root, name);
    } else if (entry.isFile()) {
      const found = await fileEntry(root, name);
      if (found !== undefined) yield found;
    }
  }
}

/** Undefined for one that is gone: a table that was dropped meanwhile, which the log says too. */
async function fileEntry(root: string, name: string): Promise<ClusterEntry | undefined> {
  const file = path.join(root, name);
  const facts = await stat(file).catch(unlessGone(undefined));
  if (facts === undefined) return undefined;
  return { kind: "file", name, bytes: facts.size, content: () => exactly(file, facts.size) };
}

async function* exactly(file: string, bytes: number): AsyncGenerator<Uint8Array> {
  const handle: FileHandle | undefined = await open(file, "r").catch(unlessGone(undefined));
  let left = bytes;
  try {
    while (left > 0 && handle !== undefined) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, left));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length);
      if (bytesRead === 0) break;
      left -= bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle?.close();
  }
  for (; left > 0; left -= Math.min(CHUNK_BYTES, left)) yield Buffer.alloc(Math.min(CHUNK_BYTES, left));
}

/** It is written in place: what reads the same twice was not caught in the middle. */
async function readControlFile(file: string): Promise<Buffer> {
  let last = await readFile(file);
  for (let attempt = 0; attempt < CONTROL_ATTEMPTS; attempt++) {
    await pause(CONTROL_PAUSE_MS);
    const again = await readFile(file);
    if (again.equals(last)) return again;
    last = again;
  }
  throw new Error(`${file} changes all the time`);
}

function file(name: string, bytes: Buffer): ClusterEntry {
  return {
    kind: "file",
    name,
    bytes: bytes.length,
    content: async function* () {
      yield bytes;
    },
  };
}

function leadsElsewhere(link: string): SluiceError {
  const message = `${link} is a link to another place, which a backup does not follow: move its contents back into the data directory.`;
  return new SluiceError("conflict", "backup.link", message);
}

function unlessGone<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return instead;
    throw error;
  };
}
