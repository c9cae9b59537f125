import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Binaries } from "./binaries.ts";
import { startFailure } from "./failure.ts";
import { type Place, syncDirectory, writeDurably } from "./place.ts";
import { HOST_BASED_AUTHENTICATION, renderSettings } from "./settings.ts";

/** The one role that owns everything. */
export const SUPERUSER = "sluice";

/** Measured 0.6 s; a slow disk may take much longer to sync 40 MB. */
const INITDB_LIMIT_MS = 180_000;
const REMOVE_ATTEMPTS = 5;

/** Nothing of the caller's environment: PG* variables would redirect the programs. */
export const PROGRAM_ENVIRONMENT = { LC_ALL: "C", TZ: "UTC" };

/** Makes the data directory if there is none, whole or not at all. */
export function initialiseCluster(place: Place, binaries: Binaries): void {
  if (existsSync(place.dataDirectory)) return;
  removeUnfinished(place.directory);
  // A name of its own: an initdb that outlived a killed parent may still be writing to the last one.
  const unfinished = path.join(place.directory, `data.unfinished-${randomBytes(4).toString("hex")}`);
  const passwordFile = path.join(place.directory, "password.unfinished");
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, place.password, { mode: 0o600 });
  try {
    if (place.runAs) {
      chownSync(unfinished, place.runAs.uid, place.runAs.gid);
      chownSync(passwordFile, place.runAs.uid, place.runAs.gid);
    }
    runInitdb(place, binaries, unfinished, passwordFile);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, place.dataDirectory);
  syncDirectory(place.directory);
}

function removeUnfinished(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith("data.unfinished")) continue;
    rmSync(path.join(directory, name), { recursive: true, force: true, maxRetries: REMOVE_ATTEMPTS });
  }
}

function runInitdb(place: Place, binaries: Binaries, directory: string, passwordFile: string): void {
  const { status, stdout, stderr, error } = spawnSync(
    path.join(binaries.directory, "bin", "initdb"),
    [
      `--pgdata=${directory}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
    ],
    { ...place.runAs, cwd: directory, env: PROGRAM_ENVIRONMENT, encoding: "utf8", timeout: INITDB_LIMIT_MS },
  );
  if (status === 0) return;
  rmSync(directory, { recursive: true, force: true });
  throw startFailure("Initialising the database", place.directory, `${stdout}\n${stderr}\n${error?.message ?? ""}`);
}

/** Settings lie outside the data directory, which belongs to the user that PostgreSQL runs as. */
export function writeSettings(place: Place, overrides: Readonly<Record<string, string>>): void {
  writeDurably(
    settingsFile(place),
    renderSettings(place.home, {
      ...overrides,
      cluster_name: place.clusterName,
      hba_file: accessFile(place),
      unix_socket_directories: "",
    }),
    0o644,
  );
  writeDurably(accessFile(place), HOST_BASED_AUTHENTICATION, 0o644);
}

export function settingsFile(place: Place): string {
  return path.join(place.directory, "postgresql.conf");
}

function accessFile(place: Place): string {
  return path.join(place.directory, "pg_hba.conf");
}
