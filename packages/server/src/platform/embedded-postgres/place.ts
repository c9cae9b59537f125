import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { SluiceError } from "@sluice/core/errors.ts";
import { type DirectoryLock, lockDirectory } from "../directory-lock.ts";
import { type UserIds, unprivilegedUser } from "./unprivileged-user.ts";

/**
 * Where one home keeps its cluster. An ordinary user's lies in the home; root's lies where the unprivileged user that runs
 * PostgreSQL can reach it, and the home remembers where that is.
 *
 * The folder itself belongs to us and holds the settings; only `data` inside belongs to the user that PostgreSQL runs as, so
 * that a PostgreSQL gone bad cannot make root follow a link of its own.
 */
export interface Place {
  readonly home: string;
  readonly directory: string;
  readonly dataDirectory: string;
  readonly clusterName: string;
  readonly password: string;
  /** Undefined: as whoever runs this process. */
  readonly runAs: UserIds | undefined;
  release(): void;
}

/** `<home>/postgres.json`: what only this home knows. */
interface HomeRecord {
  readonly id: string;
  /** Absolute, or relative to the home. */
  readonly directory: string;
  readonly password: string;
}

/** Where root's clusters go, the first that can be made. Both outlast a restart of the machine. */
export const SHARED_ROOTS: readonly string[] = ["/var/lib/sluice", "/var/tmp/sluice"];

const RECORD = "postgres.json";
/** In a home into which a backup is being restored, or was until the restore broke off. */
const RESTORING = "restoring";
const HOME_ID = "home-id";
/** Folders below a place with a copy of PostgreSQL's programs, by version. */
export const BINARIES_PREFIX = "binaries-";

/** Locks the home and its place, and makes what is missing. Throws `home.in_use` when a live process has them. */
export function openPlace(
  home: string,
  sharedRoots: readonly string[] = SHARED_ROOTS,
  onNotice: (message: string) => void = () => {},
): Place {
  makeHome(home);
  const realHome = realpathSync(home);
  const locks: DirectoryLock[] = [lockDirectory(realHome)];
  try {
    const record = readRecord(realHome) ?? createRecord(realHome, sharedRoots, onNotice);
    const directory = path.resolve(realHome, record.directory);
    assertPlaceIsOurs(realHome, directory, record);
    locks.push(lockDirectory(directory));
    return placeOf(realHome, directory, record, () => {
      for (const lock of locks) lock.release();
    });
  } catch (error) {
    for (const lock of locks) lock.release();
    throw error;
  }
}

/** Throws `home.half_restored`. */
export function assertWholeHome(home: string): void {
  if (!existsSync(path.join(home, RESTORING))) return;
  throw new SluiceError(
    "conflict",
    "home.half_restored",
    `A backup was being restored into ${home}, and that did not come to its end. Delete the folder and restore again.`,
    { retryable: false },
  );
}

/** Until the answer is called, nobody takes the home for one that can be started. */
export function markRestoring(home: string): () => void {
  writeDurably(path.join(home, RESTORING), "", 0o600);
  return () => {
    rmSync(path.join(home, RESTORING));
    syncDirectory(home);
  };
}

/** A cluster that was made elsewhere has the password that it was given there. */
export function keepPassword({ home }: Place, password: string): void {
  const record: HomeRecord = { ...readRecord(home)!, password };
  writeDurably(path.join(home, RECORD), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

/** Level by level: Node's own recursion never ends where a folder can be named but not made, as below /proc. */
export function makeHome(home: string): void {
  if (existsSync(home)) {
    if (statSync(home).isDirectory()) return;
    throw new SluiceError("invalid", "home.not_a_directory", `SLUICE_HOME is ${home}, which is a file: name a folder.`);
  }
  makeHome(path.dirname(home));
  try {
    mkdirSync(home, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return;
    const reason = (cause as Error).message;
    throw new SluiceError(
      "invalid",
      "home.not_writable",
      `SLUICE_HOME cannot be made (${reason}): name another folder.`,
      {
        cause,
      },
    );
  }
}

/** The place of a home that was opened before, without locking it. */
export function peekPlace(home: string): Place | undefined {
  if (!existsSync(path.join(home, RECORD))) return undefined;
  const realHome = realpathSync(home);
  const record = readRecord(realHome);
  return record && placeOf(realHome, path.resolve(realHome, record.directory), record, () => {});
}

function placeOf(home: string, directory: string, record: HomeRecord, release: () => void): Place {
  const dataDirectory = path.join(directory, "data");
  return {
    home,
    directory,
    dataDirectory,
    clusterName: `sluice-${record.id}`,
    password: record.password,
    runAs: isRoot() ? ownerOf(dataDirectory) : undefined,
    release,
  };
}

function ownerOf(dataDirectory: string): UserIds {
  if (!existsSync(dataDirectory)) return unprivilegedUser();
  const { uid, gid } = statSync(dataDirectory);
  return uid === 0 ? unprivilegedUser() : { uid, gid };
}

function createRecord(home: string, sharedRoots: readonly string[], onNotice: (message: string) => void): HomeRecord {
  const directory = isRoot() ? findSharedPlace(home, sharedRoots) : path.join(home, "postgres");
  const leftBehind = setAside(directory);
  if (leftBehind !== undefined) {
    onNotice(
      `A database of an earlier ${home} was found and is not used. It is in ${leftBehind}; delete it if nobody misses it.`,
    );
  }
  if (isRoot()) makeEnterable(directory);
  else mkdirSync(directory, { recursive: true, mode: 0o700 });
  const record: HomeRecord = {
    id: randomBytes(8).toString("hex"),
    directory: path.relative(home, directory).startsWith("..") ? directory : path.relative(home, directory),
    password: randomBytes(24).toString("base64url"),
  };
  writeDurably(path.join(directory, HOME_ID), record.id, 0o644);
  writeDurably(path.join(home, RECORD), `${JSON.stringify(record, null, 2)}\n`, 0o600);
  return record;
}

function findSharedPlace(home: string, sharedRoots: readonly string[]): string {
  const name = createHash("sha256").update(home).digest("hex").slice(0, 16);
  const failures: unknown[] = [];
  for (const root of sharedRoots) {
    try {
      makeEnterable(root);
      return path.join(root, name);
    } catch (error) {
      failures.push(error);
    }
  }
  throw new SluiceError(
    "unavailable",
    "postgres.no_place",
    `PostgreSQL does not run as root, and none of ${sharedRoots.join(", ")} can be made for another user to run it in. Start Sluice as an ordinary user, or set SLUICE_DATABASE_URL.`,
    { cause: new AggregateError(failures), retryable: false },
  );
}

/** Made by root for others to pass through, whatever the umask; never through something that another user planted. */
function makeEnterable(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const found = lstatSync(directory);
  if (!found.isDirectory() || found.uid !== 0) throw new Error(`${directory} does not belong to root`);
  chmodSync(directory, 0o755);
}

/** A home that was deleted left its data behind. They are no longer asked for, and not ours to delete. */
function setAside(directory: string): string | undefined {
  if (!existsSync(directory)) return undefined;
  lockDirectory(directory).release();
  if (!existsSync(path.join(directory, "data"))) {
    rmSync(directory, { recursive: true });
    return undefined;
  }
  const aside = `${directory}.left-${Date.now().toString(36)}`;
  renameSync(directory, aside);
  for (const name of readdirSync(aside)) {
    if (name.startsWith(BINARIES_PREFIX)) rmSync(path.join(aside, name), { recursive: true });
  }
  return aside;
}

function assertPlaceIsOurs(home: string, directory: string, record: HomeRecord): void {
  if (readText(path.join(directory, HOME_ID)) === record.id) return;
  throw new SluiceError(
    "unavailable",
    "postgres.data_missing",
    `The database of ${home} was kept in ${directory} and is not there any more. Put it back; or, to begin anew without it, delete ${path.join(home, RECORD)}.`,
    { retryable: false, details: { home, directory } },
  );
}

function readRecord(home: string): HomeRecord | undefined {
  const text = readText(path.join(home, RECORD));
  return text === undefined ? undefined : (JSON.parse(text) as HomeRecord);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole or not at all, and there after a power cut. */
export function writeDurably(file: string, content: string, mode: number): void {
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, content, { mode, flush: true });
  chmodSync(unfinished, mode);
  renameSync(unfinished, file);
  syncDirectory(path.dirname(file));
}

export function syncDirectory(directory: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(directory, "r");
  fsyncSync(handle);
  closeSync(handle);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
